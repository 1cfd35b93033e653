#include "lib/bundle/bundle_write.h"

#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/age_box.h"
#include "tests/support/bundle_box.h"
#include "tests/support/emulator.h"

Suite *suite_bundle_write(void);

#define ROWS(a) (sizeof(a) / sizeof((a)[0]))
#define MANY (64u << 20)

static struct bundle_box box;
static struct bundle_box_back back;

static const struct compress_options compressions[] = {
	{ COMPRESS_NONE, 0, 0 }, { COMPRESS_GZIP, 6, 0 }, { COMPRESS_ZSTD, 1, 0 },
	{ COMPRESS_ZSTD, 3, 2 },
};

/* A small run: ${segments} categories of three files each, one of them short. */
static void write_run(struct compress_options c, unsigned segments)
{
	char path[64], data[3000];

	memset(data, 'x', sizeof(data));
	bundle_box_open(&box, c, MANY);
	for (unsigned i = 0; i < 3 * segments; i++) {
		struct item it;

		snprintf(path, sizeof(path), "/var/log/file.%u", i);
		it = bundle_box_item(path, ITEM_FILE, 100 + 900 * (i % 3));
		ck_assert_int_eq(bundle_box_put(&box, &it, data, 100 + 800 * (i % 3),
						i % 3 == 0 ? GAP_NONE : GAP_SHRANK), 0);
		if (i % 3 == 2)
			ck_assert_int_eq(bundle_write_seal(box.b), 0);
	}
}

START_TEST(test_run_is_complete_by_the_read_half)
{
	memset(&box, 0, sizeof(box));
	write_run(compressions[_i], 3);
	ck_assert_int_eq(bundle_write_text(box.b, "CUSTODY/actions.jsonl", "{}\n", 3), 0);
	ck_assert_int_eq(bundle_write_text(box.b, "CUSTODY/footprint.json", "{}\n", 3), 0);
	ck_assert_int_eq(bundle_write_text(box.b, "CUSTODY/summary.txt", "s\n", 2), 0);
	bundle_box_close(&box);
	bundle_box_read(&back, box.out.p, box.out.len);
	ck_assert_msg(back.findings.len == 0, "%s", buf_cstr(&back.findings));
	ck_assert_int_eq(back.facts.verdict, BUNDLE_COMPLETE);
	ck_assert_int_eq(back.facts.compression, compressions[_i].kind);
	ck_assert_uint_eq(back.facts.seals, 4);
	ck_assert_uint_eq(back.facts.objects, 9);
	ck_assert_uint_eq(back.facts.members, 9);
	ck_assert_uint_eq(back.facts.by_gap[GAP_SHRANK], 6);
	ck_assert_mem_eq(back.facts.fingerprint, box.fingerprint, DIGEST_LEN);
	ck_assert_mem_eq(back.facts.root, box.root, DIGEST_LEN);
	ck_assert_int_eq(back.facts.last_seal.status, SEAL_COMPLETE);
	ck_assert_uint_eq(back.facts.last_seal.gaps, 6);
	ck_assert_uint_eq(back.facts.tar_bytes, bundle_write_counts(box.b)->bytes_tar);
	ck_assert_uint_eq(box.out.len, bundle_write_counts(box.b)->bytes_out);
	bundle_box_back_release(&back);
	bundle_box_release(&box);
}
END_TEST

/* What SIGKILL, a full disk or a closed pipe leave behind is a prefix. */
START_TEST(test_every_prefix_is_proven_up_to_its_last_seal)
{
	size_t step;

	memset(&box, 0, sizeof(box));
	write_run(compressions[_i], 3);
	bundle_box_close(&box);
	ck_assert_uint_eq(box.seals, 4);
	step = box.out.len / 60 + 1;
	for (size_t n = 0; n < box.out.len; n += step) {
		size_t seals = 0;

		while (seals < 3 && box.sealed_at[seals] <= n)
			seals++;
		bundle_box_read(&back, box.out.p, n);
		ck_assert_int_eq(back.facts.verdict, BUNDLE_TRUNCATED);
		ck_assert_uint_eq(back.facts.findings, 0);
		ck_assert_uint_ge(back.facts.seals, seals);
		bundle_box_back_release(&back);
	}
	/* at a seal the prefix ends with a frame: nothing is left undecoded */
	for (size_t s = 0; s < 3; s++) {
		bundle_box_read(&back, box.out.p, box.sealed_at[s]);
		ck_assert_int_eq(back.facts.verdict, BUNDLE_TRUNCATED);
		ck_assert_uint_eq(back.facts.findings, 0);
		ck_assert_uint_eq(back.facts.seals, s + 1);
		ck_assert_uint_eq(back.facts.objects, 3 * (s + 1));
		ck_assert_uint_eq(back.facts.unsealed, 0);
		bundle_box_back_release(&back);
	}
	bundle_box_release(&box);
}
END_TEST

