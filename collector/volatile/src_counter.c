/*
 * What the kernel counts for the whole system, twice: before the first pass over the
 * processes and after the last, so that the use of processors, disks and network in between
 * can be told, as top(1) and its kin do.
 *
 * The answer is a sequence of records: a line "FILE SECONDS.NANOSECONDS LENGTH" (time by
 * CLOCK_BOOTTIME, when the file was read), then LENGTH raw bytes, then a newline.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collector/volatile/answer.h"
#include "collector/volatile/source.h"
#include "lib/base/fd.h"

#define HEAD_ROOM 128u			/* bytes of the line before a file */
#define FILE_ROOM (512u << 10)		/* bytes: interrupts has a column for each processor */

_Static_assert(HEAD_ROOM + FILE_ROOM + 1 <= ANSWER_PART, "a record stays together");

/* Files below /proc, the quickest to change first; of the network what process 1 sees. */
static const char *const files[] = {
	"stat", "loadavg", "uptime", "schedstat", "softirqs", "interrupts", "meminfo", "vmstat",
	"diskstats", "pressure/cpu", "pressure/io", "pressure/memory", "pressure/irq", "1/net/dev",
	"1/net/snmp", "1/net/snmp6", "1/net/netstat", "1/net/sockstat", "1/net/sockstat6",
	"1/net/softnet_stat",
};

/* The file into the room; its length, -1 with errno if it cannot be had. */
static ssize_t read_file(struct source_env *env, const char *file, char room[FILE_ROOM])
{
	int oserr, fd CLEANUP(fd_close) = -1;
	ssize_t n;

	pulse_call(env->pulse, PULSE_OPEN);
	fd = openat(env->proc_fd, file, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	pulse_call(env->pulse, PULSE_READ);
	n = fd < 0 ? -1 : fd_read_full(fd, room, FILE_ROOM);
	oserr = errno;
	pulse_idle(env->pulse);
	fd_close(&fd);
	errno = oserr;
	return n;
}

/* One file as a record.  One that this kernel does not have, or was told not to fill
 * (pressure), leaves none. */
static int take_file(struct source_env *env, struct answer *a, const char *file, char *room)
{
	struct instant at = clock_read().boottime;
	ssize_t n = read_file(env, file, room + HEAD_ROOM);
	int head;

	if (n < 0 && (errno == ENOENT || errno == EOPNOTSUPP))
		return 0;
	if (n < 0)
		return answer_errno(a, errno, "read");
	if (n == FILE_ROOM)
		answer_fail(a, GAP_SPOOL_LIMIT, 0, NULL);
	head = snprintf(room, HEAD_ROOM, "%s %lld.%09u %zd\n", file, (long long)at.sec, at.nsec,
			n);
	memmove(room + head, room + HEAD_ROOM, (size_t)n);
	room[head + n] = '\n';
	return answer_add(a, room, (size_t)(head + n) + 1);
}

static int pass(struct source_env *env, const char *name)
{
	char *room = malloc(HEAD_ROOM + FILE_ROOM + 1);
	struct answer a;
	int end = 0;

	answer_begin(&a, env, "counter/%s", name);
	answer_note(&a, "\"request\":\"read /proc/FILE\",\"ticks_per_second\":%ld,"
		    "\"page_size\":%ld", sysconf(_SC_CLK_TCK), sysconf(_SC_PAGESIZE));
	if (room == NULL)
		answer_fail(&a, GAP_INTERNAL, ENOMEM, NULL);
	for (size_t i = 0; room != NULL && i < sizeof(files) / sizeof(files[0]) && end == 0; i++)
		end = take_file(env, &a, files[i], room);
	free(room);
	return answer_end(&a) < 0 || end < 0 ? -1 : 0;
}

int counter_run_first(struct source_env *env)
{
	return pass(env, "first");
}

/* Stands behind the last pass over the processes, which comes a second after the first. */
int counter_run_last(struct source_env *env)
{
	return pass(env, "last");
}
