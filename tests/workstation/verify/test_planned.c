#include "workstation/verify/planned.h"

#include <check.h>
#include <string.h>

Suite *suite_planned(void);

static const char session[] = "exhibit-session-v1\nformat: 1\nplan: 0 facts\n"
			      "plan: 1 config settings of the system\nplan: 2 logs\n"
			      "plan: 3 keys\n";
static struct planned plan;

static void setup(void)
{
	planned_init(&plan);
	planned_session(&plan, session, sizeof(session) - 1);
}

static void teardown(void)
{
	planned_release(&plan);
}

static void act(const char *name, const char *text)
{
	planned_member(&plan, (struct bytes){ name, strlen(name) });
	/* It comes in pieces of any length. */
	for (size_t n = strlen(text); n > 0; n--)
		planned_data(&plan, text++, 1);
}

#define LOG "CUSTODY/actions.jsonl"
#define ACT(what, detail) "{\"t\":[1,0],\"act\":\"" what "\",\"detail\":\"" detail "\"}\n"
#define ENDED(c) ACT("category-end", c)
#define BEGUN(c) ACT("category-begin", c)

static struct bundle_facts facts;

/* How the archive ends: at which seal. */
static void finish(bool final, enum seal_status status)
{
	facts = (struct bundle_facts){ .has_seal = true, .has_root = final };
	facts.verdict = final ? BUNDLE_COMPLETE : BUNDLE_TRUNCATED;
	facts.last_seal.status = status;
	planned_finish(&plan, &facts);
}

/* The states of the three categories, a letter each. */
static const char *states(void)
{
	static const char letters[PLANNED_STATES] = {
		[PLANNED_DONE] = 'D', [PLANNED_BEGUN] = 'B', [PLANNED_NOT_REACHED] = 'N',
		[PLANNED_NOT_SEEN] = '?',
	};
	static char said[4];

	for (size_t i = 0; i < 3; i++)
		said[i] = letters[planned_state(&plan, i)];
	return said;
}

static const char *say(void)
{
	static char said[4096];
	struct buf b;

	buf_init(&b, sizeof(said));
	planned_say(&b, &plan, "; ");
	strcpy(said, buf_cstr(&b));
	buf_release(&b);
	return said;
}

/* The category that a plan that was sworn to is broken by, or NULL. */
static const char *broken(void)
{
	static struct finding f;

	finish(true, SEAL_COMPLETE);
	return planned_broken(&plan, &facts, &f) ? f.detail : NULL;
}

START_TEST(test_facts_are_not_archived_and_not_missed)
{
	ck_assert_uint_eq(plan.count, 3);
	ck_assert_str_eq(broken(), "category config");
}
END_TEST

START_TEST(test_a_line_or_the_log_of_acts_shows_that_a_category_was_done)
{
	planned_line(&plan, "logs");
	planned_line(&plan, "other");
	act(LOG, ENDED("config") ENDED("keys"));
	ck_assert_ptr_null(broken());
	ck_assert_str_eq(states(), "DDD");
	ck_assert_str_eq(say(), "");
}
END_TEST

START_TEST(test_no_other_member_and_no_other_act_counts)
{
	planned_line(&plan, "config");
	planned_line(&plan, "keys");
	act("[root]/" LOG, ENDED("logs"));
	act(LOG, BEGUN("logs") "rubbish\n"
	    "{\"act\":\"category-end\",\"detail\":[\"logs\"]}\n[]\n\n"
	    "{\"act\":\"category-end\",\"detail\":\"logs\"}");
	ck_assert_str_eq(broken(), "category logs");
}
END_TEST

START_TEST(test_a_log_that_was_full_cannot_say)
{
	act(LOG, ACT("limit", "this log is full"));
	ck_assert_ptr_null(broken());
}
END_TEST

START_TEST(test_a_run_that_says_it_was_stopped_is_no_forgery)
{
	struct finding f;

	finish(true, SEAL_INCOMPLETE);
	ck_assert(!planned_broken(&plan, &facts, &f));
}
END_TEST

