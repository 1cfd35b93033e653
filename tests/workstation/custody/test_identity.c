#include "workstation/custody/identity.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/leftover.h"

Suite *suite_identity(void);

static char folder[64], path[96];
static struct err e;

static void setup(void)
{
	strcpy(folder, "/tmp/exhibit-identity.XXXXXX");
	leftover_dir(folder);
	snprintf(path, sizeof(path), "%s/lab.key", folder);
	e = (struct err){ 0 };
}

static void teardown(void)
{
	unlink(path);
	rmdir(folder);
}

START_TEST(test_new_identity_is_read_back)
{
	struct age_recipient made, read;
	struct stat st;

	ck_assert_msg(identity_new(path, &made, &e) == 0, "%s", e.what);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_int_eq(st.st_mode & 0777, 0600);
	ck_assert_msg(identity_recipient(path, &read, &e) == 0, "%s", e.what);
	ck_assert_str_eq(made.text, read.text);
	ck_assert_mem_eq(made.public, read.public, sizeof(made.public));
}
END_TEST

START_TEST(test_two_new_identities_differ)
{
	struct age_recipient one, two;

	ck_assert_int_eq(identity_new(path, &one, &e), 0);
	unlink(path);
	ck_assert_int_eq(identity_new(path, &two, &e), 0);
	ck_assert_str_ne(one.text, two.text);
}
END_TEST

/* A key that is lost is an archive that is lost. */
START_TEST(test_existing_file_is_kept)
{
	struct age_recipient one, two;

	ck_assert_int_eq(identity_new(path, &one, &e), 0);
	ck_assert_int_ne(identity_new(path, &two, &e), 0);
	e = (struct err){ 0 };
	ck_assert_int_eq(identity_recipient(path, &two, &e), 0);
	ck_assert_str_eq(one.text, two.text);
}
END_TEST

/* Which of several is meant has to be said. */
START_TEST(test_file_of_several_keys_is_refused)
{
	struct age_recipient r;
	char text[1024];
	ssize_t n;
	int fd;

	ck_assert_int_eq(identity_new(path, &r, &e), 0);
	fd = open(path, O_RDWR);
	n = read(fd, text, sizeof(text));
	ck_assert_int_gt(n, 0);
	ck_assert_int_eq(write(fd, text, (size_t)n), n);
	close(fd);
	ck_assert_int_ne(identity_recipient(path, &r, &e), 0);
	ck_assert_ptr_nonnull(strstr(e.what, "several keys"));
}
END_TEST

Suite *suite_identity(void)
{
	Suite *s = suite_create("workstation/custody/identity");
	TCase *tc = tcase_create("file");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_new_identity_is_read_back);
	tcase_add_test(tc, test_two_new_identities_differ);
	tcase_add_test(tc, test_existing_file_is_kept);
	tcase_add_test(tc, test_file_of_several_keys_is_refused);
	suite_add_tcase(s, tc);
	return s;
}
