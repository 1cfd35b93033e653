/*
 * utmp, wtmp and btmp.
 */
#include <string.h>

#include "workstation/case/load_login.h"
#include "workstation/case/loaders.h"
#include "workstation/parse/line.h"
#include "workstation/parse/utmp_join.h"

static const char *source_of(struct bytes name)
{
	struct bytes last = line_last(name);

	return scan_begins(last, "btmp") ? "btmp" : scan_begins(last, "wtmp") ? "wtmp" : "utmp";
}

/* A record of btmp is a failure, whatever its type says: sshd writes LOGIN_PROCESS. */
static const char *kind_of(const struct utmp_record *r, const char *source)
{
	static const char *const by_type[UTMP_TYPES] = { "invalid", "runlevel",  "boot",  "clock",
							 "clock",   "init",      "getty", "login",
							 "logout",  "accounting" };
	static const char *const by_join[] = {
		[UTMP_JOIN_LOGIN] = "login",       [UTMP_JOIN_LOGOUT] = "logout",
		[UTMP_JOIN_BOOT] = "boot",         [UTMP_JOIN_SHUTDOWN] = "shutdown",
		[UTMP_JOIN_RUNLEVEL] = "runlevel",
	};
	enum utmp_join_kind kind = utmp_join_kind_of(r);

	if ((r->flags & UTMP_UNKNOWN_TYPE) != 0)
		return "invalid";
	if (strcmp(source, "btmp") == 0)
		return "failed";
	return kind != UTMP_JOIN_OTHER ? by_join[kind] : by_type[r->type];
}

static int put(struct loading *l, const struct utmp_record *r, const char *source)
{
	char address[UTMP_ADDRESS_LEN];
	struct case_login row;

	case_init_login(&row);
	row.object = l->object;
	row.pos = (int64_t)r->pos;
	row.source = source;
	row.kind = kind_of(r, source);
	row.user = r->user;
	row.tty = r->line;
	row.origin = r->host;
	row.address = load_login_address(r->host);
	if (utmp_address(address, r))
		row.address = (struct bytes){ address, strlen(address) };
	row.pid = r->pid;
	row.sid = r->session;
	row.time = r->time_ns;
	return case_put_login(l->db, &row, l->e);
}

static int note(struct loading *l, const struct utmp_record *r)
{
	static const struct {
		unsigned flag;
		const char *kind, *text;
	} rows[] = {
		{ UTMP_UNKNOWN_TYPE, "unreadable", "is none of the types of utmp" },
		{ UTMP_TIME_BACK, "time-back", "is earlier than the record before" },
		{ UTMP_CLOCK_UNSET, "clock", "is from January 1970: the clock was not set" },
		{ UTMP_BAD_FRACTION, "unreadable", "has a million microseconds or more" },
		{ UTMP_RESIDUE, "residue", "has no user, but bytes behind the NUL: it was wiped" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if ((r->flags & rows[i].flag) != 0 &&
		    case_note(l, (int64_t)r->pos, CASE_NULL, rows[i].kind, "record of type %d: %s",
			      r->type, rows[i].text) != 0)
			return -1;
	return 0;
}

int load_utmp(struct loading *l, const uint8_t *p, size_t n)
{
	const char *source = source_of(l->name);
	struct utmp_record r;
	struct utmp u;

	utmp_begin(&u, p, n, load_login_layout(l->facts));
	while (utmp_next(&u, &r))
		if (put(l, &r, source) != 0 || note(l, &r) != 0)
			return -1;
	if (utmp_left(&u) == 0)
		return 0;
	return case_note(l, (int64_t)u.at, CASE_NULL, "partial",
			 "%zu bytes at the end are no whole record", utmp_left(&u));
}
