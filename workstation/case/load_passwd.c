/*
 * passwd(5).
 */
#include "workstation/case/load_account.h"
#include "workstation/case/loaders.h"

int load_passwd(struct loading *l, const char *s, size_t n, uint64_t pos, uint64_t line)
{
	struct account_passwd a;
	struct case_account row;
	enum account_line kind = account_passwd(s, n, &a);

	if (kind != ACCOUNT_READ)
		return load_account_note(l, kind, pos, line, "line of passwd");
	case_init_account(&row);
	row.object = l->object;
	row.pos = (int64_t)pos;
	row.line = (int64_t)line;
	row.name = a.name;
	row.uid = a.uid;
	row.gid = a.gid;
	row.gecos = a.gecos;
	row.home = a.home;
	row.shell = a.shell;
	row.password = a.no_password ? "none" : NULL;
	row.container = l->container;
	return case_put_account(l->db, &row, l->e);
}
