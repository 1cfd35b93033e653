#include "workstation/verify/planned.h"

#include <check.h>
#include <stdio.h>
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
	act(LOG, ENDED("config") ENDED("keys") ACT("end", ""));
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

#define FULL ACT("limit", "this log is full")
#define UNSHOWN "NOT KNOWN: the final seal says that it was completed, and the archive does not " \
		"show it; "

START_TEST(test_a_log_of_nothing_but_its_limit_shows_nothing)
{
	act(LOG, FULL);
	ck_assert_ptr_null(broken());
	ck_assert_int_eq(plan.end, PLANNED_UNKNOWN);
	ck_assert_str_eq(planned_end_word(plan.end), "unknown");
	ck_assert_str_eq(states(), "???");
	ck_assert_str_eq(say(), UNSHOWN "the log of acts was full: later acts are not in it; nothing "
			 "is seen, 3 of 3 categories: config logs keys");
}
END_TEST

START_TEST(test_a_log_that_was_full_shows_what_came_before)
{
	planned_line(&plan, "keys");
	act(LOG, BEGUN("config") ENDED("config") BEGUN("logs") FULL);
	ck_assert_ptr_null(broken());
	ck_assert_int_eq(plan.end, PLANNED_UNKNOWN);
	ck_assert_str_eq(states(), "DBB");
	planned_line(&plan, "config");
	planned_line(&plan, "logs");
	ck_assert_ptr_null(broken());
	ck_assert_str_eq(states(), "DBB");
	ck_assert_str_eq(say(), UNSHOWN "the log of acts was full: later acts are not in it; begun, "
			 "the end is not seen, 2 of 3 categories: logs keys");
}
END_TEST

START_TEST(test_a_log_that_was_full_behind_the_plan_shows_all_of_it)
{
	act(LOG, ENDED("config") ENDED("logs") ENDED("keys") FULL);
	ck_assert_ptr_null(broken());
	ck_assert_str_eq(states(), "DDD");
	ck_assert_str_eq(say(), "");
}
END_TEST

#define LOST ACT("lost", "this log is full; of later acts only those of the plan are in it")

START_TEST(test_acts_that_were_lost_are_none_of_the_plan)
{
	act(LOG, BEGUN("config") LOST ENDED("config") BEGUN("logs") ENDED("logs") BEGUN("keys")
	    ENDED("keys") ACT("end", ""));
	ck_assert_ptr_null(broken());
	ck_assert_str_eq(states(), "DDD");
	ck_assert_str_eq(say(), "");
	finish(true, SEAL_INCOMPLETE);
	ck_assert_ptr_nonnull(strstr(say(), "all of its 3 categories were walked to their end"));
}
END_TEST

/* Each category has lines, and the log is no whole one. */
START_TEST(test_lines_of_each_category_do_not_show_what_the_log_does_not)
{
	static const struct {
		const char *log, *states, *said;
	} rows[] = {
		{ "", "BBB", "the log of acts has no end; begun, the end is not seen, 3 of 3" },
		{ "\x7f\x01\n{}\n[\n\n\"x\n", "BBB", "no act, or behind its end: 5; the log of acts has" },
		{ ENDED("config") BEGUN("logs") FULL, "DBB", "full: later acts are not in it; begun, the" },
		{ ENDED("config") ENDED("logs") BEGUN("keys") ACT("limit", "x")
		  ACT("end", "interrupted by a signal\\u0000"), "DDB", "not finished, 1 of 3 categories: keys" },
		{ ENDED("config") ENDED("logs") BEGUN("keys") ACT("limit", "x") "{\"t",
		  "DDB", "no act, or behind its end: 1; the log of acts has no end; begun, not fin" },
		{ ENDED("config") ENDED("logs") ENDED("keys") ACT("end", "a signal\\u0000"), "DDD",
		  "no act, or behind its end: 1; the log of acts has no end" },
		{ ENDED("config") ENDED("logs") ENDED("keys") ACT("end", "") "{", "DDD",
		  "no act, or behind its end: 1" },
		{ ENDED("logs") BEGUN("logs\\u0000x") ACT("end", ""), "BDB", "the end is not seen, 2 of 3" },
	};

	planned_line(&plan, "config");
	planned_line(&plan, "logs");
	planned_line(&plan, "keys");
	ck_assert_ptr_null(broken());
	ck_assert_ptr_nonnull(strstr(say(), "there is no log of acts; begun, the end is not seen"));
	planned_member(&plan, (struct bytes){ LOG, strlen(LOG) });
	act(LOG, rows[_i].log);
	ck_assert_ptr_null(broken());
	ck_assert_int_eq(plan.end, PLANNED_UNKNOWN);
	ck_assert_str_eq(states(), rows[_i].states);
	ck_assert_ptr_nonnull(strstr(say(), rows[_i].said));
}
END_TEST

