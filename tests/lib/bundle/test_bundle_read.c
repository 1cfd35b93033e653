#include "lib/bundle/bundle_read.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/bundle_box.h"
#include "tests/support/emulator.h"

Suite *suite_bundle_read(void);

static struct bundle_box box;
static struct bundle_box_back back;

/* Two segments with a file each. */
static void make(enum compress_kind kind)
{
	struct compress_options c = { .kind = kind, .level = 1 };
	struct item it = bundle_box_item("/etc/hostname", ITEM_FILE, 6);

	memset(&box, 0, sizeof(box));
	bundle_box_open(&box, c, 64u << 20);
	ck_assert_int_eq(bundle_box_put(&box, &it, "web01\n", 6, GAP_NONE), 0);
	ck_assert_int_eq(bundle_write_seal(box.b), 0);
	it = bundle_box_item("/etc/motd", ITEM_FILE, 3);
	ck_assert_int_eq(bundle_box_put(&box, &it, "hi\n", 3, GAP_NONE), 0);
	ck_assert_int_eq(bundle_write_text(box.b, "CUSTODY/summary.txt", "s\n", 2), 0);
	bundle_box_close(&box);
}

static ssize_t give(void *ctx, void *data, size_t n)
{
	struct bytes *left = ctx;

	if (n > left->len)
		n = left->len;
	memcpy(data, left->p, n);
	left->p = (const char *)left->p + n;
	left->len -= n;
	return (ssize_t)n;
}

static enum bundle_verdict verdict(struct bundle_facts *facts, const void *p, size_t n)
{
	static const struct bundle_visitor nobody = { 0 };
	struct bytes left = { p, n };
	struct err e = { 0 };

	ck_assert_int_eq(bundle_read(give, &left, &nobody, NULL, facts, &e), 0);
	return facts->verdict;
}

static const enum compress_kind kinds[] = { COMPRESS_NONE, COMPRESS_GZIP, COMPRESS_ZSTD };

START_TEST(test_a_cut_at_any_byte_is_truncated_and_proves_what_was_sealed)
{
	struct bundle_facts facts;
	uint64_t proven = 0;

	make(kinds[_i]);
	for (size_t n = 0; n < box.out.len; n += emulator_step()) {
		ck_assert_msg(verdict(&facts, box.out.p, n) == BUNDLE_TRUNCATED, "%zu: %s", n,
			      finding_text(facts.first.id));
		ck_assert_uint_ge(facts.proven_bytes, proven);
		proven = facts.proven_bytes;
		/* What was handed out with its seal is proven from that byte on. */
		ck_assert_uint_ge(facts.seals, (n >= box.sealed_at[0]) + (n >= box.sealed_at[1]));
	}
	ck_assert_int_eq(verdict(&facts, box.out.p, box.out.len), BUNDLE_COMPLETE);
	bundle_box_release(&box);
}
END_TEST

START_TEST(test_a_flipped_bit_at_any_byte_of_the_tar_is_altered)
{
	struct bundle_facts facts;

	make(COMPRESS_NONE);
	for (size_t at = 0; at < box.out.len; at += emulator_step()) {
		box.out.p[at] ^= (char)(1 << at % 8);
		ck_assert_msg(verdict(&facts, box.out.p, box.out.len) == BUNDLE_ALTERED, "%zu", at);
		box.out.p[at] ^= (char)(1 << at % 8);
	}
	bundle_box_release(&box);
}
END_TEST

/* Some bits of a frame's header mean nothing: then the tar must be the same. */
START_TEST(test_a_flipped_bit_in_a_compressed_archive_is_altered_or_without_effect)
{
	struct bundle_facts facts;
	size_t harmless = 0;

	make(kinds[1 + _i]);
	for (size_t at = 0; at < box.out.len; at += emulator_step()) {
		enum bundle_verdict v;

		box.out.p[at] ^= (char)(1 << at % 8);
		v = verdict(&facts, box.out.p, box.out.len);
		harmless += v == BUNDLE_COMPLETE;
		if (v == BUNDLE_COMPLETE)
			ck_assert_mem_eq(facts.root, box.root, DIGEST_LEN);
		ck_assert_msg(v != BUNDLE_TRUNCATED || facts.seals < 3, "%zu", at);
		box.out.p[at] ^= (char)(1 << at % 8);
	}
	ck_assert_uint_lt(harmless, box.out.len / 8);
	bundle_box_release(&box);
}
END_TEST

