#include "workstation/parse/tzif.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/base/clock.h"
#include "tests/support/emulator.h"

Suite *suite_tzif(void);

#define FOLDER "/usr/share/zoneinfo/"

static uint8_t file[TZIF_FILE_MAX];
static size_t len;

static void put(unsigned width, uint64_t v)
{
	for (unsigned i = width; i-- > 0;)
		file[len++] = (uint8_t)(v >> 8 * i);
}

static void put_header(char version, unsigned times, unsigned types)
{
	const unsigned counts[] = { 0, 0, 0, times, types, 4 };

	memcpy(file + len, "TZif", 4);
	memset(file + len + 4, 0, 16);
	file[len + 4] = (uint8_t)version;
	len += 20;
	for (unsigned i = 0; i < 6; i++)
		put(4, counts[i]);
}

/* One block: an hour east, two from the first time to the second. */
static void put_block(unsigned width, int64_t from, int64_t until)
{
	put(width, (uint64_t)from);
	put(width, (uint64_t)until);
	put(1, 1);
	put(1, 0);
	for (unsigned hours = 1; hours <= 2; hours++) {
		put(4, hours * 3600);
		put(2, 0);
	}
	put(4, 0x43455400);
}

/* A file of version 2 whose narrow block says other times than its wide one. */
static void make(const char *text)
{
	len = 0;
	put_header('2', 2, 2);
	put_block(4, 1000, 2000);
	put_header('2', 2, 2);
	put_block(8, 1000000, 2000000);
	len += (size_t)snprintf((char *)file + len, 100, "\n%s\n", text);
}

static struct tzif parsed(void)
{
	struct tzif z;

	ck_assert(tzif_parse(file, len, &z));
	return z;
}

static int64_t at(int year, unsigned month, unsigned day, int hour, int minute)
{
	int64_t sec;

	ck_assert_int_eq(clock_of_date(year, month, day, &sec), 0);
	return sec + hour * 3600 + minute * 60;
}

START_TEST(test_the_wide_block_is_what_holds)
{
	struct tzif z;

	make("ABC-1");
	z = parsed();
	ck_assert_uint_eq(z.transitions, 2);
	ck_assert_int_eq(tzif_offset(&z, 999999), 3600);
	ck_assert_int_eq(tzif_offset(&z, 1000000), 7200);
	ck_assert_int_eq(tzif_offset(&z, 1999999), 7200);
	ck_assert_int_eq(tzif_offset(&z, 2000000), 3600);
	ck_assert(z.text.len == 5 && memcmp(z.text.p, "ABC-1", 5) == 0);
}
END_TEST

START_TEST(test_a_file_of_version_1_has_the_narrow_block)
{
	struct tzif z;

	len = 0;
	put_header('\0', 2, 2);
	put_block(4, -1000, 2000);
	z = parsed();
	ck_assert_int_eq(tzif_offset(&z, -1001), 3600);
	ck_assert_int_eq(tzif_offset(&z, -1000), 7200);
	ck_assert_int_eq(tzif_offset(&z, 4000000000), 3600);
	ck_assert(!z.rule.set);
}
END_TEST

START_TEST(test_an_hour_is_shown_twice_once_or_never)
{
	int64_t utc[2];
	struct tzif z;

	make("ABC-1");
	z = parsed();
	/* forward at 1000000, when clocks show 1003600 and go on with 1007200 */
	ck_assert_int_eq(tzif_utc(&z, 1003599, utc), TZIF_ONCE);
	ck_assert_int_eq(utc[0], 999999);
	ck_assert_int_eq(tzif_utc(&z, 1003600, utc), TZIF_NEVER);
	ck_assert_int_eq(utc[0], 1000000);
	ck_assert_int_eq(utc[1], 1000000);
	ck_assert_int_eq(tzif_utc(&z, 1007200, utc), TZIF_ONCE);
	ck_assert_int_eq(utc[0], 1000000);
	/* back at 2000000, when clocks show 2007200 and go on with 2003600 */
	ck_assert_int_eq(tzif_utc(&z, 2003599, utc), TZIF_ONCE);
	ck_assert_int_eq(tzif_utc(&z, 2003600, utc), TZIF_TWICE);
	ck_assert_int_eq(utc[0], 1996400);
	ck_assert_int_eq(utc[1], 2000000);
	ck_assert_int_eq(tzif_utc(&z, 2007200, utc), TZIF_ONCE);
	ck_assert_int_eq(utc[0], 2003600);
}
END_TEST

