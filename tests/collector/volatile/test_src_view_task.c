#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/emulator.h"

#include "tests/support/live_box.h"

Suite *suite_src_view_task(void);

#define NOBODY 65534
#define CANNOT 77			/* exit code: namespaces cannot be made here */

static struct live_box *box;

static void set_up(void)
{
	box = live_box_new();
}

static void tear_down(void)
{
	live_box_free(box);
}

static bool says(const char *check, const char *text)
{
	return live_item_has(live_box_get(box, "view/%s", check), text, strlen(text));
}

/* Nothing differs, by any family. */
static bool all_agree(void)
{
	static const char *const checks[] = { "task/scheduler", "task/kill", "task/getpgid" };
	bool agree = true;

	for (size_t i = 0; i < 3; i++)
		agree = agree && says(checks[i], "\"only_a\":0,\"only_b\":0,");
	return agree && (live_box_find(box, "view/task/pidfd")->how.gap != GAP_NONE ||
			 says("task/pidfd", "\"only_a\":0,\"only_b\":0,"));
}

static void *sleep_in_thread(void *unused)
{
	for (;;)
		pause();
	return unused;
}

START_TEST(test_threads_zombies_and_leaderless_groups_are_no_difference)
{
	pthread_t thread;
	pid_t group = fork();

	pthread_create(&thread, NULL, sleep_in_thread, NULL);
	if (group == 0) {
		setsid();
		if (fork() == 0) {
			alarm(60);	/* nobody else may be there to end it */
			pause();
		}
		_exit(0);		/* a zombie whose session goes on */
	}
	usleep(50000);
	ck_assert_int_eq(view_task_run(&box->env), 0);
	ck_assert(all_agree());
	ck_assert(says("task/scheduler", "\"whole_range\":true"));
	waitpid(group, NULL, 0);	/* now the number is that of a group alone */
	live_box_free(box);
	box = live_box_new();
	ck_assert_int_eq(view_task_run(&box->env), 0);
	ck_assert(all_agree());
	kill(-group, SIGKILL);
}
END_TEST

/* A procfs that shows a user only his own processes, and everything that hides. */
static int as_nobody(void)
{
	char line[64];
	pid_t other = getppid();

	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("proc", "/proc", "proc", 0, "hidepid=2") < 0)
		return CANNOT;
	close(box->env.proc_fd);
	box->env.proc_fd = open("/proc", O_RDONLY | O_DIRECTORY);
	if (setgid(NOBODY) < 0 || setuid(NOBODY) < 0 || view_task_run(&box->env) != 0)
		return CANNOT;
	snprintf(line, sizeof(line), "\"only\":\"b\",\"id\":%d,\"scheduler_errno\":0,", (int)other);
	return says("task/scheduler", line) && says("task/kill", line) &&
	       says("task/scheduler", "\"lookup_errno\":2") ? 0 : 1;
}

/* Only after 5.8 has each instance options of its own. */
static bool options_are_private(void)
{
	unsigned major = 0, minor = 0;

	sscanf(box->env.release, "%u.%u", &major, &minor);
	return geteuid() == 0 && major * 1000 + minor >= 5008;
}

START_TEST(test_a_process_that_this_proc_hides_is_told_with_both_sides)
{
	int status = 0;
	pid_t pid;

	if (!options_are_private())
		return;
	pid = fork();
	if (pid == 0)
		_exit(as_nobody());
	waitpid(pid, &status, 0);
	ck_assert(WIFEXITED(status));
	ck_assert(WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == CANNOT);
}
END_TEST

/* The first process of a pid namespace, which looks at itself and its child. */
static int inside_namespace(void)
{
	pid_t child = fork();

	if (child == 0)
		for (;;)
			pause();
	if (mount("proc", "/proc", "proc", 0, NULL) < 0)
		return CANNOT;
	close(box->env.proc_fd);
	box->env.proc_fd = open("/proc", O_RDONLY | O_DIRECTORY);
	if (view_count_run(&box->env) != 0 || view_task_run(&box->env) != 0)
		return 1;
	/* The kernel's counts are not of this namespace: no statement. */
	return all_agree() && says("count/tasks", "\"listed\":2,") &&
	       says("count/tasks", "\"comparable\":false,\"tries\":1,\"begin\"") &&
	       says("count/processes", "\"comparable\":false,") ? 0 : 1;
}

static int new_namespace(void)
{
	int status = 0;
	pid_t pid;

	if (unshare(CLONE_NEWPID | CLONE_NEWNS) < 0 ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return CANNOT;
	pid = fork();
	if (pid == 0)
		_exit(inside_namespace());
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

START_TEST(test_inside_a_pid_namespace_nothing_is_missing)
{
	int status = 0;
	pid_t pid = fork();

	if (emulator_lacks("processes of one thread"))
		return;
	if (pid == 0)
		_exit(new_namespace());
	waitpid(pid, &status, 0);
	ck_assert(WIFEXITED(status));
	ck_assert(WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == CANNOT);
}
END_TEST

static void wait_in_namespace(void)
{
	pid_t pid;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (unshare(CLONE_NEWPID) < 0)
		_exit(CANNOT);
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	waitpid(pid, NULL, 0);
	_exit(0);
}

START_TEST(test_processes_of_a_namespace_below_ours_are_not_missing)
{
	pid_t pid = fork();

	if (pid == 0)
		wait_in_namespace();
	usleep(50000);
	ck_assert_int_eq(view_task_run(&box->env), 0);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	ck_assert(all_agree());
}
END_TEST

START_TEST(test_the_kernel_counts_what_is_listed)
{
	ck_assert_int_eq(view_count_run(&box->env), 0);
	if (says("count/tasks", "\"comparable\":true")) {
		ck_assert(says("count/tasks", "\"outside\":0"));
		ck_assert(says("count/processes", "\"outside\":0"));
	}
}
END_TEST

Suite *suite_src_view_task(void)
{
	Suite *s = suite_create("collector/volatile/src_view_task");
	TCase *t = tcase_create("task");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, test_threads_zombies_and_leaderless_groups_are_no_difference);
	tcase_add_test(t, test_a_process_that_this_proc_hides_is_told_with_both_sides);
	tcase_add_test(t, test_inside_a_pid_namespace_nothing_is_missing);
	tcase_add_test(t, test_processes_of_a_namespace_below_ours_are_not_missing);
	tcase_add_test(t, test_the_kernel_counts_what_is_listed);
	suite_add_tcase(s, t);
	return s;
}
