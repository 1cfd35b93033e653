#include "workstation/parse/datetime.h"

#include <check.h>
#include <string.h>

Suite *suite_datetime(void);

#define NS 1000000000

typedef bool form(struct scan *s, struct datetime *t);

static const struct {
	form *form;
	const char *text;
	int64_t sec; /* as UTC, with zone 0 */
	uint32_t nsec;
	const char *rest;
} rows[] = {
	{ datetime_iso, "2020-05-31T00:00:45.698463+00:00 x", 1590883245, 698463000, " x" },
	{ datetime_iso, "2020-05-31T02:00:45+02:00", 1590883245, 0, "" },
	{ datetime_iso, "2020-05-30T17:00:45-0700", 1590883245, 0, "" },
	{ datetime_iso, "2020-05-31 00:00:45,5Z", 1590883245, 500000000, "" },
	{ datetime_iso, "2020-05-31T00:00:45.1234567891 ", 1590883245, 123456789, " " },
	{ datetime_iso, "2009-02-25  11:45:23", 1235562323, 0, "" },
	{ datetime_slash, "2020/05/31 00:00:45 [error]", 1590883245, 0, " [error]" },
	{ datetime_clf, "10/Oct/2000:13:55:36 -0700]", 971211336, 0, "]" },
	{ datetime_ctime, "Wed Oct 11 14:32:52.123456 2000]", 971274772, 123456000, "]" },
	{ datetime_ctime, "Fri Dec  9 14:32:52 2016", 1481293972, 0, "" },
};

START_TEST(test_forms_are_read)
{
	struct scan s = scan_begin(rows[_i].text, strlen(rows[_i].text));
	struct datetime t;
	int64_t ns;

	ck_assert_msg(rows[_i].form(&s, &t), "%s", rows[_i].text);
	ck_assert(scan_is(line_rest(&s), rows[_i].rest));
	ck_assert(datetime_ns(&t, NULL, INT64_MIN, &ns));
	ck_assert_int_eq(ns, rows[_i].sec * NS + rows[_i].nsec);
}
END_TEST

static const struct tzif *berlin(void)
{
	static struct tzif z;

	ck_assert(tzif_rule_parse((struct bytes){ "CET-1CEST,M3.5.0,M10.5.0/3", 26 }, &z.rule));
	return &z;
}

START_TEST(test_the_zone_of_the_host_holds_where_none_is_written)
{
	struct scan s = scan_begin("2020-05-31T02:00:45", 19);
	struct datetime t;
	int64_t ns;

	ck_assert(datetime_iso(&s, &t) && !t.has_offset);
	ck_assert_int_eq(datetime_ns(&t, berlin(), INT64_MIN, &ns), DATETIME_ONCE);
	ck_assert_int_eq(ns, (int64_t)1590883245 * NS);
	t.has_offset = true;
	ck_assert_int_eq(datetime_ns(&t, berlin(), INT64_MIN, &ns), DATETIME_OFFSET);
	ck_assert_int_eq(ns, (int64_t)1590890445 * NS);
}
END_TEST

/* On 25 October 2020 clocks in Berlin went back from 03:00 to 02:00, at 01:00 UTC. */
START_TEST(test_of_two_times_it_is_the_one_that_follows_the_line_before)
{
	static const struct {
		int64_t before;
		int64_t sec;
	} cases[] = {
		{ INT64_MIN, 1603585845 },
		{ (int64_t)1603585800 * NS, 1603585845 },
		{ (int64_t)1603585850 * NS, 1603585845 }, /* a little out of order */
		{ (int64_t)1603587590 * NS, 1603589445 }, /* 00:59:50 UTC */
		{ (int64_t)1603590000 * NS, 1603589445 },
	};
	struct scan s = scan_begin("2020-10-25 02:30:45", 19);
	struct datetime t;
	int64_t ns;

	ck_assert(datetime_iso(&s, &t));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		ck_assert_int_eq(datetime_ns(&t, berlin(), cases[i].before, &ns), DATETIME_TWICE);
		ck_assert_int_eq(ns, cases[i].sec * NS);
	}
}
END_TEST

START_TEST(test_a_time_that_clocks_never_showed_is_told)
{
	struct scan s = scan_begin("2020-03-29 02:30:00", 19);
	struct datetime t;
	int64_t ns;

	ck_assert(datetime_iso(&s, &t));
	ck_assert_int_eq(datetime_ns(&t, berlin(), INT64_MIN, &ns), DATETIME_SKIPPED);
	ck_assert_int_eq(ns, (int64_t)1585445400 * NS);
}
END_TEST

START_TEST(test_no_year_is_no_time)
{
	struct scan s = scan_begin("Jan  5 12:34:56 host", 20);
	struct datetime t;
	int64_t ns;

	ck_assert(datetime_bsd(&s, &t));
	ck_assert(t.year == 0 && t.month == 1 && t.day == 5 && t.second == 56);
	ck_assert(!datetime_ns(&t, NULL, INT64_MIN, &ns));
	t.year = 2021;
	ck_assert(datetime_ns(&t, NULL, INT64_MIN, &ns));
	ck_assert_int_eq(ns, (int64_t)1609850096 * NS);
	t.month = 2;
	t.day = 30;
	ck_assert(!datetime_ns(&t, NULL, INT64_MIN, &ns));
}
END_TEST

static const struct {
	form *form;
	const char *text;
} bad[] = {
	{ datetime_iso, "" },
	{ datetime_iso, "2020-05-31" },
	{ datetime_iso, "2020-05-31T24:00:00" },
	{ datetime_iso, "2020-05-31T00:60:00" },
	{ datetime_iso, "20200531T000000" },
	{ datetime_bsd, "Jax  5 12:34:56" },
	{ datetime_bsd, "Jan 55 12:34:56" },
	{ datetime_bsd, "Jan  5 12:34" },
	{ datetime_clf, "1/Oct/2000:13:55:36 -0700" },
	{ datetime_clf, "10/Oct/2000 13:55:36" },
	{ datetime_ctime, "Wednesday Oct 11 14:32:52 2000" },
	{ datetime_ctime, "Wed Oct 11 14:32:52" },
	{ datetime_slash, "2020-05-31 00:00:45" },
};

START_TEST(test_nothing_is_taken_of_another_form)
{
	struct scan s = scan_begin(bad[_i].text, strlen(bad[_i].text));
	struct datetime t;

	ck_assert(!bad[_i].form(&s, &t));
	ck_assert(scan_is(line_rest(&s), bad[_i].text));
}
END_TEST

Suite *suite_datetime(void)
{
	Suite *s = suite_create("workstation/parse/datetime");
	TCase *tc = tcase_create("datetime");

	tcase_add_loop_test(tc, test_forms_are_read, 0, sizeof(rows) / sizeof(rows[0]));
	tcase_add_test(tc, test_the_zone_of_the_host_holds_where_none_is_written);
	tcase_add_test(tc, test_of_two_times_it_is_the_one_that_follows_the_line_before);
	tcase_add_test(tc, test_a_time_that_clocks_never_showed_is_told);
	tcase_add_test(tc, test_no_year_is_no_time);
	tcase_add_loop_test(tc, test_nothing_is_taken_of_another_form, 0,
			    sizeof(bad) / sizeof(bad[0]));
	suite_add_tcase(s, tc);
	return s;
}