START_TEST(test_a_limit_that_is_not_the_last_line_is_no_full_log)
{
	static const char *const behind[] = { ACT("end", ""), ENDED("keys"), "rubbish\n", "{" };

	act(LOG, ENDED("config") ENDED("logs") FULL);
	act(LOG, behind[_i]);
	if (_i == 1)
		ck_assert_ptr_null(broken());
	else
		ck_assert_str_eq(broken(), "category keys");
}
END_TEST

/* Ours is at most 1 MiB. */
START_TEST(test_a_log_of_any_length_is_read_to_its_end)
{
	static char act_of_a_page[4096];

	memset(act_of_a_page, ' ', sizeof(act_of_a_page) - 1);
	memcpy(act_of_a_page, ACT("fork", ""), sizeof(ACT("fork", "")) - 2);
	act_of_a_page[sizeof(act_of_a_page) - 2] = '\n';
	planned_member(&plan, (struct bytes){ LOG, strlen(LOG) });
	for (int i = 0; i < 1024; i++)
		planned_data(&plan, act_of_a_page, sizeof(act_of_a_page) - 1);
	ck_assert_uint_le(plan.log.line.cap, PLAN_LINE_MAX);
	act(LOG, ENDED("config") ENDED("logs") ENDED("keys") ACT("end", ""));
	ck_assert_ptr_null(broken());
	ck_assert_str_eq(states(), "DDD");
	ck_assert_str_eq(say(), "");
}
END_TEST

/* A line of ${n} bytes, that says that a category has ended. */
static void long_line(size_t n)
{
	static char line[2 * PLAN_LINE_MAX];

	memset(line, ' ', sizeof(line));
	memcpy(line, ENDED("keys"), sizeof(ENDED("keys")) - 2);
	line[n] = '\n';
	planned_member(&plan, (struct bytes){ LOG, strlen(LOG) });
	planned_data(&plan, line, n / 2);
	planned_data(&plan, line + n / 2, n + 1 - n / 2);
}

START_TEST(test_of_a_line_that_is_too_long_nothing_is_known)
{
	act(LOG, ENDED("config") ENDED("logs"));
	long_line(PLAN_LINE_MAX + 1);
	act(LOG, ACT("end", ""));
	ck_assert_ptr_null(broken());
	ck_assert_str_eq(states(), "DD?");
	ck_assert_str_eq(say(), UNSHOWN "lines of the log of acts too long to be read: 1; nothing is "
			 "seen, 1 of 3 categories: keys");
	finish(true, SEAL_INCOMPLETE);
	ck_assert_str_eq(states(), "DD?");
	long_line(PLAN_LINE_MAX);
	ck_assert_ptr_null(broken());
	ck_assert_str_eq(states(), "DDD");
}
END_TEST

START_TEST(test_only_a_log_that_has_its_end_says_what_was_not_reached)
{
	static const struct {
		const char *log, *states;
	} rows[] = {
		{ ENDED("config") ACT("end", "a signal"), "DNN" },
		{ "", "???" },
		{ ENDED("config"), "D??" },
		{ ENDED("config") FULL, "D??" },
		{ ENDED("config") "rubbish\n" ACT("end", "a signal"), "D??" },
		{ ENDED("config") "{}\n" ACT("end", "a signal"), "D??" },
		{ ENDED("config") ACT("end", "a signal") "{\"act\":\"fo", "D??" },
		{ ENDED("config") ACT("end", "a signal") ACT("fork", "1"), "D??" },
		{ ENDED("config") ACT("end", "a signal") ACT("end", "a signal"), "D??" },
	};

	act(LOG, rows[_i].log);
	finish(true, SEAL_INCOMPLETE);
	ck_assert_str_eq(states(), rows[_i].states);
	ck_assert_ptr_nonnull(strstr(say(), _i == 0 ? "not reached, 2 " : "nothing is seen, "));
}
END_TEST

START_TEST(test_two_logs_are_none_that_ends)
{
	act(LOG, ENDED("config") "{\"act\":\"category-end\",");
	act(LOG, "\"detail\":\"logs\"}\n" ACT("end", "a signal"));
	finish(true, SEAL_INCOMPLETE);
	ck_assert_str_eq(states(), "D??");
}
END_TEST

