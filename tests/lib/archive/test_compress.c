#include "lib/archive/compress.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "lib/archive/decompress.h"
#include "lib/base/buf.h"

Suite *suite_compress(void);

#define PLAIN (3u << 20)

static const struct compress_options rows[] = {
	{ COMPRESS_NONE, 0, 0 }, { COMPRESS_GZIP, 1, 0 },  { COMPRESS_GZIP, 9, 0 },
	{ COMPRESS_ZSTD, 1, 0 }, { COMPRESS_ZSTD, 1, 2 },  { COMPRESS_ZSTD, -7, 2 },
	{ COMPRESS_ZSTD, 3, 1 }, { COMPRESS_ZSTD, 19, 0 },
};

static int collect(void *ctx, const void *data, size_t n)
{
	buf_add(ctx, data, n);
	return 0;
}

static int end(struct compress *c)
{
	int r = compress_end_frame(c);

	return r == 0 ? compress_flush(c, true) : r;
}

/* Half noise, half repetition. */
static char *make_plain(void)
{
	char *plain = malloc(PLAIN);
	uint32_t x = 1;

	for (size_t i = 0; i < PLAIN; i++) {
		x = x * 1664525u + 1013904223u;
		plain[i] = i / 4096 % 2 ? (char)(x >> 24) : "a log line\n"[i % 11];
	}
	return plain;
}

struct source {
	const char *p;
	size_t left;
};

static ssize_t give(void *ctx, void *data, size_t n)
{
	struct source *from = ctx;

	if (n > from->left)
		n = from->left;
	memcpy(data, from->p, n);
	from->p += n;
	from->left -= n;
	return (ssize_t)n;
}

static enum decompress_end decode(const struct buf *archive, struct buf *plain)
{
	struct source from = { archive->p, archive->len };
	struct err e = { 0 };
	struct decompress *d = decompress_new(give, &from, &e);
	enum decompress_end end;
	char piece[70000];
	ssize_t n;

	ck_assert_ptr_nonnull(d);
	while ((n = decompress_read(d, piece, sizeof(piece))) > 0)
		buf_add(plain, piece, (size_t)n);
	ck_assert_int_eq(n, 0);
	end = decompress_state(d);
	decompress_free(d);
	return end;
}

/* Odd pieces, a frame end in the middle: everything before that end must be
 * decodable from the bytes that were out by then. */
START_TEST(test_frame_end_lets_everything_before_it_be_decoded)
{
	char *plain = make_plain();
	struct buf archive, back;
	struct err e = { 0 };
	struct compress *c;
	size_t at = 0, half = 0;

	buf_init(&archive, 4 * PLAIN);
	buf_init(&back, 4 * PLAIN);
	c = compress_new(&rows[_i], collect, &archive, &e);
	ck_assert_ptr_nonnull(c);
	for (size_t step = 1; at < PLAIN; step = step * 7 % 400009) {
		size_t n = step < PLAIN - at ? step : PLAIN - at;

		ck_assert_int_eq(compress_write(c, plain + at, n), 0);
		at += n;
		if (half == 0 && at > PLAIN / 2) {
			half = at;
			ck_assert_int_eq(end(c), 0);
			decode(&archive, &back);
			ck_assert_uint_eq(back.len, half);
			ck_assert_mem_eq(back.p, plain, half);
		}
	}
	ck_assert_int_eq(end(c), 0);
	buf_clear(&back);
	ck_assert_int_eq(decode(&archive, &back), DECOMPRESS_CLEAN);
	ck_assert_uint_eq(back.len, PLAIN);
	ck_assert_mem_eq(back.p, plain, PLAIN);
	compress_free(c);
	buf_release(&archive);
	buf_release(&back);
	free(plain);
}
END_TEST

