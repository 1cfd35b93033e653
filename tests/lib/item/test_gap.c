#include "lib/item/gap.h"

#include <check.h>
#include <errno.h>
#include <string.h>

Suite *suite_gap(void);

START_TEST(test_every_gap_has_a_unique_word_that_leads_back)
{
	ck_assert_int_eq(gap_by_word(gap_word((enum gap)_i)), _i);
	ck_assert_uint_gt(strlen(gap_text((enum gap)_i)), 0);
	ck_assert_uint_lt(gap_result((enum gap)_i), RESULT_COUNT);
}
END_TEST

START_TEST(test_only_none_is_ok)
{
	for (int g = 0; g < GAP_COUNT; g++)
		ck_assert_int_eq(gap_result((enum gap)g) == RESULT_OK, g == GAP_NONE);
	ck_assert_str_eq(gap_word(GAP_NONE), "none");
}
END_TEST

START_TEST(test_value_out_of_range_is_internal)
{
	ck_assert_str_eq(gap_word((enum gap)9999), "internal-error");
	ck_assert_int_eq(gap_result(GAP_COUNT), RESULT_ERROR);
	ck_assert_str_eq(gap_result_word((enum result)77), "error");
	ck_assert_int_eq(gap_by_word("no such word"), GAP_COUNT);
}
END_TEST

static const struct {
	int oserr;
	enum gap want;
} rows[] = {
	{ ENOENT, GAP_VANISHED }, { ESRCH, GAP_VANISHED }, { ENOTDIR, GAP_VANISHED },
	{ ESTALE, GAP_VANISHED }, { EACCES, GAP_PERMISSION }, { EPERM, GAP_PERMISSION },
	{ ELOOP, GAP_REPLACED }, { EIO, GAP_IO_ERROR }, { EUCLEAN, GAP_IO_ERROR },
	{ EMFILE, GAP_OPEN_FAILED }, { EINVAL, GAP_OPEN_FAILED }, { 0, GAP_OPEN_FAILED },
};

START_TEST(test_errno_means_a_gap)
{
	enum gap want = rows[_i].want;

	ck_assert_int_eq(gap_from_errno(rows[_i].oserr), want);
	ck_assert_int_eq(gap_from_stat_errno(rows[_i].oserr),
			 want == GAP_OPEN_FAILED ? GAP_META_FAILED : want);
}
END_TEST

Suite *suite_gap(void)
{
	Suite *s = suite_create("lib/item/gap");
	TCase *tc = tcase_create("gap");

	tcase_add_loop_test(tc, test_every_gap_has_a_unique_word_that_leads_back, 0, GAP_COUNT);
	tcase_add_test(tc, test_only_none_is_ok);
	tcase_add_test(tc, test_value_out_of_range_is_internal);
	tcase_add_loop_test(tc, test_errno_means_a_gap, 0, sizeof(rows) / sizeof(rows[0]));
	suite_add_tcase(s, tc);
	return s;
}
