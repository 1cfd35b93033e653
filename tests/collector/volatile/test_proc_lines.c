#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collector/volatile/proc_lines.h"

Suite *suite_proc_lines(void);

static struct proc_lines l;
static struct pulse pulse;

/* A file with this content, opened by the module. */
static void open_text(const char *text, size_t n)
{
	char name[] = "/tmp/exhibit-lines-XXXXXX";
	int fd = mkstemp(name);

	ck_assert_int_eq(write(fd, text, n), (ssize_t)n);
	close(fd);
	ck_assert_int_eq(proc_lines_open(&l, AT_FDCWD, name, &pulse), 0);
	unlink(name);
}

START_TEST(test_lines_come_one_by_one_and_the_last_needs_no_line_feed)
{
	open_text("one\n\nthree", 10);
	ck_assert_str_eq(proc_lines_next(&l), "one");
	ck_assert_str_eq(proc_lines_next(&l), "");
	ck_assert_str_eq(proc_lines_next(&l), "three");
	ck_assert_ptr_null(proc_lines_next(&l));
	ck_assert_ptr_null(proc_lines_next(&l));
	ck_assert_int_eq(l.oserr, 0);
	ck_assert_uint_eq(pulse.call, PULSE_IDLE);
	proc_lines_close(&l);
}
END_TEST

START_TEST(test_of_a_line_that_is_too_long_the_beginning_comes_and_the_next_one_is_whole)
{
	size_t n = 3 * PROC_LINES_ROOM;
	char *text = malloc(n + 8);

	memset(text, 'a', n);
	memcpy(text + n, "\nnext\n", 6);
	open_text(text, n + 6);
	ck_assert_uint_eq(strlen(proc_lines_next(&l)), PROC_LINES_ROOM);
	ck_assert_str_eq(proc_lines_next(&l), "next");
	ck_assert_ptr_null(proc_lines_next(&l));
	proc_lines_close(&l);
	free(text);
}
END_TEST

START_TEST(test_many_lines_do_not_run_into_one_another)
{
	char *text = malloc(700000);
	size_t n = 0;

	for (int i = 0; i < 100000; i++)
		n += (size_t)sprintf(text + n, "%d\n", i);
	open_text(text, n);
	for (int i = 0; i < 100000; i++)
		ck_assert_int_eq(atoi(proc_lines_next(&l)), i);
	ck_assert_ptr_null(proc_lines_next(&l));
	proc_lines_close(&l);
	free(text);
}
END_TEST

START_TEST(test_what_cannot_be_opened_says_why)
{
	ck_assert_int_eq(proc_lines_open(&l, AT_FDCWD, "/proc/self/nothing", &pulse), -1);
	ck_assert_int_eq(l.oserr, ENOENT);
}
END_TEST

Suite *suite_proc_lines(void)
{
	Suite *s = suite_create("collector/volatile/proc_lines");
	TCase *t = tcase_create("proc_lines");

	tcase_add_test(t, test_lines_come_one_by_one_and_the_last_needs_no_line_feed);
	tcase_add_test(t,
		test_of_a_line_that_is_too_long_the_beginning_comes_and_the_next_one_is_whole);
	tcase_add_test(t, test_many_lines_do_not_run_into_one_another);
	tcase_add_test(t, test_what_cannot_be_opened_says_why);
	suite_add_tcase(s, t);
	return s;
}