START_TEST(test_the_last_line_holds_behind_the_last_transition)
{
	int64_t utc[2];
	struct tzif z;

	make("CET-1CEST,M3.5.0,M10.5.0/3");
	z = parsed();
	ck_assert_int_eq(tzif_offset(&z, at(2026, 3, 29, 0, 59)), 3600);
	ck_assert_int_eq(tzif_offset(&z, at(2026, 3, 29, 1, 0)), 7200);
	ck_assert_int_eq(tzif_offset(&z, at(2026, 10, 25, 0, 59)), 7200);
	ck_assert_int_eq(tzif_offset(&z, at(2026, 10, 25, 1, 0)), 3600);
	ck_assert_int_eq(tzif_utc(&z, at(2026, 10, 25, 2, 30), utc), TZIF_TWICE);
	ck_assert_int_eq(utc[1] - utc[0], 3600);
	ck_assert_int_eq(tzif_utc(&z, at(2026, 3, 29, 2, 30), utc), TZIF_NEVER);
}
END_TEST

/* What python's zoneinfo says of the same lines; of days counted from 0, POSIX. */
START_TEST(test_every_form_of_a_rule)
{
	static const struct {
		const char *text;
		int year;
		unsigned month, day;
		int hour, minute, offset;
	} rows[] = {
		{ "EST5EDT,M3.2.0,M11.1.0", 2026, 3, 8, 6, 59, -18000 },
		{ "EST5EDT,M3.2.0,M11.1.0", 2026, 3, 8, 7, 0, -14400 },
		{ "EST5EDT,M3.2.0,M11.1.0", 2026, 11, 1, 6, 0, -18000 },
		{ "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", 2026, 1, 1, 0, 0, 39600 },
		{ "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", 2026, 7, 1, 0, 0, 37800 },
		{ "IST-1GMT0,M10.5.0,M3.5.0/1", 2026, 1, 1, 0, 0, 0 },
		{ "IST-1GMT0,M10.5.0,M3.5.0/1", 2026, 7, 1, 0, 0, 3600 },
		{ "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", 2026, 3, 29, 0, 59, -7200 },
		{ "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", 2026, 3, 29, 1, 0, -3600 },
		{ "ABC3EDT4,0/0,J365/23", 2026, 1, 1, 2, 0, -14400 },
		{ "ABC3EDT4,0/0,J365/23", 2026, 6, 1, 2, 0, -14400 },
		{ "AAA0BBB,J60/0,J61/0", 2024, 2, 29, 12, 0, 0 },
		{ "AAA0BBB,J60/0,J61/0", 2024, 3, 1, 12, 0, 3600 },
		{ "AAA0BBB,59/0,60/0", 2024, 2, 29, 12, 0, 3600 },
		{ "AAA0BBB,59/0,60/0", 2023, 3, 1, 12, 0, 3600 },
		{ "IST-2IDT,M3.4.4/26,M10.5.0", 2026, 3, 27, 0, 0, 10800 },
		{ "IST-2IDT,M3.4.4/26,M10.5.0", 2026, 3, 26, 23, 59, 7200 },
		{ "<+0545>-5:45", 2026, 3, 26, 23, 59, 20700 },
	};
	struct tzif_rule r;
	struct bytes b = { rows[_i].text, strlen(rows[_i].text) };

	(void)sizeof(char[sizeof(rows) / sizeof(rows[0]) == 18 ? 1 : -1]);
	ck_assert(tzif_rule_parse(b, &r));
	ck_assert_int_eq(tzif_rule_offset(&r, at(rows[_i].year, rows[_i].month, rows[_i].day,
						 rows[_i].hour, rows[_i].minute)),
			 rows[_i].offset);
}
END_TEST

