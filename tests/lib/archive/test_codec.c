#include "lib/archive/codec.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

Suite *suite_codec(void);

static const struct {
	enum compress_kind kind;
	int level;
} rows[] = {
	{ COMPRESS_NONE, 0 }, { COMPRESS_GZIP, 1 }, { COMPRESS_GZIP, 9 },
	{ COMPRESS_ZSTD, -7 }, { COMPRESS_ZSTD, 1 }, { COMPRESS_ZSTD, 19 },
};

#define ROWS ((int)(sizeof(rows) / sizeof(rows[0])))

static char *noise(size_t n)
{
	char *p = malloc(n);
	uint32_t x = 1;

	ck_assert_ptr_nonnull(p);
	for (size_t i = 0; i < n; i++) {
		x = x * 1664525u + 1013904223u;
		p[i] = (char)(x >> 24);
	}
	return p;
}

/* Noise is the largest that a frame can become. */
START_TEST(test_a_frame_of_noise_fits_its_bound)
{
	struct err e = { 0 };
	struct codec *c = codec_new(rows[_i].kind, rows[_i].level, &e);
	size_t bound, made = 0;
	char *plain = noise(COMPRESS_FRAME), *out;

	ck_assert_ptr_nonnull(c);
	bound = codec_bound(c, COMPRESS_FRAME);
	out = malloc(bound + 1);
	ck_assert_ptr_nonnull(out);
	out[bound] = 'x';
	ck_assert_ptr_null(codec_frame(c, plain, COMPRESS_FRAME, out, &made));
	ck_assert_uint_gt(made, 0);
	ck_assert_uint_le(made, bound);
	ck_assert_int_eq(out[bound], 'x');
	free(out);
	free(plain);
	codec_free(c);
}
END_TEST

START_TEST(test_the_same_bytes_give_the_same_frame_whatever_came_before)
{
	struct err e = { 0 };
	struct codec *c = codec_new(rows[_i].kind, rows[_i].level, &e);
	char *plain = noise(100000), first[120000], second[120000];
	size_t a = 0, b = 0, other = 0;

	ck_assert_ptr_nonnull(c);
	ck_assert_uint_le(codec_bound(c, 100000), sizeof(first));
	ck_assert_ptr_null(codec_frame(c, plain, 100000, first, &a));
	ck_assert_ptr_null(codec_frame(c, "something else", 14, second, &other));
	ck_assert_ptr_null(codec_frame(c, plain, 100000, second, &b));
	ck_assert_uint_eq(a, b);
	ck_assert_mem_eq(first, second, a);
	free(plain);
	codec_free(c);
}
END_TEST

START_TEST(test_kinds_have_suffixes)
{
	ck_assert_str_eq(codec_suffix(COMPRESS_NONE), "");
	ck_assert_str_eq(codec_suffix(COMPRESS_GZIP), ".gz");
	ck_assert_str_eq(codec_suffix(COMPRESS_ZSTD), ".zst");
}
END_TEST

Suite *suite_codec(void)
{
	Suite *s = suite_create("lib/archive/codec");
	TCase *tc = tcase_create("codec");

	tcase_set_timeout(tc, 30);
	tcase_add_loop_test(tc, test_a_frame_of_noise_fits_its_bound, 0, ROWS);
	tcase_add_loop_test(tc, test_the_same_bytes_give_the_same_frame_whatever_came_before, 0,
			    ROWS);
	tcase_add_test(tc, test_kinds_have_suffixes);
	suite_add_tcase(s, tc);
	return s;
}
