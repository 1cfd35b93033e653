/*
 * wtmpdb: an SQLite file in the place of wtmp (wtmpdb(8)).
 */
#include "workstation/case/load_login.h"
#include "workstation/case/loaders.h"

#define MICRO 1000

static int64_t micro(int64_t us)
{
	return us < 0 || us > INT64_MAX / MICRO ? CASE_NULL : us * MICRO;
}

/* ID, Type, User, Login, Logout, TTY, RemoteHost, Service */
static int put_wtmpdb(struct loading *l, struct foreign *f)
{
	static const char *const kinds[] = { "invalid", "boot", "runlevel", "login" };
	int64_t type = foreign_int(f, 1);
	struct case_login row;

	case_init_login(&row);
	row.object = l->object;
	row.line = foreign_int(f, 0);
	row.source = "wtmpdb";
	row.kind = type >= 0 && type < 4 ? kinds[type] : "invalid";
	row.user = foreign_text(f, 2);
	row.time = micro(foreign_int(f, 3));
	row.end = micro(foreign_int(f, 4));
	row.end_kind = row.end == CASE_NULL ? NULL : type == 1 ? "down" : "logout";
	row.tty = foreign_text(f, 5);
	row.origin = foreign_text(f, 6);
	row.address = load_login_address(row.origin);
	row.detail = foreign_text(f, 7);
	return case_put_login(l->db, &row, l->e);
}

int load_wtmpdb(struct loading *l, const uint8_t *p, size_t n)
{
	return load_login_rows(
		l, p, n, "SELECT ID, Type, User, Login, Logout, TTY, RemoteHost, Service FROM wtmp",
		put_wtmpdb);
}
