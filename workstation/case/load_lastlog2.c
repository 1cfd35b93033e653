/*
 * lastlog2: an SQLite file in the place of lastlog (lastlog2(8)).
 */
#include "workstation/case/load_login.h"
#include "workstation/case/loaders.h"

/* Name, Time, TTY, RemoteHost, Service */
static int put_lastlog2(struct loading *l, struct foreign *f)
{
	int64_t sec = foreign_int(f, 1);
	struct case_login row;

	case_init_login(&row);
	row.object = l->object;
	row.source = "lastlog2";
	row.kind = "last";
	row.user = foreign_text(f, 0);
	row.time = sec == CASE_NULL ? sec : load_login_ns(sec);
	row.tty = foreign_text(f, 2);
	row.origin = foreign_text(f, 3);
	row.address = load_login_address(row.origin);
	row.detail = foreign_text(f, 4);
	return case_put_login(l->db, &row, l->e);
}

int load_lastlog2(struct loading *l, const uint8_t *p, size_t n)
{
	return load_login_rows(l, p, n, "SELECT Name, Time, TTY, RemoteHost, Service FROM Lastlog2",
			       put_lastlog2);
}
