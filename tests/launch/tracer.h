/*
 * tracer: runs a program and all that it starts under a seccomp filter, and stops at
 * the system calls that the filter marks with SECCOMP_RET_TRACE.
 *
 * ptrace(2) with PTRACE_SEIZE: no process is stopped for anything else, signals arrive
 * as they would.  x86-64 only, whose registers it changes.
 */
#ifndef EXHIBIT_LAUNCH_TRACER_H
#define EXHIBIT_LAUNCH_TRACER_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <sys/user.h>

#define TRACER_FILTER_MAX 512u	/* instructions */
#define TRACER_CALL_NR 0u	/* offset of the number in struct seccomp_data */
#define TRACER_ARG(i) (16u + 8u * (i))	/* offset of the low half of an argument */

/* A filter that grows: begin, then rows, then end. */
struct tracer_filter {
	struct sock_filter code[TRACER_FILTER_MAX];
	size_t n;
};

/* Called at each marked system call before it is made; true: ${regs} were changed. */
typedef bool (*tracer_call)(void *ctx, pid_t tid, struct user_regs_struct *regs);

/* How it ended. */
struct tracer_end {
	int status;		/* of the program, wait(2) */
	int crashed;		/* the first SIGSEGV or its kin that a process got, caught or not */
	unsigned long crashed_at;	/* where in its program */
	unsigned left;		/* processes that were there a while after the program had ended */
	bool timeout;		/* everything was killed after the seconds given */
	long rss_kib;		/* largest process that was waited for */
};

/**
 * tracer_begin(f):
 * A filter that lets calls of another architecture alone.
 */
void tracer_begin(struct tracer_filter *f);

/**
 * tracer_add(f, code, k, yes, no):
 * Append an instruction, bpf(4); ${yes} and ${no} are the instructions to skip.
 */
void tracer_add(struct tracer_filter *f, unsigned short code, unsigned k, unsigned char yes,
		unsigned char no);

/**
 * tracer_install(f):
 * Put the calling process under the filter; everything not decided by it is allowed.
 * no_new_privs is set only where the right to do without is missing.  0 or -1 with errno.
 */
int tracer_install(struct tracer_filter *f);

/**
 * tracer_run(f, argv, seconds, call, ctx, end):
 * Run ${argv}, wait for it and for all that it left.  0, or -1 with errno: it was not run.
 */
int tracer_run(struct tracer_filter *f, char *argv[], unsigned seconds, tracer_call call,
	       void *ctx, struct tracer_end *end);

#endif
