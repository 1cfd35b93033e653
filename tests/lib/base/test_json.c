#include "lib/base/json.h"

#include <check.h>
#include <string.h>

Suite *suite_json(void);

static struct json j;
static struct buf out;

static void setup(void)
{
	buf_init(&out, 4096);
}

static void teardown(void)
{
	buf_release(&out);
}

static void begin(const char *text)
{
	json_begin(&j, text, strlen(text));
}

START_TEST(test_texts_are_decoded)
{
	static const struct {
		const char *json, *text;
	} rows[] = {
		{ "\"\"", "" },
		{ " \"a\\\"\\\\\\/\\b\\f\\n\\r\\tz\" ", "a\"\\/\b\f\n\r\tz" },
		{ "\"\\u0041\\u00e9\\u20AC\\ud83d\\uDE00\"", "A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80" },
		{ "\"\xc3\xa9\xf0\x9f\x98\x80\"", "\xc3\xa9\xf0\x9f\x98\x80" },
		{ "\"\x7f\"", "\x7f" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		begin(rows[i].json);
		ck_assert_msg(json_string(&j, &out), "%s: %s", rows[i].json, j.why);
		ck_assert_str_eq(buf_cstr(&out), rows[i].text);
		ck_assert(json_done(&j));
	}
}
END_TEST

START_TEST(test_bad_texts_are_refused)
{
	static const char *const bad[] = {
		"", "a", "\"", "\"a", "\"\\\"", "\"\\", "\"\\x41\"", "\"\\u004\"", "\"\\u00g0\"", "\"\\u00",
		"\"\\u0000\"", "\"\\ud83d\"", "\"\\ud83dx\"", "\"\\ud83d\\u0041\"", "\"\\ude00\"",
		"\"\\ud83d\\", "\"\n\"", "\"\x01\"", "\"\xff\"", "\"\xc0\x80\"", "\"\xed\xa0\x80\"", "\"\xc3",
		"'a'",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		begin(bad[i]);
		ck_assert_msg(!json_string(&j, &out), "%s", bad[i]);
		ck_assert_ptr_nonnull(j.why);
		ck_assert(!json_done(&j));
	}
}
END_TEST

START_TEST(test_nul_byte_is_refused)
{
	json_begin(&j, "\"a\0b\"", 5);
	ck_assert(!json_string(&j, &out));
	json_begin(&j, "\0", 1);
	ck_assert(!json_done(&j));
}
END_TEST

START_TEST(test_numbers_are_whole)
{
	static const struct {
		const char *json;
		bool good;
		uint64_t value;
	} rows[] = {
		{ "0", true, 0 }, { "18446744073709551615", true, UINT64_MAX },
		{ "18446744073709551616", false, 0 }, { "01", false, 0 }, { "-1", false, 0 },
		{ "+1", false, 0 }, { "1.0", false, 0 }, { "1e2", false, 0 }, { "x", false, 0 },
		{ "", false, 0 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t v;
		bool good;

		begin(rows[i].json);
		good = json_u64(&j, &v) && json_done(&j);
		ck_assert_msg(good == rows[i].good, "%s", rows[i].json);
		if (good)
			ck_assert_uint_eq(v, rows[i].value);
	}
}
END_TEST

/* Sum of [1,[2],{"a":3}]-like lists of numbers: -1 if the text is not well formed. */
static int64_t sum(const char *text)
{
	uint64_t v, all = 0;

	begin(text);
	if (json_open(&j, '[')) {
		do {
			if (!json_u64(&j, &v))
				break;
			all += v;
		} while (json_more(&j, ']'));
	}
	return json_done(&j) ? (int64_t)all : -1;
}

START_TEST(test_brackets_and_commas)
{
	ck_assert_int_eq(sum("[]"), 0);
	ck_assert_int_eq(sum(" [ 1 , 2\n,\t3 ]\r\n"), 6);
	ck_assert_int_eq(sum("[1,]"), -1);
	ck_assert_int_eq(sum("[,1]"), -1);
	ck_assert_int_eq(sum("[1 2]"), -1);
	ck_assert_int_eq(sum("[1}"), -1);
	ck_assert_int_eq(sum("[1"), -1);
	ck_assert_int_eq(sum("[1],"), -1);
	ck_assert_int_eq(sum("[1]]"), -1);
	ck_assert_int_eq(sum("1"), -1);
	ck_assert_int_eq(sum(""), -1);
}
END_TEST

START_TEST(test_words_and_mistakes_stay)
{
	begin("true");
	ck_assert(json_word(&j, "true") && json_done(&j));
	begin("tru");
	ck_assert(!json_word(&j, "true"));
	ck_assert_int_eq(json_peek(&j), '\0');
	ck_assert(!json_colon(&j) && !json_open(&j, '{') && !json_more(&j, '}'));
	ck_assert_str_eq(j.why, "another value than was to be expected");
}
END_TEST

Suite *suite_json(void)
{
	Suite *s = suite_create("lib/base/json");
	TCase *tc = tcase_create("json");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_texts_are_decoded);
	tcase_add_test(tc, test_bad_texts_are_refused);
	tcase_add_test(tc, test_nul_byte_is_refused);
	tcase_add_test(tc, test_numbers_are_whole);
	tcase_add_test(tc, test_brackets_and_commas);
	tcase_add_test(tc, test_words_and_mistakes_stay);
	suite_add_tcase(s, tc);
	return s;
}
