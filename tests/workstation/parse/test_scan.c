#include "workstation/parse/scan.h"

#include <check.h>
#include <string.h>

Suite *suite_scan(void);

static struct bytes of(const char *text)
{
	return (struct bytes){ text, strlen(text) };
}

START_TEST(test_lines_end_at_a_line_feed_or_at_the_end)
{
	static const char text[] = "one\n\nthree";
	struct scan s = scan_begin(text, strlen(text));
	struct bytes line;

	ck_assert(scan_line(&s, &line) && scan_is(line, "one"));
	ck_assert(scan_line(&s, &line) && scan_is(line, ""));
	ck_assert(scan_line(&s, &line) && scan_is(line, "three"));
	ck_assert(!scan_line(&s, &line));
	s = scan_begin(NULL, 0);
	ck_assert(!scan_line(&s, &line) && !scan_word(&s, &line));
}
END_TEST

START_TEST(test_words_stand_between_blanks)
{
	static const char text[] = "  a\t bb c\td ";
	struct scan s = scan_begin(text, strlen(text));
	struct bytes word;

	ck_assert(scan_word(&s, &word) && scan_is(word, "a"));
	ck_assert(scan_word(&s, &word) && scan_is(word, "bb"));
	word = scan_rest(&s);
	ck_assert(scan_is(word, "c\td "));
	ck_assert(scan_until(&s, '\t', &word) && scan_is(word, "c"));
	ck_assert(!scan_until(&s, ':', &word));
	ck_assert(scan_word(&s, &word) && scan_is(word, "d"));
	ck_assert(!scan_word(&s, &word));
}
END_TEST

START_TEST(test_numbers_are_whole_and_fit)
{
	static const struct {
		const char *text;
		unsigned base;
		bool good;
		uint64_t v;
	} rows[] = {
		{ "0", 10, true, 0 },
		{ "18446744073709551615", 10, true, UINT64_MAX },
		{ "18446744073709551616", 10, false, 0 },
		{ "ffffffffffffffff", 16, true, UINT64_MAX },
		{ "1ffffffffffffffff", 16, false, 0 },
		{ "0100002", 8, true, 32770 },
		{ "8", 8, false, 0 },
		{ "aB", 16, true, 171 },
		{ "a", 10, false, 0 },
		{ "", 10, false, 0 },
		{ "1 ", 10, false, 0 },
		{ "-1", 10, false, 0 },
	};
	uint64_t v;
	int64_t i;

	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
		ck_assert_msg(scan_u64(of(rows[k].text), rows[k].base, &v) == rows[k].good, "%s",
			      rows[k].text);
		ck_assert(!rows[k].good || v == rows[k].v);
	}
	ck_assert(scan_i64(of("-9223372036854775808"), &i) && i == INT64_MIN);
	ck_assert(scan_i64(of("9223372036854775807"), &i) && i == INT64_MAX);
	ck_assert(!scan_i64(of("9223372036854775808"), &i));
	ck_assert(!scan_i64(of("-9223372036854775809"), &i));
	ck_assert(!scan_i64(of("-"), &i));
	ck_assert(!scan_i64(of("--1"), &i));
}
END_TEST

START_TEST(test_ends_are_compared)
{
	ck_assert(scan_ends(of("/tmp/x (deleted)"), " (deleted)"));
	ck_assert(!scan_ends(of("deleted)"), " (deleted)"));
	ck_assert(scan_begins(of("pipe:[1]"), "pipe:["));
	ck_assert(!scan_begins(of("pipe"), "pipe:["));
	ck_assert(!scan_is(of("pipe"), "pip"));
}
END_TEST

Suite *suite_scan(void)
{
	Suite *s = suite_create("workstation/parse/scan");
	TCase *t = tcase_create("scan");

	tcase_add_test(t, test_lines_end_at_a_line_feed_or_at_the_end);
	tcase_add_test(t, test_words_stand_between_blanks);
	tcase_add_test(t, test_numbers_are_whole_and_fit);
	tcase_add_test(t, test_ends_are_compared);
	suite_add_tcase(s, t);
	return s;
}
