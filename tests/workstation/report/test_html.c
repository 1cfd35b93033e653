#include "workstation/report/html.h"

#include <check.h>
#include <string.h>

#include "workstation/case/db.h"

static struct html h;
static struct err e;

static void begin(void)
{
	memset(&e, 0, sizeof(e));
	html_begin(&h, -1, &e);
}

static void end(void)
{
	ck_assert_int_eq(html_end(&h), 0);
}

static void is(const char *expected)
{
	ck_assert_str_eq(buf_cstr(&h.out), expected);
	buf_clear(&h.out);
}

START_TEST(test_no_text_becomes_markup)
{
	html_put(&h, "<p title=\"%s\">%b</p>", "\"onmouseover='x'",
		 (struct bytes){ "<script>&amp;", 13 });
	is("<p title=\"&quot;onmouseover=&#39;x&#39;\">&lt;script&gt;&amp;amp;</p>");
}
END_TEST

START_TEST(test_what_was_not_escaped_is)
{
	static const char raw[] = "a\x1b[31m\n\xff\xe2\x80\xae"
				  "b\0<";

	html_put(&h, "%b", (struct bytes){ raw, sizeof(raw) - 1 });
	is("a\\x1b[31m\\x0a\\xff\\xe2\\x80\\xaeb\\x00&lt;");
	/* Escaped text stays as it is: it is not escaped twice. */
	html_put(&h, "%s", "a\\x0a\\\\b");
	is("a\\x0a\\\\b");
}
END_TEST

START_TEST(test_numbers_hashes_and_the_unknown)
{
	html_put(&h, "%d %i [%d] %x 100%%", INT64_C(-5), 7, CASE_NULL,
		 (struct bytes){ "\x01\xfe", 2 });
	is("-5 7 [] 01fe 100%");
	html_put(&h, "[%b%q]", (struct bytes){ NULL, 0 }, (struct bytes){ NULL, 0 });
	is("[]");
}
END_TEST

START_TEST(test_times_are_utc_and_before_1970_too)
{
	html_put(&h, "%t", INT64_C(1700000000123456789));
	is("<time datetime=\"2023-11-14T22:13:20Z\">2023-11-14 22:13:20</time>");
	html_put(&h, "%t", INT64_C(-1));
	is("<time datetime=\"1969-12-31T23:59:59Z\">1969-12-31 23:59:59</time>");
	html_put(&h, "%t", CASE_NULL);
	is("<span class=\"none\">not known</span>");
}
END_TEST

START_TEST(test_a_long_quote_is_cut_between_characters_and_says_so)
{
	char text[HTML_QUOTE + 10];

	memset(text, 'x', sizeof(text));
	memcpy(text + HTML_QUOTE - 1, "\xc3\xa4", 2);
	html_put(&h, "%q", (struct bytes){ text, sizeof(text) });
	ck_assert_uint_eq(strspn(buf_cstr(&h.out), "x"), HTML_QUOTE - 1);
	ck_assert_ptr_nonnull(strstr(buf_cstr(&h.out), "11 bytes more"));
}
END_TEST

START_TEST(test_a_page_that_cannot_be_written_is_an_error)
{
	struct err full = { 0 };
	struct html page;

	html_begin(&page, 1000000, &full);
	html_put(&page, "text");
	ck_assert_int_eq(html_end(&page), -1);
	ck_assert(full.set);
}
END_TEST

Suite *suite_html(void);
Suite *suite_html(void)
{
	Suite *s = suite_create("workstation/report/html");
	TCase *tc = tcase_create("html");

	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_test(tc, test_no_text_becomes_markup);
	tcase_add_test(tc, test_what_was_not_escaped_is);
	tcase_add_test(tc, test_numbers_hashes_and_the_unknown);
	tcase_add_test(tc, test_times_are_utc_and_before_1970_too);
	tcase_add_test(tc, test_a_long_quote_is_cut_between_characters_and_says_so);
	tcase_add_test(tc, test_a_page_that_cannot_be_written_is_an_error);
	suite_add_tcase(s, tc);
	return s;
}
