/*
 * process: every process once, by a handle of its directory in /proc.
 *
 * All that is asked of a process goes through the handle: when it has ended, the kernel
 * answers ESRCH, even if its number is in use again.  Its start time, read before and after
 * (field 22 of stat, proc_pid_stat(5)), says which process it was.
 */
#ifndef EXHIBIT_VOLATILE_PROCESS_H
#define EXHIBIT_VOLATILE_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "collector/volatile/source.h"

struct process {
	pid_t pid;
	int fd;				/* /proc/PID, O_PATH */
	bool has_start;
	uint64_t start;			/* ticks since boot, when we turned to it */
};

/* What is to be done with one process; returns as run of a source. */
typedef int process_work(struct source_env *env, const struct process *p, void *ctx);

/**
 * process_each(env, work, ctx):
 * Do ${work} for every process, in the order of the kernel's list, which ascends.  Returns
 * as run of a source; 0 with *${oserr} set if there is no list.
 */
int process_each(struct source_env *env, process_work *work, void *ctx, int *oserr);

/* Start time of the process behind the handle ${fd} now; false if it has ended. */
bool process_start(struct pulse *pulse, int fd, uint64_t *out);

/* The N of its link "mnt:[N]" below ns/, 0 if that is refused. */
uint64_t process_mount_ns(struct pulse *pulse, int fd);

#endif
