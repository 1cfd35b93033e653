#include "lib/bundle/finding.h"

#include <check.h>
#include <string.h>

Suite *suite_finding(void);

START_TEST(test_each_finding_has_a_word_of_its_own_and_a_sentence)
{
	for (int i = 0; i < FINDING_COUNT; i++) {
		const char *word = finding_word((enum finding_id)i);

		ck_assert_uint_gt(strlen(finding_text((enum finding_id)i)), 10);
		ck_assert_uint_eq(strspn(word, "abcdefghijklmnopqrstuvwxyz-"), strlen(word));
		for (int k = 0; k < i; k++)
			ck_assert_str_ne(word, finding_word((enum finding_id)k));
	}
}
END_TEST

START_TEST(test_a_value_out_of_range_is_no_finding)
{
	ck_assert_str_eq(finding_word(FINDING_NONE), "none");
	ck_assert_str_eq(finding_word((enum finding_id)1000), "none");
	ck_assert_int_eq(finding_severity(FINDING_NONE), FINDING_NOTE);
	ck_assert_int_eq(finding_severity(FINDING_CUT), FINDING_STOPPED);
	ck_assert_int_eq(finding_severity(FINDING_HASH), FINDING_ALTERED);
}
END_TEST

Suite *suite_finding(void)
{
	Suite *s = suite_create("lib/bundle/finding");
	TCase *t = tcase_create("finding");

	tcase_add_test(t, test_each_finding_has_a_word_of_its_own_and_a_sentence);
	tcase_add_test(t, test_a_value_out_of_range_is_no_finding);
	suite_add_tcase(s, t);
	return s;
}