START_TEST(test_what_is_no_rule_is_refused)
{
	static const char *const rows[] = {
		"",
		"CE-1",
		"CET",
		"CET-25",
		"CET-1CEST",
		"CET-1CEST,M3.5.0",
		"CET-1CEST,M13.5.0,M10.5.0",
		"CET-1CEST,M3.0.0,M10.5.0",
		"CET-1CEST,M3.5.7,M10.5.0",
		"CET-1CEST,J0,J5",
		"CET-1CEST,M3.5.0/168,M10.5.0",
		"CET-1CEST,M3.5.0,M10.5.0/3x",
		"<CET-1",
		"<>-1",
		"CET-1:60",
		"CET-99999999999999999999",
	};
	struct tzif_rule r;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ck_assert_msg(!tzif_rule_parse((struct bytes){ rows[i], strlen(rows[i]) }, &r),
			      "%s", rows[i]);
		ck_assert(!r.set);
	}
}
END_TEST

START_TEST(test_a_damaged_file_is_none)
{
	struct tzif z;

	make("ABC-1");
	for (size_t n = 0; n < len - 7; n++)
		ck_assert_msg(!tzif_parse(file, n, &z), "%zu", n);
	file[len - 8 - 4 - 12 - 1] = 2; /* the second index, of two types */
	ck_assert(!tzif_parse(file, len, &z));
	make("ABC-1");
	memset(file + 32, 0xff, 4); /* four milliards of transitions */
	ck_assert(!tzif_parse(file, len, &z));
	ck_assert(!tzif_parse("TZjf", 4, &z));
}
END_TEST

/* A file whose wide block has these times and these offsets, the second from the first time to
 * the second, and this last line. */
static struct tzif made(int64_t from, int64_t until, int32_t usual, int32_t other, const char *text)
{
	const int32_t offsets[] = { usual, other };

	len = 0;
	put_header('2', 2, 2);
	put_block(4, 1000, 2000);
	put_header('2', 2, 2);
	put(8, (uint64_t)from);
	put(8, (uint64_t)until);
	put(2, 0x0100);
	for (unsigned i = 0; i < 2; i++) {
		put(4, (uint32_t)offsets[i]);
		put(2, 0);
	}
	put(4, 0x43455400);
	len += (size_t)snprintf((char *)file + len, 100, "\n%s\n", text);
	return parsed();
}

/* The bounds of RFC 9636, section 3.2, are -89999 and 93599. */
static const struct {
	int64_t from, until;
	int32_t usual, other;
	const char *text, *flaw; /* words of it; NULL: none */
} odd[] = {
	{ 1000000, 2000000, 3600, 7200, "ABC-1", NULL },
	{ 1000000, 2000000, 3600, 7200, "", NULL },
	{ 1000000, 2000000, 3600, -89999, "ABC-1", NULL },
	{ 1000000, 2000000, 3600, 93599, "ABC-1", NULL },
	{ 1000000, 2000000, 3600, -90000, "ABC-1", "offset" },
	{ 1000000, 2000000, 3600, 93600, "ABC-1", "offset" },
	{ 1000000, 2000000, 3600, INT32_MIN, "ABC-1", "offset" },
	{ 2000000, 1000000, 3600, 7200, "ABC-1", "order of time" },
	{ 1000000, 1000000, 3600, 7200, "ABC-1", "order of time" },
	{ 1000000, 2000000, 3600, 7200, "ABC-1x", "no rule" },
	{ 1000000, 2000000, 3600, 7200, "ABC-2", "contradicts" },
	{ 1000000, 2000000, 3600, 7200, "ABC-1DEF,0/0,J365/25", "contradicts" },
	{ 1000000, INT64_MAX, 3600, 7200, "ABC-2DEF,J1,J2", NULL },
	{ INT64_MIN, -(INT64_C(1) << 59), 3600, 7200, "ABC-2DEF,J1,J2", NULL },
};

