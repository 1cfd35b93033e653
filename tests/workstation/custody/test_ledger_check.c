#include "workstation/custody/ledger_check.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "lib/seal/key.h"
#include "tests/support/emulator.h"

Suite *suite_ledger_check(void);

#define LINES 6

static struct buf text;
static uint8_t hashes[LINES + 6][DIGEST_LEN];
static struct ledger_check c;

/* Append line ${n} of record ${record}, said by ${who}, after ${prev}. */
static void put(struct buf *b, uint8_t record, uint64_t n, const char *who, const uint8_t *prev)
{
	struct ledger_line l = { .record = { record }, .n = n, .event = LEDGER_EVENT_NOTED };
	char utc[] = "2026-11-23T10:53:00.000000000Z";

	utc[18] = (char)('0' + n);
	memcpy(l.prev, prev, DIGEST_LEN);
	l.value[LEDGER_UTC] = utc;
	l.value[LEDGER_BY] = who;
	l.value[LEDGER_COMMENTS] = "a comment";
	ledger_line_write(b, &l);
	memcpy(hashes[n], l.sha256, DIGEST_LEN);
}

static void setup(void)
{
	buf_init(&text, 1u << 20);
	memset(hashes, 0, sizeof(hashes));
	for (uint64_t n = 1; n <= LINES; n++)
		put(&text, 1, n, "A. A.", hashes[n - 1]);
}

static void teardown(void)
{
	ledger_check_release(&c);
	buf_release(&text);
}

static void run(void)
{
	ledger_check_release(&c);
	ck_assert_int_eq(ledger_check_run(&c, text.p, text.len, NULL), 0);
}

/* Begin and length, LF included, of line ${n} of the file. */
static char *line(size_t n, size_t *len)
{
	char *p = text.p;

	while (--n > 0)
		p = (char *)memchr(p, '\n', text.len) + 1;
	*len = (size_t)((char *)memchr(p, '\n', text.len) + 1 - p);
	return p;
}

static void remove_line(size_t n)
{
	size_t len;
	char *p = line(n, &len);

	memmove(p, p + len, (size_t)(text.p + text.len - p) - len);
	text.len -= len;
}

/* Put ${b} where line ${n} of the file is. */
static void insert(size_t n, const struct buf *b)
{
	struct buf all;
	size_t len;
	char *p = line(n, &len);

	buf_init(&all, 1u << 20);
	buf_add(&all, text.p, (size_t)(p - text.p));
	buf_add(&all, b->p, b->len);
	buf_add(&all, p, (size_t)(text.p + text.len - p));
	buf_release(&text);
	text = all;
}

/* Change one letter of the line's content. */
static void edit(size_t n)
{
	size_t len;
	char *p = line(n, &len);
	char *at = memmem(p, len, "A. A.", 5);

	ck_assert_ptr_nonnull(at);
	*at = 'B';
}

static void assert_only(enum ledger_flaw flaw, uint64_t place)
{
	run();
	ck_assert_uint_eq(c.flaw_count, 1);
	ck_assert_str_eq(ledger_check_word(c.flaws[0].flaw), ledger_check_word(flaw));
	ck_assert_uint_eq(c.flaws[0].place, place);
	ck_assert_int_eq(c.worst, ledger_check_severity(flaw));
}

START_TEST(test_whole_record_holds)
{
	run();
	ck_assert_uint_eq(c.flaw_count, 0);
	ck_assert_uint_eq(c.count, LINES);
	ck_assert_uint_eq(c.rows[5].t.line.n, 6);
	ck_assert_mem_eq(c.rows[5].t.line.sha256, hashes[6], DIGEST_LEN);
	ck_assert_str_eq(c.rows[2].t.line.value[LEDGER_BY], "A. A.");
}
END_TEST

/* Append line ${n}: heard of the screen, or a correction of line ${corrects}. */
static void put_heard(uint64_t n, enum ledger_event event, const char *corrects)
{
	struct ledger_line l = { .record = { 1 }, .n = n, .event = event };

	memcpy(l.prev, hashes[n - 1], DIGEST_LEN);
	l.value[LEDGER_UTC] = "2026-11-23T10:53:09.000000000Z";
	l.value[LEDGER_BY] = "A. A.";
	l.value[LEDGER_CORRECTS] = corrects;
	ledger_line_write(&text, &l);
	memcpy(hashes[n], l.sha256, DIGEST_LEN);
}

