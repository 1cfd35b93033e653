#include <check.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "collector/volatile/netns.h"
#include "tests/support/leftover.h"
#include "tests/support/live_box.h"

Suite *suite_netns(void);

static struct live_box *box;
static uint64_t seen[NETNS_MAX];
static size_t seen_count;

static void set_up(void)
{
	box = live_box_new();
	seen_count = 0;
}

static void tear_down(void)
{
	live_box_free(box);
}

/* Where we really are, not where the list says. */
static int look_around(struct source_env *env, const struct netns *ns)
{
	uint64_t here = live_box_netns(getpid());

	(void)env;
	ck_assert_uint_eq(here, ns->ino);
	seen[seen_count++] = here;
	return 0;
}

static bool was_in(uint64_t ino)
{
	for (size_t i = 0; i < seen_count; i++)
		if (seen[i] == ino)
			return true;
	return false;
}

START_TEST(test_a_namespace_of_one_process_is_found_and_entered)
{
	uint64_t own = live_box_netns(getpid()), other;
	pid_t pid = live_box_child(NULL, &other);

	if (pid == 0)
		return;		/* without root there are none to make */
	ck_assert_int_eq(netns_each(&box->env, look_around), 0);
	live_box_end(pid);
	ck_assert_uint_eq(seen[0], own);
	ck_assert(was_in(other));
	ck_assert_uint_eq(live_box_netns(getpid()), own);
}
END_TEST

/* As "ip netns add" leaves it: mounted, without a process.  Runs in a mount namespace of
 * its own, which takes the mount with it. */
static int mounted_namespace(const char *dir)
{
	char file[80], link[64];
	uint64_t ino;
	pid_t pid;
	int fd;

	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return 2;
	snprintf(file, sizeof(file), "%s/name", dir);
	fd = open(file, O_CREAT | O_WRONLY, 0600);
	close(fd);
	pid = live_box_child(NULL, &ino);
	if (pid == 0)
		return 2;
	snprintf(link, sizeof(link), "/proc/%d/ns/net", (int)pid);
	if (mount(link, file, NULL, MS_BIND, NULL) < 0)
		return 2;
	live_box_end(pid);
	if (netns_each(&box->env, look_around) != 0)
		return 1;
	return was_in(ino) ? 0 : 1;
}

START_TEST(test_a_namespace_that_only_a_mount_keeps_is_found_and_entered)
{
	char dir[] = "/tmp/exhibit-test-XXXXXX", file[80];
	int status;
	pid_t pid;

	if (geteuid() != 0)
		return;
	leftover_dir(dir);
	pid = fork();
	if (pid == 0)
		_exit(mounted_namespace(dir));
	waitpid(pid, &status, 0);
	snprintf(file, sizeof(file), "%s/name", dir);
	unlink(file);
	rmdir(dir);
	ck_assert(WIFEXITED(status));
	ck_assert_int_ne(WEXITSTATUS(status), 1);
}
END_TEST

START_TEST(test_a_namespace_that_only_a_descriptor_keeps_is_found_and_entered)
{
	char link[64];
	uint64_t ino;
	pid_t pid = live_box_child(NULL, &ino);
	int fd;

	if (pid == 0)
		return;
	snprintf(link, sizeof(link), "/proc/%d/ns/net", (int)pid);
	fd = open(link, O_RDONLY);
	live_box_end(pid);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(netns_each(&box->env, look_around), 0);
	close(fd);
	ck_assert(was_in(ino));
	for (size_t i = 0; i < box->env.netns->count; i++)
		if (box->env.netns->ns[i].ino == ino)
			ck_assert_int_eq(box->env.netns->ns[i].holder, getpid());
}
END_TEST

START_TEST(test_a_namespace_that_cannot_be_entered_is_a_gap)
{
	uint64_t other;
	pid_t pid = live_box_child(NULL, &other);
	struct netns_list *l;

	if (pid == 0)
		return;
	l = netns_find(&box->env);
	for (size_t i = 0; i < l->count; i++) {
		close(l->ns[i].fd);
		l->ns[i].fd = l->ns[i].own ? -1 : open("/proc/self/ns/uts", O_RDONLY);
	}
	ck_assert_int_eq(netns_each(&box->env, look_around), 0);
	live_box_end(pid);
	ck_assert_uint_eq(seen_count, 1);
	ck_assert_int_eq(live_box_get(box, "net/%llu/test", (unsigned long long)other)->how.gap,
			 GAP_PERMISSION);
}
END_TEST

Suite *suite_netns(void)
{
	Suite *s = suite_create("collector/volatile/netns");
	TCase *t = tcase_create("netns");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, test_a_namespace_of_one_process_is_found_and_entered);
	tcase_add_test(t, test_a_namespace_that_only_a_mount_keeps_is_found_and_entered);
	tcase_add_test(t, test_a_namespace_that_only_a_descriptor_keeps_is_found_and_entered);
	tcase_add_test(t, test_a_namespace_that_cannot_be_entered_is_a_gap);
	suite_add_tcase(s, t);
	return s;
}
