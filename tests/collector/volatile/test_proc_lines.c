#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collector/volatile/proc_lines.h"
#include "tests/support/live_box.h"

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

START_TEST(test_the_text_is_kept_beside_as_it_was_read)
{
	struct live_box *box = live_box_new();
	char *text = malloc(230001);
	struct answer keep;
	unsigned lines = 0;

	for (int i = 0; i < 10000; i++)
		strcpy(text + 23 * i, "a line of some length\n\n");
	open_text(text, 230000);
	answer_begin(&keep, &box->env, "kept");
	l.keep = &keep;
	while (proc_lines_next(&l) != NULL)
		lines++;
	proc_lines_close(&l);
	ck_assert_int_eq(answer_end(&keep), 0);
	ck_assert_uint_eq(lines, 20000);
	ck_assert_uint_eq(live_box_get(box, "kept")->data.len, 230000);
	ck_assert_mem_eq(live_box_get(box, "kept")->data.p, text, 230000);
	live_box_free(box);
	free(text);
}
END_TEST

START_TEST(test_a_failure_of_the_sink_ends_the_lines_and_is_no_failure_of_the_file)
{
	struct live_box *box = live_box_new();
	size_t n = 3 * ANSWER_PART;
	char *text = malloc(n);
	struct answer keep;

	memset(text, '\n', n);
	open_text(text, n);
	box->refuse_at = 1;
	answer_begin(&keep, &box->env, "kept");
	l.keep = &keep;
	while (proc_lines_next(&l) != NULL)
		n--;
	proc_lines_close(&l);
	ck_assert(l.sink_failed);
	ck_assert_int_eq(l.oserr, 0);
	ck_assert_uint_gt(n, ANSWER_PART);
	answer_end(&keep);
	live_box_free(box);
	free(text);
}
END_TEST

START_TEST(test_what_cannot_be_opened_says_why)
{
	ck_assert_int_eq(proc_lines_open(&l, AT_FDCWD, "/proc/self/nothing", &pulse), -1);
	ck_assert_int_eq(l.oserr, ENOENT);
}
END_TEST

START_TEST(test_words_stand_between_blanks)
{
	char text[] = "  a bc\t\td ", *line = text;

	ck_assert_str_eq(proc_lines_word(&line), "a");
	ck_assert_str_eq(proc_lines_word(&line), "bc");
	ck_assert_str_eq(proc_lines_word(&line), "d");
	ck_assert_ptr_null(proc_lines_word(&line));
	ck_assert_ptr_null(proc_lines_word(&line));
}
END_TEST

static const struct {
	const char *text;
	int base;
	char end;
	bool good;
	uint64_t value;
} numbers[] = {
	{ "ff:1", 16, ':', true, 255 }, { "10", 10, '\0', true, 10 }, { "0", 10, '\0', true, 0 },
	{ "18446744073709551615", 10, '\0', true, UINT64_MAX },
	{ "ff", 10, '\0', false, 0 }, { "10x", 10, '\0', false, 0 }, { "", 16, '\0', false, 0 },
	{ "-1", 10, '\0', false, 0 }, { " 1", 10, '\0', false, 0 }, { "1", 10, ':', false, 0 },
};

START_TEST(test_a_number_is_one_up_to_what_ends_it)
{
	const char *s = numbers[_i].text;
	uint64_t value = 0;

	ck_assert(proc_lines_number(&s, numbers[_i].base, numbers[_i].end, &value) ==
		  numbers[_i].good);
	if (numbers[_i].good) {
		ck_assert_uint_eq(value, numbers[_i].value);
		ck_assert_str_eq(s, numbers[_i].end == ':' ? "1" : "");
	}
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
	tcase_add_test(t, test_the_text_is_kept_beside_as_it_was_read);
	tcase_add_test(t,
		       test_a_failure_of_the_sink_ends_the_lines_and_is_no_failure_of_the_file);
	tcase_add_test(t, test_what_cannot_be_opened_says_why);
	tcase_add_test(t, test_words_stand_between_blanks);
	tcase_add_loop_test(t, test_a_number_is_one_up_to_what_ends_it, 0,
			    sizeof(numbers) / sizeof(numbers[0]));
	suite_add_tcase(s, t);
	return s;
}
