#include "workstation/parse/procrecord.h"

#include <check.h>
#include <string.h>

Suite *suite_procrecord(void);

static struct scan s;
static struct procrecord r;

static int first(const char *text)
{
	s = scan_begin(text, strlen(text));
	return procrecord_next(&s, &r);
}

START_TEST(test_content_is_as_long_as_its_line_says)
{
	ck_assert_int_eq(first("7 stat 564.425114110 6\n1 (x\n)\n8 status 0.000000001 0\n\n"), 1);
	ck_assert_int_eq(r.pid, 7);
	ck_assert(scan_is(r.file, "stat"));
	ck_assert_int_eq(r.boottime, INT64_C(564425114110));
	ck_assert(scan_is(r.content, "1 (x\n)"));
	ck_assert(r.whole);
	ck_assert_int_eq(procrecord_next(&s, &r), 1);
	ck_assert_int_eq(r.pid, 8);
	ck_assert(r.whole && r.content.len == 0 && r.boottime == 1);
	ck_assert_int_eq(procrecord_next(&s, &r), 0);
}
END_TEST

START_TEST(test_counters_have_no_pid)
{
	ck_assert_int_eq(first("net/snmp 1.000000000 2\nab\n"), 1);
	ck_assert_int_eq(r.pid, -1);
	ck_assert(scan_is(r.file, "net/snmp") && scan_is(r.content, "ab"));
}
END_TEST

START_TEST(test_a_cut_record_is_told_as_such)
{
	ck_assert_int_eq(first("7 stat 1.000000000 9\n1 (x"), 1);
	ck_assert(!r.whole && scan_is(r.content, "1 (x"));
	ck_assert_int_eq(procrecord_next(&s, &r), 0);
	ck_assert_int_eq(first("7 stat 1.000000000 2\nab"), 1);
	ck_assert(!r.whole && scan_is(r.content, "ab"));
}
END_TEST

START_TEST(test_what_is_no_record_ends_the_list)
{
	static const char *const bad[] = {
		"\n", "x\n", "7 stat 1.000000000\n", "7 stat 1.0 2\nab\n", "7 stat 1.000000000 -2\nab\n",
		"7 stat 1.000000000 1\nab\n", "x stat 1.000000000 2\nab\n",
		"7 stat 1.000000000 2 3\nab\n", "7 stat 9223372036.000000000 2\nab\n",
		"7 stat .000000000 2\nab\n", "7 stat 1.00000000x 2\nab\n",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(first(bad[i]) == -1, "%s", bad[i]);
}
END_TEST

Suite *suite_procrecord(void)
{
	Suite *suite = suite_create("workstation/parse/procrecord");
	TCase *t = tcase_create("procrecord");

	tcase_add_test(t, test_content_is_as_long_as_its_line_says);
	tcase_add_test(t, test_counters_have_no_pid);
	tcase_add_test(t, test_a_cut_record_is_told_as_such);
	tcase_add_test(t, test_what_is_no_record_ends_the_list);
	suite_add_tcase(suite, t);
	return suite;
}
