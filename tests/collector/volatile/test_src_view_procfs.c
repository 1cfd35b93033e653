#include <check.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/emulator.h"

#include "tests/support/live_box.h"
#include "tests/support/settled.h"

Suite *suite_src_view_procfs(void);

#define NOBODY 65534
#define CANNOT 77			/* exit code: namespaces cannot be made here */

static struct live_box *box;
static pid_t victim;

static void set_up(void)
{
	box = live_box_new();
	victim = fork();
	if (victim == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		prctl(PR_SET_NAME, "exhibit victim");
		for (;;)
			pause();
	}
	settled_wait(victim, SYS_prctl);	/* it has its name */
}

static void tear_down(void)
{
	live_box_free(box);
	live_box_end(victim);
}

static bool says(const char *check, const char *text)
{
	const struct live_item *i = live_box_find(box, check);

	return i != NULL && live_item_has(i, text, strlen(text));
}

/* As behind glass: mounts of our own, and a procfs of our own over /proc. */
static int behind_glass(int (*judge)(void))
{
	if (unshare(CLONE_NEWNS) < 0 || mount("proc", "/proc", "proc", 0, NULL) < 0)
		return CANNOT;
	close(box->env.proc_fd);
	box->env.proc_fd = open("/proc", O_RDONLY | O_DIRECTORY);
	return view_procfs_run(&box->env) == 0 ? judge() : 1;
}

/* The host: what ${prepare} does to its /proc, and a collector that is started there. */
static int on_host(int (*prepare)(void), int (*judge)(void))
{
	int status = 0;
	pid_t pid;

	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    prepare() < 0)
		return CANNOT;
	pid = fork();
	if (pid == 0)
		_exit(behind_glass(judge));
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

static void in_a_host(int (*prepare)(void), int (*judge)(void))
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0)
		_exit(on_host(prepare, judge));
	waitpid(pid, &status, 0);
	ck_assert(WIFEXITED(status));
	ck_assert(WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == CANNOT);
}

static int nothing(void)
{
	return 0;
}

static int nothing_differs(void)
{
	static const char agree[] = "\"only_a\":0,\"only_b\":0,";

	return says("view/procfs/started", agree) && says("view/procfs/fresh", agree) &&
	       says("view/procfs/started", "\"b_is_procfs\":true") &&
	       (live_box_find(box, "view/procfs/cgroup")->how.gap != GAP_NONE ||
		says("view/procfs/cgroup", agree)) ? 0 : 1;
}

START_TEST(test_a_clean_host_shows_no_difference)
{
	if (emulator_lacks("fsopen"))
		return;
	in_a_host(nothing, nothing_differs);
}
END_TEST

static int cover_victim(void)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/%d", (int)victim);
	return mount("/tmp", path, NULL, MS_BIND, NULL);
}

/* The mount, and behind it the process. */
static int victim_is_told(void)
{
	char line[64];

	snprintf(line, sizeof(line), "\"path\":\"/proc/%d\",", (int)victim);
	if (!says("view/procfs/mounts", line))
		return 1;
	snprintf(line, sizeof(line), "\"id\":%d,\"lookup_errno\":0,\"tgid\":%d,", (int)victim,
		 (int)victim);
	return says("view/procfs/mounts", line) &&
	       says("view/procfs/mounts", "\"name\":\"exhibit victim\"") &&
	       says("view/procfs/mounts", "\"table\":\"started\"") ? 0 : 1;
}

START_TEST(test_a_mount_over_a_process_is_told_with_the_process_under_it)
{
	in_a_host(cover_victim, victim_is_told);
}
END_TEST

/* A /proc that was made up: it knows of process 1 and of a process that is none. */
static int fake_proc(void)
{
	if (mount("tmpfs", "/proc", "tmpfs", 0, NULL) < 0 || mkdir("/proc/1", 0700) < 0 ||
	    mkdir("/proc/4194303", 0700) < 0)
		return -1;
	return 0;
}

static int fake_is_told(void)
{
	char line[64];

	snprintf(line, sizeof(line), "\"only\":\"a\",\"id\":%d,", (int)victim);
	return says("view/procfs/started", "\"b_is_procfs\":false") &&
	       says("view/procfs/started", line) &&
	       says("view/procfs/started", "\"only\":\"b\",\"id\":4194303,\"lookup_errno\":2") &&
	       says("view/procfs/mounts", "\"path\":\"/proc\",\"root\":\"/\",\"fstype\":\"tmpfs\"")
	       ? 0 : 1;
}

START_TEST(test_a_made_up_proc_is_held_against_ours)
{
	in_a_host(fake_proc, fake_is_told);
}
END_TEST

/* A procfs that shows a user only his own processes; control groups show all. */
static int as_nobody(void)
{
	char line[64];

	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("proc", "/proc", "proc", 0, "hidepid=2") < 0)
		return CANNOT;
	close(box->env.proc_fd);
	box->env.proc_fd = open("/proc", O_RDONLY | O_DIRECTORY);
	if (setgid(NOBODY) < 0 || setuid(NOBODY) < 0 || view_procfs_run(&box->env) != 0)
		return CANNOT;
	if (live_box_find(box, "view/procfs/cgroup")->how.gap == GAP_UNSUPPORTED)
		return CANNOT;
	snprintf(line, sizeof(line), "\"check\":\"cgroup\",\"only\":\"b\",\"id\":%d,", (int)victim);
	return says("view/procfs/cgroup", line) &&
	       live_box_find(box, "view/procfs/fresh")->how.gap == GAP_PERMISSION ? 0 : 1;
}

START_TEST(test_a_member_of_a_control_group_that_proc_hides_is_told)
{
	unsigned major = 0, minor = 0;
	int status = 0;
	pid_t pid;

	if (emulator_lacks("fsopen"))
		return;
	sscanf(box->env.release, "%u.%u", &major, &minor);
	if (geteuid() != 0 || major * 1000 + minor < 5008)	/* options of each instance */
		return;
	pid = fork();
	if (pid == 0)
		_exit(as_nobody());
	waitpid(pid, &status, 0);
	ck_assert(WIFEXITED(status));
	ck_assert(WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == CANNOT);
}
END_TEST

Suite *suite_src_view_procfs(void)
{
	Suite *s = suite_create("collector/volatile/src_view_procfs");
	TCase *t = tcase_create("procfs");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 30);
	tcase_add_test(t, test_a_clean_host_shows_no_difference);
	tcase_add_test(t, test_a_mount_over_a_process_is_told_with_the_process_under_it);
	tcase_add_test(t, test_a_made_up_proc_is_held_against_ours);
	tcase_add_test(t, test_a_member_of_a_control_group_that_proc_hides_is_told);
	suite_add_tcase(s, t);
	return s;
}
