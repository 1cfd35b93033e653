#include <check.h>
#include <string.h>

#include "collector/volatile/source.h"
#include "tests/support/live_box.h"

Suite *suite_source(void);

static struct live_box *box;

static void set_up(void)
{
	box = live_box_new();
}

static void tear_down(void)
{
	live_box_free(box);
}

START_TEST(test_every_row_has_a_name_of_its_own_and_a_reason)
{
	for (size_t i = 0; i < source_count; i++) {
		const struct source *s = &source_rows[i];

		ck_assert_uint_gt(strlen(s->reason), 10);
		ck_assert_uint_lt(strlen(s->id), 60);
		ck_assert_ptr_nonnull(s->run);
		for (size_t k = 0; k < i; k++)
			ck_assert_str_ne(s->id, source_rows[k].id);
		for (size_t k = 0; k < artifact_count; k++)
			ck_assert_str_ne(s->id, artifact_rows[k].id);
	}
}
END_TEST

START_TEST(test_a_dry_run_names_the_rows_of_a_category_and_asks_nothing)
{
	size_t want = 0;

	for (size_t i = 0; i < source_count; i++)
		want += source_rows[i].category == CATEGORY_NETWORK &&
			source_rows[i].when == SOURCE_BEFORE;
	box->env.dry = true;
	ck_assert_int_eq(source_run(&box->env, CATEGORY_NETWORK, SOURCE_BEFORE, 0), 0);
	ck_assert_uint_eq(box->count, want);
	ck_assert_int_eq(box->env.symbols.state, SYMBOLS_UNREAD);
	ck_assert_ptr_null(box->env.netns);
	ck_assert_str_eq(box->items[0].name, box->items[0].artifact);
}
END_TEST

START_TEST(test_rows_before_the_first_wanted_are_left_out)
{
	box->env.dry = true;
	ck_assert_int_eq(source_run(&box->env, CATEGORY_TASK, SOURCE_BEFORE, 2), 0);
	ck_assert_uint_eq(box->count, 1);
	ck_assert_str_eq(box->items[0].name, "task_first");
	ck_assert_int_eq(source_run(&box->env, CATEGORY_TASK, SOURCE_AFTER, 0), 0);
	ck_assert_uint_eq(box->count, 1);
}
END_TEST

START_TEST(test_the_cursor_names_the_row_that_runs_and_nothing_afterwards)
{
	box->env.dry = true;
	box->refuse_at = 2;
	ck_assert_int_eq(source_run(&box->env, CATEGORY_TASK, SOURCE_BEFORE, 0), -1);
	ck_assert_ptr_null(source_at(&box->at));
	ck_assert_uint_eq(box->at.path_len, 0);
	box->at.live = 3;
	ck_assert_str_eq(source_at(&box->at)->id, "task_first");
	box->at.live = (uint32_t)source_count + 1;
	ck_assert_ptr_null(source_at(&box->at));
}
END_TEST

START_TEST(test_a_run_that_is_to_end_begins_no_row)
{
	box->stop = 1;
	ck_assert_int_eq(source_run(&box->env, CATEGORY_TASK, SOURCE_BEFORE, 0), 1);
	ck_assert_uint_eq(box->count, 0);
}
END_TEST

/* Everything, as a real run does; whoever runs the tests may lack rights, that is gaps. */
START_TEST(test_all_sources_of_this_machine_end_without_a_failure)
{
	for (unsigned c = 0; c < CATEGORY_COUNT; c++) {
		ck_assert_int_eq(source_run(&box->env, (enum category)c, SOURCE_BEFORE, 0), 0);
		ck_assert_int_eq(source_run(&box->env, (enum category)c, SOURCE_AFTER, 0), 0);
	}
	ck_assert_uint_gt(live_box_count(box, "net/"), 0);
	ck_assert_uint_eq(live_box_gaps(box, GAP_INTERNAL), 0);
	ck_assert_uint_eq(box->pulse.call, PULSE_IDLE);
}
END_TEST

Suite *suite_source(void)
{
	Suite *s = suite_create("collector/volatile/source");
	TCase *t = tcase_create("source");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, test_every_row_has_a_name_of_its_own_and_a_reason);
	tcase_add_test(t, test_a_dry_run_names_the_rows_of_a_category_and_asks_nothing);
	tcase_add_test(t, test_rows_before_the_first_wanted_are_left_out);
	tcase_add_test(t, test_the_cursor_names_the_row_that_runs_and_nothing_afterwards);
	tcase_add_test(t, test_a_run_that_is_to_end_begins_no_row);
	tcase_add_test(t, test_all_sources_of_this_machine_end_without_a_failure);
	suite_add_tcase(s, t);
	return s;
}
