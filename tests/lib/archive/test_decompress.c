#include "lib/archive/decompress.h"

#include <check.h>
#include <errno.h>
#include <string.h>

#include "lib/base/buf.h"

Suite *suite_decompress(void);

#define TEXT_MAX (1u << 20)

/* Input in pieces of at most ${piece} bytes; fails at the end if ${broken}. */
struct source {
	const char *p;
	size_t left, piece;
	bool broken;
	ssize_t end;		/* what it returns at its end */
};

static ssize_t give(void *ctx, void *data, size_t n)
{
	struct source *s = ctx;

	if (s->left == 0 && s->broken) {
		errno = EIO;
		return -1;
	}
	if (s->left == 0)
		return s->end;
	if (n > s->left)
		n = s->left;
	if (n > s->piece)
		n = s->piece;
	memcpy(data, s->p, n);
	s->p += n;
	s->left -= n;
	return (ssize_t)n;
}

static int collect(void *ctx, const void *data, size_t n)
{
	buf_add(ctx, data, n);
	return 0;
}

/* Two frames of ${kind}: "hello " and "world". */
static void make(struct buf *out, enum compress_kind kind)
{
	struct compress_options o = { .kind = kind, .level = 1 };
	struct compress *c;

	buf_init(out, TEXT_MAX);
	c = compress_new(&o, collect, out, NULL);
	ck_assert_ptr_nonnull(c);
	ck_assert_int_eq(compress_write(c, "hello ", 6), 0);
	ck_assert_int_eq(compress_end_frame(c), 0);
	ck_assert_int_eq(compress_write(c, "world", 5), 0);
	ck_assert_int_eq(compress_end_frame(c), 0);
	compress_free(c);
}

/* Decodes ${n} bytes; the state at the end, and the text in ${got}. */
static enum decompress_end decode(struct buf *got, const char *p, size_t n, size_t piece)
{
	struct source s = { .p = p, .left = n, .piece = piece };
	struct decompress *d = decompress_new(give, &s, NULL);
	char block[7];
	ssize_t r;
	enum decompress_end end;

	buf_init(got, TEXT_MAX);
	ck_assert_ptr_nonnull(d);
	while ((r = decompress_read(d, block, sizeof(block))) > 0)
		buf_add(got, block, (size_t)r);
	ck_assert_int_eq(r, 0);
	end = decompress_state(d);
	if (end == DECOMPRESS_CLEAN)
		ck_assert_uint_eq(decompress_position(d), n);
	ck_assert_int_eq(decompress_read(d, block, sizeof(block)), 0);
	decompress_free(d);
	return end;
}

static const enum compress_kind kinds[] = { COMPRESS_NONE, COMPRESS_GZIP, COMPRESS_ZSTD };

START_TEST(test_frames_are_read_one_after_the_other_in_any_pieces)
{
	struct buf in, got;

	make(&in, kinds[_i]);
	for (size_t piece = 1; piece < 20; piece++) {
		ck_assert_int_eq(decode(&got, in.p, in.len, piece), DECOMPRESS_CLEAN);
		ck_assert_str_eq(buf_cstr(&got), "hello world");
		buf_release(&got);
	}
	buf_release(&in);
}
END_TEST

START_TEST(test_every_cut_is_told_and_gives_what_was_there)
{
	struct buf in, got;
	size_t clean = 0;

	make(&in, kinds[_i]);
	for (size_t n = 1; n < in.len; n++) {
		enum decompress_end end = decode(&got, in.p, n, 100);

		ck_assert_int_ne(end, DECOMPRESS_DAMAGED);
		clean += end == DECOMPRESS_CLEAN;
		ck_assert_int_eq(memcmp(got.p == NULL ? "" : got.p, "hello world", got.len), 0);
		buf_release(&got);
	}
	/* A compressed stream ends cleanly only between its frames. */
	if (kinds[_i] != COMPRESS_NONE)
		ck_assert_uint_eq(clean, 1);
	buf_release(&in);
}
END_TEST

START_TEST(test_a_flipped_bit_never_gives_other_bytes_as_clean)
{
	struct buf in, got;

	make(&in, kinds[_i]);
	for (size_t at = 0; at < in.len && kinds[_i] != COMPRESS_NONE; at++) {
		enum decompress_end end;

		in.p[at] ^= 4;
		end = decode(&got, in.p, in.len, 100);
		/* Without its magic it is plain text, which is clean, but is not the text. */
		if (end == DECOMPRESS_CLEAN && at >= 4)
			ck_assert_str_eq(buf_cstr(&got), "hello world");
		buf_release(&got);
		in.p[at] ^= 4;
	}
	buf_release(&in);
}
END_TEST

