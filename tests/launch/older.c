/*
 * Runs a program as an older kernel would: system calls that it did not have answer
 * ENOSYS, flags that it did not know what they did there.
 *
 *	older VERSION PROGRAM [ARGUMENT...]
 *
 * Numbers of x86-64 were given in the order of time (arch/x86/entry/syscalls/
 * syscall_64.tbl), so a version is the last number that it had, with the few
 * exceptions below.  What is not shown so: files of /proc and /sys, messages of
 * netlink, and flags that stand in memory.  Exit code: the program's, 128 and the
 * signal, or 77 if it cannot be tried.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/launch/tracer.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define V(a, b, c) ((a) << 16 | (b) << 8 | (c))	/* 2.6.32 */
#define SECONDS 250u

/* Version and the highest number of a call that it had. */
static const struct {
	unsigned version;
	unsigned last;
} calls[] = {
	{ V(2, 6, 32), 298 }, { V(2, 6, 33), 299 }, { V(2, 6, 36), 302 }, { V(2, 6, 39), 306 },
	{ V(3, 0, 0), 309 },  { V(3, 2, 0), 311 },  { V(3, 5, 0), 312 },  { V(3, 8, 0), 313 },
	{ V(3, 14, 0), 315 }, { V(3, 15, 0), 316 }, { V(3, 17, 0), 320 }, { V(3, 18, 0), 321 },
	{ V(3, 19, 0), 322 }, { V(4, 3, 0), 324 },  { V(4, 4, 0), 325 },  { V(4, 5, 0), 326 },
	{ V(4, 6, 0), 328 },  { V(4, 9, 0), 331 },  { V(4, 11, 0), 332 }, { V(4, 18, 0), 334 },
	{ V(5, 1, 0), 427 },  { V(5, 2, 0), 433 },  { V(5, 3, 0), 435 },  { V(5, 6, 0), 438 },
	{ V(5, 8, 0), 439 },  { V(5, 10, 0), 440 }, { V(5, 11, 0), 441 }, { V(5, 12, 0), 442 },
	{ V(5, 13, 0), 446 }, { V(5, 14, 0), 447 }, { V(5, 15, 0), 448 }, { V(5, 16, 0), 449 },
	{ V(5, 17, 0), 450 }, { V(6, 5, 0), 451 },  { V(6, 6, 0), 453 },  { V(6, 7, 0), 456 },
	{ V(6, 8, 0), 461 },  { V(6, 10, 0), 462 }, { V(6, 13, 0), 466 }, { V(6, 15, 0), 467 },
};

/* Calls whose number was kept for them while others went ahead. */
static const struct {
	unsigned nr, since;
} exceptions[] = {
	{ SYS_close_range, V(5, 9, 0) },
	{ 443 /* quotactl_fd */, V(5, 14, 0) },
};

/* How an argument is looked at. */
enum how { IS, HAS, ABOVE };

/* Before ${since} a call gave ${oserr} where its argument is, has one bit of, or is above
 * ${value}; 0: it did not know the bits, and overlooked them. */
static const struct {
	int nr;
	unsigned arg;
	enum how how;
	unsigned value, since;
	int oserr;
} rules[] = {
	{ SYS_newfstatat, 3, HAS, 0x6000, V(4, 11, 0), EINVAL },	/* AT_STATX_... */
	{ SYS_newfstatat, 3, HAS, AT_EMPTY_PATH, V(2, 6, 39), EINVAL },
	{ SYS_newfstatat, 3, HAS, AT_NO_AUTOMOUNT, V(2, 6, 38), EINVAL },
	{ SYS_open, 1, HAS, O_PATH, V(2, 6, 39), 0 },
	{ SYS_openat, 2, HAS, O_PATH, V(2, 6, 39), 0 },
	{ SYS_lseek, 2, ABOVE, SEEK_END, V(3, 1, 0), EINVAL },		/* SEEK_DATA, SEEK_HOLE */
	{ SYS_madvise, 2, IS, MADV_DONTDUMP, V(3, 4, 0), EINVAL },
	{ SYS_madvise, 2, IS, 18 /* MADV_WIPEONFORK */, V(4, 14, 0), EINVAL },
	{ SYS_prctl, 0, IS, PR_SET_CHILD_SUBREAPER, V(3, 4, 0), EINVAL },
	{ SYS_prctl, 0, IS, PR_SET_NO_NEW_PRIVS, V(3, 5, 0), EINVAL },
	{ SYS_prctl, 0, IS, PR_GET_NO_NEW_PRIVS, V(3, 5, 0), EINVAL },
	{ SYS_prctl, 0, IS, PR_SET_SECCOMP, V(3, 5, 0), EINVAL },
	{ SYS_prctl, 0, ABOVE, PR_GET_TID_ADDRESS, V(4, 3, 0), EINVAL },	/* PR_CAP_AMBIENT */
	{ SYS_setns, 1, HAS, CLONE_NEWNS | CLONE_NEWUSER | CLONE_NEWPID, V(3, 8, 0), EINVAL },
	{ SYS_setns, 1, HAS, 0x02000000 /* CLONE_NEWCGROUP */, V(4, 6, 0), EINVAL },
	{ SYS_ioctl, 1, IS, 0xb701 /* NS_GET_USERNS */, V(4, 9, 0), ENOTTY },
	{ SYS_ioctl, 1, IS, 0xb702 /* NS_GET_PARENT */, V(4, 9, 0), ENOTTY },
	{ SYS_ioctl, 1, IS, 0xb703 /* NS_GET_NSTYPE */, V(4, 11, 0), ENOTTY },
	{ SYS_ioctl, 1, IS, 0xb704 /* NS_GET_OWNER_UID */, V(4, 11, 0), ENOTTY },
	{ SYS_fcntl, 1, ABOVE, 1032 /* F_GETPIPE_SZ */, V(3, 17, 0), EINVAL },	/* seals */
	{ SYS_bpf, 0, ABOVE, 4, V(4, 4, 0), EINVAL },		/* ..._GET_NEXT_KEY */
	{ SYS_bpf, 0, ABOVE, 7, V(4, 10, 0), EINVAL },		/* BPF_OBJ_GET */
	{ SYS_bpf, 0, ABOVE, 9, V(4, 12, 0), EINVAL },		/* BPF_PROG_DETACH */
	{ SYS_bpf, 0, ABOVE, 10, V(4, 13, 0), EINVAL },		/* BPF_PROG_TEST_RUN */
	{ SYS_bpf, 0, ABOVE, 15, V(4, 15, 0), EINVAL },		/* BPF_OBJ_GET_INFO_BY_FD */
	{ SYS_bpf, 0, ABOVE, 20, V(5, 1, 0), EINVAL },		/* BPF_TASK_FD_QUERY */
	{ SYS_bpf, 0, ABOVE, 27, V(5, 7, 0), EINVAL },		/* BPF_MAP_DELETE_BATCH */
};

