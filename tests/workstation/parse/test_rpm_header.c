#include "workstation/parse/rpm_header.h"

#include <check.h>
#include <string.h>

#include "lib/base/buf.h"
#include "workstation/parse/scan.h"

Suite *suite_rpm_header(void);

enum { INT16 = 3, INT32 = 4, INT64 = 5, STRING = 6, STRINGS = 8, I18N = 9 };

static struct buf entries, data, blob;
static uint32_t count;

static void put32(struct buf *b, uint32_t v)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		buf_putc(b, (char)(v >> shift));
}

/* An entry whose data come next. */
static void entry(uint32_t tag, uint32_t type, uint32_t n)
{
	put32(&entries, tag);
	put32(&entries, type);
	put32(&entries, (uint32_t)data.len);
	put32(&entries, n);
	count++;
}

static void texts(uint32_t tag, uint32_t type, uint32_t n, const char *text, size_t len)
{
	entry(tag, type, n);
	buf_add(&data, text, len);
}
#define TEXTS(tag, type, n, text) texts(tag, type, n, text, sizeof(text))

static void numbers(uint32_t tag, uint32_t type, uint32_t n, const uint64_t *v)
{
	unsigned width = type == INT16 ? 2 : type == INT32 ? 4 : 8;

	entry(tag, type, n);
	for (uint32_t i = 0; i < n; i++)
		for (unsigned k = width; k-- > 0;)
			buf_putc(&data, (char)(v[i] >> 8 * k));
}
#define NUMBERS(tag, type, ...) \
	numbers(tag, type, sizeof((uint64_t[]){ __VA_ARGS__ }) / 8, (uint64_t[]){ __VA_ARGS__ })

static void setup(void)
{
	count = 0;
	buf_init(&entries, 1 << 20);
	buf_init(&data, 1 << 20);
	buf_init(&blob, 1 << 20);
}

static void teardown(void)
{
	buf_release(&entries);
	buf_release(&data);
	buf_release(&blob);
}

static struct rpm_header open_blob(void)
{
	struct rpm_header h;

	buf_clear(&blob);
	put32(&blob, count);
	put32(&blob, (uint32_t)data.len);
	buf_add(&blob, entries.p, entries.len);
	buf_add(&blob, data.p, data.len);
	ck_assert(rpm_header_open(&h, blob.p, blob.len));
	return h;
}

static void assert_is(struct bytes b, const char *text)
{
	ck_assert_msg(scan_is(b, text), "%.*s is not %s", (int)b.len, (const char *)b.p, text);
}

START_TEST(test_values_are_found_by_their_tag)
{
	struct rpm_header h;
	struct bytes b;
	uint64_t v;

	TEXTS(RPM_NAME, STRING, 1, "bash");
	TEXTS(RPM_SUMMARY, I18N, 2, "one\0eins");
	NUMBERS(RPM_EPOCH, INT32, 7);
	h = open_blob();
	ck_assert(rpm_header_text(&h, RPM_NAME, &b));
	assert_is(b, "bash");
	ck_assert(rpm_header_text(&h, RPM_SUMMARY, &b));
	assert_is(b, "one");
	ck_assert(rpm_header_number(&h, RPM_EPOCH, &v));
	ck_assert_uint_eq(v, 7);
	ck_assert(!rpm_header_text(&h, RPM_VENDOR, &b));
	ck_assert(!rpm_header_number(&h, RPM_NAME, &v));
	ck_assert(!rpm_header_text(&h, RPM_EPOCH, &b));
}
END_TEST