/* Acts that no run of ours has in this order, and what they leave known under either seal. */
START_TEST(test_acts_out_of_order_make_nothing_done)
{
	static const struct {
		const char *log, *completed, *stopped;
	} rows[] = {
		/* ended, and begun again */
		{ ENDED("logs") BEGUN("logs"), "DBD", "DBD" },
		{ BEGUN("logs") ENDED("logs") BEGUN("logs"), "DBD", "DBD" },
		{ BEGUN("logs") ENDED("logs") BEGUN("logs") ENDED("logs"), "DDD", "DDD" },
		{ BEGUN("logs") BEGUN("logs") ENDED("logs") ENDED("logs"), "DDD", "DDD" },
		/* the end of another, or of one that nobody knows, does not end this one */
		{ BEGUN("logs") ENDED("config") ACT("limit", "x") ENDED("logs"), "DBD", "DBD" },
		{ BEGUN("logs") ENDED("mars") ACT("limit", "x") ENDED("logs"), "DBD", "DBD" },
		/* a limit within one that nobody knows is none of ours */
		{ ENDED("logs") BEGUN("mars") ACT("limit", "x") ENDED("mars"), "DDD", "DDD" },
		/* nothing ends for the second time what was stopped */
		{ BEGUN("logs") ACT("limit", "x") ENDED("logs") BEGUN("logs") ENDED("logs"), "DBD",
		  "DBD" },
		{ BEGUN("logs") ACT("limit", "x") ACT("limit", "x") ENDED("logs"), "DBD", "DBD" },
		/* nor does what is no act take it back */
		{ BEGUN("logs") ACT("limit", "x") "{}\n" ENDED("logs"), "DBD", "DBD" },
		{ BEGUN("logs") ACT("limit", "x") "\n\n" ENDED("logs"), "DBD", "DBD" },
		/* a category whose name goes on behind a NUL is another */
		{ ENDED("logs\\u0000x"), "DND", "DBD" },
		/* numbers that are none, and more than anybody counts */
		{ "{\"t\":[99999999999999999999999,-1],\"act\":\"category-end\",\"detail\":\"logs\"}\n",
		  "DDD", "DDD" },
		{ "{\"t\":[1e999],\"act\":\"category-end\",\"detail\":\"logs\"}\n", "DND", "DBD" },
	};

	act(LOG, ENDED("config"));
	act(LOG, rows[_i].log);
	act(LOG, ENDED("keys") ACT("end", ""));
	(void)broken();
	ck_assert_str_eq(states(), rows[_i].completed);
	ck_assert_int_eq(plan.end, strchr(states(), 'B') != NULL ? PLANNED_UNKNOWN :
				   PLANNED_COMPLETED);
	finish(true, SEAL_INCOMPLETE);
	ck_assert_str_eq(states(), rows[_i].stopped);
}
END_TEST

/* What stands behind a `limit`: a line of any length, or a piece of one. */
START_TEST(test_what_is_too_long_or_torn_behind_a_limit_does_not_take_it_back)
{
	planned_line(&plan, "logs");
	act(LOG, ENDED("config") ENDED("keys") BEGUN("logs") ACT("limit", "x"));
	if (_i == 0) {
		long_line(PLAN_LINE_MAX + 1);
		act(LOG, ENDED("logs") ACT("end", ""));
	} else {
		act(LOG, "{");
	}
	ck_assert_ptr_null(broken());
	ck_assert_int_eq(plan.end, PLANNED_UNKNOWN);
	ck_assert_str_eq(states(), "DBD");
	finish(true, SEAL_INCOMPLETE);
	ck_assert_str_eq(states(), "DBD");
	ck_assert_ptr_null(strstr(say(), "walked to their end"));
}
END_TEST

START_TEST(test_lines_of_the_manifest_do_not_finish_what_the_log_leaves_open)
{
	planned_line(&plan, "config");
	planned_line(&plan, "logs");
	planned_line(&plan, "keys");
	act(LOG, BEGUN("logs"));
	ck_assert_ptr_null(broken());
	ck_assert_str_eq(states(), "BBB");
	act(LOG, ACT("end", ""));
	ck_assert_ptr_null(broken());
	ck_assert_str_eq(say(), UNSHOWN "begun, not finished, 1 of 3 categories: logs");
}
END_TEST

START_TEST(test_a_log_that_says_why_the_run_ended_contradicts_the_seal)
{
	act(LOG, ENDED("config") ENDED("logs") ENDED("keys") ACT("end", "a\u202esignal"));
	ck_assert_ptr_null(broken());
	ck_assert_str_eq(states(), "DDD");
	ck_assert_str_eq(say(), UNSHOWN "the log of acts says why the run ended: a???signal");
	act(LOG, ACT("end", ""));
	ck_assert_ptr_null(broken());
	ck_assert_ptr_nonnull(strstr(say(), "that are no act, or behind its end: 1; the log of acts says"));
}
END_TEST

/* The session of somebody else, and how many of its lines are no category. */
static void other_session(const char *lines)
{
	char text[16384];

	planned_release(&plan);
	planned_init(&plan);
	snprintf(text, sizeof(text), "exhibit-session-v1\nformat: 1\n%s", lines);
	planned_session(&plan, text, strlen(text));
}

