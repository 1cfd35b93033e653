#include "lib/sandbox/sandbox_filter.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

Suite *suite_sandbox_filter(void);

#define DENIED (SECCOMP_RET_ERRNO | EPERM)
#define MISSING (SECCOMP_RET_ERRNO | ENOSYS)
#define ALLOWED SECCOMP_RET_ALLOW
#define HIGH (UINT64_C(0xdeadbeef) << 32)	/* no filter looks there */
#define READER (SANDBOX_BASE | SANDBOX_READ)
#define ASKER (READER | SANDBOX_ASK)
#define APPENDER (SANDBOX_BASE | SANDBOX_KEEP | SANDBOX_APPEND)
#define PLACER (SANDBOX_BASE | SANDBOX_KEEP | SANDBOX_PLACE)
#define RECORDER (SANDBOX_BASE | SANDBOX_RECORD)
#ifdef __s390x__
#define CLONE(flags) { 0x1000, (flags) }
#else
#define CLONE(flags) { (flags), 0x1000 }
#endif

static struct sock_filter code[SANDBOX_FILTER_MAX];
static uint32_t our_arch;

/* The first instructions load the architecture and compare it. */
static void learn_arch(void)
{
	ck_assert_uint_gt(sandbox_filter_make(READER, DENIED, code), 2);
	our_arch = code[1].k;
}

/* What the kernel answers to a call: classic BPF as far as our filters use it, in this
 * machine's order of bytes (kernel/seccomp.c). */
static uint32_t judge(size_t n, const struct seccomp_data *data)
{
	uint32_t a = 0;

	for (size_t at = 0; at < n; at++) {
		const struct sock_filter *i = &code[at];

		switch (i->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			ck_assert_uint_le(i->k, sizeof(*data) - sizeof(a));
			memcpy(&a, (const char *)data + i->k, sizeof(a));
			break;
		case BPF_ALU | BPF_AND | BPF_K:
			a &= i->k;
			break;
		case BPF_JMP | BPF_JEQ | BPF_K:
			at += a == i->k ? i->jt : i->jf;
			break;
		case BPF_JMP | BPF_JGE | BPF_K:
			at += a >= i->k ? i->jt : i->jf;
			break;
		case BPF_RET | BPF_K:
			return i->k;
		default:
			ck_abort_msg("instruction %x", i->code);
		}
	}
	ck_abort_msg("the program runs over its end");
	return 0;
}

