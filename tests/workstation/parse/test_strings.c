#include "workstation/parse/strings.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

Suite *suite_strings(void);

static struct strings s;
static char seen[65536];
static int stop_after;

static int keep(void *ctx, uint64_t offset, bool utf16, const char *text, size_t n)
{
	(void)ctx;
	sprintf(seen + strlen(seen), "%d%s:%.*s|", (int)offset, utf16 ? "w" : "",
		(int)(n < 60 ? n : 60), text);
	return stop_after > 0 && --stop_after == 0;
}

static void look(const char *data, size_t n, size_t piece, size_t min, bool big)
{
	seen[0] = '\0';
	strings_begin(&s, min, big, keep, NULL);
	for (size_t at = 0; at < n; at += piece)
		ck_assert_int_eq(strings_add(&s, data + at, n - at < piece ? n - at : piece), 0);
	ck_assert_int_eq(strings_end(&s), 0);
}

START_TEST(test_runs_are_found_in_pieces_of_any_length)
{
	static const char data[] = "\x01"
				   "abc\0four\0w\0i\0d\0e\0\0\0\xffo\0d\0d\0!\0\xffta\tb\n last";

	for (size_t piece = 1; piece < sizeof(data); piece++) {
		look(data, sizeof(data) - 1, piece, 4, false);
		ck_assert_msg(strstr(seen, "5:four|") == seen, "%s", seen);
		ck_assert_ptr_nonnull(strstr(seen, "wide|"));
		ck_assert_ptr_nonnull(strstr(seen, "w:odd!|"));
		ck_assert_ptr_nonnull(strstr(seen, ":ta\tb|"));
		ck_assert_ptr_nonnull(strstr(seen, ": last|"));
		ck_assert_ptr_null(strstr(seen, ":abc"));
	}
}
END_TEST

START_TEST(test_wide_text_may_have_the_high_byte_first)
{
	look("\0w\0i\0d\0e\xff", 9, 3, 4, true);
	ck_assert_str_eq(seen, "0w:wide|");
	look("\0w\0i\0d\0e\xff\xff", 10, 3, 4, false);
	ck_assert_str_eq(seen, "");
}
END_TEST

START_TEST(test_a_long_run_comes_in_pieces_and_none_is_lost)
{
	static char data[STRINGS_MAX * 2 + 2];

	memset(data, 'x', sizeof(data));
	data[sizeof(data) - 1] = 'y';
	look(data, sizeof(data), 1000, 4, false);
	ck_assert_ptr_nonnull(strstr(seen, "|4096:xxx"));
	ck_assert_ptr_nonnull(strstr(seen, "|8192:xy|"));
}
END_TEST

START_TEST(test_who_takes_may_stop)
{
	stop_after = 1;
	seen[0] = '\0';
	strings_begin(&s, 1, false, keep, NULL);
	ck_assert_int_eq(strings_add(&s, "a\nb\nc\n", 6), 1);
	ck_assert_str_eq(seen, "0:a|");
}
END_TEST

Suite *suite_strings(void)
{
	Suite *suite = suite_create("workstation/parse/strings");
	TCase *t = tcase_create("strings");

	tcase_add_test(t, test_runs_are_found_in_pieces_of_any_length);
	tcase_add_test(t, test_wide_text_may_have_the_high_byte_first);
	tcase_add_test(t, test_a_long_run_comes_in_pieces_and_none_is_lost);
	tcase_add_test(t, test_who_takes_may_stop);
	suite_add_tcase(suite, t);
	return suite;
}