static unsigned since(unsigned nr)
{
	for (size_t i = 0; i < COUNT(exceptions); i++)
		if (exceptions[i].nr == nr)
			return exceptions[i].since;
	return 0;
}

static unsigned last_call(unsigned version)
{
	unsigned last = 0;

	for (size_t i = 0; i < COUNT(calls) && calls[i].version <= version; i++)
		last = calls[i].last;
	return last;
}

static void refuse_calls(struct tracer_filter *f, unsigned version)
{
	unsigned last = last_call(version);

	for (size_t i = 0; i < COUNT(exceptions); i++) {
		if (since(exceptions[i].nr) <= version)
			continue;
		tracer_add(f, BPF_JMP | BPF_JEQ | BPF_K, exceptions[i].nr, 0, 1);
		tracer_add(f, BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS, 0, 0);
	}
	tracer_add(f, BPF_JMP | BPF_JGT | BPF_K, last, 0, 1);
	tracer_add(f, BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS, 0, 0);
}

static void refuse_arguments(struct tracer_filter *f, unsigned version)
{
	static const unsigned short jumps[] = {
		[IS] = BPF_JEQ, [HAS] = BPF_JSET, [ABOVE] = BPF_JGT,
	};

	for (size_t i = 0; i < COUNT(rules); i++) {
		unsigned action = rules[i].oserr == 0 ? SECCOMP_RET_TRACE :
				  SECCOMP_RET_ERRNO | (unsigned)rules[i].oserr;

		if (rules[i].since <= version)
			continue;
		tracer_add(f, BPF_LD | BPF_W | BPF_ABS, TRACER_CALL_NR, 0, 0);
		tracer_add(f, BPF_JMP | BPF_JEQ | BPF_K, (unsigned)rules[i].nr, 0, 3);
		tracer_add(f, BPF_LD | BPF_W | BPF_ABS, TRACER_ARG(rules[i].arg), 0, 0);
		tracer_add(f, BPF_JMP | (jumps[rules[i].how]) | BPF_K, rules[i].value, 0, 1);
		tracer_add(f, BPF_RET | BPF_K, action, 0, 0);
	}
}

/* A flag that was not known was overlooked: without O_PATH a file is opened to be read. */
static bool overlook(void *ctx, pid_t tid, struct user_regs_struct *regs)
{
	(void)ctx;
	(void)tid;
	if (regs->orig_rax == SYS_openat)
		regs->rdx &= ~(unsigned long long)O_PATH;
	else
		regs->rsi &= ~(unsigned long long)O_PATH;
	return true;
}

static unsigned parse(const char *text)
{
	unsigned part[3] = { 0 };

	if (sscanf(text, "%u.%u.%u", &part[0], &part[1], &part[2]) < 2)
		return 0;
	return V(part[0], part[1], part[2]);
}

int main(int argc, char *argv[])
{
	static struct tracer_filter filter;
	unsigned version = argc > 2 ? parse(argv[1]) : 0;
	struct tracer_end end;

	if (version < calls[0].version) {
		fprintf(stderr, "older: VERSION PROGRAM..., from 2.6.32 on\n");
		return 2;
	}
	tracer_begin(&filter);
	tracer_add(&filter, BPF_LD | BPF_W | BPF_ABS, TRACER_CALL_NR, 0, 0);
	refuse_calls(&filter, version);
	refuse_arguments(&filter, version);
	if (tracer_run(&filter, argv + 2, SECONDS, overlook, NULL, &end) != 0) {
		fprintf(stderr, "older: cannot trace: %s\n", strerror(errno));
		return 77;
	}
	return WIFEXITED(end.status) ? WEXITSTATUS(end.status) : 128 + WTERMSIG(end.status);
}
