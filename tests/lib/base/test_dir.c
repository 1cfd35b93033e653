#include "lib/base/dir.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/fd.h"
#include "tests/support/scene.h"

Suite *suite_dir(void);

static struct scene s;

static void setup(void)
{
	scene_open(&s);
}

static void teardown(void)
{
	scene_close(&s);
}

START_TEST(test_only_entries_that_begin_with_a_digit_are_numbers)
{
	DIR *d CLEANUP(dir_close) = NULL;
	unsigned long sum = 0;
	const char *name;

	ck_assert_int_eq(mkdirat(s.fd, "d", 0700), 0);
	scene_text(&s, "/d/12", "");
	scene_text(&s, "/d/300", "");
	scene_text(&s, "/d/x4", "");
	scene_text(&s, "/d/.5", "");
	d = dir_open(s.fd, "d");
	ck_assert_ptr_nonnull(d);
	while ((name = dir_next_number(d)) != NULL)
		sum += strtoul(name, NULL, 10);
	ck_assert_uint_eq(sum, 312);
}
END_TEST

START_TEST(test_a_link_to_a_directory_is_not_followed)
{
	ck_assert_int_eq(mkdirat(s.fd, "d", 0700), 0);
	ck_assert_int_eq(symlinkat("d", s.fd, "link"), 0);
	ck_assert_ptr_null(dir_open(s.fd, "link"));
	ck_assert_int_eq(errno, ENOTDIR);
}
END_TEST

START_TEST(test_a_descriptor_that_cannot_be_listed_stays_its_owners)
{
	int file CLEANUP(fd_close) = -1, none = -1;

	scene_text(&s, "/f", "");
	file = openat(s.fd, "f", O_RDONLY | O_CLOEXEC);
	ck_assert_ptr_null(dir_take(&file));
	ck_assert_int_ge(file, 0);
	ck_assert_ptr_null(dir_take(&none));
}
END_TEST

START_TEST(test_the_stream_takes_its_descriptor_with_it)
{
	int fd CLEANUP(fd_close) = openat(s.fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int number = fd;
	DIR *d = dir_take(&fd);

	ck_assert_ptr_nonnull(d);
	ck_assert_int_eq(fd, -1);
	dir_close(&d);
	ck_assert_int_eq(fcntl(number, F_GETFD), -1);
}
END_TEST

Suite *suite_dir(void)
{
	Suite *suite = suite_create("lib/base/dir");
	TCase *t = tcase_create("dir");

	tcase_add_unchecked_fixture(t, scene_setup, scene_teardown);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, test_only_entries_that_begin_with_a_digit_are_numbers);
	tcase_add_test(t, test_a_link_to_a_directory_is_not_followed);
	tcase_add_test(t, test_a_descriptor_that_cannot_be_listed_stays_its_owners);
	tcase_add_test(t, test_the_stream_takes_its_descriptor_with_it);
	suite_add_tcase(suite, t);
	return suite;
}
