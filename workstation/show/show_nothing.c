/*
 * What an empty answer means: nothing fits, or there was nothing to ask.
 */
#include <inttypes.h>
#include <string.h>

#include "lib/base/fd.h"
#include "lib/base/text.h"
#include "workstation/show/show.h"

/* Is the word of a row of `input` one of those of the verb, which are given as |a|b|? */
#define OF_VERB "instr(:of, '|' || input || '|') > 0"
#define CHOSEN "(:host IS NULL OR host IN (SELECT id FROM host WHERE name = :host OR id = :host))"

static const char labels_sql[] =
	"SELECT group_concat(label, ', ') FROM (SELECT label, max(present) AS present FROM input "
	"WHERE " OF_VERB " AND " CHOSEN " GROUP BY label) HAVING max(present) = 0";

/* How the archives of the chosen hosts end.  Members behind the last seal that no manifest lists
 * are not in the case at all. */
enum { HOSTS, STOPPED, CUT, UNKNOWN, UNREAD };
static const char ends_sql[] =
	"SELECT count(*), sum(plan = 'stopped'), sum(plan = 'cut'), "
	"sum(plan = 'unknown'), "
	"sum(iif(plan = 'cut', max(0, unsealed - (SELECT count(*) FROM object o WHERE o.host = "
	"h.id AND o.segment IS NULL AND o.member IS NOT NULL)), 0)) "
	"FROM (SELECT *, id AS host FROM host) h WHERE " CHOSEN;

static void bind(const struct show *s, struct case_query *q)
{
	struct buf b;

	buf_init(&b, 4096);
	buf_printf(&b, "|%s|", s->verb->of != NULL ? s->verb->of : "");
	case_query_bind_text_as(q, ":of", (struct bytes){ buf_cstr(&b), b.len });
	buf_clear(&b);
	if (s->args->host != NULL) {
		text_escape(&b, s->args->host, strlen(s->args->host));
		case_query_bind_text_as(q, ":host", (struct bytes){ buf_cstr(&b), b.len });
	}
	buf_release(&b);
}

/* The first row of ${sql} in *${q}: 1, 0, or -1 with ${e}. */
static int ask(const struct show *s, struct case_query **q, const char *sql, struct err *e)
{
	if (case_query_open(q, s->db, sql, e) != 0)
		return -1;
	bind(s, *q);
	return case_query_step(*q, e);
}

/* What is not in the case, of archives that end as ${ends} says. */
static int say_labels(const struct show *s, struct buf *b, struct case_query *ends, struct err *e)
{
	struct case_query *q CLEANUP(case_query_close) = NULL;
	struct bytes text = { "", 0 };
	int r = ask(s, &q, labels_sql, e);

	if (r < 0)
		return -1;
	if (r > 0)
		text = case_query_text(q, 0);
	if (text.len == 0)
		buf_puts(b, "nothing fits");
	else
		buf_printf(b, "nothing of this is %s: no %.*s",
			   case_query_int(ends, CUT) > 0 ? "under a seal" : "in the archive",
			   (int)text.len, (const char *)text.p);
	return 0;
}

/* What an archive that was cut had besides is anybody's guess. */
static void say_ends(struct buf *b, struct case_query *ends)
{
	const char *see = ", see exhibit show hosts";

	if (case_query_int(ends, UNREAD) > 0)
		buf_printf(b, "; members behind the last seal, not read: %" PRId64,
			   case_query_int(ends, UNREAD));
	if (case_query_int(ends, CUT) > 0)
		buf_printf(b, "; what else there was is not known%s", see);
	else if (case_query_int(ends, STOPPED) > 0)
		buf_printf(b, "; not all of the plan was collected%s", see);
	else if (case_query_int(ends, UNKNOWN) > 0)
		buf_printf(b, "; whether all of the plan was collected is not known%s", see);
}

int show_nothing(const struct show *s, struct buf *b, struct err *e)
{
	struct case_query *ends CLEANUP(case_query_close) = NULL;

	if (s->db == NULL) {
		buf_puts(b, "nothing fits");
		return 0;
	}
	if (ask(s, &ends, ends_sql, e) < 0)
		return -1;
	if (s->args->host != NULL && case_query_int(ends, HOSTS) == 0) {
		buf_printf(b, "there is no host %.80s: exhibit show hosts names them",
			   s->args->host);
		return 0;
	}
	if (say_labels(s, b, ends, e) != 0)
		return -1;
	say_ends(b, ends);
	return 0;
}