START_TEST(test_a_file_that_contradicts_itself_has_a_flaw)
{
	struct tzif z = made(odd[_i].from, odd[_i].until, odd[_i].usual, odd[_i].other,
			     odd[_i].text);
	const char *flaw = tzif_flaw(&z);

	if (odd[_i].flaw == NULL)
		ck_assert_msg(flaw == NULL, "%d: %s", _i, flaw);
	else
		ck_assert_msg(flaw != NULL && strstr(flaw, odd[_i].flaw) != NULL, "%d: %s", _i,
			      flaw != NULL ? flaw : "none");
}
END_TEST

/* No assertion: one that holds costs a call, and there are seven million. */
static bool as_libc(const struct tzif *z, int64_t utc)
{
	time_t t = (time_t)utc;
	int64_t back[2];
	struct tm tm;

	return localtime_r(&t, &tm) != NULL && tzif_offset(z, utc) == tm.tm_gmtoff &&
	       tzif_utc(z, utc + tm.tm_gmtoff, back) != TZIF_NEVER &&
	       (back[0] == utc || back[1] == utc);
}

/* The C library as an oracle, each hour and a half of 1968 to 2044. */
START_TEST(test_zones_of_the_world_are_read_as_libc_reads_them)
{
	static const char *const names[] = {
		"Europe/Berlin",   "America/New_York",    "Europe/Dublin",    "America/Sao_Paulo",
		"Asia/Kathmandu",  "Australia/Lord_Howe", "Pacific/Apia",     "Pacific/Chatham",
		"Asia/Tehran",     "America/St_Johns",    "Antarctica/Troll", "Asia/Jerusalem",
		"America/Caracas", "Africa/Casablanca",   "Etc/UTC",          "Europe/Moscow",
	};
	char name[100];
	struct tzif z;
	FILE *f;

	snprintf(name, sizeof(name), FOLDER "%s", names[_i]);
	f = fopen(name, "re");
	if (f == NULL) {
		printf("skipped: no %s here\n", name);
		return;
	}
	len = fread(file, 1, sizeof(file), f);
	fclose(f);
	z = parsed();
	ck_assert_ptr_null(tzif_flaw(&z));
	setenv("TZ", name, 1);
	tzset();
	for (int64_t utc = -63072000; utc < 2335219200; utc += 5400 * (int64_t)emulator_step())
		if (!as_libc(&z, utc))
			ck_abort_msg("%s %lld: %d", name, (long long)utc, tzif_offset(&z, utc));
}
END_TEST

Suite *suite_tzif(void)
{
	Suite *s = suite_create("workstation/parse/tzif");
	TCase *tc = tcase_create("tzif");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, test_the_wide_block_is_what_holds);
	tcase_add_test(tc, test_a_file_of_version_1_has_the_narrow_block);
	tcase_add_test(tc, test_an_hour_is_shown_twice_once_or_never);
	tcase_add_test(tc, test_the_last_line_holds_behind_the_last_transition);
	tcase_add_loop_test(tc, test_every_form_of_a_rule, 0, 18);
	tcase_add_test(tc, test_what_is_no_rule_is_refused);
	tcase_add_test(tc, test_a_damaged_file_is_none);
	tcase_add_loop_test(tc, test_a_file_that_contradicts_itself_has_a_flaw, 0,
			    sizeof(odd) / sizeof(odd[0]));
	tcase_add_loop_test(tc, test_zones_of_the_world_are_read_as_libc_reads_them, 0, 16);
	suite_add_tcase(s, tc);
	return s;
}
