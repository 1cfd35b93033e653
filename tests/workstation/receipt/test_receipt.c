#include "workstation/receipt/receipt.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/leftover.h"

Suite *suite_receipt(void);

START_TEST(test_every_check_can_fail_and_every_word_is_used_once)
{
	bool can[RECEIPT_CHECK_COUNT] = { false };

	for (int f = 0; f < RECEIPT_FAULT_COUNT; f++) {
		enum receipt_fault id = (enum receipt_fault)f;

		can[receipt_fault_check(id)] = true;
		ck_assert_int_ne(receipt_fault_severity(id), RECEIPT_HOLDS);
		ck_assert_str_ne(receipt_fault_text(id), "");
		for (int g = 0; g < f; g++)
			ck_assert_str_ne(receipt_fault_word(id),
					 receipt_fault_word((enum receipt_fault)g));
	}
	for (int c = 0; c < RECEIPT_CHECK_COUNT; c++)
		ck_assert_msg(can[c], "%s", receipt_check_word((enum receipt_check)c));
	ck_assert_int_eq(receipt_fault_severity(RECEIPT_NONE), RECEIPT_HOLDS);
}
END_TEST

START_TEST(test_the_worst_of_a_check_counts_and_the_worst_of_all)
{
	struct receipt r = { .dir = -1 };

	for (int c = 0; c < RECEIPT_CHECK_COUNT; c++)
		r.of[c].fault = RECEIPT_NONE;
	ck_assert_int_eq(receipt_verdict(&r), RECEIPT_HOLDS);
	receipt_note(&r, RECEIPT_UNSIGNED, "first");
	ck_assert_int_eq(receipt_verdict(&r), RECEIPT_LACKS);
	receipt_note(&r, RECEIPT_BAD_SIGNATURE, "second");
	receipt_note(&r, RECEIPT_UNSIGNED, "third");
	ck_assert_int_eq(r.of[RECEIPT_CHECK_SIGNATURE].fault, RECEIPT_BAD_SIGNATURE);
	ck_assert_str_eq(r.of[RECEIPT_CHECK_SIGNATURE].detail, "second");
	ck_assert_int_eq(receipt_verdict(&r), RECEIPT_FAILS);
}
END_TEST

START_TEST(test_an_empty_folder_is_no_bag_and_nothing_in_it_is_proven)
{
	char folder[] = "/tmp/exhibit-receipt.XXXXXX";
	struct receipt_expect x = { 0 };
	struct err e = { 0 };
	struct receipt r;
	struct buf b;

	leftover_dir(folder);
	ck_assert_int_eq(receipt_open(&r, folder, &x, &e), 0);
	receipt_finish(&r, NULL, "not there");
	ck_assert_int_eq(receipt_verdict(&r), RECEIPT_FAILS);
	for (int c = 0; c < RECEIPT_CHECK_COUNT; c++)
		ck_assert_int_ne(r.of[c].fault, RECEIPT_NONE);
	buf_init(&b, 1 << 20);
	receipt_show_text(&b, &r, NULL, "name\x1b[31m");
	ck_assert_ptr_null(memchr(buf_cstr(&b), '\x1b', b.len));
	ck_assert_ptr_nonnull(strstr(buf_cstr(&b), "\nALTERED\n"));
	buf_clear(&b);
	receipt_show_json(&b, &r, NULL, "name");
	ck_assert_ptr_eq(strchr(buf_cstr(&b), '\n'), b.p + b.len - 1);
	buf_release(&b);
	receipt_release(&r);
	rmdir(folder);
}
END_TEST