START_TEST(test_a_category_of_which_there_is_nothing_is_done_or_not_reached)
{
	planned_line(&plan, "logs");
	act(LOG, BEGUN("config") ENDED("config") BEGUN("logs") ENDED("logs")
	    ACT("end", "the deadline"));
	finish(true, SEAL_INCOMPLETE);
	ck_assert_str_eq(states(), "DDN");
	ck_assert_str_eq(say(), "NOT COMPLETED: the deadline; not reached, 1 of 3 categories: keys");
}
END_TEST

START_TEST(test_the_category_in_which_a_run_was_stopped_is_not_done)
{
	act(LOG, BEGUN("config") ENDED("config") BEGUN("logs") ACT("limit", "a signal")
	    ENDED("logs") ACT("end", "a signal"));
	finish(true, SEAL_INCOMPLETE);
	ck_assert_str_eq(states(), "DBN");
	ck_assert_ptr_nonnull(strstr(say(), "begun, not finished, 1 of 3 categories: logs"));
}
END_TEST

START_TEST(test_a_plan_that_was_walked_and_not_completed_says_both)
{
	act(LOG, ENDED("config") ENDED("logs") ENDED("keys") ACT("end", "rights\x1b were missing"));
	finish(true, SEAL_INCOMPLETE);
	ck_assert_str_eq(say(), "NOT COMPLETED: its log does not say why; "
			 "all of its 3 categories were walked to their end: "
			 "what is missing was left out within them");
	act(LOG, ACT("end", "rights\\u001b were missing"));
	finish(true, SEAL_INCOMPLETE);
	ck_assert_str_eq(say(), "NOT COMPLETED: rights? were missing; "
			 "all of its 3 categories were walked to their end: "
			 "what is missing was left out within them");
}
END_TEST

START_TEST(test_a_log_that_was_full_does_not_say_what_was_not_reached)
{
	act(LOG, BEGUN("config") ACT("limit", "this log is full"));
	finish(true, SEAL_INCOMPLETE);
	ck_assert_str_eq(states(), "B??");
}
END_TEST

START_TEST(test_behind_a_cut_nothing_is_known)
{
	planned_line(&plan, "logs");
	finish(false, SEAL_RUNNING);
	ck_assert_str_eq(states(), "BB?");
	ck_assert_str_eq(say(), "NOT KNOWN: no final seal holds, what came after the cut is not here;"
			 " not seen under a seal, 1 of 3 categories: keys;"
			 " the cut is in category logs or behind it");
	facts.unsealed = 6;
	planned_finish(&plan, &facts);
	ck_assert_ptr_nonnull(strstr(say(), ": keys; members under no seal, which may be of "
					    "these: 6; the cut"));
	facts.verdict = BUNDLE_ALTERED;
	planned_finish(&plan, &facts);
	ck_assert_str_eq(say(), "NOT KNOWN: no final seal holds");
}
END_TEST

Suite *suite_planned(void)
{
	Suite *s = suite_create("workstation/verify/planned");
	TCase *t = tcase_create("plan");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, test_facts_are_not_archived_and_not_missed);
	tcase_add_test(t, test_a_line_or_the_log_of_acts_shows_that_a_category_was_done);
	tcase_add_test(t, test_no_other_member_and_no_other_act_counts);
	tcase_add_test(t, test_a_log_that_was_full_cannot_say);
	tcase_add_test(t, test_a_run_that_says_it_was_stopped_is_no_forgery);
	tcase_add_test(t, test_a_category_of_which_there_is_nothing_is_done_or_not_reached);
	tcase_add_test(t, test_the_category_in_which_a_run_was_stopped_is_not_done);
	tcase_add_test(t, test_a_plan_that_was_walked_and_not_completed_says_both);
	tcase_add_test(t, test_a_log_that_was_full_does_not_say_what_was_not_reached);
	tcase_add_test(t, test_behind_a_cut_nothing_is_known);
	suite_add_tcase(s, t);
	return s;
}
