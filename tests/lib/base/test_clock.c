#include "lib/base/clock.h"

#include <check.h>
#include <string.h>

Suite *suite_clock(void);

static const struct {
	int64_t sec;
	uint32_t nsec;
	const char *utc;
	const char *basic;
} rows[] = {
	{ 0, 0, "1970-01-01T00:00:00.000000000Z", "19700101T000000Z" },
	{ 1795431180, 123456789, "2026-11-23T10:53:00.123456789Z", "20261123T105300Z" },
	{ 951782399, 999999999, "2000-02-28T23:59:59.999999999Z", "20000228T235959Z" },
	{ 951782400, 0, "2000-02-29T00:00:00.000000000Z", "20000229T000000Z" },
	{ 951868800, 0, "2000-03-01T00:00:00.000000000Z", "20000301T000000Z" },
	{ 4107542399, 0, "2100-02-28T23:59:59.000000000Z", "21000228T235959Z" },
	{ 4107542400, 0, "2100-03-01T00:00:00.000000000Z", "21000301T000000Z" },
	{ -1, 5, "1969-12-31T23:59:59.000000005Z", "19691231T235959Z" },
	{ -86400, 1, "1969-12-31T00:00:00.000000001Z", "19691231T000000Z" },
	{ -2208988800, 0, "1900-01-01T00:00:00.000000000Z", "19000101T000000Z" },
	{ 253402300799, 0, "9999-12-31T23:59:59.000000000Z", "99991231T235959Z" },
	{ 253402300800, 0, "+10000-01-01T00:00:00.000000000Z", "+100000101T000000Z" },
	{ -62167219200, 0, "0000-01-01T00:00:00.000000000Z", "00000101T000000Z" },
	{ -62167219201, 0, "-0001-12-31T23:59:59.000000000Z", "-00011231T235959Z" },
	{ INT64_MAX, 1, "+292277026596-12-04T15:30:07.000000001Z",
	  "+2922770265961204T153007Z" },
	{ INT64_MIN, 1, "-292277022657-01-27T08:29:52.000000001Z",
	  "-2922770226570127T082952Z" },
};

START_TEST(test_instant_has_its_calendar_form)
{
	char out[CLOCK_UTC_LEN];
	struct instant t = { rows[_i].sec, rows[_i].nsec };

	ck_assert_str_eq(clock_utc(out, t), rows[_i].utc);
	ck_assert_str_eq(clock_utc_basic(out, t), rows[_i].basic);
}
END_TEST

START_TEST(test_written_form_leads_back)
{
	struct instant t;

	/* the ends of the range lie in a year that is not whole */
	if (rows[_i].sec == INT64_MAX || rows[_i].sec == INT64_MIN)
		return;
	ck_assert_int_eq(clock_parse_utc(rows[_i].utc, strlen(rows[_i].utc), &t), 0);
	ck_assert_int_eq(t.sec, rows[_i].sec);
	ck_assert_uint_eq(t.nsec, rows[_i].nsec);
}
END_TEST

static const char *const bad[] = {
	"", "Z", "2026-11-23T10:53:00Z", "2026-11-23T10:53:00.123456789",
	"2026-11-23 10:53:00.123456789Z", "2026-13-23T10:53:00.123456789Z",
	"2026-00-23T10:53:00.123456789Z", "2026-02-29T10:53:00.123456789Z",
	"2026-02-00T10:53:00.123456789Z", "2026-11-23T24:00:00.000000000Z",
	"2026-11-23T10:60:00.000000000Z", "2026-11-23T10:53:60.000000000Z",
	"+2026-11-23T10:53:00.000000000Z", "-0000-11-23T10:53:00.000000000Z",
	"02026-11-23T10:53:00.000000000Z", "202-11-23T10:53:00.000000000Z",
	"2026-11-23T10:53:00.12345678xZ", "2026-1a-23T10:53:00.123456789Z",
	"+292277026596-12-04T15:30:08.000000000Z", "+999999999999-01-01T00:00:00.000000000Z",
};

START_TEST(test_other_forms_are_refused)
{
	struct instant t;

	ck_assert_int_eq(clock_parse_utc(bad[_i], strlen(bad[_i]), &t), -1);
}
END_TEST

START_TEST(test_a_date_is_the_second_of_its_midnight)
{
	int64_t sec;

	ck_assert_int_eq(clock_of_date(1970, 1, 1, &sec), 0);
	ck_assert_int_eq(sec, 0);
	ck_assert_int_eq(clock_of_date(2024, 2, 29, &sec), 0);
	ck_assert_int_eq(sec, 1709164800);
	ck_assert_int_eq(clock_of_date(1969, 12, 31, &sec), 0);
	ck_assert_int_eq(sec, -86400);
	ck_assert_int_eq(clock_of_date(2023, 2, 29, &sec), -1);
	ck_assert_int_eq(clock_of_date(2023, 0, 1, &sec), -1);
	ck_assert_int_eq(clock_of_date(2023, 13, 1, &sec), -1);
	ck_assert_int_eq(clock_of_date(2023, 1, 0, &sec), -1);
	ck_assert_int_eq(clock_of_date(2023, 1, 32, &sec), -1);
	ck_assert_int_eq(clock_of_date(10000, 1, 1, &sec), -1);
}
END_TEST

START_TEST(test_clocks_run_forward)
{
	struct clocks c = clock_read();
	uint64_t a = clock_monotonic_ns();

	ck_assert_int_gt(c.realtime.sec, 1700000000);
	ck_assert_int_gt(c.boottime.sec + 1, c.monotonic.sec);
	ck_assert_uint_le((uint64_t)c.monotonic.sec * 1000000000u + c.monotonic.nsec, a);
	ck_assert_int_ge(clock_realtime().sec, c.realtime.sec);
}
END_TEST

Suite *suite_clock(void)
{
	Suite *s = suite_create("lib/base/clock");
	TCase *tc = tcase_create("clock");

	tcase_add_loop_test(tc, test_instant_has_its_calendar_form, 0,
			    sizeof(rows) / sizeof(rows[0]));
	tcase_add_loop_test(tc, test_written_form_leads_back, 0, sizeof(rows) / sizeof(rows[0]));
	tcase_add_loop_test(tc, test_other_forms_are_refused, 0, sizeof(bad) / sizeof(bad[0]));
	tcase_add_test(tc, test_a_date_is_the_second_of_its_midnight);
	tcase_add_test(tc, test_clocks_run_forward);
	suite_add_tcase(s, tc);
	return s;
}
