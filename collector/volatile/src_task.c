/*
 * Every process in one quick pass, twice: nothing here can hang (stat and status take no lock
 * of the process), so that the list is of one moment as nearly as can be.
 *
 * The answer is a sequence of records: a line "PID FILE SECONDS.NANOSECONDS LENGTH" (time by
 * CLOCK_BOOTTIME, when the file was read), then LENGTH raw bytes, then a newline.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <time.h>
#include <unistd.h>

#include "collector/volatile/answer.h"
#include "collector/volatile/source.h"
#include "lib/base/dir.h"
#include "lib/base/fd.h"

#define FILE_ROOM 16384u		/* bytes: stat has some 400, status 1500 and its groups */
#define SECOND_NS 1000000000ull
#define NAP_NS 50000000ull

/* One file as a record.  A process that has ended meanwhile leaves none. */
static int take_file(struct source_env *env, struct answer *a, const char *pid, const char *file)
{
	char name[300], record[FILE_ROOM + 128];
	struct instant at;
	ssize_t n;
	int head, fd CLEANUP(fd_close) = -1;

	snprintf(name, sizeof(name), "%s/%s", pid, file);
	fd = openat(env->proc_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return 0;
	at = clock_read().boottime;
	n = read(fd, record + 128, FILE_ROOM - 1);
	if (n < 0)
		return 0;
	head = snprintf(record, 128, "%.20s %s %lld.%09u %zd\n", pid, file, (long long)at.sec,
			at.nsec, n);
	memmove(record + head, record + 128, (size_t)n);
	record[head + n] = '\n';
	return answer_add(a, record, (size_t)(head + n) + 1);
}

/* The kernel's own counts, against which the list can be held. */
static void note_counts(struct source_env *env, struct answer *a, const char *when)
{
	struct sysinfo about;
	struct stat st;

	if (sysinfo(&about) == 0)
		answer_note(a, "\"sysinfo_procs_%s\":%u", when, about.procs);
	if (fstat(env->proc_fd, &st) == 0)
		answer_note(a, "\"proc_nlink_%s\":%llu", when, (unsigned long long)st.st_nlink);
}

static int take_all(struct source_env *env, struct answer *a, bool with_status)
{
	DIR *d CLEANUP(dir_close) = dir_open(env->proc_fd, ".");
	const char *pid;
	uint32_t pids = 0;
	int end = 0;

	note_counts(env, a, "before");
	if (d == NULL)
		return answer_fail(a, gap_from_errno(errno), errno, "openat");
	while (end == 0 && (pid = dir_next_number(d)) != NULL) {
		if (source_stopped(env)) {
			answer_fail(a, GAP_CUT, 0, NULL);
			break;
		}
		pids++;
		pulse_call(env->pulse, PULSE_READ);
		end = take_file(env, a, pid, "stat");
		if (end == 0 && with_status)
			end = take_file(env, a, pid, "status");
	}
	pulse_idle(env->pulse);
	note_counts(env, a, "after");
	answer_note(a, "\"pids\":%u", pids);
	return end;
}

static int pass(struct source_env *env, const char *name, bool with_status)
{
	struct answer a;
	int end;

	answer_begin(&a, env, "task/%s", name);
	answer_note(&a, "\"request\":\"read /proc/PID/stat%s\",\"ticks_per_second\":%ld",
		    with_status ? ", /proc/PID/status" : "", sysconf(_SC_CLK_TCK));
	end = take_all(env, &a, with_status);
	return answer_end(&a) < 0 || end < 0 ? -1 : 0;
}

int task_run_first(struct source_env *env)
{
	env->first_pass_ns = clock_monotonic_ns();
	return pass(env, "first", true);
}

/* At least a second after the first: what is shorter says nothing of the use of a
 * processor counted in hundredths. */
int task_run_last(struct source_env *env)
{
	const struct timespec nap = { .tv_nsec = NAP_NS };

	while (env->first_pass_ns != 0 && !source_stopped(env) &&
	       clock_monotonic_ns() - env->first_pass_ns < SECOND_NS)
		nanosleep(&nap, NULL);
	return pass(env, "last", false);
}
