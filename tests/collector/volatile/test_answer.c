#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "collector/volatile/answer.h"
#include "tests/support/live_box.h"

Suite *suite_answer(void);

static struct live_box *box;
static char chunk[ANSWER_PART / 4];

static void set_up(void)
{
	box = live_box_new();
	memset(chunk, 'x', sizeof(chunk));
}

static void tear_down(void)
{
	live_box_free(box);
}

START_TEST(test_an_answer_is_a_member_and_a_json_beside_it)
{
	const struct live_item *i;
	struct answer a;

	answer_begin(&a, &box->env, "one/%d", 7);
	answer_note(&a, "\"request\":\"%s\"", "WHO");
	answer_note_bytes(&a, "raw", "\1\2\3", 3);
	ck_assert_int_eq(answer_add(&a, "hello", 5), 0);
	ck_assert_int_eq(answer_end(&a), 0);
	ck_assert_uint_eq(box->count, 2);
	ck_assert(live_item_has(live_box_get(box, "one/7"), "hello", 5));
	i = live_box_get(box, "one/7.json");
	ck_assert(live_item_has(i, "\"request\":\"WHO\",\"raw\":\"AQID\"", 28));
	ck_assert(live_item_has(i, "\"length\":5,\"parts\":1,\"gap\":\"none\"", 33));
	ck_assert(live_item_has(i, box->env.release, strlen(box->env.release)));
}
END_TEST

START_TEST(test_a_long_answer_leaves_in_parts_that_are_cut_between_pieces)
{
	struct answer a;

	answer_begin(&a, &box->env, "long");
	for (int i = 0; i < 9; i++)
		ck_assert_int_eq(answer_add(&a, chunk, sizeof(chunk)), 0);
	ck_assert_int_eq(answer_end(&a), 0);
	ck_assert_uint_eq(box->count, 3);
	ck_assert_uint_eq(live_box_get(box, "long")->data.len, ANSWER_PART);
	ck_assert_uint_eq(live_box_get(box, "long.1")->data.len, ANSWER_PART);
	ck_assert_uint_eq(live_box_get(box, "long.2")->data.len, sizeof(chunk));
}
END_TEST

START_TEST(test_what_has_not_left_can_be_asked_for_again)
{
	struct answer a;
	uint64_t mark;

	answer_begin(&a, &box->env, "again");
	answer_add(&a, "keep", 4);
	mark = answer_mark(&a);
	answer_add(&a, "forget", 6);
	ck_assert(answer_rewind(&a, mark));
	for (int i = 0; i < 5; i++)
		answer_add(&a, chunk, sizeof(chunk));
	ck_assert(!answer_rewind(&a, mark));
	ck_assert_int_eq(answer_end(&a), 0);
	ck_assert(!live_item_has(live_box_get(box, "again"), "forget", 6));
	ck_assert_mem_eq(live_box_get(box, "again")->data.p, "keepxxx", 7);
}
END_TEST

static const struct {
	int oserr;
	bool some;			/* something had come before */
	enum gap want;
} refusals[] = {
	{ EPERM, false, GAP_PERMISSION }, { EACCES, false, GAP_PERMISSION },
	{ ENOSYS, false, GAP_UNSUPPORTED }, { EOPNOTSUPP, false, GAP_UNSUPPORTED },
	{ EAGAIN, false, GAP_HUNG }, { ENOBUFS, false, GAP_INCOMPLETE },
	{ EPERM, true, GAP_INCOMPLETE }, { EAGAIN, true, GAP_INCOMPLETE },
};

START_TEST(test_a_refusal_is_a_gap_with_its_errno)
{
	const struct live_item *i;
	struct answer a;

	answer_begin(&a, &box->env, "refused");
	answer_note(&a, "\"request\":\"X\"");
	if (refusals[_i].some)
		answer_add(&a, "some", 4);
	answer_errno(&a, refusals[_i].oserr, "bpf");
	answer_errno(&a, EIO, "later");
	ck_assert_int_eq(answer_end(&a), 0);
	i = live_box_get(box, "refused");
	ck_assert_int_eq(i->how.gap, refusals[_i].want);
	ck_assert_int_eq(i->how.oserr, refusals[_i].oserr);
	ck_assert_str_eq(i->how.syscall, "bpf");
	ck_assert_int_eq(i->has_content, refusals[_i].some);
	ck_assert_int_eq(live_box_find(box, "refused.json") != NULL, refusals[_i].some);
}
END_TEST

START_TEST(test_the_budget_ends_what_is_kept)
{
	struct answer a;

	box->budget = 6;
	box->env.budget = &box->budget;
	for (int i = 0; i < 2; i++) {
		answer_begin(&a, &box->env, "n%d", i);
		answer_add(&a, "hello", 5);
		ck_assert_int_eq(answer_end(&a), 0);
	}
	ck_assert_int_eq(live_box_get(box, "n0")->how.gap, GAP_NONE);
	ck_assert_int_eq(live_box_get(box, "n1")->how.gap, GAP_BUDGET);
	ck_assert(!live_box_get(box, "n1")->has_content);
	ck_assert_uint_eq(box->budget, 1);
}
END_TEST

START_TEST(test_a_sink_that_fails_is_told)
{
	struct answer a;

	box->refuse_at = 1;
	answer_begin(&a, &box->env, "lost");
	answer_add(&a, "x", 1);
	ck_assert_int_eq(answer_end(&a), -1);
}
END_TEST

Suite *suite_answer(void)
{
	Suite *s = suite_create("collector/volatile/answer");
	TCase *t = tcase_create("answer");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, test_an_answer_is_a_member_and_a_json_beside_it);
	tcase_add_test(t, test_a_long_answer_leaves_in_parts_that_are_cut_between_pieces);
	tcase_add_test(t, test_what_has_not_left_can_be_asked_for_again);
	tcase_add_loop_test(t, test_a_refusal_is_a_gap_with_its_errno, 0,
			    sizeof(refusals) / sizeof(refusals[0]));
	tcase_add_test(t, test_the_budget_ends_what_is_kept);
	tcase_add_test(t, test_a_sink_that_fails_is_told);
	suite_add_tcase(s, t);
	return s;
}
