#include "collector/host/sandbox.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/fs.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "lib/sandbox/sandbox_filter.h"
#include "tests/support/emulator.h"
#include "tests/support/leftover.h"

Suite *suite_sandbox(void);

/* The C library need not know them yet. */
#define NR_PIDFD_SEND_SIGNAL 424
#define NR_IO_URING_SETUP 425
#define NR_OPEN_TREE 428
#define NR_MOVE_MOUNT 429
#define NR_FSOPEN 430
#define NR_CLONE3 435
#define NR_OPENAT2 437
#define NR_PIDFD_GETFD 438
#define NR_FCHMODAT2 452
#ifndef SYS_clock_settime		/* musl's name where time had 32 bits */
#define SYS_clock_settime SYS_clock_settime32
#endif

/* What the attempts are aimed at; made before the sandbox. */
static struct scene {
	char dir[64];			/* holds file, empty/, and is the current directory */
	int home;			/* where the other tests are */
	int file, folder;		/* open for reading */
	int pipe[2];
	pid_t victim;			/* a process of ours that only waits */
	void *page;			/* of ours, readable and writable */
} scene;

static long try_fork(void)
{
	pid_t child = fork();

	if (child == 0)
		_exit(0);
	return child < 0 ? -1 : waitpid(child, NULL, 0);
}

/* A number or a pointer, as a result. */
static long mapped(const void *p)
{
	return p == MAP_FAILED ? -1 : 0;
}

static long openat2(uint64_t flags)
{
	const struct { uint64_t flags, mode, resolve; } how = { flags, 0, 0 };

	return syscall(NR_OPENAT2, AT_FDCWD, "file", &how, sizeof(how));
}

static long reopen(int flags)
{
	char name[64];

	snprintf(name, sizeof(name), "/proc/self/fd/%d", scene.file);
	return open(name, flags);
}

static long new_filter(void)
{
	struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	struct sock_fprog program = { 1, &allow };

	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
}

static char *const nothing[] = { NULL };
static const struct timespec times[2];
static struct flock a_lock = { .l_type = F_RDLCK };
static int one = 1, flags_of_file;
static struct rlimit a_limit = { 1024, 1024 };
static struct iovec own = { &one, 1 }, other = { (void *)8, 1 };

#define BIT(stage) (1u << SANDBOX_##stage)
#define READERS (BIT(ASKS) | BIT(COPIES) | BIT(FILES) | BIT(GUEST) | BIT(DEVICE))
#define NURSERY BIT(NURSERY)
#define RECORDER BIT(RECORDER)
#define SHEDDERS ((READERS & ~BIT(FILES)) | NURSERY)
#define LOOSE (1u << 31)		/* the kernel may refuse it to anybody */

/* Name, the stages that may, the call.  With bad arguments where it would do harm: without a
 * sandbox it then fails with another errno. */
