#include "lib/base/err.h"

#include <check.h>
#include <errno.h>
#include <string.h>

Suite *suite_err(void);

START_TEST(test_first_description_wins)
{
	struct err e = { 0 };

	ck_assert_int_eq(err_set(&e, ENOSPC, "writing %s", "a.tar"), -1);
	ck_assert_int_eq(err_set(&e, EIO, "closing"), -1);
	ck_assert_int_eq(e.set, 1);
	ck_assert_int_eq(e.oserr, ENOSPC);
	ck_assert_str_eq(e.what, "writing a.tar");
}
END_TEST

START_TEST(test_long_description_is_cut_and_terminated)
{
	struct err e = { 0 };
	char name[600];

	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	err_set(&e, 0, "%s", name);
	ck_assert_uint_eq(strlen(e.what), sizeof(e.what) - 1);
}
END_TEST

START_TEST(test_setting_keeps_errno_and_accepts_no_err)
{
	errno = EAGAIN;
	ck_assert_int_eq(err_set(NULL, EIO, "lost"), -1);
	ck_assert_int_eq(errno, EAGAIN);
}
END_TEST

static const struct {
	int oserr;
	const char *want;
} names[] = {
	{ EPERM, "EPERM" }, { ENOENT, "ENOENT" }, { EAGAIN, "EAGAIN" },
	{ EWOULDBLOCK, "EAGAIN" }, { EDEADLK, "EDEADLK" }, { EDEADLOCK, "EDEADLK" },
	{ EOPNOTSUPP, "EOPNOTSUPP" }, { ENOTSUP, "EOPNOTSUPP" }, { EUCLEAN, "EUCLEAN" },
	{ EHWPOISON, "EHWPOISON" }, { 0, "E?" }, { -1, "E?" }, { 41, "E?" }, { 9999, "E?" },
};

START_TEST(test_number_has_its_symbolic_name)
{
	ck_assert_str_eq(err_name(names[_i].oserr), names[_i].want);
}
END_TEST

START_TEST(test_every_number_of_the_kernel_is_known)
{
	/* asm-generic/errno.h: 1..133 but for 41 and 58, which are aliases */
	for (int e = 1; e <= 133; e++)
		if (e != 41 && e != 58)
			ck_assert_msg(strcmp(err_name(e), "E?") != 0, "errno %d", e);
}
END_TEST

Suite *suite_err(void)
{
	Suite *s = suite_create("lib/base/err");
	TCase *tc = tcase_create("err");

	tcase_add_test(tc, test_first_description_wins);
	tcase_add_test(tc, test_long_description_is_cut_and_terminated);
	tcase_add_test(tc, test_setting_keeps_errno_and_accepts_no_err);
	tcase_add_loop_test(tc, test_number_has_its_symbolic_name, 0,
			    sizeof(names) / sizeof(names[0]));
	tcase_add_test(tc, test_every_number_of_the_kernel_is_known);
	suite_add_tcase(s, tc);
	return s;
}