START_TEST(test_any_flipped_byte_under_a_seal_is_altered)
{
	size_t proven;

	memset(&box, 0, sizeof(box));
	write_run(compressions[0], 1);
	bundle_box_close(&box);
	bundle_box_read(&back, box.out.p, box.out.len);
	proven = back.facts.proven_bytes;
	ck_assert_uint_gt(proven, box.out.len - 8192);
	bundle_box_back_release(&back);
	for (size_t at = 7; at < proven; at += 331) {
		box.out.p[at] ^= 0x20;
		bundle_box_read(&back, box.out.p, box.out.len);
		ck_assert_msg(back.facts.verdict == BUNDLE_ALTERED, "byte %zu", at);
		bundle_box_back_release(&back);
		box.out.p[at] ^= 0x20;
	}
	bundle_box_release(&box);
}
END_TEST

START_TEST(test_incomplete_run_says_so_in_its_final_seal)
{
	memset(&box, 0, sizeof(box));
	write_run(compressions[0], 1);
	ck_assert_int_eq(bundle_write_close(box.b, false, box.root), 0);
	bundle_box_read(&back, box.out.p, box.out.len);
	ck_assert_int_eq(back.facts.verdict, BUNDLE_COMPLETE);
	ck_assert_int_eq(back.facts.last_seal.status, SEAL_INCOMPLETE);
	bundle_box_back_release(&back);
	bundle_box_release(&box);
}
END_TEST

START_TEST(test_empty_run_is_one_final_seal)
{
	memset(&box, 0, sizeof(box));
	bundle_box_open(&box, compressions[0], MANY);
	bundle_box_close(&box);
	bundle_box_read(&back, box.out.p, box.out.len);
	ck_assert_msg(back.findings.len == 0, "%s", buf_cstr(&back.findings));
	ck_assert_int_eq(back.facts.verdict, BUNDLE_COMPLETE);
	ck_assert_uint_eq(back.facts.seals, 1);
	bundle_box_back_release(&back);
	bundle_box_release(&box);
}
END_TEST

START_TEST(test_seal_is_due_by_bytes_time_and_at_category_end)
{
	struct item it = bundle_box_item("/a", ITEM_FILE, 5000);
	static const char data[5000];
	uint64_t now;

	memset(&box, 0, sizeof(box));
	bundle_box_open(&box, compressions[0], 20000);
	now = clock_monotonic_ns();
	/* session and readme are 4 KiB, each item 6656 bytes with its header */
	ck_assert_int_eq(bundle_box_put(&box, &it, data, 5000, GAP_NONE), 0);
	it.path = (struct bytes){ "/b", 2 };
	ck_assert_int_eq(bundle_box_put(&box, &it, data, 5000, GAP_NONE), 0);
	ck_assert_uint_eq(box.seals, 0);
	it.path = (struct bytes){ "/c", 2 };
	ck_assert_int_eq(bundle_box_put(&box, &it, data, 5000, GAP_NONE), 0);
	ck_assert_uint_eq(box.seals, 1);
	/* nothing added: neither time nor category end seals an empty segment */
	ck_assert_int_eq(bundle_write_tick(box.b, now + UINT64_C(9000000000000)), 0);
	ck_assert_int_eq(bundle_write_seal(box.b), 0);
	ck_assert_uint_eq(box.seals, 1);
	it = bundle_box_item("/d", ITEM_DIR, 0);
	ck_assert_int_eq(bundle_box_put(&box, &it, NULL, 0, GAP_NONE), 0);
	ck_assert_int_eq(bundle_write_tick(box.b, clock_monotonic_ns()), 0);
	ck_assert_uint_eq(box.seals, 1);
	ck_assert_int_eq(bundle_write_tick(box.b, now + UINT64_C(3700000000000)), 0);
	ck_assert_uint_eq(box.seals, 2);
	/* not while an item is open */
	it.path = (struct bytes){ "/e", 2 };
	ck_assert_int_eq(box.to->begin(box.to, &it), 0);
	ck_assert_int_eq(bundle_write_tick(box.b, now + UINT64_C(9700000000000)), 0);
	ck_assert_uint_eq(box.seals, 2);
	bundle_box_release(&box);
}
END_TEST