#define ATTEMPTS(X) \
	X(execve, 0, execve("/nonexistent", nothing, nothing)) \
	X(execveat, 0, syscall(SYS_execveat, AT_FDCWD, "/nonexistent", nothing, nothing, 0)) \
	X(fork_a_process, NURSERY, try_fork()) \
	X(clone_with_a_namespace, 0, syscall(SYS_clone, CLONE_NEWUTS | SIGCHLD, 0, 0, 0, 0) == 0 ? (_exit(0), 0) : -1) \
	X(open_for_writing, 0, open("file", O_WRONLY)) \
	X(open_for_both, 0, open("file", O_RDWR)) \
	X(open_with_both_bits, 0, open("file", O_WRONLY | O_RDWR)) \
	X(open_for_appending, 0, open("file", O_RDONLY | O_APPEND)) \
	X(open_and_truncate, 0, open("file", O_RDONLY | O_TRUNC)) \
	X(create, 0, open("new", O_RDONLY | O_CREAT, 0600)) \
	X(create_at, 0, openat(scene.folder, "new2", O_WRONLY | O_CREAT | O_EXCL, 0600)) \
	X(create_unnamed, 0, open(".", O_TMPFILE | O_RDWR, 0600)) \
	X(open_again_for_writing, 0, reopen(O_RDWR)) \
	X(openat2_for_writing, 0, openat2(O_WRONLY)) \
	X(openat2_for_reading, 0, openat2(O_RDONLY)) \
	X(open_by_handle, 0, syscall(SYS_open_by_handle_at, AT_FDCWD, (void *)8, O_RDWR)) \
	X(open_for_reading, READERS | NURSERY, open("file", O_RDONLY)) \
	X(open_by_path_alone, READERS | NURSERY, open("file", O_PATH)) \
	X(look, READERS | NURSERY, access(".", 0) == 0 || errno != EPERM ? 0 : fstatat(scene.folder, "file", &(struct stat){ 0 }, 0)) \
	X(follow_a_link, READERS | NURSERY, readlink("/proc/self", (char[64]){ 0 }, 64)) \
	X(unlink, 0, unlink("doomed")) \
	X(unlink_at, 0, unlinkat(scene.folder, "doomed", 0)) \
	X(remove_a_directory, 0, rmdir("empty")) \
	X(rename, 0, rename("file", "file2")) \
	X(rename_at, 0, syscall(SYS_renameat2, scene.folder, "file2", scene.folder, "file", 0)) \
	X(link, 0, link("file", "link")) \
	X(symlink, 0, symlink("file", "symlink")) \
	X(make_a_directory, 0, mkdir("folder", 0700)) \
	X(make_a_fifo, 0, mknod("fifo", S_IFIFO | 0600, 0)) \
	X(make_a_device, 0, mknod("device", S_IFCHR | 0600, makedev(1, 3))) \
	X(make_a_block_device, BIT(DEVICE) | NURSERY, mknodat(scene.folder, "block", S_IFBLK | S_IRUSR, makedev(259, 1048575))) \
	X(truncate, 0, truncate("file", 0)) \
	X(truncate_open, 0, ftruncate(scene.file, 0)) \
	X(allocate, 0, fallocate(scene.file, 0, 0, 4096)) \
	X(chmod, 0, chmod("file", 0600)) \
	X(chmod_open, 0, fchmod(scene.file, 0600)) \
	X(chmod_at, 0, fchmodat(scene.folder, "file", 0600, 0)) \
	X(chmod_at_2, 0, syscall(NR_FCHMODAT2, AT_FDCWD, "file", 0600, 0)) \
	X(chown, 0, chown("file", (uid_t)-1, (gid_t)-1)) \
	X(chown_open, 0, fchown(scene.file, (uid_t)-1, (gid_t)-1)) \
	X(set_times, 0, utimensat(AT_FDCWD, "file", times, 0)) \
	X(set_times_open, 0, futimens(scene.file, times)) \
	X(set_an_attribute, LOOSE, setxattr("file", "user.x", "1", 1, 0)) \
	X(set_an_attribute_open, LOOSE, fsetxattr(scene.file, "user.x", "1", 1, 0)) \
	X(remove_an_attribute, LOOSE, removexattr("file", "user.x")) \
	X(set_flags, LOOSE, ioctl(scene.file, FS_IOC_SETFLAGS, &flags_of_file)) \
	X(push_into_a_terminal, 0, ioctl(scene.file, TIOCSTI, "x")) \
	X(lock, 0, fcntl(scene.file, F_SETLK, &a_lock)) \
	X(lock_whole, 0, syscall(SYS_flock, scene.file, 5)) \
	X(lease, 0, fcntl(scene.file, F_SETLEASE, F_RDLCK)) \
	X(be_notified, 0, fcntl(scene.folder, F_NOTIFY, 1)) \
	X(watch, 0, syscall(SYS_inotify_init1, 0)) \
	X(watch_all, LOOSE, syscall(SYS_fanotify_init, 0, 0)) \
	X(copy_a_range, 0, syscall(SYS_copy_file_range, scene.file, NULL, scene.pipe[1], NULL, 1, 0)) \
	X(send_a_file, 0, sendfile(scene.pipe[1], scene.file, NULL, 1)) \
	X(splice, 0, syscall(SYS_splice, scene.file, NULL, scene.pipe[1], NULL, 1, 0)) \
	X(write, RECORDER, write(scene.pipe[1], "x", 1)) \
	X(write_in_pieces, 0, writev(scene.pipe[1], &own, 1)) \
	X(write_in_place, 0, pwrite(scene.file, "x", 1, 0)) \
	X(map_to_execute, 0, mapped(mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, scene.file, 0))) \
	X(make_executable, 0, mprotect(scene.page, 4096, PROT_READ | PROT_EXEC)) \
	X(unnamed_memory_file, 0, syscall(SYS_memfd_create, "x", 0)) \
	X(trace, 0, ptrace(PTRACE_SEIZE, scene.victim, 0, 0)) \
	X(write_to_a_process, 0, process_vm_writev(scene.victim, &own, 1, &other, 1, 0)) \
	X(read_a_process, 0, process_vm_readv(scene.victim, &own, 1, &other, 1, 0)) \
	X(take_a_descriptor, 0, syscall(NR_PIDFD_GETFD, -1, 0, 0)) \
	X(ask_with_signal_0, BIT(ASKS) | NURSERY, kill(scene.victim, 0)) \
	X(signal, 0, kill(scene.victim, SIGCONT)) \
	X(signal_a_group, 0, kill(-scene.victim, SIGCONT)) \
	X(signal_a_thread, 0, syscall(SYS_tgkill, scene.victim, scene.victim, SIGCONT)) \
	X(signal_a_pidfd, 0, syscall(NR_PIDFD_SEND_SIGNAL, -1, SIGCONT, NULL, 0)) \
	X(queue_a_signal, 0, syscall(SYS_rt_sigqueueinfo, scene.victim, SIGCONT, (void *)8)) \
	X(renice, 0, setpriority(PRIO_PROCESS, (id_t)scene.victim, 0)) \
	X(reschedule, 0, syscall(SYS_sched_setscheduler, scene.victim, 0, &(int){ 0 })) \
	X(limit_another, 0, prlimit(scene.victim, RLIMIT_CORE, &a_limit, NULL)) \
	X(socket_inet, 0, socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) \
	X(socket_inet_kept, 0, socket(AF_INET, SOCK_STREAM, 0)) \
	X(socket_raw, 0, socket(AF_INET, SOCK_RAW, 1)) \
	X(socket_packet, LOOSE, socket(AF_PACKET, SOCK_RAW, 0)) \
	X(socket_unix, 0, socket(AF_UNIX, SOCK_STREAM, 0)) \
	X(socket_pair, 0, socketpair(AF_UNIX, SOCK_STREAM, 0, (int[2]){ 0 })) \
	X(socket_uevent, 0, socket(AF_NETLINK, SOCK_RAW, NETLINK_KOBJECT_UEVENT)) \
	X(socket_netlink, BIT(ASKS) | NURSERY, socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE)) \
	X(connect, 0, connect(scene.file, (const void *)&a_limit, sizeof(a_limit))) \
	X(bind, 0, bind(scene.file, (const void *)&a_limit, sizeof(a_limit))) \
	X(listen, 0, listen(scene.file, 1)) \
	X(send, 0, send(scene.file, "x", 1, 0)) \
	X(send_and_connect, 0, sendmsg(scene.file, &(struct msghdr){ 0 }, MSG_FASTOPEN)) \
	X(set_a_socket_option, 0, setsockopt(scene.file, SOL_SOCKET, SO_MARK, &one, sizeof(one))) \
	X(mount, 0, mount("none", "empty", "tmpfs", 0, NULL)) \
	X(mount_bind, 0, mount(".", "empty", NULL, MS_BIND, NULL)) \
	X(remount_writable, 0, mount(NULL, "empty", NULL, MS_REMOUNT | MS_BIND, NULL)) \
	X(unmount, 0, umount2("empty", 0)) \
	X(unshare_mounts, BIT(GUEST) | BIT(DEVICE) | NURSERY, unshare(CLONE_NEWNS)) \
	X(unshare_network, 0, unshare(CLONE_NEWNET)) \
	X(join_any_namespace, 0, setns(scene.file, 0)) \
	X(join_a_network, BIT(ASKS) | NURSERY, setns(scene.file, CLONE_NEWNET)) \
	X(join_mounts, BIT(GUEST) | NURSERY, setns(scene.file, CLONE_NEWNS)) \
	X(chroot, BIT(GUEST) | NURSERY, chroot("empty/none")) \
	X(pivot_root, 0, syscall(SYS_pivot_root, "empty/none", "empty/none")) \
	X(clone_mounts, BIT(ASKS) | BIT(COPIES) | NURSERY, syscall(NR_OPEN_TREE, -1, "", 1 | AT_EMPTY_PATH | O_CLOEXEC)) \
	X(clone_mounts_below, 0, syscall(NR_OPEN_TREE, -1, "", 1 | AT_EMPTY_PATH | 0x8000)) \
	X(attach_a_mount, 0, syscall(NR_MOVE_MOUNT, -1, "", -1, "", 0)) \
	X(new_file_system, BIT(ASKS) | BIT(DEVICE) | NURSERY, syscall(NR_FSOPEN, "tmpfs", 2)) \
	X(load_a_module, LOOSE, syscall(SYS_init_module, NULL, 0, "")) \
	X(load_a_module_file, LOOSE, syscall(SYS_finit_module, -1, "", 0)) \
	X(unload_a_module, LOOSE, syscall(SYS_delete_module, "nonexistent", O_NONBLOCK)) \
	X(another_kernel, LOOSE, syscall(SYS_kexec_load, 0, 0, 0, 0xffffff)) \
	X(reboot, LOOSE, syscall(SYS_reboot, 0, 0, 0, 0)) \
	X(set_the_clock, LOOSE, syscall(SYS_clock_settime, 0, (void *)8)) \
	X(set_the_name, 0, syscall(SYS_sethostname, (void *)8, 4)) \
	X(swap, 0, syscall(SYS_swapon, "/nonexistent", 0)) \
	X(accounting, LOOSE, syscall(SYS_acct, "/nonexistent")) \
	X(clear_the_log, LOOSE, syscall(SYS_syslog, 2, NULL, 0)) \
	X(read_the_log, BIT(ASKS) | NURSERY | LOOSE, syscall(SYS_syslog, 10, NULL, 0)) \
	X(make_a_bpf_map, LOOSE, syscall(SYS_bpf, 0, &(char[128]){ 0 }, 72)) \
	X(pin_a_bpf_object, LOOSE, syscall(SYS_bpf, 6, &(char[128]){ 0 }, 72)) \
	X(ask_about_a_pin, BIT(ASKS) | NURSERY | LOOSE, syscall(SYS_bpf, 7, &(char[128]){ 0 }, 72)) \
	X(performance_events, LOOSE, syscall(SYS_perf_event_open, (void *)8, 0, -1, -1, 0)) \
	X(io_uring, LOOSE, syscall(NR_IO_URING_SETUP, 1, (void *)8)) \
	X(fault_for_others, LOOSE, syscall(SYS_userfaultfd, 0)) \
	X(add_a_key, 0, syscall(SYS_add_key, "user", "x", (void *)8, 1, -3)) \
	X(set_the_user, 0, setresuid((uid_t)-1, (uid_t)-1, (uid_t)-1)) \
	X(set_the_umask, 0, syscall(SYS_umask, 077)) \
	X(another_personality, 0, syscall(SYS_personality, 0xffffffff)) \
	X(another_name, NURSERY, prctl(PR_SET_NAME, "x", 0, 0, 0)) \
	X(change_own_capabilities, SHEDDERS, syscall(SYS_capget, (void *)8, NULL)) \
	X(another_filter, SHEDDERS, new_filter()) \
	X(keep_capabilities, 0, prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0)) \
	X(clone3, 0, syscall(NR_CLONE3, NULL, 0)) \
	X(unshare_users, LOOSE, unshare(CLONE_NEWUSER))	/* the last: then others fail */

