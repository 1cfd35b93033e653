#include "collector/givenup.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "collector/volatile/source.h"

Suite *suite_givenup(void);

static struct givenup *g;
static struct cursor *at;
static uint64_t list[WALK_HUNG_MAX];

static void setup(void)
{
	g = calloc(1, sizeof(*g));
	at = calloc(1, sizeof(*at));
	ck_assert(g != NULL && at != NULL);
	at->depth = 1;
	at->path_len = 1;
	strcpy(at->path, "/");
}

static void teardown(void)
{
	free(g);
	free(at);
}

static const struct givenup_mount *lose(uint64_t mount, enum category c)
{
	at->mount = mount;
	return givenup_lost(g, at, c, false);
}

/* Mount 5 is given up in ${c}. */
static struct givenup_mount *give_up(enum category c)
{
	ck_assert_ptr_null(lose(5, c));
	ck_assert_ptr_nonnull(lose(5, c));
	return &g->mount[0];
}

START_TEST(test_two_in_a_row_give_up_a_mount_and_no_other)
{
	ck_assert_ptr_null(lose(7, CATEGORY_LOGS));
	ck_assert_uint_eq(give_up(CATEGORY_LOGS)->id, 7);
	ck_assert_uint_eq(givenup_list(g, 0, list), 1);
	ck_assert_uint_eq(list[0], 5);
	ck_assert_uint_eq(givenup_list(g, 5, list), 0);
	ck_assert(givenup_any(g));
}
END_TEST

START_TEST(test_a_mount_that_gives_files_between_has_sixteen)
{
	for (unsigned i = 1; i < GIVENUP_TOTAL; i++) {
		ck_assert_ptr_null(lose(5, CATEGORY_LOGS));
		givenup_answered(g, 5);
	}
	ck_assert(!givenup_any(g));
	ck_assert_ptr_nonnull(lose(5, CATEGORY_LOGS));
	ck_assert(!givenup_try(&g->mount[0], true, 0, 0));
}
END_TEST

START_TEST(test_what_is_on_no_known_mount_gives_up_nothing)
{
	for (int i = 0; i < 40; i++)
		ck_assert_ptr_null(lose(0, CATEGORY_LOGS));
	ck_assert_uint_eq(g->count, 0);
}
END_TEST

START_TEST(test_what_is_left_out_is_of_the_categories_walked_without_it)
{
	struct givenup_mount *m = give_up(CATEGORY_LOGS);

	givenup_begin(g, CATEGORY_GUEST);
	givenup_begin(g, CATEGORY_EXTRA);
	ck_assert_uint_eq(m->left, UINT64_C(1) << CATEGORY_LOGS | UINT64_C(1) << CATEGORY_EXTRA);
	ck_assert(m->has_from);
	ck_assert_int_eq(m->at, CATEGORY_LOGS);
}
END_TEST

/* Where only one object was lost, the rest was taken. */
START_TEST(test_a_category_before_it_is_given_up_has_nothing_left)
{
	ck_assert_ptr_null(lose(5, CATEGORY_LOGIN));
	ck_assert_ptr_nonnull(lose(5, CATEGORY_LOGS));
	ck_assert_uint_eq(g->mount[0].left, UINT64_C(1) << CATEGORY_LOGS);
}
END_TEST

START_TEST(test_facts_are_not_taken_again)
{
	ck_assert_uint_eq(give_up(CATEGORY_FACTS)->left, 0);
	ck_assert(!givenup_try(&g->mount[0], true, 0, 0));
}
END_TEST

START_TEST(test_tries_end_and_one_is_kept_for_the_end)
{
	struct givenup_mount *m = give_up(CATEGORY_LOGS);

	for (uint64_t now = 1; now <= GIVENUP_TRIES - GIVENUP_LAST; now++)
		ck_assert(givenup_try(m, false, now * 60, 60));
	ck_assert(!givenup_try(m, false, 6000, 60));
	ck_assert(givenup_try(m, true, 6000, 60));
	ck_assert(!givenup_try(m, true, 9000, 60));
}
END_TEST

START_TEST(test_between_two_tries_goes_time_except_at_the_end)
{
	struct givenup_mount *m = give_up(CATEGORY_LOGS);

	ck_assert(givenup_try(m, false, 100, 60));
	ck_assert(!givenup_try(m, false, 159, 60));
	ck_assert(givenup_try(m, false, 160, 60));
	ck_assert(givenup_try(m, true, 161, 60));
}
END_TEST

START_TEST(test_a_try_in_vain_begins_behind_what_it_was_lost_on)
{
	struct givenup_mount *m = give_up(CATEGORY_LOGS);

	strcpy(at->path, "/later");
	at->path_len = 6;
	ck_assert_ptr_null(givenup_lost(g, at, CATEGORY_EXTRA, true));
	ck_assert_str_eq(m->from.path, "/later");
	ck_assert_int_eq(m->at, CATEGORY_EXTRA);
	/* another mount that hangs on the way to it is not given up behind its back */
	at->mount = 9;
	for (int i = 0; i < 3; i++)
		ck_assert_ptr_null(givenup_lost(g, at, CATEGORY_EXTRA, true));
	ck_assert_uint_eq(givenup_list(g, 0, list), 1);
}
END_TEST