/* Lines without members fill a manifest, not the tar. */
START_TEST(test_seal_is_due_by_size_of_the_manifest)
{
	char path[400];

	memset(&box, 0, sizeof(box));
	bundle_box_open(&box, compressions[0], UINT64_MAX);
	memset(path, 'm', sizeof(path));
	path[0] = '/';
	for (int i = 0; box.seals == 0 && i < 20000; i++) {
		struct item it;

		snprintf(path + 380, 20, "%d", i);
		it = bundle_box_item(path, ITEM_FILE, 0);
		it.depth = DEPTH_META;
		ck_assert_int_eq(bundle_box_put(&box, &it, NULL, 0, GAP_NONE), 0);
	}
	ck_assert_uint_eq(box.seals, 1);
	ck_assert_uint_gt(box.out.len, BUNDLE_SEGMENT_MANIFEST_MAX);
	ck_assert_uint_lt(box.out.len, BUNDLE_SEGMENT_MANIFEST_MAX + 65536);
	bundle_box_release(&box);
}
END_TEST

/* Nobody waits for a seal that was due by size, but it must not stay behind. */
START_TEST(test_what_was_sealed_leaves_by_ticks_alone)
{
	struct item it = bundle_box_item("/var/log/syslog", ITEM_FILE, 3);
	size_t seals = 0;

	memset(&box, 0, sizeof(box));
	bundle_box_open(&box, (struct compress_options){ COMPRESS_ZSTD, 1, 2 }, 1);
	ck_assert_int_eq(bundle_box_put(&box, &it, "abc", 3, GAP_NONE), 0);
	for (int i = 0; i < 10000 && seals == 0; i++) {
		ck_assert_int_eq(bundle_write_tick(box.b, clock_monotonic_ns()), 0);
		bundle_box_read(&back, box.out.p, box.out.len);
		ck_assert_uint_eq(back.facts.findings, 0);
		seals = back.facts.seals;
		bundle_box_back_release(&back);
		usleep(1000);
	}
	ck_assert_uint_eq(seals, 1);
	bundle_box_release(&box);
}
END_TEST

START_TEST(test_full_output_breaks_the_promise_and_leaves_what_was_sealed)
{
	size_t sealed;

	memset(&box, 0, sizeof(box));
	write_run(compressions[_i], 2);
	sealed = box.sealed_at[1];
	box.fail_at = sealed + 1;
	ck_assert_int_eq(bundle_write_close(box.b, true, box.root), -1);
	ck_assert_int_eq(box.e.set, 1);
	ck_assert_int_eq(box.e.oserr, ENOSPC);
	ck_assert_int_eq(bundle_write_seal(box.b), -1);
	bundle_write_free(box.b);
	box.b = NULL;
	/* freeing wrote nothing more */
	ck_assert_uint_eq(box.out.len, sealed);
	bundle_box_read(&back, box.out.p, box.out.len);
	ck_assert_int_eq(back.facts.verdict, BUNDLE_TRUNCATED);
	ck_assert_uint_eq(back.facts.seals, 2);
	ck_assert_uint_eq(back.facts.findings, 0);
	bundle_box_back_release(&back);
	bundle_box_release(&box);
}
END_TEST

/* Bytes that no compressor makes small, so that there are chunks to be cut between. */
static void write_encrypted(const struct age_box *key)
{
	static char data[1 << 20];
	struct item it = bundle_box_item("/var/log/big", ITEM_FILE, sizeof(data));
	uint32_t v = 1;

	for (size_t i = 0; i < sizeof(data); i++) {
		v = v * 1664525 + 1013904223;
		data[i] = (char)(v >> 24);
	}
	memset(&box, 0, sizeof(box));
	box.recipient = &key->recipient;
	write_run((struct compress_options){ COMPRESS_ZSTD, 1, 0 }, 1);
	ck_assert_int_eq(bundle_box_put(&box, &it, data, sizeof(data), GAP_NONE), 0);
	ck_assert_int_eq(bundle_write_seal(box.b), 0);
	ck_assert_int_eq(bundle_write_text(box.b, "CUSTODY/summary.txt", "s\n", 2), 0);
}

