#include "workstation/receipt/file.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/fd.h"
#include "tests/support/leftover.h"

Suite *suite_file(void);

static char folder[PATH_MAX], command[2 * PATH_MAX];
static int dir;

static void setup(void)
{
	strcpy(folder, "/tmp/exhibit-file.XXXXXX");
	leftover_dir(folder);
	snprintf(command, sizeof(command), "cd '%s' && mkdir -p a/b && printf text >a/b/c && "
		 "ln -s a link && ln -s c a/b/link && mkfifo fifo && ln -s / root", folder);
	ck_assert_int_eq(system(command), 0);
	dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ge(dir, 0);
}

static void teardown(void)
{
	close(dir);
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	ck_assert_int_eq(system(command), 0);
}

static const struct {
	const char *path;
	int oserr;
} refused[] = {
	{ "a/b/none", ENOENT }, { "none/c", ENOENT }, { "link/b/c", ENOTDIR },
	{ "a/b/link", ELOOP }, { "root/etc/passwd", ENOTDIR }, { "fifo", EINVAL }, { "a", EINVAL },
	{ "a/../a/b/c", EINVAL }, { "/etc/passwd", EINVAL }, { "a//b/c", EINVAL }, { "", EINVAL },
	{ ".", EINVAL }, { "a/b/c/", EINVAL },
};

START_TEST(test_no_way_leads_out_and_nothing_but_a_file_is_opened)
{
	struct err e = { 0 };

	ck_assert_int_eq(file_open_below(dir, refused[_i].path, &e), -1);
	if (refused[_i].oserr != EINVAL)
		ck_assert_int_eq(e.oserr, refused[_i].oserr);
}
END_TEST

START_TEST(test_a_file_is_loaded_up_to_its_limit)
{
	struct err e = { 0 };
	struct buf b;

	ck_assert_int_eq(file_load_below(dir, "a/b/c", &b, 4, &e), 0);
	ck_assert_str_eq(buf_cstr(&b), "text");
	buf_release(&b);
	ck_assert_int_eq(file_load_below(dir, "a/b/c", &b, 3, &e), -1);
	ck_assert_int_eq(e.oserr, EFBIG);
	buf_release(&b);
}
END_TEST

START_TEST(test_a_file_is_made_new_and_for_nobody_else)
{
	struct err e = { 0 };
	struct stat st;

	ck_assert_int_eq(file_make(dir, "new", "x", 1, &e), 0);
	ck_assert_int_eq(fstatat(dir, "new", &st, 0), 0);
	ck_assert_int_eq(st.st_mode & 07777, 0600);
	ck_assert_int_eq(file_make(dir, "new", "y", 1, &e), -1);
	ck_assert_int_eq(file_make(dir, "a/b/link", "y", 1, &e), -1);
}
END_TEST

START_TEST(test_both_hashes_are_those_of_fips_180)
{
	struct file_hash h;
	struct err e = { 0 };
	struct buf b;
	int fd = file_open_below(dir, "a/b/c", &e);

	ck_assert_int_eq(file_hash(fd, -1, &h, &e), 0);
	close(fd);
	buf_init(&b, 1000);
	for (size_t i = 0; i < 4; i++)
		buf_printf(&b, "%02x", h.sha256[i]);
	for (size_t i = 0; i < 4; i++)
		buf_printf(&b, "%02x", h.sha512[i]);
	ck_assert_str_eq(buf_cstr(&b), "982d9e3eeaf2c127");
	ck_assert_uint_eq(h.bytes, 4);
	buf_release(&b);
}
END_TEST

Suite *suite_file(void)
{
	Suite *s = suite_create("workstation/receipt/file");
	TCase *t = tcase_create("file");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, test_no_way_leads_out_and_nothing_but_a_file_is_opened, 0,
			    (int)(sizeof(refused) / sizeof(refused[0])));
	tcase_add_test(t, test_a_file_is_loaded_up_to_its_limit);
	tcase_add_test(t, test_a_file_is_made_new_and_for_nobody_else);
	tcase_add_test(t, test_both_hashes_are_those_of_fips_180);
	suite_add_tcase(s, t);
	return s;
}