START_TEST(test_a_category_that_is_planned_twice_is_one)
{
	other_session("plan: 1 config\nplan: 2 config\nplan: 2 config again\n");
	ck_assert_uint_eq(plan.count, 1);
	act(LOG, ENDED("config"));
	ck_assert_ptr_null(broken());
	ck_assert_str_eq(say(), "");
}
END_TEST

START_TEST(test_what_of_the_plan_cannot_be_read_is_not_done)
{
	static const char *const lines[] = {
		"plan: 1\n", "plan: 1 \n", "plan: 1  config\n", "plan: -\n",
		"plan: 1 a-category-whose-word-is-so-very-long\n", "broken\n",
	};

	other_session(lines[_i]);
	ck_assert_uint_eq(plan.count, 0);
	ck_assert_uint_eq(plan.unread, 1);
	ck_assert_ptr_null(broken());
	ck_assert_ptr_nonnull(strstr(say(), "lines of the plan that could not be read: 1"));
	finish(true, SEAL_INCOMPLETE);
	ck_assert_ptr_nonnull(strstr(say(), "lines of the plan that could not be read: 1"));
}
END_TEST

START_TEST(test_a_plan_of_more_categories_than_are_looked_at_is_not_done)
{
	char lines[8192];
	size_t n = 0;

	for (unsigned i = 1; i <= PLAN_CATEGORIES_MAX + 2; i++)
		n += (size_t)snprintf(lines + n, sizeof(lines) - n, "plan: %u c%u\n", i, i);
	other_session(lines);
	for (size_t i = 0; i < plan.count; i++)
		planned_line(&plan, plan.of[i].word);
	act(LOG, ACT("end", ""));
	ck_assert_ptr_null(broken());
	ck_assert_str_eq(say(), UNSHOWN "lines of the plan that could not be read: 2");
	act(LOG, ACT("end", "a signal"));
	finish(true, SEAL_INCOMPLETE);
	ck_assert_ptr_null(strstr(say(), "walked to their end"));
}
END_TEST

START_TEST(test_a_run_without_a_plan_did_not_complete_one)
{
	other_session("plan: 0 facts\n");
	act(LOG, ACT("end", ""));
	ck_assert_ptr_null(broken());
	ck_assert_str_eq(say(), UNSHOWN "no category of the plan is in the session");
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
	ck_assert_str_eq(say(), "NOT COMPLETED: its log of acts was full and does not say why; nothing "
			 "is seen, 2 of 3 categories: logs keys; begun, the end is not seen, 1 of 3 "
			 "categories: config");
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
	tcase_add_test(t, test_a_log_of_nothing_but_its_limit_shows_nothing);
	tcase_add_test(t, test_a_log_that_was_full_shows_what_came_before);
	tcase_add_test(t, test_a_log_that_was_full_behind_the_plan_shows_all_of_it);
	tcase_add_test(t, test_acts_that_were_lost_are_none_of_the_plan);
	tcase_add_loop_test(t, test_lines_of_each_category_do_not_show_what_the_log_does_not, 0, 8);
	tcase_add_loop_test(t, test_a_limit_that_is_not_the_last_line_is_no_full_log, 0, 4);
	tcase_add_test(t, test_a_log_of_any_length_is_read_to_its_end);
	tcase_add_test(t, test_of_a_line_that_is_too_long_nothing_is_known);
	tcase_add_loop_test(t, test_only_a_log_that_has_its_end_says_what_was_not_reached, 0, 9);
	tcase_add_test(t, test_two_logs_are_none_that_ends);
	tcase_add_loop_test(t, test_acts_out_of_order_make_nothing_done, 0, 14);
	tcase_add_loop_test(t, test_what_is_too_long_or_torn_behind_a_limit_does_not_take_it_back,
			    0, 2);
	tcase_add_test(t, test_lines_of_the_manifest_do_not_finish_what_the_log_leaves_open);
	tcase_add_test(t, test_a_log_that_says_why_the_run_ended_contradicts_the_seal);
	tcase_add_test(t, test_a_category_that_is_planned_twice_is_one);
	tcase_add_loop_test(t, test_what_of_the_plan_cannot_be_read_is_not_done, 0, 6);
	tcase_add_test(t, test_a_plan_of_more_categories_than_are_looked_at_is_not_done);
	tcase_add_test(t, test_a_run_without_a_plan_did_not_complete_one);
	tcase_add_test(t, test_a_run_that_says_it_was_stopped_is_no_forgery);
	tcase_add_test(t, test_a_category_of_which_there_is_nothing_is_done_or_not_reached);
	tcase_add_test(t, test_the_category_in_which_a_run_was_stopped_is_not_done);
	tcase_add_test(t, test_a_plan_that_was_walked_and_not_completed_says_both);
	tcase_add_test(t, test_a_log_that_was_full_does_not_say_what_was_not_reached);
	tcase_add_test(t, test_behind_a_cut_nothing_is_known);
	suite_add_tcase(s, t);
	return s;
}