START_TEST(test_empty_frame_is_not_written)
{
	struct buf archive;
	struct err e = { 0 };
	struct compress *c;
	size_t before;

	buf_init(&archive, 4096);
	c = compress_new(&rows[_i], collect, &archive, &e);
	ck_assert_int_eq(end(c), 0);
	ck_assert_uint_eq(archive.len, 0);
	ck_assert_int_eq(compress_write(c, "x", 1), 0);
	ck_assert_int_eq(end(c), 0);
	before = archive.len;
	ck_assert_uint_gt(before, 0);
	ck_assert_int_eq(compress_write(c, "", 0), 0);
	ck_assert_int_eq(end(c), 0);
	ck_assert_uint_eq(archive.len, before);
	compress_free(c);
	buf_release(&archive);
}
END_TEST

static int refuse(void *ctx, const void *data, size_t n)
{
	(void)data;
	(void)n;
	return err_set(ctx, 28, "output full");
}

START_TEST(test_failing_output_stops_the_stream)
{
	char *plain = make_plain();
	struct err e = { 0 };
	struct compress *c = compress_new(&rows[_i], refuse, &e, &e);
	int r = compress_write(c, plain, PLAIN);

	if (r == 0)
		r = end(c);
	ck_assert_int_eq(r, -1);
	ck_assert_str_eq(e.what, "output full");
	compress_free(c);
	free(plain);
}
END_TEST

static const struct compress_options bad[] = {
	{ COMPRESS_ZSTD, 20, 0 }, { COMPRESS_ZSTD, -8, 0 },
	{ COMPRESS_GZIP, 0, 0 },  { COMPRESS_GZIP, 10, 0 },
	{ (enum compress_kind)9, 1, 0 },
};

START_TEST(test_bad_level_is_refused)
{
	struct err e = { 0 };

	ck_assert_ptr_null(compress_new(&bad[_i], collect, NULL, &e));
	ck_assert_int_eq(e.set, 1);
}
END_TEST

static int count_ready(void *ctx, const void *data, size_t n)
{
	(void)data;
	*(size_t *)ctx += n;
	return 0;
}

/* Whoever gathers must not have to wait for who codes. */
START_TEST(test_an_ended_frame_is_handed_out_by_a_flush_that_waits_at_the_latest)
{
	const struct compress_options o = { COMPRESS_ZSTD, 1, 2 };
	struct err e = { 0 };
	size_t out = 0, before;
	struct compress *c = compress_new(&o, count_ready, &out, &e);

	ck_assert_ptr_nonnull(c);
	for (int i = 0; i < 40; i++) {
		ck_assert_int_eq(compress_write(c, "a frame", 7), 0);
		ck_assert_int_eq(compress_end_frame(c), 0);
	}
	ck_assert_int_eq(compress_flush(c, true), 0);
	before = out;
	ck_assert_uint_gt(before, (size_t)40 * 7);
	ck_assert_int_eq(compress_flush(c, true), 0);
	ck_assert_uint_eq(out, before);
	/* what is not ended stays */
	ck_assert_int_eq(compress_write(c, "more", 4), 0);
	ck_assert_int_eq(compress_flush(c, true), 0);
	ck_assert_uint_eq(out, before);
	compress_free(c);
}
END_TEST

Suite *suite_compress(void)
{
	const int count = sizeof(rows) / sizeof(rows[0]);
	Suite *s = suite_create("lib/archive/compress");
	TCase *tc = tcase_create("compress");

	tcase_set_timeout(tc, 30);
	tcase_add_loop_test(tc, test_frame_end_lets_everything_before_it_be_decoded, 0, count);
	tcase_add_loop_test(tc, test_empty_frame_is_not_written, 0, count);
	tcase_add_loop_test(tc, test_failing_output_stops_the_stream, 0, count);
	tcase_add_loop_test(tc, test_bad_level_is_refused, 0, sizeof(bad) / sizeof(bad[0]));
	tcase_add_test(tc, test_an_ended_frame_is_handed_out_by_a_flush_that_waits_at_the_latest);
	suite_add_tcase(s, tc);
	return s;
}
