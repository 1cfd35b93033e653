/*
 * Two lines, one account: what shadow says goes beside the name that passwd gives a number.
 */
#include "lib/base/fd.h"
#include "workstation/case/case_query.h"
#include "workstation/case/loaders.h"

static int run(const struct finishing *f, const char *sql)
{
	struct case_query *q CLEANUP(case_query_close) = NULL;

	if (case_query_open(&q, f->db, sql, f->e) != 0)
		return -1;
	case_query_bind_as(q, ":host", f->host);
	return case_query_step(q, f->e);
}

int finish_account(const struct finishing *f)
{
	/* The x of passwd says nothing; an empty field there wins, as pam_unix has it. */
	static const char beside[] =
		"UPDATE account SET (password, scheme, changed_day) = "
		"(SELECT ifnull(account.password, s.password), s.scheme, s.changed_day FROM "
		"account s "
		"WHERE s.host = account.host AND s.uid IS NULL AND s.name = account.name "
		"AND s.container IS account.container ORDER BY s.id LIMIT 1) "
		"WHERE host = :host AND uid IS NOT NULL AND EXISTS (SELECT 1 FROM account s "
		"WHERE s.host = account.host AND s.uid IS NULL AND s.name = account.name "
		"AND s.container IS account.container)";
	static const char used[] =
		"DELETE FROM account WHERE host = :host AND uid IS NULL AND EXISTS (SELECT 1 FROM "
		"account p WHERE p.host = account.host AND p.uid IS NOT NULL AND p.name = "
		"account.name "
		"AND p.container IS account.container)";

	if (run(f, beside) < 0)
		return -1;
	return run(f, used) < 0 ? -1 : 0;
}
