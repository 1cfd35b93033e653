/*
 * The kernel's own counts of tasks and processes against what /proc lists.
 *
 * Both move while we list.  But every task listed was alive at some time of the listing, and
 * every one that was alive throughout is listed; /proc/stat counts what was created between.  So
 * with BEFORE and AFTER the counts and FORKS the tasks created between them
 *     AFTER - FORKS <= listed <= BEFORE + FORKS
 * holds on any system, however busy, that hides nothing.  The counts are those of the whole
 * kernel: in another pid namespace than the first they say nothing about our list.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "collector/volatile/answer.h"
#include "collector/volatile/procfs.h"
#include "collector/volatile/source.h"
#include "collector/volatile/view.h"

#define TRIES 5u			/* until the list lies within its bounds */
#define STAT_ROOM 262144u		/* bytes of /proc/stat: 1,000 processors, interrupts */

/* One of the two comparisons. */
struct kind {
	const char *check, *a, *b;
	bool threads;
};

static const struct kind kinds[] = {
	{ "tasks", "listed in /proc/PID/task", "tasks counted, /proc/loadavg", true },
	{ "processes", "listed in /proc", "processes counted, links of /proc", false },
};

struct attempt {
	uint64_t before, after, forks;	/* counts, and tasks created between */
	uint64_t listed;
	uint32_t folders;		/* of /proc that are no process */
};

static uint64_t forks(struct source_env *env)
{
	struct buf text;
	uint64_t n = 0;
	char *room;

	buf_init(&text, STAT_ROOM);
	room = buf_room(&text, STAT_ROOM);
	pulse_call(env->pulse, PULSE_READ);
	if (room != NULL && procfs_read(env->proc_fd, "stat", room, STAT_ROOM) > 0)
		n = procfs_number(room, "processes ");
	pulse_idle(env->pulse);
	buf_release(&text);
	return n;
}

/* "0.00 0.01 0.05 2/108 4711": 108 tasks.  sysinfo(2) has but 16 bits for the same number. */
static uint64_t tasks(struct source_env *env)
{
	char text[128];
	const char *slash;

	procfs_read(env->proc_fd, "loadavg", text, sizeof(text));
	slash = strchr(text, '/');
	return slash == NULL ? 0 : strtoull(slash + 1, NULL, 10);
}

/* Its own two links and those of the folders are taken off later. */
static uint64_t links(struct source_env *env)
{
	struct stat st;

	return fstat(env->proc_fd, &st) == 0 ? st.st_nlink : 0;
}

static int try_once(struct source_env *env, const struct kind *k, struct attempt *t)
{
	uint64_t (*count)(struct source_env *env) = k->threads ? tasks : links;
	uint64_t born = forks(env);
	struct view_set listed;
	int oserr;

	view_set_init(&listed, 4);
	t->before = count(env);
	oserr = procfs_list(env->proc_fd, env->pulse, k->threads, &listed, &t->folders);
	t->after = count(env);
	t->forks = forks(env) - born;
	view_set_sort(&listed);
	t->listed = listed.count;
	view_set_release(&listed);
	if (!k->threads) {
		t->before -= t->folders + 2u;
		t->after -= t->folders + 2u;
	}
	return oserr;
}

/* How far the list lies outside its bounds: fewer listed than there must be is negative. */
static int64_t outside(const struct attempt *t)
{
	int64_t listed = (int64_t)t->listed, least = (int64_t)(t->after - t->forks);
	int64_t most = (int64_t)(t->before + t->forks);

	return listed < least ? listed - least : listed > most ? listed - most : 0;
}

static void put_line(struct buf *b, const struct kind *k, const struct attempt *t)
{
	buf_printf(b, "{\"check\":\"%s\",\"a\":\"%s\",\"b\":\"%s\",\"listed\":%llu,"
		   "\"counted_before\":%llu,\"counted_after\":%llu,\"created_between\":%llu",
		   k->check, k->a, k->b,
		   (unsigned long long)t->listed, (unsigned long long)t->before,
		   (unsigned long long)t->after, (unsigned long long)t->forks);
}

static int take(struct source_env *env, const struct kind *k)
{
	bool comparable = procfs_in_first_namespace(env->proc_fd);
	uint64_t begun = clock_monotonic_ns();
	struct attempt t = { 0 };
	struct answer a;
	struct buf line;
	unsigned tries = 0;
	int oserr, end = 0;

	answer_begin(&a, env, "view/count/%s", k->check);
	do {
		oserr = try_once(env, k, &t);
		tries++;
	} while (oserr == 0 && comparable && outside(&t) != 0 && tries < TRIES &&
		 !source_stopped(env));
	buf_init(&line, 1024);
	put_line(&line, k, &t);
	buf_printf(&line, ",\"comparable\":%s,\"tries\":%u", comparable ? "true" : "false", tries);
	if (comparable)
		buf_printf(&line, ",\"outside\":%lld", (long long)outside(&t));
	buf_printf(&line, ",\"begin\":[%lld,%u],\"ns\":%llu}\n", (long long)a.begun.realtime.sec,
		   a.begun.realtime.nsec, (unsigned long long)(clock_monotonic_ns() - begun));
	if (oserr != 0)
		answer_errno(&a, oserr, "getdents64");
	else
		end = answer_add(&a, line.p, line.len);
	buf_release(&line);
	return answer_end(&a) < 0 || end < 0 ? -1 : 0;
}

int view_count_run(struct source_env *env)
{
	int end = take(env, &kinds[0]);

	return end == 0 ? take(env, &kinds[1]) : end;
}
