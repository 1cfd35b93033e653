#include <check.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/live_box.h"

Suite *suite_src_clock(void);

static long long seconds(const struct live_item *i, const char *clock)
{
	char key[64], text[16384];
	const char *at;
	long long s = -1;

	snprintf(text, sizeof(text), "%.*s", (int)i->data.len, i->data.p);
	snprintf(key, sizeof(key), "\"%s\":[", clock);
	at = strstr(text, key);
	ck_assert_msg(at != NULL, "no %s", clock);
	sscanf(at + strlen(key), "%lld", &s);
	return s;
}

START_TEST(test_all_clocks_are_told_at_the_beginning_and_at_the_end)
{
	struct live_box *box = live_box_new();
	struct clocks now = clock_read();
	const struct live_item *begin;

	ck_assert_int_eq(clock_run_begin(&box->env), 0);
	ck_assert_int_eq(clock_run_end(&box->env), 0);
	begin = live_box_get(box, "clock/begin.json");
	ck_assert_int_le(seconds(begin, "realtime") - now.realtime.sec, 2);
	ck_assert_int_le(seconds(begin, "boottime") - now.boottime.sec, 2);
	ck_assert_int_ge(seconds(begin, "monotonic_raw"), 0);
	ck_assert(live_item_has(begin, "\"adjtimex", 9));
	ck_assert_int_ge(seconds(live_box_get(box, "clock/end.json"), "boottime"),
			 seconds(begin, "boottime"));
	ck_assert_uint_eq(box->count, 2);
	live_box_free(box);
}
END_TEST

Suite *suite_src_clock(void)
{
	Suite *s = suite_create("collector/volatile/src_clock");
	TCase *t = tcase_create("clock");

	tcase_add_test(t, test_all_clocks_are_told_at_the_beginning_and_at_the_end);
	suite_add_tcase(s, t);
	return s;
}
