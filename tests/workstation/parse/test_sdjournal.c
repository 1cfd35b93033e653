#include "workstation/parse/sdjournal.h"

#include <check.h>
#include <stdio.h>
#include <string.h>
#include <zstd.h>

#include "tests/support/samples.h"
#include "workstation/parse/lz4block.h"
#include "workstation/parse/scan.h"

Suite *suite_sdjournal(void);

static struct buf file;

static void le(size_t at, unsigned width, uint64_t v)
{
	for (unsigned i = 0; i < width; i++)
		file.p[at + i] = (char)(v >> 8 * i);
}

static void setup(void)
{
	buf_init(&file, 1u << 20);
}

static void teardown(void)
{
	buf_release(&file);
}

static void begin(unsigned flags)
{
	memset(buf_room(&file, 208), 0, 208);
	file.len = 208;
	memcpy(file.p, "LPKSHHRH", 8);
	le(12, 4, flags);
	le(88, 8, 208);
	le(152, 8, 1);
}

/* An object of ${n} bytes behind its head; returns where it is. */
static size_t object(unsigned type, unsigned flags, size_t head, const void *data, size_t n)
{
	size_t at = file.len, all = (head + n + 7) & ~(size_t)7;

	memset(buf_room(&file, all), 0, all);
	file.len += all;
	file.p[at] = (char)type;
	file.p[at + 1] = (char)flags;
	le(at + 8, 8, head + n);
	memcpy(file.p + at + head, data, n);
	return at;
}

static void entry(size_t a, uint64_t b, bool compact)
{
	size_t width = compact ? 4 : 16, at = object(3, 0, 64, "", 0);

	memset(buf_room(&file, 2 * width), 0, 2 * width);
	file.len += 2 * width;
	le(at + 8, 8, 64 + 2 * width);
	le(at + 16, 8, 7);
	le(at + 24, 8, 1700000000000000);
	le(at + 64, compact ? 4 : 8, a);
	le(at + 64 + width, compact ? 4 : 8, b);
}

START_TEST(test_fields_of_both_widths_and_compressed_are_read)
{
	bool compact = _i & 1;
	size_t head = compact ? 72 : 64, a, b, n;
	/* eight bytes of size, then LZ4: 10 literals "MESSAGE=ab", a match of 8 two bytes back */
	static const char lz4[] = "\x12\0\0\0\0\0\0\0\xa4MESSAGE=ab\x02\0";
	char packed[200];
	struct sdjournal j;
	struct sdjournal_entry e;
	struct bytes name, value;

	n = ZSTD_compress(packed, sizeof(packed), "MESSAGE=abababababa", 18, 1);
	begin((compact ? 16 : 0) | 2 | 4 | 8);
	a = object(1, 0, head, "_PID=77", 7);
	b = _i & 2 ? object(1, 8, head, packed, n) : object(1, 2, head, lz4, sizeof(lz4) - 1);
	entry(a, b, compact);
	ck_assert_int_eq(sdjournal_open(&j, file.p, file.len), SDJOURNAL_OK);
	ck_assert(sdjournal_next(&j, &e));
	ck_assert(e.seqnum == 7 && e.realtime == 1700000000000000 && e.count == 2);
	ck_assert(sdjournal_field(&j, &e, 0, &name, &value));
	ck_assert(scan_is(name, "_PID") && scan_is(value, "77"));
	ck_assert(sdjournal_field(&j, &e, 1, &name, &value));
	ck_assert(scan_is(name, "MESSAGE") && scan_is(value, "ababababab"));
	ck_assert(!sdjournal_next(&j, &e));
	ck_assert(!j.damaged);
	sdjournal_close(&j);
}
END_TEST

START_TEST(test_what_is_no_journal_is_refused)
{
	struct sdjournal j;

	begin(32);
	ck_assert_int_eq(sdjournal_open(&j, file.p, file.len), SDJOURNAL_UNKNOWN);
	le(12, 4, 0);
	ck_assert_int_eq(sdjournal_open(&j, file.p, 207), SDJOURNAL_NO_JOURNAL);
	le(88, 8, 209);
	ck_assert_int_eq(sdjournal_open(&j, file.p, file.len), SDJOURNAL_NO_JOURNAL);
	file.p[0] = 'x';
	ck_assert_int_eq(sdjournal_open(&j, file.p, file.len), SDJOURNAL_NO_JOURNAL);
}
END_TEST

