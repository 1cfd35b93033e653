/*
 * syscall: the system call in which a thread was, from /proc/PID/syscall (proc(5)), and its
 * name.
 *
 * The kernel writes "running" for a thread that was on a processor, "-1 SP PC" for one that
 * waited outside of a call, and "NUMBER ARG0 ... ARG5 SP PC" for one in a call; what the
 * numbers mean depends on the architecture, and on whether the process was a 32-bit one.
 */
#ifndef EXHIBIT_PARSE_SYSCALL_H
#define EXHIBIT_PARSE_SYSCALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/bytes.h"

enum syscall_where {
	SYSCALL_IN,		/* in the call ${number} */
	SYSCALL_RUNNING,	/* on a processor: the kernel does not tell more */
	SYSCALL_OUTSIDE,	/* blocked, but not in a call: a page fault, a stop, a
				 * thread of the kernel */
	SYSCALL_UNREAD		/* the text is none of these */
};

struct syscall_line {
	enum syscall_where where;
	int64_t number;
	uint64_t args[6];
	uint64_t stack, code;	/* pointers of the thread in user space */
};

struct syscall_line syscall_read(const void *p, size_t n);

/**
 * syscall_name(arch, l):
 * The name of the call that ${l} was in on a host of ${arch} (uname -m; host-arch of the
 * session): "ppoll".  On x86-64 and aarch64 a stack below 4 GiB is taken for that of a 32-bit
 * process.  "running" for one on a processor; NULL where nothing is known.
 */
const char *syscall_name(struct bytes arch, const struct syscall_line *l);

/**
 * syscall_descriptor(name, l):
 * The descriptor that the call ${name} is about, its first argument; -1 if ${name} is NULL or a
 * call that has none there.
 */
int64_t syscall_descriptor(const char *name, const struct syscall_line *l);

#endif