START_TEST(test_what_is_no_signature_and_no_stamp_is_told_so)
{
	static const char *const rubbish[] = { "", "x", "\x30\x80", "\x30\x03\x02\x01\x00" };
	static const uint8_t hash[DIGEST_LEN];
	struct trust none;
	struct err e = { 0 };

	ck_assert_int_eq(trust_init(&none, &e), 0);
	for (size_t i = 0; i < sizeof(rubbish) / sizeof(rubbish[0]); i++) {
		struct cms_expect x = { .anchors = &none, .helpers = &none, .own = &none };
		struct stamp_expect y = { .anchors = &none, .helpers = &none, .own = &none };
		struct cms_checked c;
		struct stamp_checked s;
		size_t n = strlen(rubbish[i]) + (i == 3);

		cms_check(&(struct cms_bytes){ rubbish[i], n, "data", 4 }, &x, &c);
		ck_assert(!c.holds);
		stamp_check(rubbish[i], n, hash, &y, &s);
		ck_assert_int_eq(s.state, STAMP_NONE);
		ck_assert_uint_eq(trust_add(&none, rubbish[i], n), 0);
		buf_release(&c.signer);
		buf_release(&s.authority);
	}
	trust_release(&none);
}
END_TEST

START_TEST(test_no_request_is_like_another)
{
	static const uint8_t hash[DIGEST_LEN] = { 1 };
	struct err e = { 0 };
	struct buf a, b;

	buf_init(&a, STAMP_MAX);
	buf_init(&b, STAMP_MAX);
	ck_assert_int_eq(stamp_request(hash, &a, &e), 0);
	ck_assert_int_eq(stamp_request(hash, &b, &e), 0);
	/* a number that begins with zeros is shorter */
	ck_assert(a.len != b.len || memcmp(a.p, b.p, a.len) != 0);
	buf_release(&a);
	buf_release(&b);
}
END_TEST

/* A log of an arrival that ended at that second. */
static void make_log(int dir, int64_t second)
{
	struct journal log;
	struct err e = { 0 };
	char path[64];

	ck_assert_int_eq(mkdirat(dir, "data", 0700), 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d/%s", dir, RECEIPT_LOG);
	ck_assert_int_eq(journal_create(&log, path, &e), 0);
	journal_begin(&log, "begin");
	ck_assert_int_eq(journal_end(&log, &e), 0);
	journal_begin(&log, "end");
	journal_time(&log, "arrived", (struct instant){ second, 0 });
	journal_number(&log, "file_bytes", 0);
	ck_assert_int_eq(journal_end(&log, &e), 0);
	journal_release(&log);
}

START_TEST(test_a_stamp_from_before_the_arrival_is_named)
{
	char folder[] = "/tmp/exhibit-receipt.XXXXXX";
	/* even if our clock is behind both */
	struct receipt r = { .has_stamp = true,
			     .stamp.state = _i < 2 ? STAMP_HOLDS : STAMP_FUTURE,
			     .stamp.time.sec = 1000000, .archive_fd = -1 };

	leftover_dir(folder);
	r.dir = open(folder, O_RDONLY | O_DIRECTORY);
	make_log(r.dir, 1000000 + RECEIPT_CLOCKS_APART + _i % 2);
	for (int c = 0; c < RECEIPT_CHECK_COUNT; c++)
		r.of[c].fault = RECEIPT_NONE;
	receipt_papers(&r);
	ck_assert_int_eq(r.of[RECEIPT_CHECK_TIMESTAMP].fault,
			 _i % 2 == 0 ? RECEIPT_NONE : RECEIPT_STAMP_EARLY);
	ck_assert_int_eq(unlinkat(r.dir, RECEIPT_LOG, 0), 0);
	ck_assert_int_eq(unlinkat(r.dir, "data", AT_REMOVEDIR), 0);
	receipt_release(&r);
	rmdir(folder);
}
END_TEST

Suite *suite_receipt(void)
{
	Suite *s = suite_create("workstation/receipt/receipt");
	TCase *t = tcase_create("receipt");

	tcase_add_loop_test(t, test_a_stamp_from_before_the_arrival_is_named, 0, 4);
	tcase_add_test(t, test_every_check_can_fail_and_every_word_is_used_once);
	tcase_add_test(t, test_the_worst_of_a_check_counts_and_the_worst_of_all);
	tcase_add_test(t, test_an_empty_folder_is_no_bag_and_nothing_in_it_is_proven);
	tcase_add_test(t, test_what_is_no_signature_and_no_stamp_is_told_so);
	tcase_add_test(t, test_no_request_is_like_another);
	suite_add_tcase(s, t);
	return s;
}
