#include "lib/sandbox/sandbox_filter.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/bpf.h>
#include <linux/fiemap.h>
#include <linux/netlink.h>
#include <linux/nsfs.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* The C library need not know them yet; the numbers of calls since Linux 5.0 are the same
 * everywhere. */
#ifndef SYS_open_tree
#define SYS_open_tree 428
#endif
#ifndef SYS_fsopen
#define SYS_fsopen 430
#define SYS_fsconfig 431
#define SYS_fsmount 432
#endif
#ifndef SYS_clone3
#define SYS_clone3 435
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_openat2
#define SYS_openat2 437
#endif
#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif
#ifndef OPEN_TREE_CLONE
#define OPEN_TREE_CLONE 1
#endif
#define FSCONFIG_CMD_CREATE 6
#define SANDBOX_RECURSIVE 0x8000	/* AT_RECURSIVE */
/* FS_IOC_FIEMAP of linux/fs.h, which has no room beside sys/mount.h. */
#define SANDBOX_FIEMAP _IOWR('f', 11, struct fiemap)

/* Whatever could make or change a file when it is opened.  O_ACCMODE of musl has O_PATH in it,
 * O_TMPFILE has O_DIRECTORY. */
#define SANDBOX_OPEN_CHANGES \
	(O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | O_APPEND | (O_TMPFILE & ~O_DIRECTORY))
/* All of it that is looked at where new files may be made. */
#define SANDBOX_OPEN_FLAGS (SANDBOX_OPEN_CHANGES | O_EXCL | O_NOFOLLOW | O_DIRECTORY)
/* To make a mount that is there read-only, at least. */
#define SANDBOX_REMOUNT (MS_REMOUNT | MS_BIND | MS_RDONLY)

/* A thread, in no new namespace.  clone(2): s390 has the stack first. */
#define SANDBOX_CLONE_THREAD (CLONE_VM | CLONE_SIGHAND | CLONE_THREAD)
#define SANDBOX_CLONE_KINDS (SANDBOX_CLONE_THREAD | CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | \
	CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | 0x80u /* CLONE_NEWTIME */)
#ifdef __s390x__
#define SANDBOX_CLONE_FLAGS 2
#else
#define SANDBOX_CLONE_FLAGS 1
#endif

/* linux/audit.h; 0: no filter is made. */
#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__i386__)
#define ARCH AUDIT_ARCH_I386
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#elif defined(__arm__)
#define ARCH AUDIT_ARCH_ARM
#elif defined(__riscv) && __riscv_xlen == 64
#define ARCH AUDIT_ARCH_RISCV64
#elif defined(__powerpc64__) && __BYTE_ORDER == __LITTLE_ENDIAN
#define ARCH AUDIT_ARCH_PPC64LE
#elif defined(__s390x__)
#define ARCH AUDIT_ARCH_S390X
#else
#define ARCH 0
#endif
#ifdef __x86_64__
#define FOREIGN 0x40000000u		/* __X32_SYSCALL_BIT: numbers from here on */
#else
#define FOREIGN 0u			/* none */
#endif

#ifndef SECCOMP_RET_KILL_PROCESS	/* Linux 4.14; before, it ends the thread */
#define SECCOMP_RET_KILL_PROCESS 0x80000000u
#endif

/* arg 0: no check. */
struct check {
	uint32_t arg, mask, value;
};

/* rights 0: fails with ENOSYS. */
struct call {
	uint32_t nr, rights;
	struct check check[2];
};

#define BASE SANDBOX_BASE
#define RECORD SANDBOX_RECORD
#define READ SANDBOX_READ
#define ASK SANDBOX_ASK
#define UNDER SANDBOX_UNDER
#define STEP SANDBOX_STEP
#define NODE SANDBOX_NODE
#define SHED SANDBOX_SHED
#define BREED SANDBOX_BREED
#define KEEP SANDBOX_KEEP
#define OLD_SOCKETS SANDBOX_OLD_SOCKETS
#define APPEND SANDBOX_APPEND
#define PLACE SANDBOX_PLACE
static const struct call calls[] = {
#define CALL(set, name) { SYS_##name, set, { { 0, 0, 0 }, { 0, 0, 0 } } },
#define WITH(set, name, a, m, v) { SYS_##name, set, { { a, m, v }, { 0, 0, 0 } } },
#define BOTH(set, name, a, m, v, b, n, w) { SYS_##name, set, { { a, m, v }, { b, n, w } } },
#define NOSYS(name) { SYS_##name, 0, { { 0, 0, 0 }, { 0, 0, 0 } } },
#include "lib/sandbox/sandbox_calls.def"
#undef CALL
#undef WITH
#undef BOTH
#undef NOSYS
};

