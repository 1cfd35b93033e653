#include "lib/base/text.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/emulator.h"

Suite *suite_text(void);

#define BYTES(s) s, sizeof(s) - 1
#define ROWS(a) (sizeof(a) / sizeof((a)[0]))

static const struct {
	const char *raw;
	size_t n;
	const char *escaped;
	const char *json;
} escapes[] = {
	{ BYTES(""), "", "\"\"" },
	{ BYTES("/var/log/wtmp"), "/var/log/wtmp", "\"/var/log/wtmp\"" },
	{ BYTES("exactly8"), "exactly8", "\"exactly8\"" },
	{ BYTES("a\nb"), "a\\x0ab", "\"a\\\\x0ab\"" },
	{ BYTES("1234567\x1b[31m"), "1234567\\x1b[31m", "\"1234567\\\\x1b[31m\"" },
	{ BYTES("\0"), "\\x00", "\"\\\\x00\"" },
	{ BYTES("a\\b"), "a\\\\b", "\"a\\\\\\\\b\"" },
	{ BYTES("say \"x\""), "say \"x\"", "\"say \\\"x\\\"\"" },
	{ BYTES("del\x7f"), "del\\x7f", "\"del\\\\x7f\"" },
	{ BYTES("caf\xc3\xa9"), "caf\xc3\xa9", "\"caf\xc3\xa9\"" },
	{ BYTES("\xf0\x9f\x98\x80"), "\xf0\x9f\x98\x80", "\"\xf0\x9f\x98\x80\"" },
	{ BYTES("\xff\xfe"), "\\xff\\xfe", "\"\\\\xff\\\\xfe\"" },
	{ BYTES("\xc0\xaf"), "\\xc0\\xaf", "\"\\\\xc0\\\\xaf\"" },
	{ BYTES("\xe0\x80\xaf"), "\\xe0\\x80\\xaf", "\"\\\\xe0\\\\x80\\\\xaf\"" },
	{ BYTES("\xed\xa0\x80"), "\\xed\\xa0\\x80", "\"\\\\xed\\\\xa0\\\\x80\"" },
	{ BYTES("\xed\x9f\xbf"), "\xed\x9f\xbf", "\"\xed\x9f\xbf\"" },
	{ BYTES("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80", "\"\\\\xf4\\\\x90\\\\x80\\\\x80\"" },
	{ BYTES("\xf4\x8f\xbf\xbf"), "\xf4\x8f\xbf\xbf", "\"\xf4\x8f\xbf\xbf\"" },
	{ BYTES("cut\xe2\x82"), "cut\\xe2\\x82", "\"cut\\\\xe2\\\\x82\"" },
	{ BYTES("\xe2\x82z"), "\\xe2\\x82z", "\"\\\\xe2\\\\x82z\"" },
	{ BYTES("\xc2\x85"), "\\xc2\\x85", "\"\\\\xc2\\\\x85\"" },
	{ BYTES("\xc2\xa0"), "\xc2\xa0", "\"\xc2\xa0\"" },
	{ BYTES("\xe2\x80\x8d"), "\xe2\x80\x8d", "\"\xe2\x80\x8d\"" },
	{ BYTES("\xe2\x80\x8e"), "\\xe2\\x80\\x8e", "\"\\\\xe2\\\\x80\\\\x8e\"" },
	{ BYTES("\xe2\x80\x8f"), "\\xe2\\x80\\x8f", "\"\\\\xe2\\\\x80\\\\x8f\"" },
	{ BYTES("\xe2\x80\xa8"), "\\xe2\\x80\\xa8", "\"\\\\xe2\\\\x80\\\\xa8\"" },
	{ BYTES("\xe2\x80\xae"), "\\xe2\\x80\\xae", "\"\\\\xe2\\\\x80\\\\xae\"" },
	{ BYTES("\xe2\x80\xaf"), "\xe2\x80\xaf", "\"\xe2\x80\xaf\"" },
	{ BYTES("\xe2\x81\xa5"), "\xe2\x81\xa5", "\"\xe2\x81\xa5\"" },
	{ BYTES("\xe2\x81\xa6"), "\\xe2\\x81\\xa6", "\"\\\\xe2\\\\x81\\\\xa6\"" },
	{ BYTES("\xe2\x81\xa9"), "\\xe2\\x81\\xa9", "\"\\\\xe2\\\\x81\\\\xa9\"" },
	{ BYTES("\xe2\x81\xaa"), "\xe2\x81\xaa", "\"\xe2\x81\xaa\"" },
};

START_TEST(test_escape_gives_the_printable_form_and_back)
{
	const char *raw = escapes[_i].raw;
	size_t n = escapes[_i].n;
	struct buf b, back;

	buf_init(&b, 1024);
	buf_init(&back, 1024);
	text_escape(&b, raw, n);
	ck_assert_str_eq(buf_cstr(&b), escapes[_i].escaped);
	ck_assert_int_eq(text_unescape(&back, b.p, b.len), 0);
	ck_assert_uint_eq(back.len, n);
	ck_assert(n == 0 || memcmp(back.p, raw, n) == 0);
	ck_assert_int_eq(text_is_plain(raw, n), b.len == n && (n == 0 || memcmp(b.p, raw, n) == 0));
	buf_clear(&b);
	text_json_escaped(&b, raw, n);
	ck_assert_str_eq(buf_cstr(&b), escapes[_i].json);
	buf_release(&b);
	buf_release(&back);
}
END_TEST

/* Every byte value at every place of a word-wise scan, and random strings. */
START_TEST(test_escape_is_bijective_and_safe_at_every_offset)
{
	struct buf b, back;
	unsigned char raw[24];

	buf_init(&b, 1024);
	buf_init(&back, 1024);
	srand(7);
	for (int round = emulator_rounds(20000); round > 0; round--) {
		size_t n = 1 + (size_t)rand() % sizeof(raw);

		memset(raw, 'a', sizeof(raw));
		for (int k = rand() % 4; k >= 0; k--)
			raw[(size_t)rand() % n] = (unsigned char)rand();
		buf_clear(&b);
		buf_clear(&back);
		text_escape(&b, raw, n);
		for (size_t i = 0; i < b.len; i++)
			ck_assert((unsigned char)b.p[i] >= 0x20 && b.p[i] != 0x7f);
		ck_assert(text_is_plain(b.p, b.len) || memchr(b.p, '\\', b.len) != NULL);
		ck_assert_int_eq(text_unescape(&back, b.p, b.len), 0);
		ck_assert_uint_eq(back.len, n);
		ck_assert_mem_eq(back.p, raw, n);
	}
	buf_release(&b);
	buf_release(&back);
}
END_TEST

static const char *const bad_escapes[] = {
	"\\", "a\\", "\\n", "\\x", "\\x1", "\\x1g", "\\xAB", "\\x\\x41", "\\X41",
};

START_TEST(test_unescape_refuses_what_escape_never_writes)
{
	struct buf b;

	buf_init(&b, 64);
	ck_assert_int_eq(text_unescape(&b, bad_escapes[_i], strlen(bad_escapes[_i])), -1);
	buf_release(&b);
}
END_TEST

START_TEST(test_json_escapes_quote_backslash_and_controls)
{
	struct buf b;

	buf_init(&b, 64);
	text_json(&b, "a\"b\\c\n\x1f\xc3\xa9", 9);
	ck_assert_str_eq(buf_cstr(&b), "\"a\\\"b\\\\c\\u000a\\u001f\xc3\xa9\"");
	buf_release(&b);
}
END_TEST

static const struct {
	const char *raw;
	size_t n;
	const char *hex;
	const char *base64;
} codes[] = { /* base64: RFC 4648 section 10 */
	{ BYTES(""), "", "" },
	{ BYTES("f"), "66", "Zg==" },
	{ BYTES("fo"), "666f", "Zm8=" },
	{ BYTES("foo"), "666f6f", "Zm9v" },
	{ BYTES("foob"), "666f6f62", "Zm9vYg==" },
	{ BYTES("fooba"), "666f6f6261", "Zm9vYmE=" },
	{ BYTES("foobar"), "666f6f626172", "Zm9vYmFy" },
	{ BYTES("\x00\xff\xfb\xf0"), "00fffbf0", "AP/78A==" },
};

START_TEST(test_hex_and_base64_of_known_bytes)
{
	unsigned char back[16];
	struct buf b;

	buf_init(&b, 64);
	text_hex(&b, codes[_i].raw, codes[_i].n);
	ck_assert_str_eq(buf_cstr(&b), codes[_i].hex);
	ck_assert_int_eq(text_unhex(back, codes[_i].n, buf_cstr(&b)), 0);
	ck_assert(memcmp(back, codes[_i].raw, codes[_i].n) == 0);
	buf_clear(&b);
	text_base64(&b, codes[_i].raw, codes[_i].n);
	ck_assert_str_eq(buf_cstr(&b), codes[_i].base64);
	buf_release(&b);
}
END_TEST

START_TEST(test_unhex_wants_exactly_its_digits)
{
	unsigned char out[2];

	ck_assert_int_eq(text_unhex(out, 2, "AbcD"), 0);
	ck_assert_mem_eq(out, "\xab\xcd", 2);
	ck_assert_int_eq(text_unhex(out, 2, "abc"), -1);
	ck_assert_int_eq(text_unhex(out, 2, "abcde"), -1);
	ck_assert_int_eq(text_unhex(out, 2, "abcg"), -1);
	ck_assert_int_eq(text_unhex(out, 2, ""), -1);
}
END_TEST

static const struct {
	const char *s;
	int want;
	uint64_t v;
} sizes[] = {
	{ "0", 0, 0 }, { "10", 0, 10 }, { "4k", 0, 4096 }, { "4K", 0, 4096 },
	{ "3M", 0, 3u << 20 }, { "3MiB", 0, 3u << 20 }, { "3mb", 0, 3u << 20 },
	{ "2G", 0, 2ull << 30 }, { "1T", 0, 1ull << 40 },
	{ "18446744073709551615", 0, UINT64_MAX }, { "18446744073709551616", -1, 0 },
	{ "16777215T", 0, 16777215ull << 40 }, { "16777216T", -1, 0 }, { "", -1, 0 },
	{ "k", -1, 0 }, { "-1", -1, 0 }, { " 1", -1, 0 }, { "1 k", -1, 0 }, { "1kk", -1, 0 },
	{ "1kiBs", -1, 0 }, { "1P", -1, 0 }, { "0x10", -1, 0 }, { "1.5G", -1, 0 },
}, seconds[] = {
	{ "5", 0, 5 }, { "5s", 0, 5 }, { "2m", 0, 120 }, { "1h", 0, 3600 }, { "3d", 0, 259200 },
	{ "", -1, 0 }, { "m", -1, 0 }, { "5M", -1, 0 }, { "5ms", -1, 0 }, { "-5", -1, 0 },
	{ "18446744073709551615", 0, UINT64_MAX }, { "18446744073709551615m", -1, 0 },
};

START_TEST(test_size_is_parsed_or_refused)
{
	uint64_t v = 0;

	ck_assert_int_eq(text_parse_size(sizes[_i].s, &v), sizes[_i].want);
	if (sizes[_i].want == 0)
		ck_assert_uint_eq(v, sizes[_i].v);
}
END_TEST

START_TEST(test_duration_is_parsed_or_refused)
{
	uint64_t v = 0;

	ck_assert_int_eq(text_parse_seconds(seconds[_i].s, &v), seconds[_i].want);
	if (seconds[_i].want == 0)
		ck_assert_uint_eq(v, seconds[_i].v);
}
END_TEST

static const struct {
	uint64_t bytes;
	const char *want;
} human[] = {
	{ 0, "0 B" }, { 1023, "1023 B" }, { 1024, "1.0 KiB" }, { 1536, "1.5 KiB" },
	{ (1u << 20) - 1, "1023.9 KiB" }, { 3650722201u, "3.3 GiB" },
	{ UINT64_MAX, "15.9 EiB" },
};

START_TEST(test_size_has_a_short_form)
{
	char out[16];

	ck_assert_str_eq(text_size(out, sizeof(out), human[_i].bytes), human[_i].want);
}
END_TEST

Suite *suite_text(void)
{
	Suite *s = suite_create("lib/base/text");
	TCase *tc = tcase_create("text");

	tcase_add_loop_test(tc, test_escape_gives_the_printable_form_and_back, 0, ROWS(escapes));
	tcase_add_test(tc, test_escape_is_bijective_and_safe_at_every_offset);
	tcase_add_loop_test(tc, test_unescape_refuses_what_escape_never_writes, 0,
			    ROWS(bad_escapes));
	tcase_add_test(tc, test_json_escapes_quote_backslash_and_controls);
	tcase_add_loop_test(tc, test_hex_and_base64_of_known_bytes, 0, ROWS(codes));
	tcase_add_test(tc, test_unhex_wants_exactly_its_digits);
	tcase_add_loop_test(tc, test_size_is_parsed_or_refused, 0, ROWS(sizes));
	tcase_add_loop_test(tc, test_duration_is_parsed_or_refused, 0, ROWS(seconds));
	tcase_add_loop_test(tc, test_size_has_a_short_form, 0, ROWS(human));
	suite_add_tcase(s, tc);
	return s;
}
