/*
 * What an empty answer means: nothing fits, or there was nothing to ask.
 */
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

static const char unfinished_sql[] =
	"SELECT 1 FROM (SELECT *, id AS host FROM host) WHERE plan <> 'completed' AND " CHOSEN;

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

int show_nothing(const struct show *s, struct buf *b, struct err *e)
{
	struct case_query *labels CLEANUP(case_query_close) = NULL;
	struct case_query *unfinished CLEANUP(case_query_close) = NULL;
	struct bytes text = { "", 0 };
	int r = s->db != NULL ? ask(s, &labels, labels_sql, e) : 0;

	if (r > 0)
		text = case_query_text(labels, 0);
	if (text.len > 0)
		buf_printf(b, "nothing of this is in the archive: no %.*s", (int)text.len,
			   (const char *)text.p);
	else
		buf_puts(b, "nothing fits");
	if (r >= 0 && s->db != NULL)
		r = ask(s, &unfinished, unfinished_sql, e);
	if (r > 0)
		buf_puts(b, "; not all of the plan was collected, see exhibit show hosts");
	return r < 0 ? -1 : 0;
}