#define DEFINE(name, may, call) static long attempt_##name(void) { return call; }
ATTEMPTS(DEFINE)
#undef DEFINE

static const struct attempt {
	const char *name;
	uint32_t may;
	long (*call)(void);
} attempts[] = {
#define ROW(name, may, call) { #name, may, attempt_##name },
	ATTEMPTS(ROW)
#undef ROW
};

#define COUNT (sizeof(attempts) / sizeof(attempts[0]))

/* What the child found. */
static struct found {
	int oserr[COUNT];		/* of each attempt, 0: it was allowed */
	unsigned count;
	struct sandbox sandbox[SANDBOX_STAGES];
} *found;

static void make_scene(void)
{
	static const char *const names[] = { "file", "doomed" };

	strcpy(scene.dir, "/tmp/exhibit-test-XXXXXX");
	leftover_dir(scene.dir);
	scene.home = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_eq(chdir(scene.dir), 0);
	for (size_t i = 0; i < 2; i++)
		close(open(names[i], O_CREAT | O_WRONLY, 0644));
	ck_assert_int_eq(mkdir("empty", 0700), 0);
	scene.file = open("file", O_RDONLY);
	scene.folder = open(".", O_RDONLY | O_DIRECTORY);
	ck_assert_int_eq(pipe2(scene.pipe, O_NONBLOCK), 0);
	scene.page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	found = mmap(NULL, sizeof(*found), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	scene.victim = fork();
	if (scene.victim == 0)
		for (;;)
			pause();
}

static void end_scene(void)
{
	char command[128];

	kill(scene.victim, SIGKILL);
	waitpid(scene.victim, NULL, 0);
	snprintf(command, sizeof(command), "rm -rf %s", scene.dir);
	ck_assert_int_eq(fchdir(scene.home), 0);
	close(scene.home);
	ck_assert_int_eq(system(command), 0);
	munmap(found, sizeof(*found));
}

/* ${stage} SANDBOX_STAGES: no sandbox. */
static void run(unsigned stage)
{
	pid_t child;
	int status = 0;

	memset(found, 0, sizeof(*found));
	child = fork();

	if (child == 0) {
		/* its mounts, if it may mount, are its own */
		if (unshare(CLONE_NEWNS) == 0)
			mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
		if (stage < SANDBOX_STAGES)
			sandbox_enter(found->sandbox, (enum sandbox_stage)stage);
		for (size_t i = 0; i < COUNT; i++) {
			if (stage < SANDBOX_STAGES && (attempts[i].may >> stage & 1) != 0)
				continue;
			errno = 0;
			found->oserr[i] = attempts[i].call() < 0 ? errno : 0;
			found->count++;
		}
		_exit(7);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 7, "ended with %x", status);
}

/* ENOSYS: as if the kernel did not have it. */
static bool is_refused(int oserr)
{
	return oserr == EPERM || oserr == ENOSYS;
}

START_TEST(test_in_each_stage_each_forbidden_thing_fails)
{
	if (emulator_lacks("seccomp filters"))
		return;
	run((unsigned)_i);
	ck_assert_uint_gt(found->count, COUNT - 30);
	for (size_t i = 0; i < COUNT; i++)
		if ((attempts[i].may >> _i & 1) == 0)
			ck_assert_msg(is_refused(found->oserr[i]), "%s: %s: %s", attempts[i].name,
				      sandbox_word((enum sandbox_stage)_i),
				      found->oserr[i] == 0 ? "allowed" : strerror(found->oserr[i]));
	for (unsigned i = 0; i < SANDBOX_LAYERS; i++)
		ck_assert_msg(found->sandbox[_i].oserr[i] == 0 || geteuid() != 0 ||
			      found->sandbox[_i].oserr[i] == ENOSYS || i == SANDBOX_PATHS,
			      "layer %u: %d", i, found->sandbox[_i].oserr[i]);
	ck_assert(_i != SANDBOX_RECORDER || found->count > COUNT - 5);
}
END_TEST

/* Otherwise the test before would prove nothing. */
START_TEST(test_without_a_sandbox_the_same_things_are_not_forbidden)
{
	if (geteuid() != 0)
		return;
	run(SANDBOX_STAGES);
	for (size_t i = 0; i < COUNT; i++)
		if ((attempts[i].may & LOOSE) == 0)
			ck_assert_msg(found->oserr[i] != EPERM, "%s", attempts[i].name);
}
END_TEST

#ifdef __x86_64__
/* getpid, by the numbers of x32 and of i386. */
static void call_x32(void)
{
	syscall(0x40000000 + SYS_getpid);
}

static void call_i386(void)
{
	long number = 20;

	__asm__ volatile("int $0x80" : "+a"(number) : : "memory");
}

static void (*const foreign[])(void) = { call_x32, call_i386 };

START_TEST(test_a_call_by_foreign_numbers_ends_the_process)
{
	pid_t child = fork();
	int status = 0;

	if (child == 0) {
		sandbox_enter(found->sandbox, SANDBOX_FILES);
		foreign[_i]();
		_exit(0);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	/* SIGSEGV: this kernel has no i386 at all */
	ck_assert_msg(WIFSIGNALED(status) && (WTERMSIG(status) == SIGSYS || WTERMSIG(status) == SIGSEGV),
		      "ended with %x", status);
}
END_TEST
#endif

START_TEST(test_the_filter_of_no_stage_is_too_long)
{
	static struct sock_filter code[SANDBOX_FILTER_MAX];
	size_t n = sandbox_filter_make(~0u, SECCOMP_RET_ERRNO | EPERM, code);

	ck_assert_uint_gt(n, 2 * sandbox_filter_calls(~0u));
	ck_assert_uint_lt(n, SANDBOX_FILTER_MAX);
	ck_assert_uint_lt(sandbox_filter_calls(SANDBOX_BASE), sandbox_filter_calls(~0u));
}
END_TEST

Suite *suite_sandbox(void)
{
	Suite *s = suite_create("collector/host/sandbox");
	TCase *t = tcase_create("sandbox");

	/* unchecked: it is cleaned up after a failure, too */
	tcase_add_unchecked_fixture(t, make_scene, end_scene);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, test_in_each_stage_each_forbidden_thing_fails, 0, SANDBOX_STAGES);
	tcase_add_test(t, test_without_a_sandbox_the_same_things_are_not_forbidden);
#ifdef __x86_64__
	tcase_add_loop_test(t, test_a_call_by_foreign_numbers_ends_the_process, 0, 2);
#endif
	tcase_add_test(t, test_the_filter_of_no_stage_is_too_long);
	suite_add_tcase(s, t);
	return s;
}
