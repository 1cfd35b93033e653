#include "workstation/parse/line.h"

#include <check.h>
#include <string.h>

Suite *suite_line(void);

static struct scan of(const char *text)
{
	return scan_begin(text, strlen(text));
}

static struct bytes bytes_of(const char *text)
{
	return (struct bytes){ text, strlen(text) };
}

START_TEST(test_words_are_taken_one_by_one)
{
	struct scan s = of("  one\ttwo ");

	ck_assert(scan_is(line_word(&s), "one"));
	ck_assert(scan_is(line_word(&s), "two"));
	ck_assert_uint_eq(line_word(&s).len, 0);
	ck_assert(line_ended(&s));
}
END_TEST

START_TEST(test_a_number_that_does_not_fit_is_not_taken)
{
	struct scan s = of("18446744073709551615 18446744073709551616");
	uint64_t v;

	ck_assert(line_u64(&s, &v));
	ck_assert_uint_eq(v, UINT64_MAX);
	ck_assert(line_char(&s, ' '));
	ck_assert(!line_u64(&s, &v));
	ck_assert(line_text(&s, "18446744073709551616"));
	ck_assert(!line_u64(&s, &v));
}
END_TEST

START_TEST(test_exact_digits_do_not_pass_the_end)
{
	struct scan s = of("0123");
	unsigned v;

	ck_assert(!line_digits(&s, 5, &v));
	ck_assert(line_digits(&s, 2, &v));
	ck_assert_uint_eq(v, 1);
	ck_assert(!line_text(&s, "234"));
	ck_assert(line_text(&s, "23"));
}
END_TEST

START_TEST(test_a_nul_is_a_byte_like_others)
{
	struct scan s = scan_begin("a\0b:c", 5);
	struct bytes b = line_until(&s, ":");

	ck_assert_uint_eq(b.len, 3);
	ck_assert(line_char(&s, ':'));
	ck_assert(scan_is(line_rest(&s), "c"));
}
END_TEST

START_TEST(test_text_is_found_or_nothing_is_taken)
{
	struct scan s = of("from 10.0.0.5 port 22");
	struct bytes before;

	ck_assert(!line_to(&s, " ports ", &before));
	ck_assert(line_to(&s, " port ", &before));
	ck_assert(scan_is(before, "from 10.0.0.5"));
	ck_assert(scan_is(line_rest(&s), "22"));
	ck_assert(!line_to(&s, "x", NULL));
}
END_TEST

START_TEST(test_pieces_are_looked_at)
{
	ck_assert(line_holds(bytes_of("abc"), "b") && !line_holds(bytes_of("abc"), "ac"));
	ck_assert(scan_is(line_trim(bytes_of(" \ta b\r")), "a b"));
	ck_assert(scan_is(line_last(bytes_of("/a/b")), "b") &&
		  scan_is(line_last(bytes_of("b")), "b"));
	ck_assert_int_eq(line_hex('F'), 15);
	ck_assert_int_eq(line_hex('g'), -1);
}
END_TEST

Suite *suite_line(void)
{
	Suite *s = suite_create("workstation/parse/line");
	TCase *tc = tcase_create("line");

	tcase_add_test(tc, test_words_are_taken_one_by_one);
	tcase_add_test(tc, test_a_number_that_does_not_fit_is_not_taken);
	tcase_add_test(tc, test_exact_digits_do_not_pass_the_end);
	tcase_add_test(tc, test_a_nul_is_a_byte_like_others);
	tcase_add_test(tc, test_text_is_found_or_nothing_is_taken);
	tcase_add_test(tc, test_pieces_are_looked_at);
	suite_add_tcase(s, tc);
	return s;
}
