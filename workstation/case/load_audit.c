/*
 * Logs of auditd: each event is a row of `log`; programs that were run are rows of `command`,
 * logins and failures rows of `login`.
 */
#include <stdlib.h>
#include <string.h>

#include "workstation/case/load_login.h"
#include "workstation/case/load_message.h"
#include "workstation/case/loaders.h"
#include "workstation/parse/audit.h"
#include "workstation/parse/line.h"

#define TEXT_MAX 65536u

static struct bytes field(const struct audit_event *ev, enum audit_what what)
{
	return load_message_some((struct bytes){ ev->field[what].p, ev->field[what].len });
}

static struct bytes either(const struct audit_event *ev, enum audit_what a, enum audit_what b)
{
	return ev->field[a].len > 0 ? field(ev, a) : field(ev, b);
}

static int64_t number(const struct audit_event *ev, enum audit_what what)
{
	uint64_t v;

	return scan_u64(field(ev, what), 10, &v) && v <= INT64_MAX ? (int64_t)v : CASE_NULL;
}

/* The user who logged in; without one, the user it ran as. */
static struct bytes user_of(const struct audit_event *ev)
{
	struct bytes auid = either(ev, AUDIT_AUID_NAME, AUDIT_AUID);

	if (auid.len == 0 || scan_is(auid, "unset") || scan_is(auid, "4294967295"))
		return either(ev, AUDIT_UID_NAME, AUDIT_UID);
	return auid;
}

static int put_log(struct loading *l, const struct audit_event *ev)
{
	struct case_log row;
	struct buf text;
	int r;

	buf_init(&text, TEXT_MAX);
	buf_printf(&text, "%s", ev->type);
	for (unsigned k = 0; k < AUDIT_FIELDS; k++) {
		struct bytes b = field(ev, k);

		if (b.len == 0 || text.max - text.len < b.len + 32)
			continue;
		buf_printf(&text, " %s=", audit_name(k));
		buf_add(&text, b.p, b.len);
	}
	case_init_log(&row);
	row.object = l->object;
	row.pos = (int64_t)ev->pos;
	row.line = (int64_t)ev->line;
	row.source = "audit";
	row.time = ev->time_ns;
	row.time_from = "exact";
	row.program = either(ev, AUDIT_EXE, AUDIT_COMM);
	row.pid = number(ev, AUDIT_PID);
	row.text = (struct bytes){ text.p, text.len };
	r = case_put_log(l->db, &row, l->e);
	buf_release(&text);
	return r;
}

static int put_command(struct loading *l, const struct audit_event *ev)
{
	struct case_command row;

	case_init_command(&row);
	row.object = l->object;
	row.pos = (int64_t)ev->pos;
	row.line = (int64_t)ev->line;
	row.source = "audit";
	row.user = user_of(ev);
	row.time = ev->time_ns;
	row.text = ev->executes ? field(ev, AUDIT_ARGV) : field(ev, AUDIT_CMD);
	return row.text.len == 0 ? 0 : case_put_command(l->db, &row, l->e);
}

/* Which records are a login, a failure, an end; NULL: none. */
static const char *login_kind(const struct audit_event *ev)
{
	static const struct {
		const char *type, *good, *bad;
	} rows[] = {
		{ "USER_LOGIN", "login", "failed" },
		{ "USER_AUTH", NULL, "failed" },
		{ "USER_ERR", NULL, "failed" },
		{ "USER_LOGOUT", "logout", NULL },
	};
	struct bytes res = field(ev, AUDIT_RES);
	bool good = scan_is(res, "success") || scan_is(res, "1");

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(ev->type, rows[i].type) == 0)
			return good ? rows[i].good : rows[i].bad;
	return NULL;
}

static int put_login(struct loading *l, const struct audit_event *ev, const char *kind)
{
	struct case_login row;

	case_init_login(&row);
	row.object = l->object;
	row.pos = (int64_t)ev->pos;
	row.line = (int64_t)ev->line;
	row.source = "log";
	row.kind = kind;
	row.user = ev->field[AUDIT_ACCT].len > 0 ? field(ev, AUDIT_ACCT) : user_of(ev);
	row.tty = either(ev, AUDIT_TERMINAL, AUDIT_TTY);
	row.origin = either(ev, AUDIT_ADDR, AUDIT_HOSTNAME);
	row.address = load_login_address(row.origin);
	row.pid = number(ev, AUDIT_PID);
	row.sid = number(ev, AUDIT_SES);
	row.time = ev->time_ns;
	row.detail = either(ev, AUDIT_EXE, AUDIT_OP);
	return case_put_login(l->db, &row, l->e);
}

static int put(void *ctx, const struct audit_event *ev)
{
	struct loading *l = ctx;
	const char *kind = login_kind(ev);

	if (put_log(l, ev) != 0 || (kind != NULL && put_login(l, ev, kind) != 0))
		return -1;
	if (ev->executes || strcmp(ev->type, "USER_CMD") == 0)
		return put_command(l, ev);
	return 0;
}

int load_audit_begin(struct loading *l)
{
	struct audit *a = malloc(sizeof(*a));

	if (a == NULL)
		return err_set(l->e, 0, "no memory to read a log of auditd");
	audit_begin(a, put, l);
	l->state = a;
	return 0;
}

int load_audit(struct loading *l, const char *s, size_t n, uint64_t pos, uint64_t line)
{
	struct audit *a = l->state;
	int r;

	/* the reader of lines moves its struct */
	a->ctx = l;
	r = n == 0 ? 0 : audit_line(a, s, n, pos, line);
	if (r == 1)
		return case_note(l, (int64_t)pos, (int64_t)line, "unreadable",
				 "this is no record of auditd");
	return r;
}

int load_audit_end(struct loading *l, bool whole)
{
	struct audit *a = l->state;
	int r;

	(void)whole;
	if (a == NULL)
		return 0;
	a->ctx = l;
	r = audit_finish(a);
	audit_release(a);
	free(a);
	l->state = NULL;
	return r;
}