static const struct {
	const char *name;
	enum bundle_kind kind;
	uint64_t segment;
} names[] = {
	{ "CUSTODY/session.txt", BUNDLE_SESSION, 0 },
	{ "CUSTODY/README.txt", BUNDLE_README, 0 },
	{ "CUSTODY/summary.txt", BUNDLE_TEXT, 0 },
	{ "CUSTODY/segments/000000/manifest.jsonl", BUNDLE_MANIFEST, 0 },
	{ "CUSTODY/segments/000012/SHA256SUMS", BUNDLE_SUMS, 12 },
	{ "CUSTODY/segments/999999/seal.txt", BUNDLE_SEAL, 999999 },
	{ "CUSTODY/segments/1000000/seal.txt.sig", BUNDLE_SIG, 1000000 },
	{ "CUSTODY/segments/0000001/seal.txt", BUNDLE_OTHER, 0 },
	{ "CUSTODY/segments/00001/seal.txt", BUNDLE_OTHER, 0 },
	{ "CUSTODY/segments//seal.txt", BUNDLE_OTHER, 0 },
	{ "CUSTODY/segments/-00001/seal.txt", BUNDLE_OTHER, 0 },
	{ "CUSTODY/segments/99999999999999999999999/seal.txt", BUNDLE_OTHER, 0 },
	{ "CUSTODY/segments/000001/seal.txt/", BUNDLE_OTHER, 1 },
	{ "CUSTODY/segments/000001/other", BUNDLE_OTHER, 1 },
	{ "CUSTODY/", BUNDLE_OTHER, 0 },
	{ "custody/session.txt", BUNDLE_OTHER, 0 },
	{ "./CUSTODY/session.txt", BUNDLE_OTHER, 0 },
	{ "[root]/etc", BUNDLE_EVIDENCE, 0 },
	{ "[root]/", BUNDLE_EVIDENCE, 0 },
	{ "[root]", BUNDLE_OTHER, 0 },
	{ "[root]x/etc", BUNDLE_OTHER, 0 },
	{ "live/x", BUNDLE_EVIDENCE, 0 },
	{ "live/", BUNDLE_OTHER, 0 },
	{ "etc/passwd", BUNDLE_OTHER, 0 },
};

START_TEST(test_a_name_says_what_a_member_is)
{
	struct bytes name = { names[_i].name, strlen(names[_i].name) };
	uint64_t segment;

	ck_assert_int_eq(bundle_read_kind(name, &segment), names[_i].kind);
	if (names[_i].kind != BUNDLE_OTHER)
		ck_assert_uint_eq(segment, names[_i].segment);
}
END_TEST

static int stop_at_second(void *ctx, const struct seal *s)
{
	(void)ctx;
	return s->seq == 1 ? BUNDLE_STOP : BUNDLE_GO;
}

static int refuse(void *ctx, const char *text, size_t n)
{
	(void)ctx;
	(void)text;
	(void)n;
	return -1;
}

START_TEST(test_a_visitor_stops_or_fails_the_reading)
{
	static const struct bundle_visitor stopping = { .sealed = stop_at_second };
	static const struct bundle_visitor failing = { .session = refuse };
	struct bundle_facts facts;
	struct err e = { 0 };
	struct bytes left;

	make(COMPRESS_ZSTD);
	left = (struct bytes){ box.out.p, box.out.len };
	ck_assert_int_eq(bundle_read(give, &left, &stopping, NULL, &facts, &e), BUNDLE_STOP);
	ck_assert_uint_eq(facts.seals, 2);
	left = (struct bytes){ box.out.p, box.out.len };
	ck_assert_int_eq(bundle_read(give, &left, &failing, NULL, &facts, &e), -1);
	bundle_box_release(&box);
}
END_TEST

