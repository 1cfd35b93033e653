/*
 * group(5).
 */
#include "workstation/case/load_account.h"
#include "workstation/case/loaders.h"

int load_group(struct loading *l, const char *s, size_t n, uint64_t pos, uint64_t line)
{
	struct account_group g;
	struct case_user_group row;
	enum account_line kind = account_group(s, n, &g);

	if (kind != ACCOUNT_READ)
		return load_account_note(l, kind, pos, line, "line of group");
	case_init_user_group(&row);
	row.object = l->object;
	row.pos = (int64_t)pos;
	row.line = (int64_t)line;
	row.name = g.name;
	row.gid = g.gid;
	row.members = g.members;
	row.container = l->container;
	return case_put_user_group(l->db, &row, l->e);
}
