#include "collector/host/kernelfs.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

Suite *suite_kernelfs(void);

#define TYPES "nodev\tproc\nnodev\ttracefs\n\text4\nnodev\tdebugfs2\n"

static const struct kernelfs tracefs = { "tracefs", "/sys/kernel/tracing" };

static const struct {
	const char *type;
	bool known;
} types[] = {
	{ "proc", true }, { "tracefs", true }, { "ext4", true }, { "debugfs2", true },
	{ "debugfs", false }, { "bugfs2", false }, { "ext", false }, { "nodev", false },
};

START_TEST(test_a_type_is_known_by_its_whole_name)
{
	ck_assert_int_eq(kernelfs_known(TYPES, types[_i].type), types[_i].known);
	ck_assert(!kernelfs_known("", types[_i].type));
}
END_TEST

START_TEST(test_a_type_that_the_kernel_does_not_list_is_not_asked_for)
{
	ck_assert_int_eq(kernelfs_mount(&tracefs, NULL, 0, "nodev\tproc\n"), KERNELFS_UNKNOWN);
}
END_TEST

START_TEST(test_what_the_host_has_mounted_is_left_alone)
{
	const struct mountinfo elsewhere = { .path = "/mnt", .fstype = "tracefs" };
	const struct mountinfo other = { .path = "/sys/kernel/tracing", .fstype = "tmpfs" };

	ck_assert_int_eq(kernelfs_mount(&tracefs, &elsewhere, 1, TYPES), KERNELFS_THERE);
	ck_assert_int_eq(kernelfs_mount(&tracefs, &other, 1, TYPES), KERNELFS_THERE);
}
END_TEST

START_TEST(test_a_place_that_is_not_of_the_kernel_is_not_used)
{
	const struct kernelfs odd = { "tracefs", "/sys/../tmp" };

	ck_assert_int_eq(kernelfs_mount(&odd, NULL, 0, TYPES), KERNELFS_UNKNOWN);
}
END_TEST

/* In a mount namespace of its own: 0 as wanted, 1 not, 2 not possible here. */
static int mount_one(void)
{
	FILE *f = fopen("/proc/filesystems", "r");
	char text[4096];
	struct statfs s;
	enum kernelfs_result got;
	size_t n = f == NULL ? 0 : fread(text, 1, sizeof(text) - 1, f);

	text[n] = '\0';
	if (!kernelfs_known(text, "tracefs") || access("/sys/kernel/tracing", F_OK) != 0 ||
	    unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return 2;
	while (umount2("/sys/kernel/tracing", MNT_DETACH) == 0)
		;
	got = kernelfs_mount(&tracefs, NULL, 0, text);
	if (got != KERNELFS_MOUNTED)
		return errno == ENOSYS ? 2 : 1;
	if (statfs("/sys/kernel/tracing", &s) < 0 || s.f_type != TRACEFS_MAGIC)
		return 1;
	if (open("/sys/kernel/tracing/tracing_on", O_WRONLY | O_CLOEXEC) >= 0 || errno != EROFS)
		return 1;
	return access("/sys/kernel/tracing/current_tracer", F_OK) == 0 ? 0 : 1;
}

START_TEST(test_one_that_is_not_mounted_can_be_read_afterwards_and_not_written)
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(mount_one());
	waitpid(pid, &status, 0);
	ck_assert(WIFEXITED(status));
	ck_assert_int_ne(WEXITSTATUS(status), 1);
}
END_TEST

Suite *suite_kernelfs(void)
{
	Suite *s = suite_create("collector/host/kernelfs");
	TCase *t = tcase_create("kernelfs");

	tcase_add_loop_test(t, test_a_type_is_known_by_its_whole_name, 0,
			    sizeof(types) / sizeof(types[0]));
	tcase_add_test(t, test_a_type_that_the_kernel_does_not_list_is_not_asked_for);
	tcase_add_test(t, test_what_the_host_has_mounted_is_left_alone);
	tcase_add_test(t, test_a_place_that_is_not_of_the_kernel_is_not_used);
	tcase_add_test(t, test_one_that_is_not_mounted_can_be_read_afterwards_and_not_written);
	suite_add_tcase(s, t);
	return s;
}
