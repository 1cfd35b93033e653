/*
 * lastlog.
 */
#include "workstation/case/load_login.h"
#include "workstation/case/loaders.h"
#include "workstation/parse/lastlog.h"

int load_lastlog(struct loading *l, const uint8_t *p, size_t n)
{
	struct lastlog_record r;
	struct case_login row;
	struct lastlog log;

	lastlog_begin(&log, p, n, load_login_layout(l->facts));
	while (lastlog_next(&log, &r)) {
		case_init_login(&row);
		row.object = l->object;
		row.pos = (int64_t)r.pos;
		row.source = "lastlog";
		row.kind = "last";
		row.uid = (int64_t)r.uid;
		row.tty = r.line;
		row.origin = r.host;
		row.address = load_login_address(r.host);
		row.time = load_login_ns(r.time);
		if (case_put_login(l->db, &row, l->e) != 0)
			return -1;
	}
	if (lastlog_left(&log) == 0)
		return 0;
	return case_note(l, (int64_t)log.at, CASE_NULL, "partial",
			 "%zu bytes at the end are no whole record", lastlog_left(&log));
}
