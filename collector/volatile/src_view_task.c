/*
 * The process table seen by readdir of /proc, and by everything else that knows whether a
 * number is a task: signal 0 and three calls of the scheduler and of job control, over the whole
 * range of numbers, and the kernel's own two counts.
 *
 * Numbers of threads answer these calls too; they are told from processes by the task directories
 * that list them.  No signal is sent: number 0 only asks (kill(2)).
 */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "collector/volatile/answer.h"
#include "collector/volatile/procfs.h"
#include "collector/volatile/source.h"
#include "collector/volatile/view.h"

#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif

#define SMALL_RANGE 65536u		/* numbers that every family is asked for */
#define PID_LIMIT 4194304u		/* no kernel gives higher ones, linux/threads.h */
#define SCAN_NS 2500000000ull		/* time for one scan of the range */
#define SCAN_STEP 4096u			/* numbers between two looks at the clock */

/* 0: there is such a task; else errno. */
static int ask_kill(pid_t id)
{
	return kill(id, 0) == 0 ? 0 : errno;
}

/* Not the C library's: musl's only says that it is not there. */
static int ask_scheduler(pid_t id)
{
	return syscall(SYS_sched_getscheduler, id) >= 0 ? 0 : errno;
}

static int ask_getpgid(pid_t id)
{
	return getpgid(id) >= 0 ? 0 : errno;
}

/* Knows processes alone.  Of the number of a thread, or of a session whose leader has gone, it
 * says that it is not one. */
static int ask_pidfd(pid_t id)
{
	int fd = (int)syscall(SYS_pidfd_open, id, 0);

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

static const struct family {
	const char *check, *call;
	int (*ask)(pid_t id);
	bool threads;			/* answers for those too */
} families[] = {
	{ "scheduler", "sched_getscheduler", ask_scheduler, true },	/* the cheapest first */
	{ "kill", "kill with signal 0", ask_kill, true },
	{ "getpgid", "getpgid", ask_getpgid, true },
	{ "pidfd", "pidfd_open", ask_pidfd, false },
};

#define FAMILY_COUNT (sizeof(families) / sizeof(families[0]))

struct tasks {
	struct source_env *env;
	const struct family *family;
	uint32_t last;			/* number that scans end with */
	bool whole;			/* this family is asked for the whole range */
	uint32_t scanned;		/* how far the shortest scan came */
	struct view_set known;		/* what the first family found */
};

/* It would not be told whether it may be asked about: it is there. */
static bool exists(const struct family *f, uint32_t id)
{
	int oserr = f->ask((pid_t)id);

	return oserr == 0 || oserr == EPERM || oserr == EACCES;
}

/* Does the call tell at all, or is it missing or forbidden to us for every number? */
static int works(const struct family *f)
{
	int own = f->ask(getpid());
	int none = f->ask(INT_MAX);

	if (own != 0)
		return own;
	return none == ESRCH ? 0 : none == 0 ? EINVAL : none;
}

static int list_readdir(void *of, struct view_set *out)
{
	struct tasks *t = of;

	return procfs_list(t->env->proc_fd, t->env->pulse, t->family->threads, out, NULL);
}

/* Every number.  Ends early when it takes too long. */
static void scan(struct tasks *t, struct view_set *out)
{
	uint64_t until = clock_monotonic_ns() + SCAN_NS;
	uint32_t id = 0;

	while (id < t->last) {
		uint32_t stop = t->last - id < SCAN_STEP ? t->last : id + SCAN_STEP;

		while (id++ < stop)
			if (exists(t->family, id))
				view_set_add_number(out, id);
		id = stop;
		pulse_idle(t->env->pulse);
		if (source_stopped(t->env) || clock_monotonic_ns() > until)
			break;
	}
	t->scanned = id < t->scanned ? id : t->scanned;
}

/* Those that readdir or the first family know, of which the present one is asked. */
static int ask_known(struct tasks *t, struct view_set *out)
{
	struct view_set listed;
	int oserr;

	view_set_init(&listed, t->known.width);
	oserr = list_readdir(t, &listed);
	for (size_t i = 0; i < listed.count + t->known.count; i++) {
		const void *key = i < listed.count ? view_set_at(&listed, i)
						   : view_set_at(&t->known, i - listed.count);

		if (exists(t->family, view_set_number(key)))
			view_set_add(out, key);
	}
	view_set_release(&listed);
	return oserr;
}

static int list_family(void *of, struct view_set *out)
{
	struct tasks *t = of;
	int oserr = works(t->family);

	if (oserr != 0)
		return oserr;
	if (!t->whole)
		return ask_known(t, out);
	scan(t, out);
	for (size_t i = 0; t->family == &families[0] && i < out->count; i++)
		view_set_add(&t->known, view_set_at(out, i));
	return 0;
}

static bool has_family(void *of, const void *key)
{
	const struct tasks *t = of;

	return exists(t->family, view_set_number(key));
}

static uint64_t start_of(void *of, const void *key)
{
	const struct tasks *t = of;

	return procfs_start(t->env->proc_fd, view_set_number(key));
}

/* What every way of asking says of it now, by errno, and what /proc says when it is named. */
static void describe(void *of, const void *key, struct buf *out)
{
	const struct tasks *t = of;
	uint32_t id = view_set_number(key);

	buf_printf(out, "\"id\":%u", id);
	for (size_t i = 0; i < FAMILY_COUNT; i++)
		buf_printf(out, ",\"%s_errno\":%d", families[i].check, families[i].ask((pid_t)id));
	buf_putc(out, ',');
	procfs_describe(t->env->proc_fd, id, out);
}

/* Where the range ends: pid_max, or what it was when the highest number was given. */
static uint32_t last_number(struct source_env *env)
{
	uint32_t last = PID_LIMIT;
	struct view_set all;
	char text[32];

	if (procfs_read(env->proc_fd, "sys/kernel/pid_max", text, sizeof(text)) > 0)
		last = (uint32_t)procfs_number(text, "");
	view_set_init(&all, 4);
	procfs_list(env->proc_fd, env->pulse, true, &all, NULL);
	view_set_sort(&all);
	if (all.count > 0 && view_set_number(view_set_at(&all, all.count - 1)) > last)
		last = view_set_number(view_set_at(&all, all.count - 1));
	view_set_release(&all);
	return last < PID_LIMIT ? last : PID_LIMIT;
}

static void put_range(void *of, struct buf *out)
{
	const struct tasks *t = of;
	bool whole = t->whole && t->scanned == t->last;

	buf_printf(out, ",\"last_id\":%u,\"scanned_to\":%u,\"whole_range\":%s", t->last,
		   t->whole ? t->scanned : 0, whole ? "true" : "false");
}

static int take_family(struct tasks *t, const struct family *f)
{
	const struct view v = {
		.check = f->check, .width = 4, .of = t,
		.a = { f->threads ? "readdir of /proc and /proc/PID/task" : "readdir of /proc",
		       list_readdir, NULL },
		.b = { f->call, list_family, has_family },
		.identity = start_of, .describe = describe, .more = put_range,
	};

	t->family = f;
	t->whole = f == &families[0] || t->last <= SMALL_RANGE;
	t->scanned = t->last;
	return view_take(t->env, &v, "task");
}

int view_task_run(struct source_env *env)
{
	struct tasks t = { .env = env };
	int end = 0;

	view_set_init(&t.known, 4);
	t.last = last_number(env);
	for (size_t i = 0; i < FAMILY_COUNT && end == 0; i++)
		end = source_stopped(env) ? 1 : take_family(&t, &families[i]);
	view_set_release(&t.known);
	return end;
}
