/*
 * Sessions out of the records of wtmp, over all of its rotated files in their order; the user
 * of a record of lastlog; and what is still there.
 */
#include <string.h>

#include "lib/base/fd.h"
#include "workstation/case/case_query.h"
#include "workstation/case/loaders.h"
#include "workstation/parse/scan.h"
#include "workstation/parse/utmp_join.h"

struct joining {
	const struct finishing *f;
	struct case_query *update;
};

static int ended(void *ctx, int64_t tag, int64_t end_ns, const char *how)
{
	struct joining *j = ctx;

	case_query_reset(j->update);
	case_query_bind_as(j->update, ":id", tag);
	case_query_bind_as(j->update, ":end", end_ns);
	case_query_bind_text_as(j->update, ":how", (struct bytes){ how, strlen(how) });
	return case_query_step(j->update, j->f->e);
}

static enum utmp_join_kind kind_of(struct bytes word)
{
	static const struct {
		const char *word;
		enum utmp_join_kind kind;
	} rows[] = {
		{ "login", UTMP_JOIN_LOGIN },       { "logout", UTMP_JOIN_LOGOUT },
		{ "boot", UTMP_JOIN_BOOT },         { "shutdown", UTMP_JOIN_SHUTDOWN },
		{ "runlevel", UTMP_JOIN_RUNLEVEL },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (scan_is(word, rows[i].word))
			return rows[i].kind;
	return UTMP_JOIN_OTHER;
}

/* Rows of one container (or of the host) are one history. */
static int join_all(struct joining *j, struct case_query *rows)
{
	struct utmp_join *join = utmp_join_new(ended, j);
	int64_t group = CASE_NULL;
	int r = 0;

	while (join != NULL && (r = case_query_step(rows, j->f->e)) > 0) {
		struct bytes tty = case_query_text(rows, 2);
		int64_t time = case_query_int(rows, 3);

		if (case_query_int(rows, 4) != group) {
			utmp_join_free(join);
			join = utmp_join_new(ended, j);
			group = case_query_int(rows, 4);
		}
		r = join == NULL ? -1
				 : utmp_join_add(join, kind_of(case_query_text(rows, 1)), tty, time,
						 case_query_int(rows, 0));
		if (r != 0)
			break;
	}
	if (join == NULL)
		err_set(j->f->e, 0, "no memory to join sessions");
	utmp_join_free(join);
	return r;
}

static int join(const struct finishing *f)
{
	static const char in_order[] =
		"SELECT l.id, l.kind, ifnull(l.tty, ''), l.time, dense_rank() OVER "
		"(ORDER BY ifnull(o.container, '')) AS part FROM login l JOIN object o ON o.id = "
		"l.object "
		"WHERE l.host = :host AND l.source = 'wtmp' ORDER BY part, o.mtime, o.path DESC, "
		"l.pos";
	struct case_query *rows CLEANUP(case_query_close) = NULL;
	struct case_query *update CLEANUP(case_query_close) = NULL;
	struct joining j = { f, NULL };

	if (case_query_open(&rows, f->db, in_order, f->e) != 0 ||
	    case_query_open(&update, f->db,
			    "UPDATE login SET \"end\" = :end, end_kind = :how WHERE id = :id",
			    f->e) != 0)
		return -1;
	case_query_bind_as(rows, ":host", f->host);
	j.update = update;
	return join_all(&j, rows);
}

static int run(const struct finishing *f, const char *sql)
{
	struct case_query *q CLEANUP(case_query_close) = NULL;

	if (case_query_open(&q, f->db, sql, f->e) != 0)
		return -1;
	case_query_bind_as(q, ":host", f->host);
	return case_query_step(q, f->e);
}

int finish_session(const struct finishing *f)
{
	/* who is not there any more though nothing ended it, if processes were taken at all */
	static const char open[] =
		"UPDATE login SET end_kind = CASE WHEN kind = 'login' "
		"AND EXISTS (SELECT 1 FROM process p WHERE p.host = :host) AND NOT EXISTS "
		"(SELECT 1 FROM process p WHERE p.host = :host AND p.pid = login.pid) "
		"THEN 'gone' ELSE 'still' END "
		"WHERE host = :host AND source IN ('wtmp', 'wtmpdb') AND kind IN ('login', 'boot') "
		"AND \"end\" IS NULL";
	static const char names[] =
		"UPDATE login SET user = (SELECT a.name FROM account a WHERE a.host = :host "
		"AND a.uid = login.uid AND a.container IS (SELECT container FROM object o "
		"WHERE o.id = login.object)) WHERE host = :host AND source = 'lastlog'";

	if (join(f) < 0 || run(f, open) < 0)
		return -1;
	return run(f, names) < 0 ? -1 : 0;
}
