#include "lib/custody/actions.h"

#include <check.h>
#include <string.h>
#include <yyjson.h>

Suite *suite_actions(void);

/* Parse each line; return how many there are, the last one's detail in ${last}. */
static size_t check_lines(struct actions *a, char *last, size_t max)
{
	const char *p = buf_cstr(&a->text), *end;
	size_t count = 0;

	for (; (end = strchr(p, '\n')) != NULL; p = end + 1, count++) {
		yyjson_doc *doc = yyjson_read(p, (size_t)(end - p), 0);
		yyjson_val *root = yyjson_doc_get_root(doc);

		ck_assert_ptr_nonnull(doc);
		ck_assert_uint_eq(yyjson_arr_size(yyjson_obj_get(root, "t")), 2);
		ck_assert_uint_eq(yyjson_arr_size(yyjson_obj_get(root, "boot")), 2);
		ck_assert_ptr_nonnull(yyjson_get_str(yyjson_obj_get(root, "act")));
		strncpy(last, yyjson_get_str(yyjson_obj_get(root, "detail")), max - 1);
		last[max - 1] = '\0';
		yyjson_doc_free(doc);
	}
	ck_assert_str_eq(p, "");
	return count;
}

START_TEST(test_each_act_is_one_line_whatever_its_detail)
{
	struct actions a;
	char last[256];

	actions_init(&a);
	actions_add(&a, "start", NULL);
	actions_add(&a, "mount", "quote \" back \\ \n \xff");
	ck_assert_uint_eq(check_lines(&a, last, sizeof(last)), 2);
	ck_assert_str_eq(last, "quote \" back \\\\ \\x0a \\xff");
	actions_release(&a);
}
END_TEST

START_TEST(test_an_act_without_memory_leaves_the_lines_before_and_after_whole)
{
	struct actions a;
	char last[256];

	actions_init(&a);
	actions_add(&a, "start", NULL);
	a.text.max = a.text.len + 150;		/* as if there were no more */
	actions_add(&a, "mount", "a detail that is too long for what there is: "
		    "........................................................................"
		    "........................................................................");
	ck_assert_uint_eq(check_lines(&a, last, sizeof(last)), 1);
	actions_add(&a, "end", "kept");
	ck_assert_uint_eq(check_lines(&a, last, sizeof(last)), 2);
	ck_assert_str_eq(last, "kept");
	actions_release(&a);
}
END_TEST

START_TEST(test_full_log_says_so_once_and_stays_whole)
{
	struct actions a;
	char long_detail[2 * ACTIONS_DETAIL_MAX], last[256];

	memset(long_detail, '\xff', sizeof(long_detail) - 1);
	long_detail[sizeof(long_detail) - 1] = '\0';
	actions_init(&a);
	for (int i = 0; i < 1000; i++)
		actions_add(&a, "signal", long_detail);
	ck_assert(!a.text.failed);
	ck_assert_uint_gt(a.lost, 900);
	check_lines(&a, last, sizeof(last));
	ck_assert_str_eq(last, "this log is full; later acts are not in it");
	actions_release(&a);
}
END_TEST

/* Or whoever mounts often enough hides that the run was stopped. */
START_TEST(test_full_log_still_tells_what_became_of_the_plan)
{
	struct actions a;
	char long_detail[2 * ACTIONS_DETAIL_MAX], last[256];
	size_t full;

	memset(long_detail, '\xff', sizeof(long_detail) - 1);
	long_detail[sizeof(long_detail) - 1] = '\0';
	actions_init(&a);
	for (int i = 0; i < 1000; i++)
		actions_add(&a, "mount", long_detail);
	full = check_lines(&a, last, sizeof(last));
	ck_assert_str_eq(last,
			 "this log is full; of later acts only those of the plan are in it");
	for (int i = 0; i < 30; i++) {
		actions_add(&a, "category-begin", "logs");
		actions_add(&a, "mount", "");
		actions_add(&a, "category-end", "logs");
	}
	actions_add(&a, "end", "the deadline was reached");
	ck_assert_uint_eq(check_lines(&a, last, sizeof(last)), full + 61);
	ck_assert_str_eq(last, "the deadline was reached");
	actions_release(&a);
}
END_TEST

Suite *suite_actions(void)
{
	Suite *s = suite_create("lib/custody/actions");
	TCase *tc = tcase_create("actions");

	tcase_add_test(tc, test_each_act_is_one_line_whatever_its_detail);
	tcase_add_test(tc, test_an_act_without_memory_leaves_the_lines_before_and_after_whole);
	tcase_add_test(tc, test_full_log_says_so_once_and_stays_whole);
	tcase_add_test(tc, test_full_log_still_tells_what_became_of_the_plan);
	suite_add_tcase(s, tc);
	return s;
}