START_TEST(test_encrypted_run_is_whole_only_after_its_end)
{
	struct age_box key;

	age_box_open(&key);
	write_encrypted(&key);
	/* what was handed out so far is what a kill leaves: chunks, and at most one waits */
	ck_assert_int_eq(age_box_read(&key, box.out.p, box.out.len, 1 << 20), AGE_READ_CUT);
	ck_assert_uint_gt(key.plain.len, 900000);
	ck_assert_int_eq(bundle_box_read(&back, key.plain.p, key.plain.len), 0);
	ck_assert_int_eq(back.facts.verdict, BUNDLE_TRUNCATED);
	ck_assert_uint_eq(back.facts.seals, 1);
	bundle_box_back_release(&back);

	bundle_box_close(&box);
	ck_assert_uint_eq(bundle_write_counts(box.b)->bytes_out, box.out.len);
	ck_assert_int_eq(age_box_read(&key, box.out.p, box.out.len, 1 << 20), 0);
	ck_assert_int_eq(bundle_box_read(&back, key.plain.p, key.plain.len), 0);
	ck_assert_msg(back.findings.len == 0, "%s", buf_cstr(&back.findings));
	ck_assert_int_eq(back.facts.verdict, BUNDLE_COMPLETE);
	bundle_box_back_release(&back);
	bundle_box_release(&box);
	age_box_release(&key);
}
END_TEST

START_TEST(test_bad_options_open_nothing)
{
	struct bundle_write_options o = { .compress = { COMPRESS_ZSTD, 99, 0 } };
	struct err e = { 0 };

	ck_assert_int_eq(digest_start(), 0);
	o.first_key = key_new(&e);
	ck_assert_ptr_null(bundle_write_open(&o, &e));
	ck_assert_int_eq(e.set, 1);
}
END_TEST

#define GROWTH_MAX 512		/* KiB that the resident memory may grow by */

/* Resident memory in KiB, from statm: pages. */
static long resident(void)
{
	FILE *f = fopen("/proc/self/statm", "re");
	long size, rss = 0;

	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(fscanf(f, "%ld %ld", &size, &rss), 2);
	fclose(f);
	return rss * (sysconf(_SC_PAGESIZE) / 1024);
}

static int drop(void *ctx, const void *data, size_t n)
{
	(void)ctx;
	(void)data;
	(void)n;
	return 0;
}

START_TEST(test_memory_does_not_grow_with_the_number_of_items)
{
	struct bundle_write_options o = { .compress = { COMPRESS_ZSTD, 1, 1 },
					  .seal_bytes = 8u << 20, .seal_seconds = 3600,
					  .out = drop };
	static char data[2048];
	struct bundle_write *b;
	struct err e = { 0 };
	struct sink *to;
	char path[64];
	long early = 0;

	if (emulator_lacks("memory that is ours alone"))
		return;
	ck_assert_int_eq(digest_start(), 0);
	o.first_key = key_new(&e);
	b = bundle_write_open(&o, &e);
	ck_assert_ptr_nonnull(b);
	to = bundle_write_sink(b);
	for (int i = 0; i < 200000; i++) {
		struct item it;
		struct item_end how = { 0 };

		snprintf(path, sizeof(path), "/srv/files/%d/%d", i / 1000, i);
		it = bundle_box_item(path, ITEM_FILE, sizeof(data));
		ck_assert_int_eq(to->begin(to, &it), 0);
		ck_assert_int_eq(to->write(to, data, sizeof(data)), 0);
		ck_assert_int_eq(to->end(to, &how), 0);
		if (i == 30000)
			early = resident();
	}
	ck_assert_int_lt(resident(), early + GROWTH_MAX);
	ck_assert_uint_eq(bundle_write_counts(b)->objects, 200000);
	bundle_write_free(b);
}
END_TEST

Suite *suite_bundle_write(void)
{
	Suite *s = suite_create("lib/bundle/bundle_write");
	TCase *tc = tcase_create("bundle_write");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, test_run_is_complete_by_the_read_half, 0, ROWS(compressions));
	tcase_add_loop_test(tc, test_every_prefix_is_proven_up_to_its_last_seal, 0,
			    ROWS(compressions));
	tcase_add_test(tc, test_any_flipped_byte_under_a_seal_is_altered);
	tcase_add_test(tc, test_incomplete_run_says_so_in_its_final_seal);
	tcase_add_test(tc, test_empty_run_is_one_final_seal);
	tcase_add_test(tc, test_seal_is_due_by_bytes_time_and_at_category_end);
	tcase_add_test(tc, test_seal_is_due_by_size_of_the_manifest);
	tcase_add_test(tc, test_what_was_sealed_leaves_by_ticks_alone);
	tcase_add_loop_test(tc, test_full_output_breaks_the_promise_and_leaves_what_was_sealed, 0,
			    ROWS(compressions));
	tcase_add_test(tc, test_encrypted_run_is_whole_only_after_its_end);
	tcase_add_test(tc, test_bad_options_open_nothing);
#ifndef SANITIZE		/* which keeps for a while what was freed */
	tcase_add_test(tc, test_memory_does_not_grow_with_the_number_of_items);
#endif
	suite_add_tcase(s, tc);
	return s;
}
