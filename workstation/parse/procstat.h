/*
 * procstat: what the kernel says of a process in /proc/PID/stat and /proc/PID/status
 * (proc(5); fs/proc/array.c), and the name of its terminal.
 *
 * The name of a process is chosen by whoever runs it and may hold blanks, brackets and line
 * feeds; in stat it ends at the last bracket.  Fields that an old kernel lacks are 0.
 */
#ifndef EXHIBIT_PARSE_PROCSTAT_H
#define EXHIBIT_PARSE_PROCSTAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/bytes.h"

#define PROCSTAT_TTY_LEN 24u	/* bytes that procstat_tty needs, NUL included */
#define PROCSTAT_KTHREAD UINT64_C(0x00200000)	/* PF_KTHREAD in flags (include/linux/sched.h) */

/* A line of stat.  Times are in ticks (USER_HZ). */
struct procstat {
	int64_t pid;
	struct bytes name;	/* raw; up to 15 bytes, of kernel threads up to 63 */
	char state;		/* R S D Z T t X I ... */
	int64_t ppid, pgrp, session;
	int64_t tty;		/* device number as the kernel packs it; 0: none */
	uint64_t flags;		/* PF_... */
	int64_t utime, stime;	/* of the process itself, without its children */
	int64_t nice;
	int64_t threads;
	int64_t start;		/* ticks since boot */
	int64_t vsize;		/* bytes */
};

/**
 * procstat_read(p, n, out):
 * Read a line of /proc/PID/stat.  False if it is none; then ${out} is unspecified.
 */
bool procstat_read(const void *p, size_t n, struct procstat *out);

/**
 * procstat_tty(tty, out):
 * Write the name of the terminal with the packed device number ${tty} into ${out} of
 * PROCSTAT_TTY_LEN bytes: pts/3, tty1, ttyS0 ...; MAJOR:MINOR of others; "" for none.
 * Numbers: Documentation/admin-guide/devices.txt.
 */
const char *procstat_tty(int64_t tty, char *out);

/* What status says and stat does not; -1 where the line is missing. */
struct procstatus {
	int64_t tgid, ppid;
	int64_t uid, euid;	/* real, effective */
	int64_t gid;		/* real */
	int64_t tracer;		/* TracerPid; 0: nobody */
	int64_t rss;		/* bytes; missing for threads of the kernel */
	int64_t threads;
	int64_t seccomp;	/* 0 none, 1 strict, 2 filter */
	struct bytes cap_eff;	/* hex digits; p NULL: missing */
};

/**
 * procstat_status(p, n, out):
 * Read a /proc/PID/status.  False if it does not begin with a line "Name:"; a line that is
 * not understood is passed over.
 */
bool procstat_status(const void *p, size_t n, struct procstatus *out);

#endif
