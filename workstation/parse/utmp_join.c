#include "workstation/parse/utmp_join.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "workstation/parse/line.h"

#define LINE_LEN 32u /* of ut_line */

struct open_line {
	char line[LINE_LEN];
	size_t len;
	int64_t tag;
};

struct utmp_join {
	utmp_join_ended *ended;
	void *ctx;
	bool up; /* a boot is open, under ${boot} */
	int64_t boot;
	size_t count;
	struct open_line open[UTMP_JOIN_LINES];
};

static bool is_repaired_login(const struct utmp_record *r)
{
	return r->type != UTMP_DEAD_PROCESS && r->user.len > 0 && r->line.len > 0 &&
	       !scan_begins(r->user, "LOGIN");
}

/* Run level 0 is a halt, 6 a reboot; the level is the low byte of the process number. */
static enum utmp_join_kind run_level(const struct utmp_record *r)
{
	int level = r->pid & 0xff;

	return level == '0' || level == '6' ? UTMP_JOIN_SHUTDOWN : UTMP_JOIN_RUNLEVEL;
}

enum utmp_join_kind utmp_join_kind_of(const struct utmp_record *r)
{
	if ((r->flags & UTMP_UNKNOWN_TYPE) != 0 || r->type == UTMP_EMPTY ||
	    r->type == UTMP_NEW_TIME || r->type == UTMP_OLD_TIME || r->type == UTMP_ACCOUNTING)
		return UTMP_JOIN_OTHER;
	if (scan_begins(r->line, "~")) {
		if (scan_begins(r->user, "shutdown"))
			return UTMP_JOIN_SHUTDOWN;
		if (scan_begins(r->user, "reboot"))
			return UTMP_JOIN_BOOT;
		if (scan_begins(r->user, "runlevel"))
			return run_level(r);
	}
	if (r->type == UTMP_BOOT_TIME)
		return UTMP_JOIN_BOOT;
	if (r->type == UTMP_RUN_LVL)
		return run_level(r);
	if (is_repaired_login(r))
		return UTMP_JOIN_LOGIN;
	if (r->type == UTMP_DEAD_PROCESS || (r->user.len == 0 && r->type == UTMP_USER_PROCESS))
		return UTMP_JOIN_LOGOUT;
	return UTMP_JOIN_OTHER;
}

struct utmp_join *utmp_join_new(utmp_join_ended *ended, void *ctx)
{
	struct utmp_join *j = calloc(1, sizeof(*j));

	if (j == NULL)
		return NULL;
	j->ended = ended;
	j->ctx = ctx;
	return j;
}

void utmp_join_free(struct utmp_join *j)
{
	free(j);
}

static void forget(struct utmp_join *j, size_t i)
{
	j->count--;
	memmove(&j->open[i], &j->open[i + 1], (j->count - i) * sizeof(j->open[0]));
}

/* End what is open on ${line}. */
static int close_line(struct utmp_join *j, struct bytes line, int64_t time_ns)
{
	for (size_t i = 0; i < j->count; i++) {
		struct open_line *o = &j->open[i];
		int64_t tag = o->tag;

		if (o->len != line.len || memcmp(o->line, line.p, line.len) != 0)
			continue;
		forget(j, i);
		return j->ended(j->ctx, tag, time_ns, "logout");
	}
	return 0;
}

static void open_line(struct utmp_join *j, struct bytes line, int64_t tag)
{
	struct open_line *o;

	if (j->count == UTMP_JOIN_LINES)
		forget(j, 0);
	o = &j->open[j->count++];
	o->len = line.len;
	memcpy(o->line, line.p, line.len);
	o->tag = tag;
}

/* Everything ends, the boot too. */
static int close_all(struct utmp_join *j, int64_t time_ns, const char *how)
{
	int r = 0;

	for (size_t i = 0; i < j->count && r == 0; i++)
		r = j->ended(j->ctx, j->open[i].tag, time_ns, how);
	j->count = 0;
	if (j->up && r == 0)
		r = j->ended(j->ctx, j->boot, time_ns, how);
	j->up = false;
	return r;
}

int utmp_join_add(struct utmp_join *j, enum utmp_join_kind kind, struct bytes line, int64_t time_ns,
		  int64_t tag)
{
	int r = 0;

	line.len = line.len < LINE_LEN ? line.len : LINE_LEN;
	switch (kind) {
	case UTMP_JOIN_LOGIN:
		r = close_line(j, line, time_ns);
		open_line(j, line, tag);
		break;
	case UTMP_JOIN_LOGOUT:
		r = close_line(j, line, time_ns);
		break;
	case UTMP_JOIN_SHUTDOWN:
		r = close_all(j, time_ns, "down");
		break;
	case UTMP_JOIN_BOOT:
		r = close_all(j, time_ns, "crash");
		j->up = true;
		j->boot = tag;
		break;
	default:
		break;
	}
	return r;
}