START_TEST(test_files_are_made_of_their_columns)
{
	struct rpm_header h;
	struct rpm_files f;
	struct rpm_file file;

	TEXTS(1117, STRINGS, 3, "ls\0passwd\0link");
	NUMBERS(1116, INT32, 1, 0, 1);
	TEXTS(1118, STRINGS, 2, "/etc/\0/usr/bin/");
	TEXTS(1039, STRINGS, 3, "root\0mail\0root");
	TEXTS(1035, STRINGS, 3, "aa\0bb\0");
	TEXTS(1036, STRINGS, 3, "\0\0ls");
	NUMBERS(1030, INT16, 0100755, 0100644, 0120777);
	NUMBERS(1037, INT32, 0, RPM_CONFIG, 0);
	NUMBERS(1034, INT32, 1700000000, 4294967295, 3);
	NUMBERS(5008, INT64, 5000000000, 2, 3);
	NUMBERS(5011, INT32, 8);
	h = open_blob();
	rpm_files_begin(&f, &h);
	ck_assert(rpm_files_next(&f, &file));
	assert_is(file.dir, "/usr/bin/");
	assert_is(file.base, "ls");
	assert_is(file.digest, "aa");
	ck_assert_uint_eq(file.size, 5000000000);
	ck_assert_uint_eq(file.mode, 0100755);
	ck_assert_uint_eq(file.algorithm, 8);
	ck_assert_uint_eq(file.verify, UINT32_MAX);
	ck_assert(rpm_files_next(&f, &file));
	assert_is(file.dir, "/etc/");
	assert_is(file.user, "mail");
	assert_is(file.group, "");
	ck_assert_uint_eq(file.flags, RPM_CONFIG);
	ck_assert_uint_eq(file.mtime, 4294967295);
	ck_assert(rpm_files_next(&f, &file));
	assert_is(file.dir, "/usr/bin/");
	assert_is(file.link, "ls");
	ck_assert(!rpm_files_next(&f, &file));
	ck_assert(!f.broken);
}
END_TEST

START_TEST(test_the_paths_of_rpm_3_are_whole)
{
	struct rpm_header h;
	struct rpm_files f;
	struct rpm_file file;

	TEXTS(1027, STRINGS, 1, "/bin/sh");
	h = open_blob();
	rpm_files_begin(&f, &h);
	ck_assert(rpm_files_next(&f, &file));
	assert_is(file.dir, "");
	assert_is(file.base, "/bin/sh");
	ck_assert_uint_eq(file.algorithm, 1);
}
END_TEST

START_TEST(test_a_count_beyond_the_data_is_said_and_reads_nothing_else)
{
	struct rpm_header h;
	struct rpm_files f;
	struct rpm_file file;
	struct bytes b;
	uint64_t v;

	TEXTS(1117, STRINGS, 100, "a\0b");
	h = open_blob();
	rpm_files_begin(&f, &h);
	ck_assert(rpm_files_next(&f, &file) && rpm_files_next(&f, &file));
	ck_assert(!rpm_files_next(&f, &file) && f.broken);
	entry(RPM_EPOCH, INT32, 1);		/* behind the end */
	entry(RPM_VENDOR, STRING, 1);
	h = open_blob();
	ck_assert(!rpm_header_number(&h, RPM_EPOCH, &v));
	ck_assert(!rpm_header_text(&h, RPM_VENDOR, &b));
	texts(RPM_ARCH, STRING, 1, "no end", 6);
	h = open_blob();
	ck_assert(!rpm_header_text(&h, RPM_ARCH, &b));
}
END_TEST

START_TEST(test_a_directory_that_is_not_listed_ends_the_files)
{
	static const uint64_t at[] = { 2, UINT32_MAX, UINT32_MAX - 1 };
	struct rpm_header h;
	struct rpm_files f;
	struct rpm_file file;

	TEXTS(1117, STRINGS, 1, "a");
	numbers(1116, INT32, 1, &at[_i]);
	TEXTS(1118, STRINGS, 2, "/x/\0/y/");
	h = open_blob();
	rpm_files_begin(&f, &h);
	ck_assert(!rpm_files_next(&f, &file) && f.broken);
}
END_TEST

START_TEST(test_what_is_cut_or_claims_too_much_is_no_header)
{
	struct rpm_header h;
	uint8_t huge[] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0 };

	TEXTS(RPM_NAME, STRING, 1, "bash");
	h = open_blob();
	for (size_t n = 0; n < blob.len; n++)
		ck_assert(!rpm_header_open(&h, blob.p, n));
	ck_assert(!rpm_header_open(&h, huge, sizeof(huge)));
	memset(huge, 0, sizeof(huge));
	ck_assert(!rpm_header_open(&h, huge, sizeof(huge)));
}
END_TEST

Suite *suite_rpm_header(void)
{
	Suite *s = suite_create("workstation/parse/rpm_header");
	TCase *t = tcase_create("rpm_header");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, test_values_are_found_by_their_tag);
	tcase_add_test(t, test_files_are_made_of_their_columns);
	tcase_add_test(t, test_the_paths_of_rpm_3_are_whole);
	tcase_add_test(t, test_a_count_beyond_the_data_is_said_and_reads_nothing_else);
	tcase_add_loop_test(t, test_a_directory_that_is_not_listed_ends_the_files, 0, 3);
	tcase_add_test(t, test_what_is_cut_or_claims_too_much_is_no_header);
	suite_add_tcase(s, t);
	return s;
}
