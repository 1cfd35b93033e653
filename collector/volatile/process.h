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

/* What is to be done with one thread, not the first: the link names begin with "task/TID/". */
typedef int process_thread_work(struct source_env *env, const struct process *p, pid_t tid,
				void *ctx);

/**
 * process_threads(env, p, work, ctx):
 * Do ${work} for every thread of ${p} but the first, whose number is that of the process.  A
 * process whose first thread has ended shows its files only by those of the others.  Returns
 * as run of a source.
 */
int process_threads(struct source_env *env, const struct process *p, process_thread_work *work,
		    void *ctx);

/* Number of a thread that is not the first, 0 if there is none. */
pid_t process_other_thread(struct source_env *env, const struct process *p);

/* Start time of the process behind the handle ${fd} now; false if it has ended. */
bool process_start(struct pulse *pulse, int fd, uint64_t *out);

/* The N of its link "mnt:[N]" below ns/, 0 if that is refused. */
uint64_t process_mount_ns(struct pulse *pulse, int fd);

#endif