static const struct {
	uint32_t rights;
	int nr;
	uint64_t args[6];
	uint32_t wanted;
} calls[] = {
	{ READER, SYS_read, { 0 }, ALLOWED },
	{ READER, SYS_write, { 1 }, DENIED },
	{ RECORDER, SYS_write, { 1 }, ALLOWED },
	{ RECORDER, SYS_openat, { 0, 0, O_RDONLY }, DENIED },
	{ READER, SYS_openat, { 0, 0, O_RDONLY | O_NOFOLLOW | O_CLOEXEC }, ALLOWED },
	{ READER, SYS_openat, { 0, 0, HIGH | O_RDONLY }, ALLOWED },
	{ READER, SYS_openat, { 0, 0, O_WRONLY }, DENIED },
	{ READER, SYS_openat, { 0, 0, HIGH | O_RDWR }, DENIED },
	{ READER, SYS_openat, { 0, 0, O_CREAT }, DENIED },
	{ READER, SYS_openat, { 0, 0, O_TMPFILE }, DENIED },
	{ READER, SYS_openat, { 0, 0, O_DIRECTORY }, ALLOWED },
	{ READER, SYS_mprotect, { 0, 0, PROT_READ }, ALLOWED },
	{ READER, SYS_mprotect, { 0, 0, PROT_READ | PROT_EXEC }, DENIED },
	{ READER, SYS_execve, { 0 }, DENIED },
	{ APPENDER, SYS_openat, { 3, 0, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC }, ALLOWED },
	{ APPENDER, SYS_openat, { 3, 0, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW }, ALLOWED },
	{ APPENDER, SYS_openat, { 3, 0, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW }, DENIED },
	{ APPENDER, SYS_openat, { 3, 0, O_WRONLY | O_CREAT | O_APPEND }, DENIED },
	{ APPENDER, SYS_openat, { 3, 0, O_RDONLY | O_NOFOLLOW }, DENIED },
	{ APPENDER, SYS_symlinkat, { 0 }, DENIED },
	{ PLACER, SYS_openat, { 3, 0, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW }, ALLOWED },
	{ PLACER, SYS_openat, { 3, 0, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW }, DENIED },
	{ PLACER, SYS_openat, { 3, 0, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW }, DENIED },
	{ PLACER, SYS_openat, { 3, 0, O_WRONLY | O_NOFOLLOW }, DENIED },
	{ PLACER, SYS_linkat, { 3, 0, 3, 0, 0 }, ALLOWED },
	{ PLACER, SYS_linkat, { 3, 0, 3, 0, AT_SYMLINK_FOLLOW }, DENIED },
	{ PLACER, SYS_unlinkat, { 0 }, DENIED },
	{ SANDBOX_KEEP, SYS_flock, { 3, LOCK_EX }, ALLOWED },
	{ SANDBOX_KEEP, SYS_flock, { 3, LOCK_UN }, DENIED },
	{ READER, SYS_flock, { 3, LOCK_EX }, DENIED },
	{ READER, SYS_ptrace, { 0 }, DENIED },
	{ READER, SYS_clone3, { 0 }, MISSING },
	{ RECORDER, SYS_clone, CLONE(CLONE_VM | CLONE_SIGHAND | CLONE_THREAD | CLONE_FS), ALLOWED },
	{ RECORDER, SYS_clone, CLONE(CLONE_VM | CLONE_SIGHAND | CLONE_THREAD | CLONE_NEWNS), DENIED },
	{ RECORDER, SYS_clone, CLONE(SIGCHLD), DENIED },
	{ SANDBOX_BREED, SYS_clone, CLONE(SIGCHLD), ALLOWED },
	{ SANDBOX_BREED, SYS_clone, CLONE(SIGCHLD | CLONE_NEWUSER), DENIED },
	{ READER, SYS_socket, { AF_NETLINK, SOCK_RAW, NETLINK_ROUTE }, DENIED },
	{ ASKER, SYS_socket, { AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE }, ALLOWED },
	{ ASKER, SYS_socket, { AF_NETLINK, SOCK_RAW, NETLINK_SELINUX }, DENIED },
	{ ASKER, SYS_socket, { AF_INET, SOCK_DGRAM, 0 }, DENIED },
	{ ASKER, SYS_socket, { AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0 }, ALLOWED },
	{ ASKER, SYS_connect, { 0 }, DENIED },
	{ ASKER, SYS_kill, { 1, 0 }, ALLOWED },
	{ ASKER, SYS_kill, { 1, SIGKILL }, DENIED },
#ifdef SYS_mmap2
	{ READER, SYS_mmap2, { 0, 0, PROT_READ | PROT_WRITE }, ALLOWED },
	{ READER, SYS_mmap2, { 0, 0, PROT_READ | PROT_EXEC }, DENIED },
#endif
#ifdef SYS_futex_time64
	{ RECORDER, SYS_futex_time64, { 0 }, ALLOWED },
	{ RECORDER, SYS_clock_gettime64, { 0 }, ALLOWED },
	{ RECORDER, SYS_statx, { 5, 0, AT_EMPTY_PATH | AT_NO_AUTOMOUNT }, ALLOWED },
	{ RECORDER, SYS_statx, { 5, 0, AT_NO_AUTOMOUNT }, DENIED },
#else
	{ RECORDER, SYS_statx, { 5, 0, AT_EMPTY_PATH }, DENIED },
#endif
#ifdef SYS_socketcall
	{ ASKER, SYS_socketcall, { 1 }, DENIED },
	{ ASKER | SANDBOX_OLD_SOCKETS, SYS_socketcall, { 1 }, ALLOWED },
	{ ASKER | SANDBOX_OLD_SOCKETS, SYS_socketcall, { HIGH | 17 }, ALLOWED },
	{ ASKER | SANDBOX_OLD_SOCKETS, SYS_socketcall, { 3 }, DENIED },	/* SYS_CONNECT */
#endif
};

START_TEST(test_a_call_is_judged_by_the_low_half_of_its_arguments)
{
	struct seccomp_data data = { .nr = calls[_i].nr, .arch = our_arch };
	size_t n = sandbox_filter_make(calls[_i].rights, DENIED, code);
	uint32_t got;

	memcpy(data.args, calls[_i].args, sizeof(data.args));
	got = judge(n, &data);
	ck_assert_msg(got == calls[_i].wanted, "row %d, call %d: %x", _i, calls[_i].nr, got);
}
END_TEST

START_TEST(test_a_call_of_another_architecture_ends_the_process)
{
	static const uint32_t others[] = { AUDIT_ARCH_X86_64, AUDIT_ARCH_I386, AUDIT_ARCH_AARCH64,
					   AUDIT_ARCH_S390X, AUDIT_ARCH_S390, AUDIT_ARCH_PPC64LE };
	size_t n = sandbox_filter_make(READER, DENIED, code);

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		struct seccomp_data data = { .nr = SYS_read, .arch = others[i] };

		if (others[i] != our_arch)
			ck_assert_uint_eq(judge(n, &data), 0x80000000);
	}
}
END_TEST

Suite *suite_sandbox_filter(void)
{
	Suite *s = suite_create("lib/sandbox/sandbox_filter");
	TCase *t = tcase_create("sandbox_filter");

	tcase_add_checked_fixture(t, learn_arch, NULL);
	tcase_add_loop_test(t, test_a_call_is_judged_by_the_low_half_of_its_arguments, 0,
			    sizeof(calls) / sizeof(calls[0]));
	tcase_add_test(t, test_a_call_of_another_architecture_ends_the_process);
	suite_add_tcase(s, t);
	return s;
}
