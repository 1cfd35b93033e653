/*
 * shadow(5): whether a password is set, and how it is hashed.  The hash stays in the archive.
 */
#include "workstation/case/load_account.h"
#include "workstation/case/loaders.h"

int load_shadow(struct loading *l, const char *s, size_t n, uint64_t pos, uint64_t line)
{
	struct account_shadow a;
	struct case_account row;
	enum account_line kind = account_shadow(s, n, &a);

	if (kind != ACCOUNT_READ)
		return load_account_note(l, kind, pos, line, "line of shadow");
	/* Without uid: finish_account looks for the line of passwd. */
	case_init_account(&row);
	row.object = l->object;
	row.pos = (int64_t)pos;
	row.line = (int64_t)line;
	row.name = a.name;
	row.password = a.state;
	row.scheme = a.scheme;
	row.changed_day = a.changed_day < 0 ? CASE_NULL : a.changed_day;
	row.container = l->container;
	return case_put_account(l->db, &row, l->e);
}
