/*
 * self: this process on the host: who we are, what we inherited, what we were
 * not given, and what we changed by being here.
 */
#ifndef EXHIBIT_HOST_SELF_H
#define EXHIBIT_HOST_SELF_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/utsname.h>

#include "lib/base/buf.h"
#include "lib/base/clock.h"
#include "lib/base/err.h"

/* Facts about ourselves, read from /proc/self and by calls that touch no
 * evidence.  Strings are NUL-terminated raw bytes, empty when unknown. */
struct self {
	char exe_path[4096];		/* readlink of /proc/self/exe */
	uint32_t exe_dev_major, exe_dev_minor;
	uint64_t exe_ino, exe_size;
	char cwd[4096];
	uint32_t uid, euid, gid, egid;
	pid_t pid, ppid;
	uint64_t caps_effective;	/* capget(2) */
	char namespaces[512];		/* "mnt:[4026531841] pid:[...] net:[...] ..." */
	char inherited[2048];		/* what matters of what we inherited, one line, escaped */
	char cgroup[2048];		/* /proc/self/cgroup: lines, the last without LF */
	char fallbacks[4096];		/* what the kernel lacks, lines of ability_missing */
	struct utsname uts;		/* uname(2), empty when unknown */
	struct clocks clocks;		/* at the start */
	int sync_state;			/* adjtimex(2) return value, -1 unknown */
	int64_t maxerror_us, esterror_us;
	int status_fd, io_fd;		/* /proc/self/status and io, for self_usage; -1: none */
};

/**
 * self_sanitise(inherited):
 * First call of main.  Descriptors 0, 1, 2, if closed, become ends of pipes that have
 * no other end (reads end, writes fail); all above are closed.  Default dispositions
 * except SIGPIPE, SIGXFSZ, SIGTTOU (ignored) and SIGHUP (stays ignored if it was: nohup);
 * empty signal mask, no timers, RLIMIT_CORE 0, other limits as high as we may, self_yield, no
 * odd personality, empty environment, umask 077, PR_SET_DUMPABLE 0.  Appends to
 * ${inherited} what was unusual, and the number of environment variables, as one line of
 * escaped text.  Cannot fail.  It reads no path.
 */
void self_sanitise(struct buf *inherited);

/**
 * self_yield(inherited):
 * Stand behind the host's own work: nice 10, the last of the usual class for I/O, the usual
 * policy, whatever was inherited; on all processors that our control group has; timer slack,
 * memory policy and parent-death signal as a process without history has them.  Appends to
 * ${inherited} what was unusual.  sched(7), ioprio_set(2), set_mempolicy(2), prctl(2).
 */
void self_yield(struct buf *inherited);

/**
 * self_circumstances(s):
 * Fill s->cgroup, and append to s->inherited who traces us and how the kernel rates us when
 * memory ends, if that is unusual.
 */
void self_circumstances(struct self *s);

/**
 * self_read(s) / self_release(s):
 * Fill ${s} except inherited.  What is held open is closed by self_release.
 */
void self_read(struct self *s);
void self_release(struct self *s);

/**
 * self_missing(s, out):
 * Append one line of escaped text for each right that this run lacks and what that
 * costs ("CAP_SYS_PTRACE: environment and open files of other users' processes").
 * Nothing if the run is fully privileged.
 */
void self_missing(const struct self *s, struct buf *out);

/* What the run cost the host: bytes and microseconds; from getrusage(2) and what self_read
 * opened, because at the end nothing can be opened any more; 0 where unknown.  Time is of the
 * calling process and of those it waited for, the rest of the calling process alone. */
struct self_usage {
	uint64_t peak_rss, cpu_us, read_bytes, write_bytes;
};

void self_usage(const struct self *s, struct self_usage *u);

#endif