START_TEST(test_only_what_was_heard_and_corrected_later_is_superseded)
{
	put_heard(LINES + 1, LEDGER_EVENT_KEY_READBACK, NULL);
	put_heard(LINES + 2, LEDGER_EVENT_CORRECTED, "9");	/* which is yet to come */
	put_heard(LINES + 3, LEDGER_EVENT_ROOT_READBACK, NULL);
	put_heard(LINES + 4, LEDGER_EVENT_CORRECTED, "7");
	put_heard(LINES + 5, LEDGER_EVENT_CORRECTED, "1");
	run();
	ck_assert_int_eq(c.worst, LEDGER_NOTE);
	ck_assert_uint_eq(c.rows[LINES].corrected, LINES + 4);
	ck_assert(ledger_check_superseded(&c.rows[LINES]));
	ck_assert_uint_eq(c.rows[LINES + 2].corrected, 0);
	ck_assert(!ledger_check_superseded(&c.rows[LINES + 2]));
	ck_assert_uint_eq(c.rows[0].corrected, LINES + 5);
	ck_assert(!ledger_check_superseded(&c.rows[0]));
}
END_TEST

START_TEST(test_edited_line_is_named)
{
	edit((size_t)_i);
	assert_only(LEDGER_FLAW_EDITED, (uint64_t)_i);
}
END_TEST

/* The forger knows the format and makes the line's own hash anew. */
START_TEST(test_replaced_line_is_named)
{
	uint8_t own[DIGEST_LEN];
	struct buf b;

	memcpy(own, hashes[_i], sizeof(own));
	buf_init(&b, 65536);
	put(&b, 1, (uint64_t)_i, "Eve", hashes[_i - 1]);
	insert((size_t)_i, &b);
	remove_line((size_t)_i + 1);
	assert_only(LEDGER_FLAW_REPLACED, (uint64_t)_i);
	buf_release(&b);
}
END_TEST

START_TEST(test_removed_line_is_named)
{
	remove_line((size_t)_i);
	run();
	ck_assert_uint_eq(c.flaw_count, 1);
	ck_assert_int_eq(c.flaws[0].flaw, LEDGER_FLAW_REMOVED);
	ck_assert_uint_eq(c.flaws[0].from, (uint64_t)_i);
	ck_assert_uint_eq(c.flaws[0].to, (uint64_t)_i);
	ck_assert_uint_eq(c.flaws[0].place, (uint64_t)_i);
}
END_TEST

START_TEST(test_removed_lines_are_named)
{
	struct buf b;

	remove_line(2);
	remove_line(2);
	run();
	ck_assert_uint_eq(c.flaw_count, 1);
	ck_assert_uint_eq(c.flaws[0].from, 2);
	ck_assert_uint_eq(c.flaws[0].to, 3);
	buf_init(&b, 4096);
	ledger_check_sentence(&b, &c.flaws[0]);
	ck_assert_str_eq(buf_cstr(&b), "lines 2 to 3 are missing: line 2 of the file was "
			 "written after them");
	buf_release(&b);
}
END_TEST

START_TEST(test_moved_line_is_named)
{
	struct buf b;
	size_t len;
	char *p = line(3, &len);

	buf_init(&b, 65536);
	buf_add(&b, p, len);
	remove_line(3);
	insert(4, &b);
	assert_only(LEDGER_FLAW_MOVED, 4);
	buf_release(&b);
}
END_TEST

START_TEST(test_repeated_line_is_named)
{
	struct buf b;
	size_t len;
	char *p = line(3, &len);

	buf_init(&b, 65536);
	buf_add(&b, p, len);
	insert(5, &b);
	assert_only(LEDGER_FLAW_REPEATED, 5);
	buf_release(&b);
}
END_TEST

START_TEST(test_line_of_other_record_is_named)
{
	struct buf b;

	buf_init(&b, 65536);
	put(&b, 9, 3, "A. A.", hashes[2]);
	insert(3, &b);
	assert_only(LEDGER_FLAW_OTHER, 3);
	buf_release(&b);
}
END_TEST

START_TEST(test_cut_last_line_is_named)
{
	text.len -= (size_t)_i;
	assert_only(LEDGER_FLAW_CUT, 6);
	ck_assert_int_eq(c.worst, LEDGER_TORN);
}
END_TEST

