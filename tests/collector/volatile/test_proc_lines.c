#include "collector/volatile/proc_lines.h"

#include <check.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/base/fd.h"
#include "tests/support/live_box.h"

Suite *suite_proc_lines(void);

static struct live_box *box;
static int fd;
static size_t lines, bytes;

static void set_up(void)
{
	box = live_box_new();
	fd = memfd_create("lines", MFD_CLOEXEC);
	lines = bytes = 0;
}

static void tear_down(void)
{
	close(fd);
	live_box_free(box);
}

static int count(void *ctx, const char *text, size_t n)
{
	const size_t *stop_at = ctx;

	ck_assert_ptr_null(memchr(text, '\n', n));
	lines++;
	bytes += n;
	return stop_at != NULL && lines == *stop_at;
}

static void fill(const char *text, size_t times)
{
	for (size_t i = 0; i < times; i++)
		ck_assert_int_eq(fd_write_all(fd, text, strlen(text)), 0);
	lseek(fd, 0, SEEK_SET);
}

START_TEST(test_lines_come_whole_across_reads_and_the_text_is_kept)
{
	struct answer keep;

	fill("a line of some length\n\n", 10000);
	answer_begin(&keep, &box->env, "kept");
	ck_assert_int_eq(proc_lines_each(&box->env, fd, &keep, count, NULL), 0);
	ck_assert_int_eq(answer_end(&keep), 0);
	ck_assert_uint_eq(lines, 20000);
	ck_assert_uint_eq(bytes, 210000);
	ck_assert_uint_eq(live_box_get(box, "kept")->data.len, 230000);
}
END_TEST

START_TEST(test_a_line_that_is_too_long_is_passed_over)
{
	fill("x", PROC_LINES_MAX);
	lseek(fd, 0, SEEK_END);
	fill("tail\nnext\n", 1);
	ck_assert_int_eq(proc_lines_each(&box->env, fd, NULL, count, NULL), 0);
	ck_assert_uint_eq(lines, 2);
	ck_assert_uint_eq(bytes, 8);
}
END_TEST

START_TEST(test_the_reading_ends_when_it_is_told)
{
	size_t third = 3;

	fill("line\n", 10);
	ck_assert_int_eq(proc_lines_each(&box->env, fd, NULL, count, &third), 1);
	ck_assert_uint_eq(lines, 3);
	box->stop = 1;
	ck_assert_int_eq(proc_lines_each(&box->env, fd, NULL, count, NULL), 1);
	ck_assert_uint_eq(lines, 3);
}
END_TEST

START_TEST(test_failures_of_the_file_and_of_the_sink_are_told_apart)
{
	struct answer keep;

	ck_assert_int_eq(proc_lines_each(&box->env, -1, NULL, count, NULL), -1);
	fill("line\n", 1000000);
	box->refuse_at = 1;
	answer_begin(&keep, &box->env, "kept");
	ck_assert_int_eq(proc_lines_each(&box->env, fd, &keep, count, NULL), -2);
	answer_end(&keep);
}
END_TEST

Suite *suite_proc_lines(void)
{
	Suite *s = suite_create("collector/volatile/proc_lines");
	TCase *t = tcase_create("proc_lines");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, test_lines_come_whole_across_reads_and_the_text_is_kept);
	tcase_add_test(t, test_a_line_that_is_too_long_is_passed_over);
	tcase_add_test(t, test_the_reading_ends_when_it_is_told);
	tcase_add_test(t, test_failures_of_the_file_and_of_the_sink_are_told_apart);
	suite_add_tcase(s, t);
	return s;
}