/* The program as it grows; too long: full. */
struct program {
	struct sock_filter *at;
	size_t len;
	bool full;
};

static void put(struct program *p, uint16_t code, uint32_t k, uint8_t yes, uint8_t no)
{
	if (p->len == SANDBOX_FILTER_MAX)
		p->full = true;
	else
		p->at[p->len++] = (struct sock_filter){ code, yes, no, k };
}

static void load(struct program *p, size_t offset)
{
	put(p, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

static void answer(struct program *p, uint32_t action)
{
	put(p, BPF_RET | BPF_K, action, 0, 0);
}

/* The low half of an argument. */
static size_t offset_of(uint32_t arg)
{
	return offsetof(struct seccomp_data, args) + 8 * (size_t)(arg - 1) +
	       (__BYTE_ORDER == __BIG_ENDIAN ? 4 : 0);
}

/* Instructions of one check: load, perhaps and, compare. */
static uint8_t length_of(const struct check *c)
{
	return c->arg == 0 ? 0 : c->mask == UINT32_MAX ? 2 : 3;
}

/* Does not hold: jump over ${skip} instructions behind it. */
static void put_check(struct program *p, const struct check *c, uint8_t skip)
{
	if (c->arg == 0)
		return;
	load(p, offset_of(c->arg));
	if (c->mask != UINT32_MAX)
		put(p, BPF_ALU | BPF_AND | BPF_K, c->mask, 0, 0);
	put(p, BPF_JMP | BPF_JEQ | BPF_K, c->value, 0, skip);
}

/* One row: allow if its checks hold, else go on behind it. */
static void put_row(struct program *p, const struct call *c)
{
	put_check(p, &c->check[0], (uint8_t)(length_of(&c->check[1]) + 1));
	put_check(p, &c->check[1], 1);
	answer(p, SECCOMP_RET_ALLOW);
}

static bool is_for(const struct call *c, uint32_t rights)
{
	return c->rights == 0 || (c->rights & rights) != 0;
}

static bool is_first(size_t i, uint32_t rights)
{
	for (size_t j = 0; j < i; j++)
		if (calls[j].nr == calls[i].nr && is_for(&calls[j], rights))
			return false;
	return is_for(&calls[i], rights);
}

/* All rows of one call; another call jumps over them. */
static void put_call(struct program *p, size_t i, uint32_t rights, uint32_t denied)
{
	size_t jump = p->len, length;

	put(p, BPF_JMP | BPF_JEQ | BPF_K, calls[i].nr, 0, 0);
	for (size_t j = i; j < COUNT(calls); j++)
		if (calls[j].nr == calls[i].nr && is_for(&calls[j], rights) && calls[j].rights != 0)
			put_row(p, &calls[j]);
	answer(p, calls[i].rights == 0 ? SECCOMP_RET_ERRNO | ENOSYS : denied);
	length = p->len - jump - 1;
	if (length > UINT8_MAX)
		p->full = true;
	if (!p->full)
		p->at[jump].jf = (uint8_t)length;
}

size_t sandbox_filter_make(uint32_t rights, uint32_t denied, struct sock_filter *out)
{
	struct program p = { out, 0, ARCH == 0 };

	load(&p, offsetof(struct seccomp_data, arch));
	put(&p, BPF_JMP | BPF_JEQ | BPF_K, ARCH, 1, 0);
	answer(&p, SECCOMP_RET_KILL_PROCESS);
	load(&p, offsetof(struct seccomp_data, nr));
	if (FOREIGN != 0) {
		put(&p, BPF_JMP | BPF_JGE | BPF_K, FOREIGN, 0, 1);
		answer(&p, SECCOMP_RET_KILL_PROCESS);
	}
	for (size_t i = 0; i < COUNT(calls); i++)
		if (is_first(i, rights))
			put_call(&p, i, rights, denied);
	answer(&p, denied);
	return p.full ? 0 : p.len;
}

unsigned sandbox_filter_calls(uint32_t rights)
{
	unsigned n = 0;

	for (size_t i = 0; i < COUNT(calls); i++)
		n += calls[i].rights != 0 && is_first(i, rights);
	return n;
}
