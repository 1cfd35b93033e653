#include "collector/cmd/list.h"

#include <check.h>
#include <string.h>

#include "collector/volatile/source.h"
#include "collector/select/artifact.h"
#include "collector/select/plan.h"

START_TEST(test_every_profile_category_and_row_is_listed)
{
	struct buf b;
	const char *text, *at, *last;

	buf_init(&b, 4u << 20);
	list_print(&b);
	ck_assert(!b.failed);
	text = buf_cstr(&b);
	for (size_t i = 0; plan_profile_name(i) != NULL; i++)
		ck_assert_ptr_nonnull(strstr(text, plan_profile_reason(i)));
	last = text;
	for (unsigned c = 0; c < CATEGORY_COUNT; c++) {
		at = strstr(last, artifact_category_reason((enum category)c));
		ck_assert_msg(at != NULL, "%s", artifact_category_word((enum category)c));
		last = at;
	}
	for (size_t i = 0; i < artifact_count; i++) {
		ck_assert_ptr_nonnull(strstr(text, artifact_rows[i].glob));
		ck_assert_ptr_nonnull(strstr(text, artifact_rows[i].reason));
	}
	for (size_t i = 0; i < source_count; i++)
		ck_assert_ptr_nonnull(strstr(text, source_rows[i].reason));
	buf_release(&b);
}
END_TEST

Suite *suite_list(void);

Suite *suite_list(void)
{
	Suite *s = suite_create("collector/cmd/list");
	TCase *t = tcase_create("list");

	tcase_add_test(t, test_every_profile_category_and_row_is_listed);
	suite_add_tcase(s, t);
	return s;
}
