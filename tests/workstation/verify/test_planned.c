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

#define ENDED(c) "{\"t\":[1,0],\"act\":\"category-end\",\"detail\":\"" c "\"}\n"

START_TEST(test_facts_are_not_archived_and_not_missed)
{
	ck_assert_uint_eq(plan.count, 3);
	ck_assert_str_eq(planned_missing(&plan), "config");
}
END_TEST

START_TEST(test_a_line_or_the_log_of_acts_shows_that_a_category_was_done)
{
	planned_line(&plan, "logs");
	planned_line(&plan, "other");
	act("CUSTODY/actions.jsonl", ENDED("config") ENDED("keys"));
	ck_assert_ptr_null(planned_missing(&plan));
}
END_TEST

START_TEST(test_no_other_member_and_no_other_act_counts)
{
	planned_line(&plan, "config");
	planned_line(&plan, "keys");
	act("[root]/CUSTODY/actions.jsonl", ENDED("logs"));
	act("CUSTODY/actions.jsonl", "{\"act\":\"category-begin\",\"detail\":\"logs\"}\nrubbish\n"
	    "{\"act\":\"category-end\",\"detail\":[\"logs\"]}\n[]\n\n"
	    "{\"act\":\"category-end\",\"detail\":\"logs\"}");
	ck_assert_str_eq(planned_missing(&plan), "logs");
}
END_TEST

START_TEST(test_a_log_that_was_full_cannot_say)
{
	act("CUSTODY/actions.jsonl", "{\"act\":\"limit\",\"detail\":\"this log is full\"}\n");
	ck_assert_ptr_null(planned_missing(&plan));
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
	suite_add_tcase(s, t);
	return s;
}
