#include "collector/select/glob.h"

#include <check.h>
#include <string.h>

Suite *suite_glob(void);

static const struct {
	const char *pattern, *name;
	bool want;
} rows[] = {
	{ "*.log", "a.log", true }, { "*.log", ".log", true }, { "*.log", "a.logs", false },
	{ "a*", "a", true }, { "a*", "ba", false }, { "*a*", "bab", true }, { "*a*", "bbb", false },
	{ "a*b*c", "a1b2c", true }, { "a*b*c", "acb", false }, { "a*b*c", "abbbc", true },
	{ "?", "x", true }, { "?", "", false }, { "?", "xy", false }, { "a?c", "abc", true },
	{ "[a-c]x", "bx", true }, { "[a-c]x", "dx", false }, { "[!a-c]x", "dx", true },
	{ "[!a-c]x", "ax", false }, { "[^a]", "b", true }, { "[]]", "]", true },
	{ "[!]]", "]", false }, { "[!]]", "a", true }, { "[a-]", "-", true }, { "[-a]", "-", true },
	{ "[*]", "*", true }, { "[*]", "a", false }, { "[a-c-e]", "-", true },
	{ "*[0-9]", "wtmp.1", true }, { "*[0-9]", "wtmp.", false }, { "**", "anything", true },
	{ "\\*", "\\a", true }, { "\\*", "*", false }, { ".*", ".x", true }, { "*", ".x", true },
	{ "[\x80-\xff]", "\xc3", true }, { "[\x80-\xff]", "a", false }, { "[z-a]", "m", false },
	{ "w*.{pid}", "wx.{pid}", true },
};

START_TEST(test_component_matches_as_the_table_says)
{
	const char *pattern = rows[_i].pattern, *name = rows[_i].name;

	ck_assert_msg(glob_match(pattern, strlen(pattern), name, strlen(name)) == rows[_i].want,
		      "%s against %s", pattern, name);
}
END_TEST

START_TEST(test_match_stops_at_the_given_lengths)
{
	ck_assert(glob_match("a*bXXX", 3, "acbYYY", 3));
	ck_assert(!glob_match("ab", 2, "abc", 3));
	ck_assert(glob_match("*", 1, "a\0\xff\n", 4));
}
END_TEST

START_TEST(test_many_stars_take_bounded_time)
{
	char pattern[GLOB_NAME_MAX], name[GLOB_NAME_MAX];

	for (size_t i = 0; i < sizeof(pattern); i++)
		pattern[i] = i % 2 == 0 ? '*' : 'a';
	memset(name, 'a', sizeof(name));
	name[sizeof(name) - 1] = 'b';
	pattern[sizeof(pattern) - 1] = 'c';
	/* An exponential matcher would not come back within the time limit of the test. */
	for (int i = 0; i < 1000; i++)
		ck_assert(!glob_match(pattern, sizeof(pattern), name, sizeof(name)));
}
END_TEST

static const struct {
	const char *text;
	enum glob_kind want;
} kinds[] = {
	{ "etc", GLOB_LITERAL }, { "*", GLOB_ANY }, { "**", GLOB_STARS }, { "{pid}", GLOB_PID },
	{ "{pidx}", GLOB_LITERAL }, { "a*", GLOB_WILD }, { "***", GLOB_WILD }, { "a?", GLOB_WILD },
	{ "[ab]", GLOB_WILD }, { "...", GLOB_LITERAL }, { ".x", GLOB_LITERAL }, { "]", GLOB_LITERAL },
	{ "", GLOB_BAD }, { ".", GLOB_BAD }, { "..", GLOB_BAD }, { "[ab", GLOB_BAD },
	{ "[", GLOB_BAD }, { "[]", GLOB_BAD }, { "[!]", GLOB_BAD }, { "[a]b[", GLOB_BAD },
	{ "a/b", GLOB_BAD }, { "[*", GLOB_BAD }, { "[[]", GLOB_WILD },
};

START_TEST(test_component_is_classified)
{
	ck_assert_msg(glob_kind(kinds[_i].text, strlen(kinds[_i].text)) == kinds[_i].want,
		      "%s", kinds[_i].text);
}
END_TEST

START_TEST(test_component_longer_than_a_name_is_malformed)
{
	char text[GLOB_NAME_MAX + 1];

	memset(text, 'a', sizeof(text));
	ck_assert_int_eq(glob_kind(text, GLOB_NAME_MAX), GLOB_LITERAL);
	ck_assert_int_eq(glob_kind(text, GLOB_NAME_MAX + 1), GLOB_BAD);
}
END_TEST

Suite *suite_glob(void)
{
	Suite *s = suite_create("collector/select/glob");
	TCase *tc = tcase_create("glob");

	tcase_add_loop_test(tc, test_component_matches_as_the_table_says, 0,
			    sizeof(rows) / sizeof(rows[0]));
	tcase_add_test(tc, test_match_stops_at_the_given_lengths);
	tcase_add_test(tc, test_many_stars_take_bounded_time);
	tcase_add_loop_test(tc, test_component_is_classified, 0, sizeof(kinds) / sizeof(kinds[0]));
	tcase_add_test(tc, test_component_longer_than_a_name_is_malformed);
	suite_add_tcase(s, tc);
	return s;
}