static const struct {
	const char *what;
	const char *tail;
	size_t n;
} tails[] = {
	{ "text", "more", 4 },
	{ "one byte", "x", 1 },
	{ "zeros", "\0\0\0\0\0\0\0\0", 8 },
	{ "a skippable frame of zstd", "\x50\x2a\x4d\x18\x04\0\0\0hide", 12 },
};

START_TEST(test_what_follows_the_last_frame_is_damage)
{
	struct buf in, got;

	for (size_t k = 1; k < 3; k++) {
		make(&in, kinds[k]);
		buf_add(&in, tails[_i].tail, tails[_i].n);
		ck_assert_msg(decode(&got, in.p, in.len, 3) == DECOMPRESS_DAMAGED, "%s",
			      tails[_i].what);
		ck_assert_str_eq(buf_cstr(&got), "hello world");
		buf_release(&got);
		buf_release(&in);
	}
}
END_TEST

START_TEST(test_a_huge_zstd_window_is_refused)
{
	static const char bomb[] = "\x28\xb5\x2f\xfd\x00\xa8 and more than a header";
	struct buf got;

	ck_assert_int_eq(decode(&got, bomb, sizeof(bomb), 100), DECOMPRESS_DAMAGED);
	ck_assert_uint_eq(got.len, 0);
	buf_release(&got);
}
END_TEST

START_TEST(test_an_empty_input_is_clean_and_half_a_magic_is_cut)
{
	struct buf got;

	ck_assert_int_eq(decode(&got, "", 0, 1), DECOMPRESS_CLEAN);
	buf_release(&got);
	ck_assert_int_eq(decode(&got, "\x28\xb5\x2f", 3, 1), DECOMPRESS_CUT);
	buf_release(&got);
	ck_assert_int_eq(decode(&got, "\x1f", 1, 1), DECOMPRESS_CUT);
	buf_release(&got);
}
END_TEST

START_TEST(test_an_input_that_fails_is_our_error)
{
	struct source s = { .p = "abc", .left = 3, .piece = 3, .broken = true };
	struct err e = { 0 };
	struct decompress *d = decompress_new(give, &s, &e);
	char block[16];

	ck_assert_int_eq(decompress_read(d, block, sizeof(block)), -1);
	ck_assert_int_eq(e.oserr, EIO);
	decompress_free(d);
}
END_TEST

/* Cut at a frame's end, in a frame, and nothing at all: the input knows better. */
START_TEST(test_an_input_can_tell_how_it_ended)
{
	const ssize_t says = _i % 2 == 0 ? DECOMPRESS_IN_CUT : DECOMPRESS_IN_ALTERED;
	const enum decompress_end want = _i % 2 == 0 ? DECOMPRESS_IN_WAS_CUT :
					 DECOMPRESS_IN_WAS_ALTERED;
	const size_t less[] = { 0, 1, 5 };
	struct buf in;

	make(&in, kinds[_i / 2]);
	for (size_t i = 0; i <= 3; i++) {
		size_t n = i == 3 ? 0 : in.len - less[i];
		struct source s = { .p = in.p, .left = n, .piece = 3, .end = says };
		struct decompress *d = decompress_new(give, &s, NULL);
		char block[64];
		ssize_t r, got = 0;

		while ((r = decompress_read(d, block, sizeof(block))) > 0)
			got += r;
		ck_assert_int_eq(r, 0);
		ck_assert_int_eq(decompress_state(d), want);
		ck_assert(i != 0 || got == 11);
		decompress_free(d);
	}
	buf_release(&in);
}
END_TEST

Suite *suite_decompress(void)
{
	Suite *s = suite_create("lib/archive/decompress");
	TCase *t = tcase_create("decompress");

	tcase_add_loop_test(t, test_frames_are_read_one_after_the_other_in_any_pieces, 0, 3);
	tcase_add_loop_test(t, test_every_cut_is_told_and_gives_what_was_there, 0, 3);
	tcase_add_loop_test(t, test_a_flipped_bit_never_gives_other_bytes_as_clean, 0, 3);
	tcase_add_loop_test(t, test_what_follows_the_last_frame_is_damage, 0,
			    (int)(sizeof(tails) / sizeof(tails[0])));
	tcase_add_test(t, test_a_huge_zstd_window_is_refused);
	tcase_add_test(t, test_an_empty_input_is_clean_and_half_a_magic_is_cut);
	tcase_add_test(t, test_an_input_that_fails_is_our_error);
	tcase_add_loop_test(t, test_an_input_can_tell_how_it_ended, 0, 6);
	suite_add_tcase(s, t);
	return s;
}
