#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/live_box.h"

Suite *suite_src_counter(void);

static struct live_box *box;

static void set_up(void)
{
	box = live_box_new();
}

static void tear_down(void)
{
	live_box_free(box);
}

/* The record of a file walked to by lengths alone, NUL behind it, to be freed. */
static char *record(const struct live_item *i, const char *file)
{
	const char *p = i->data.p, *end = p + i->data.len;

	while (p < end) {
		char name[64];
		size_t length;
		int head = 0;

		ck_assert_int_eq(sscanf(p, "%63s %*[0-9.] %zu%n", name, &length, &head), 2);
		p += head + 1;
		ck_assert_int_eq(p[length], '\n');
		if (strcmp(name, file) == 0)
			return strndup(p, length);
		p += length + 1;
	}
	return NULL;
}

/* "processes N" of /proc/stat: how many were made since boot. */
static unsigned long made(const char *name)
{
	char *text = record(live_box_get(box, "%s", name), "stat");
	const char *line = text == NULL ? NULL : strstr(text, "\nprocesses ");
	unsigned long n;

	ck_assert_ptr_nonnull(line);
	n = strtoul(line + 11, NULL, 10);
	free(text);
	return n;
}

START_TEST(test_what_happened_between_the_samples_shows_in_them)
{
	ck_assert_int_eq(counter_run_first(&box->env), 0);
	for (int i = 0; i < 5; i++) {
		pid_t pid = fork();

		if (pid == 0)
			_exit(0);
		waitpid(pid, NULL, 0);
	}
	ck_assert_int_eq(counter_run_last(&box->env), 0);
	ck_assert_uint_ge(made("counter/last"), made("counter/first") + 5);
	ck_assert(live_item_has(live_box_get(box, "counter/last.json"), "\"ticks_per_second\":", 19));
}
END_TEST

static const char *const expected[] = { "loadavg", "meminfo", "vmstat", "interrupts", "1/net/dev" };

START_TEST(test_processors_memory_and_network_are_in_a_sample)
{
	char *text;

	ck_assert_int_eq(counter_run_first(&box->env), 0);
	text = record(live_box_get(box, "counter/first"), expected[_i]);
	ck_assert_ptr_nonnull(text);
	ck_assert_uint_gt(strlen(text), 10);
	free(text);
}
END_TEST

START_TEST(test_without_proc_there_is_a_gap)
{
	close(box->env.proc_fd);
	box->env.proc_fd = -1;
	ck_assert_int_eq(counter_run_first(&box->env), 0);
	ck_assert_int_eq(live_box_get(box, "counter/first")->how.gap, GAP_INCOMPLETE);
	ck_assert_int_eq(live_box_get(box, "counter/first")->how.oserr, EBADF);
}
END_TEST

START_TEST(test_a_file_that_is_not_there_leaves_no_record_and_no_gap)
{
	close(box->env.proc_fd);
	box->env.proc_fd = open("/proc/self/attr", O_RDONLY | O_DIRECTORY);
	ck_assert_int_eq(counter_run_first(&box->env), 0);
	ck_assert_int_eq(live_box_get(box, "counter/first")->how.gap, GAP_NONE);
	ck_assert_uint_eq(live_box_get(box, "counter/first")->data.len, 0);
}
END_TEST

Suite *suite_src_counter(void)
{
	Suite *s = suite_create("collector/volatile/src_counter");
	TCase *t = tcase_create("counter");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, test_what_happened_between_the_samples_shows_in_them);
	tcase_add_loop_test(t, test_processors_memory_and_network_are_in_a_sample, 0,
			    sizeof(expected) / sizeof(expected[0]));
	tcase_add_test(t, test_without_proc_there_is_a_gap);
	tcase_add_test(t, test_a_file_that_is_not_there_leaves_no_record_and_no_gap);
	suite_add_tcase(s, t);
	return s;
}