START_TEST(test_members_come_with_their_content_and_the_first_finding_is_kept)
{
	const struct bundle_box_member *m;

	make(COMPRESS_NONE);
	/* The content of the first file begins behind its headers. */
	*(char *)memmem(box.out.p, box.out.len, "web01\n", 6) = 'W';
	bundle_box_read(&back, box.out.p, box.out.len);
	m = bundle_box_find(&back, "[root]/etc/hostname");
	ck_assert_ptr_nonnull(m);
	ck_assert_int_eq(m->kind, BUNDLE_EVIDENCE);
	ck_assert_int_eq(back.facts.verdict, BUNDLE_ALTERED);
	ck_assert_int_eq(back.facts.first.id, FINDING_HASH);
	ck_assert_uint_eq(back.facts.first.segment, 0);
	ck_assert_mem_eq(back.facts.first.member.p, "[root]/etc/hostname", 19);
	ck_assert_uint_eq(back.facts.seals, 0);
	ck_assert_uint_eq(back.facts.unsealed, 2);
	bundle_box_back_release(&back);
	bundle_box_release(&box);
}
END_TEST

/* An input that knows how it ended. */
struct teller {
	struct bytes left;
	ssize_t end;
};

static ssize_t give_and_tell(void *ctx, void *data, size_t n)
{
	struct teller *t = ctx;

	return t->left.len == 0 ? t->end : give(&t->left, data, n);
}

static enum finding_id told(size_t n, ssize_t end, enum bundle_verdict *v)
{
	static const struct bundle_visitor nobody = { 0 };
	struct teller t = { { box.out.p, n }, end };
	struct bundle_facts facts;
	struct err e = { 0 };

	ck_assert_int_eq(bundle_read(give_and_tell, &t, &nobody, NULL, &facts, &e), 0);
	*v = facts.verdict;
	return facts.first.id;
}

START_TEST(test_what_the_input_says_of_its_end_becomes_a_finding)
{
	enum bundle_verdict v;

	make(kinds[_i]);
	for (size_t n = 0; n <= box.out.len; n += n + 100 < box.out.len ? 100 : 1) {
		ck_assert_int_eq(told(n, DECOMPRESS_IN_CUT, &v), FINDING_CUT_ENCRYPTION);
		ck_assert_int_eq(v, BUNDLE_TRUNCATED);
		ck_assert_int_eq(told(n, DECOMPRESS_IN_ALTERED, &v), FINDING_DAMAGED_ENCRYPTION);
		ck_assert_int_eq(v, BUNDLE_ALTERED);
	}
	bundle_box_release(&box);
}
END_TEST

Suite *suite_bundle_read(void)
{
	Suite *s = suite_create("lib/bundle/bundle_read");
	TCase *t = tcase_create("bundle_read");

	tcase_set_timeout(t, 300);
	tcase_add_loop_test(t, test_a_cut_at_any_byte_is_truncated_and_proves_what_was_sealed, 0, 3);
	tcase_add_test(t, test_a_flipped_bit_at_any_byte_of_the_tar_is_altered);
	tcase_add_loop_test(t,
			    test_a_flipped_bit_in_a_compressed_archive_is_altered_or_without_effect,
			    0, 2);
	tcase_add_loop_test(t, test_a_name_says_what_a_member_is, 0,
			    (int)(sizeof(names) / sizeof(names[0])));
	tcase_add_loop_test(t, test_what_the_input_says_of_its_end_becomes_a_finding, 0, 3);
	tcase_add_test(t, test_a_visitor_stops_or_fails_the_reading);
	tcase_add_test(t, test_members_come_with_their_content_and_the_first_finding_is_kept);
	suite_add_tcase(s, t);
	return s;
}