START_TEST(test_wrong_offsets_and_objects_lead_nowhere)
{
	struct sdjournal j;
	struct sdjournal_entry e;
	struct bytes name, value;
	size_t a;

	begin(0);
	a = object(1, 0, 64, "NAME", 4);
	entry(a, UINT64_MAX, false);
	object(9, 0, 64, "x", 1);
	ck_assert_int_eq(sdjournal_open(&j, file.p, file.len), SDJOURNAL_OK);
	ck_assert(sdjournal_next(&j, &e));
	ck_assert(!sdjournal_field(&j, &e, 0, &name, &value));
	ck_assert(!sdjournal_field(&j, &e, 1, &name, &value));
	ck_assert(!sdjournal_next(&j, &e));
	ck_assert(j.damaged);
}
END_TEST

START_TEST(test_lz4_that_is_wrong_is_told)
{
	uint8_t out[100];

	/* a match before there is anything, a length without end, literals that are not there */
	ck_assert_uint_eq(lz4block_decode(out, 100,
					  (const uint8_t *)"\x10"
							   "a\x05\x00",
					  4),
			  SIZE_MAX);
	ck_assert_uint_eq(lz4block_decode(out, 100, (const uint8_t *)"\xf0\xff", 2), SIZE_MAX);
	ck_assert_uint_eq(lz4block_decode(out, 100,
					  (const uint8_t *)"\x50"
							   "abc",
					  4),
			  SIZE_MAX);
	/* what does not fit is left out */
	ck_assert_uint_eq(lz4block_decode(out, 2,
					  (const uint8_t *)"\x50"
							   "abcde",
					  6),
			  2);
	ck_assert_uint_eq(lz4block_decode(out, 100, (const uint8_t *)"", 0), 0);
}
END_TEST

START_TEST(test_the_sample_has_the_entries_of_journalctl)
{
	static const struct {
		uint64_t realtime;
		const char *identifier, *message;
	} rows[] = {
		{ 1780840860655847, "systemd-journald", "Journal started" },
		{ 1780840860655872, "systemd-journald", "Runtime Journal (/run/log/journal/" },
		{ 1780840878946813, "mytag", NULL },
	};
	struct buf sample;
	struct sdjournal j;
	struct sdjournal_entry e;
	struct bytes name, value;
	unsigned n = 0, found = 0;

	if (!samples_read("journal/velociraptor-2004.journal", &sample))
		return;
	ck_assert_int_eq(sdjournal_open(&j, sample.p, sample.len), SDJOURNAL_OK);
	ck_assert_uint_eq(j.entries, 3);
	for (; sdjournal_next(&j, &e); n++) {
		ck_assert_uint_lt(n, 3);
		ck_assert_uint_eq(e.realtime, rows[n].realtime);
		for (size_t i = 0; i < e.count; i++) {
			ck_assert(sdjournal_field(&j, &e, i, &name, &value));
			found += scan_is(name, "SYSLOG_IDENTIFIER") &&
				 scan_is(value, rows[n].identifier);
			found += scan_is(name, "MESSAGE") && rows[n].message != NULL &&
				 scan_begins(value, rows[n].message);
		}
	}
	ck_assert_uint_eq(n, 3);
	ck_assert_uint_eq(found, 5);
	ck_assert(!j.damaged);
	sdjournal_close(&j);
	buf_release(&sample);
}
END_TEST

Suite *suite_sdjournal(void)
{
	Suite *s = suite_create("workstation/parse/sdjournal");
	TCase *tc = tcase_create("sdjournal");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, test_fields_of_both_widths_and_compressed_are_read, 0, 4);
	tcase_add_test(tc, test_what_is_no_journal_is_refused);
	tcase_add_test(tc, test_wrong_offsets_and_objects_lead_nowhere);
	tcase_add_test(tc, test_lz4_that_is_wrong_is_told);
	tcase_add_test(tc, test_the_sample_has_the_entries_of_journalctl);
	suite_add_tcase(s, tc);
	return s;
}
