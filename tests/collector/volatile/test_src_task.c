#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/live_box.h"

Suite *suite_src_task(void);

#define CHILDREN 100
#define ODD_NAME "a) R 1\n2 x"		/* what a hostile process calls itself */

static struct live_box *box;
static pid_t pids[CHILDREN];

static void set_up(void)
{
	box = live_box_new();
	for (int i = 0; i < CHILDREN; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			for (;;)
				pause();
		}
	}
}

static void tear_down(void)
{
	for (int i = 0; i < CHILDREN; i++) {
		kill(pids[i], SIGKILL);
		waitpid(pids[i], NULL, 0);
	}
	live_box_free(box);
}

/* The record "PID FILE ..." walked to by lengths alone; its content, or p NULL. */
static struct bytes record(const struct live_item *i, long pid, const char *file)
{
	const char *p = i->data.p, *end = p + i->data.len;

	while (p < end) {
		char name[32];
		long number, length;
		int head = 0;

		ck_assert_int_eq(sscanf(p, "%ld %31s %*[0-9.] %ld%n", &number, name, &length, &head), 3);
		p += head + 1;
		ck_assert_int_eq(p[length], '\n');
		if (number == pid && strcmp(name, file) == 0)
			return (struct bytes){ p, (size_t)length };
		p += length + 1;
	}
	return (struct bytes){ NULL, 0 };
}

START_TEST(test_every_process_is_in_the_first_pass_whatever_it_is_called)
{
	const struct live_item *i;
	struct bytes stat;

	prctl(PR_SET_NAME, ODD_NAME);
	ck_assert_int_eq(task_run_first(&box->env), 0);
	i = live_box_get(box, "task/first");
	buf_putc(&box->items[0].data, '\0');
	box->items[0].data.len--;
	for (int k = 0; k < CHILDREN; k++) {
		ck_assert_ptr_nonnull(record(i, pids[k], "stat").p);
		ck_assert_ptr_nonnull(record(i, pids[k], "status").p);
	}
	stat = record(i, getpid(), "stat");
	ck_assert_ptr_nonnull(memmem(stat.p, stat.len, ODD_NAME, strlen(ODD_NAME)));
	ck_assert(live_item_has(live_box_get(box, "task/first.json"), "\"sysinfo_procs_after\":", 22));
}
END_TEST

START_TEST(test_the_last_pass_comes_a_second_after_the_first)
{
	uint64_t begun = clock_monotonic_ns();

	ck_assert_int_eq(task_run_first(&box->env), 0);
	ck_assert_int_eq(task_run_last(&box->env), 0);
	ck_assert_uint_ge(clock_monotonic_ns() - begun, 1000000000u);
	live_box_get(box, "task/last");
}
END_TEST

START_TEST(test_who_takes_over_from_a_lost_reader_does_not_wait_for_the_last_pass)
{
	box->env.first_pass_ns = 0;
	ck_assert_int_eq(task_run_last(&box->env), 0);
	live_box_get(box, "task/last.json");
}
END_TEST

Suite *suite_src_task(void)
{
	Suite *s = suite_create("collector/volatile/src_task");
	TCase *t = tcase_create("task");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, test_every_process_is_in_the_first_pass_whatever_it_is_called);
	tcase_add_test(t, test_the_last_pass_comes_a_second_after_the_first);
	tcase_add_test(t, test_who_takes_over_from_a_lost_reader_does_not_wait_for_the_last_pass);
	suite_add_tcase(s, t);
	return s;
}
