#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "collector/volatile/process.h"
#include "tests/support/emulator.h"
#include "tests/support/holder.h"
#include "tests/support/live_box.h"

Suite *suite_process(void);

static struct live_box *box;
static pid_t child;

static void set_up(void)
{
	box = live_box_new();
	child = fork();
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		prctl(PR_SET_NAME, "a) R 1 2 3 4");
		for (;;)
			pause();
	}
}

static void tear_down(void)
{
	live_box_end(child);
	live_box_free(box);
}

static int open_child(void)
{
	char name[32];
	int fd;

	snprintf(name, sizeof(name), "/proc/%d", (int)child);
	fd = open(name, O_PATH | O_DIRECTORY);
	ck_assert_int_ge(fd, 0);
	return fd;
}

struct seen {
	pid_t last;
	unsigned own, children;
	int answer;
};

static int look(struct source_env *env, const struct process *p, void *ctx)
{
	struct seen *s = ctx;

	(void)env;
	ck_assert_int_gt(p->pid, s->last);
	s->last = p->pid;
	s->own += p->pid == getpid();
	s->children += p->pid == child && p->has_start;
	return p->pid == child ? s->answer : 0;
}

START_TEST(test_every_process_is_visited_once_in_ascending_order)
{
	struct seen s = { 0 };
	int oserr = 1;

	ck_assert_int_eq(process_each(&box->env, look, &s, &oserr), 0);
	ck_assert_int_eq(oserr, 0);
	ck_assert_uint_eq(s.own, 1);
	ck_assert_uint_eq(s.children, 1);
}
END_TEST

START_TEST(test_work_that_fails_ends_the_pass)
{
	struct seen s = { .answer = -1 };
	int oserr;

	ck_assert_int_eq(process_each(&box->env, look, &s, &oserr), -1);
	ck_assert_int_eq(s.last, child);
}
END_TEST

START_TEST(test_without_a_list_the_errno_is_told)
{
	struct seen s = { 0 };
	int oserr = 0;

	close(box->env.proc_fd);
	box->env.proc_fd = -1;
	ck_assert_int_eq(process_each(&box->env, look, &s, &oserr), 0);
	ck_assert_int_eq(oserr, EBADF);
}
END_TEST

/* Ticks since boot, held against the clock of that: a process as young as this test. */
START_TEST(test_the_start_time_is_field_22_whatever_the_name_of_the_process)
{
	struct timespec now;
	uint64_t start;
	int fd = open_child();

	clock_gettime(CLOCK_BOOTTIME, &now);
	ck_assert(process_start(&box->pulse, fd, &start));
	start /= (uint64_t)sysconf(_SC_CLK_TCK);
	ck_assert_uint_le(start, (uint64_t)now.tv_sec + 1);
	ck_assert_uint_ge(start + 120, (uint64_t)now.tv_sec);
	close(fd);
}
END_TEST

START_TEST(test_a_process_that_ended_has_no_start_time_whoever_has_its_number_now)
{
	uint64_t start;
	int fd = open_child();

	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	child = 0;
	ck_assert(!process_start(&box->pulse, fd, &start));
	close(fd);
}
END_TEST

START_TEST(test_the_mount_namespace_is_that_of_the_link)
{
	struct stat st;
	int fd = open_child();

	ck_assert_int_eq(stat("/proc/self/ns/mnt", &st), 0);
	ck_assert_uint_eq(process_mount_ns(&box->pulse, fd), st.st_ino);
	close(fd);
}
END_TEST

static void nothing(void *arg)
{
	(void)arg;
}

static int count(struct source_env *env, const struct process *p, pid_t tid, void *ctx)
{
	(void)env;
	ck_assert_int_ne(p->pid, tid);
	++*(unsigned *)ctx;
	return 0;
}

START_TEST(test_the_threads_are_those_behind_the_first)
{
	pid_t tid, threads = holder_threads(nothing, NULL, 0, &tid);
	struct process p = { .pid = child, .fd = open_child() };
	unsigned n = 0;
	char name[32];

	if (emulator_lacks("processes of one thread"))
		return;
	ck_assert_int_eq(process_other_thread(&box->env, &p), 0);
	close(p.fd);
	snprintf(name, sizeof(name), "/proc/%d", (int)threads);
	p = (struct process){ .pid = threads, .fd = open(name, O_PATH | O_DIRECTORY) };
	ck_assert_int_eq(process_other_thread(&box->env, &p), tid);
	ck_assert_int_eq(process_threads(&box->env, &p, count, &n), 0);
	ck_assert_uint_eq(n, 1);
	close(p.fd);
	live_box_end(threads);
}
END_TEST

Suite *suite_process(void)
{
	Suite *s = suite_create("collector/volatile/process");
	TCase *t = tcase_create("process");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, test_every_process_is_visited_once_in_ascending_order);
	tcase_add_test(t, test_work_that_fails_ends_the_pass);
	tcase_add_test(t, test_without_a_list_the_errno_is_told);
	tcase_add_test(t, test_the_start_time_is_field_22_whatever_the_name_of_the_process);
	tcase_add_test(t, test_a_process_that_ended_has_no_start_time_whoever_has_its_number_now);
	tcase_add_test(t, test_the_mount_namespace_is_that_of_the_link);
	tcase_add_test(t, test_the_threads_are_those_behind_the_first);
	suite_add_tcase(s, t);
	return s;
}