/* What was not come to again is not left behind: only what was begun is. */
START_TEST(test_who_is_lost_on_the_way_back_was_nowhere)
{
	struct givenup_mount *m;

	/* nor who is lost there for the first time after it */
	strcpy(at->path, "/m/d/f");
	at->path_len = 6;
	ck_assert_ptr_null(lose(5, CATEGORY_LOGS));
	at->path_len = 2;
	ck_assert_ptr_nonnull(lose(5, CATEGORY_LOGS));
	m = &g->mount[0];
	ck_assert_uint_eq(m->from.path_len, 6);
	ck_assert_uint_eq(m->left, UINT64_C(1) << CATEGORY_LOGS);
	at->path_len = 4;
	ck_assert_ptr_null(givenup_lost(g, at, CATEGORY_LOGS, true));
	at->path_len = 2;
	ck_assert_ptr_null(givenup_lost(g, at, CATEGORY_LOGS, true));
	ck_assert_uint_eq(m->from.path_len, 6);
	/* a directory that is left, and one beside the way, are come to */
	at->listed = 1;
	at->path_len = 4;
	ck_assert_ptr_null(givenup_lost(g, at, CATEGORY_LOGS, true));
	ck_assert_uint_eq(m->from.path_len, 4);
	at->listed = 0;
	strcpy(at->path, "/m/e");
	ck_assert_ptr_null(givenup_lost(g, at, CATEGORY_LOGS, true));
	ck_assert_str_eq(m->from.path, "/m/e");
	/* in another category all of it is walked */
	at->path_len = 2;
	ck_assert_ptr_null(givenup_lost(g, at, CATEGORY_EXTRA, true));
	ck_assert_uint_eq(m->from.path_len, 2);
}
END_TEST

START_TEST(test_who_is_lost_in_a_source_leaves_files_out_only_if_they_come_later)
{
	for (size_t i = 0; i < source_count; i++) {
		struct givenup_mount *m = &g->mount[0];

		memset(m, 0, sizeof(*m));
		g->count = 0;
		at->live = (uint32_t)i + 1;
		give_up(CATEGORY_PROCESS);
		ck_assert(!m->has_from);
		ck_assert_int_eq(m->left != 0, source_rows[i].when == SOURCE_BEFORE);
	}
}
END_TEST

START_TEST(test_who_answers_is_given_up_no_more)
{
	struct givenup_mount *m = give_up(CATEGORY_LOGS);

	m->left = 0;
	givenup_back(m);
	ck_assert(!givenup_any(g));
	ck_assert_uint_eq(givenup_list(g, 0, list), 0);
	ck_assert_ptr_null(lose(5, CATEGORY_LOGS));
	ck_assert_ptr_nonnull(lose(5, CATEGORY_LOGS));
}
END_TEST

START_TEST(test_what_cannot_be_tried_again_stays_left_out)
{
	g->guests = 1;
	ck_assert(givenup_any(g));
	g->guests = 0;
	g->live = true;
	ck_assert(givenup_any(g));
}
END_TEST

START_TEST(test_more_mounts_than_fit_are_not_remembered)
{
	for (uint64_t id = 1; id <= WALK_HUNG_MAX + 4; id++) {
		lose(id, CATEGORY_LOGS);
		lose(id, CATEGORY_LOGS);
	}
	ck_assert_uint_eq(givenup_list(g, 0, list), WALK_HUNG_MAX);
}
END_TEST

Suite *suite_givenup(void)
{
	Suite *s = suite_create("collector/givenup");
	TCase *t = tcase_create("givenup");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, test_two_in_a_row_give_up_a_mount_and_no_other);
	tcase_add_test(t, test_a_mount_that_gives_files_between_has_sixteen);
	tcase_add_test(t, test_what_is_on_no_known_mount_gives_up_nothing);
	tcase_add_test(t, test_what_is_left_out_is_of_the_categories_walked_without_it);
	tcase_add_test(t, test_a_category_before_it_is_given_up_has_nothing_left);
	tcase_add_test(t, test_facts_are_not_taken_again);
	tcase_add_test(t, test_tries_end_and_one_is_kept_for_the_end);
	tcase_add_test(t, test_between_two_tries_goes_time_except_at_the_end);
	tcase_add_test(t, test_a_try_in_vain_begins_behind_what_it_was_lost_on);
	tcase_add_test(t, test_who_is_lost_on_the_way_back_was_nowhere);
	tcase_add_test(t, test_who_is_lost_in_a_source_leaves_files_out_only_if_they_come_later);
	tcase_add_test(t, test_who_answers_is_given_up_no_more);
	tcase_add_test(t, test_what_cannot_be_tried_again_stays_left_out);
	tcase_add_test(t, test_more_mounts_than_fit_are_not_remembered);
	suite_add_tcase(s, t);
	return s;
}
