#include "lib/custody/manifest_read.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/buf.h"

Suite *suite_manifest_read(void);

#define HEAD "{\"seq\":7,\"category\":\"logs\",\"artifact\":\"var_log\",\"path\":\"/a\","
#define KIND "\"type\":\"file\",\"depth\":\"content\",\"result\":\"ok\",\"gap\":\"none\""
#define HASH "\"00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF\""

static struct manifest_read *reader;

static void setup(void)
{
	reader = manifest_read_new();
	ck_assert_ptr_nonnull(reader);
}

static void teardown(void)
{
	manifest_read_free(reader);
}

/* Lines that are refused, and a part of the reason. */
static const struct {
	const char *line;
	const char *why;
} bad[] = {
	{ "", "not JSON" },
	{ "{", "not JSON" },
	{ "[]", "no seq" },
	{ "{\"seq\":-1," KIND "}", "no seq" },
	{ "{\"seq\":1.5," KIND "}", "no seq" },
	{ "{\"seq\":\"7\"," KIND "}", "no seq" },
	{ "{\"seq\":7," KIND "}", "no category" },
	{ HEAD "\"gap\":\"none\"}", "type, depth or result" },
	{ HEAD "\"type\":\"FILE\",\"depth\":\"content\",\"result\":\"ok\",\"gap\":\"none\"}", "type" },
	{ HEAD KIND ",\"member\":7}", "member is not escaped text" },
	{ HEAD KIND ",\"member\":\"\"}", "member is not escaped text" },
	{ HEAD KIND ",\"member\":\"a\\\\b\"}", "member is not escaped text" },
	{ HEAD KIND ",\"size\":\"1\"}", "size is no whole number" },
	{ HEAD KIND ",\"size\":-1}", "size is no whole number" },
	{ HEAD KIND ",\"size\":1e3}", "size is no whole number" },
	{ HEAD KIND ",\"sha256\":\"00\"}", "sha256 is no SHA-256" },
	{ HEAD KIND ",\"sha256_data\":0}", "sha256_data is no SHA-256" },
	{ HEAD KIND ",\"md5\":\"00\"}", "md5 is no MD5" },
	{ HEAD KIND ",\"sha1\":\"900150983cd24fb0d6963f7d28e17f72\"}", "sha1 is no SHA-1" },
	{ HEAD KIND ",\"x\":\"\xc2\x9b" "31m\"}", "control characters" },
	{ HEAD KIND ",\"x\":\"\xe2\x80\xae\"}", "control characters" },
	{ HEAD KIND ",\t\"x\":1}", "control characters" },
	{ HEAD KIND "} x", "not JSON" },
	{ "{\"seq\":7,\"category\":\"a b\",\"artifact\":\"x\",\"path\":\"/\"," KIND "}", "no category" },
	{ "{\"seq\":7,\"category\":\"a\",\"artifact\":\"x\"," KIND "}", "no path" },
};

START_TEST(test_a_line_that_is_not_of_the_format_is_refused_with_a_reason)
{
	struct manifest_line l;
	struct err e = { 0 };
	int r = manifest_read_line(reader, bad[_i].line, strlen(bad[_i].line), &l, &e);

	ck_assert_int_eq(r, -1);
	ck_assert_msg(strstr(e.what, bad[_i].why) != NULL, "%s", e.what);
}
END_TEST

START_TEST(test_a_whole_line_is_read)
{
	static const char line[] = HEAD KIND
		",\"member\":\"[root]/\\\\xff\\\\\\\\\",\"link\":\"\\\\x0a\",\"hardlink_of\":\"/b\","
		"\"mode\":\"0104755\",\"uid\":1,\"gid\":2,\"nlink\":3,\"size\":18446744073709551615,"
		"\"stored\":4,\"sha256\":" HASH ","
		"\"md5\":\"900150983cd24fb0d6963f7d28e17f72\","
		"\"sha1\":\"a9993e364706816aba3e25717850c26c9cd0d89d\",\"mtime\":[-86400,999999999],\"new\":{\"a\":[1]}}";
	struct manifest_line l;
	struct err e = { 0 };
	const uint8_t *hash;

	ck_assert_msg(manifest_read_line(reader, line, strlen(line), &l, &e) == 0, "%s", e.what);
	ck_assert_uint_eq(l.seq, 7);
	ck_assert_str_eq(l.category, "logs");
	ck_assert_str_eq(l.artifact, "var_log");
	ck_assert_mem_eq(l.member.p, "[root]/\xff\\", l.member.len);
	ck_assert_uint_eq(l.member.len, 9);
	ck_assert_mem_eq(l.link.p, "\n", 1);
	ck_assert_mem_eq(l.hardlink.p, "/b", 2);
	ck_assert_uint_eq(l.mode, 0104755);
	ck_assert_uint_eq(l.size, UINT64_MAX);
	ck_assert_int_eq(l.mtime.sec, -86400);
	ck_assert_uint_eq(l.mtime.nsec, 999999999);
	ck_assert_int_eq(l.gap, GAP_NONE);
	ck_assert(manifest_read_stored(&l, &hash));
	ck_assert_uint_eq(hash[1], 0x11);
	ck_assert_uint_eq(hash[31], 0xff);
	ck_assert(!(l.has & MANIFEST_HAS_SHA256_STORED));
	ck_assert_uint_eq(l.has & (MANIFEST_HAS_MD5 | MANIFEST_HAS_SHA1),
			  MANIFEST_HAS_MD5 | MANIFEST_HAS_SHA1);
	ck_assert_mem_eq(l.md5, "\x90\x01\x50\x98", 4);
	ck_assert_uint_eq(l.sha1[19], 0x9d);
}
END_TEST

START_TEST(test_a_gap_that_this_version_does_not_know_is_kept_as_a_word)
{
	static const char line[] = HEAD "\"type\":\"file\",\"depth\":\"content\","
		"\"result\":\"skipped\",\"gap\":\"of-the-future\"}";
	struct manifest_line l;
	struct err e = { 0 };

	ck_assert_int_eq(manifest_read_line(reader, line, strlen(line), &l, &e), 0);
	ck_assert_int_eq(l.gap, GAP_COUNT);
	ck_assert_str_eq(l.gap_word, "of-the-future");
}
END_TEST

START_TEST(test_a_deep_line_neither_recurses_nor_is_one_too_long_read)
{
	size_t n = MANIFEST_READ_LINE_MAX + 1;
	char *line = malloc(n);
	struct manifest_line l;
	struct err e = { 0 };

	memset(line, '[', n);
	ck_assert_int_eq(manifest_read_line(reader, line, n - 1, &l, &e), -1);
	e = (struct err){ 0 };
	ck_assert_int_eq(manifest_read_line(reader, line, n, &l, &e), -1);
	ck_assert_ptr_nonnull(strstr(e.what, "longer"));
	free(line);
}
END_TEST

Suite *suite_manifest_read(void)
{
	Suite *s = suite_create("lib/custody/manifest_read");
	TCase *t = tcase_create("manifest_read");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, test_a_line_that_is_not_of_the_format_is_refused_with_a_reason, 0,
			    (int)(sizeof(bad) / sizeof(bad[0])));
	tcase_add_test(t, test_a_whole_line_is_read);
	tcase_add_test(t, test_a_gap_that_this_version_does_not_know_is_kept_as_a_word);
	tcase_add_test(t, test_a_deep_line_neither_recurses_nor_is_one_too_long_read);
	suite_add_tcase(s, t);
	return s;
}