START_TEST(test_malformed_line_is_named)
{
	size_t len;

	*line(4, &len) = '[';
	assert_only(LEDGER_FLAW_MALFORMED, 4);
}
END_TEST

START_TEST(test_foreign_file_is_named)
{
	static const char *const files[] = { "", "\n", "PK\003\004\n", "{}\n{}\n", "{\"seq\":0}\n",
					     "{\"custody\":2}\n", "no line feed" };

	buf_clear(&text);
	buf_puts(&text, files[_i]);
	assert_only(LEDGER_FLAW_FOREIGN, 0);
}
END_TEST

/* The chain cannot see its end go; the hash on paper can. */
START_TEST(test_missing_end_is_found_by_the_head)
{
	char hex[DIGEST_HEX_LEN], shortly[KEY_SHORT_LEN];

	digest_hex(hex, hashes[6]);
	run();
	ck_assert_int_eq(ledger_check_head(&c, hex), 6);
	ck_assert_int_eq(ledger_check_head(&c, key_short_form(shortly, hashes[4])), 4);
	ck_assert_int_eq(ledger_check_head(&c, "not a hash"), -1);
	ck_assert_uint_eq(c.flaw_count, 0);
	remove_line(6);
	run();
	ck_assert_uint_eq(c.flaw_count, 0);
	ck_assert_int_eq(ledger_check_head(&c, hex), 0);
	ck_assert_int_eq(c.flaws[0].flaw, LEDGER_FLAW_HEAD);
	ck_assert_int_eq(c.worst, LEDGER_BROKEN);
}
END_TEST

START_TEST(test_head_of_edited_line_does_not_count)
{
	char hex[DIGEST_HEX_LEN];

	edit(6);
	run();
	ck_assert_int_eq(ledger_check_head(&c, digest_hex(hex, hashes[6])), 0);
}
END_TEST

START_TEST(test_clock_that_was_set_back_is_a_note)
{
	struct ledger_line l = { .record = { 1 }, .n = 7, .event = LEDGER_EVENT_NOTED };

	memcpy(l.prev, hashes[6], DIGEST_LEN);
	l.value[LEDGER_UTC] = "2026-11-22T10:53:00.000000000Z";
	ledger_line_write(&text, &l);
	assert_only(LEDGER_FLAW_CLOCK, 7);
	ck_assert_int_eq(c.worst, LEDGER_NOTE);
}
END_TEST

/* No byte of the file can be another without a finding. */
START_TEST(test_every_changed_byte_is_found)
{
	for (size_t i = 0; i < text.len; i += emulator_step()) {
		text.p[i] ^= 1;
		run();
		ck_assert_msg(c.worst > LEDGER_NOTE, "byte %zu", i);
		text.p[i] ^= 1;
	}
	run();
	ck_assert_uint_eq(c.flaw_count, 0);
}
END_TEST

Suite *suite_ledger_check(void)
{
	Suite *s = suite_create("workstation/custody/ledger_check");
	TCase *tc = tcase_create("chain");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_whole_record_holds);
	tcase_add_test(tc, test_only_what_was_heard_and_corrected_later_is_superseded);
	tcase_add_loop_test(tc, test_edited_line_is_named, 1, LINES + 1);
	tcase_add_loop_test(tc, test_replaced_line_is_named, 1, LINES);
	tcase_add_loop_test(tc, test_removed_line_is_named, 1, LINES);
	tcase_add_test(tc, test_removed_lines_are_named);
	tcase_add_test(tc, test_moved_line_is_named);
	tcase_add_test(tc, test_repeated_line_is_named);
	tcase_add_test(tc, test_line_of_other_record_is_named);
	tcase_add_loop_test(tc, test_cut_last_line_is_named, 1, 60);
	tcase_add_test(tc, test_malformed_line_is_named);
	tcase_add_loop_test(tc, test_foreign_file_is_named, 0, 7);
	tcase_add_test(tc, test_missing_end_is_found_by_the_head);
	tcase_add_test(tc, test_head_of_edited_line_does_not_count);
	tcase_add_test(tc, test_clock_that_was_set_back_is_a_note);
	tcase_add_test(tc, test_every_changed_byte_is_found);
	suite_add_tcase(s, tc);
	return s;
}
