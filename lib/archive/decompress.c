#include "lib/archive/decompress.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "lib/base/err.h"

#define INPUT_LEN 131072u
#define ZSTD_WINDOW_LOG 27		/* 128 MiB, what zstd(1) accepts without asking */
#define GZIP_ONLY (16 + MAX_WBITS)	/* zlib: expect the gzip wrapper */

static const uint8_t zstd_magic[] = { 0x28, 0xb5, 0x2f, 0xfd };
static const uint8_t gzip_magic[] = { 0x1f, 0x8b };

struct decompress {
	decompress_in *in;
	void *ctx;
	struct err *e;
	enum compress_kind kind;
	enum decompress_end state;
	bool known;		/* kind was told from the first bytes */
	bool input_ended;
	enum decompress_end input_end;	/* what it says of its end; MORE: nothing */
	bool inside;		/* a frame has begun and not ended */
	uint8_t *input;
	size_t begin, end;	/* bytes of input not consumed yet */
	uint64_t consumed;
	ZSTD_DCtx *zstd;
	z_stream gzip;
	bool gzip_ready;
};

struct decompress *decompress_new(decompress_in *in, void *ctx, struct err *e)
{
	struct decompress *d = calloc(1, sizeof(*d));

	if (d == NULL)
		goto err1;
	d->input = malloc(INPUT_LEN);
	if (d->input == NULL)
		goto err2;
	d->in = in;
	d->ctx = ctx;
	d->e = e;
	return d;
err2:
	free(d);
err1:
	err_set(e, ENOMEM, "reading the archive");
	return NULL;
}

void decompress_free(struct decompress *d)
{
	if (d == NULL)
		return;
	ZSTD_freeDCtx(d->zstd);
	if (d->gzip_ready)
		inflateEnd(&d->gzip);
	free(d->input);
	free(d);
}

/* Makes sure that ${want} bytes of input wait, unless the input ends before. */
static int fill(struct decompress *d, size_t want)
{
	if (d->begin == d->end)
		d->begin = d->end = 0;
	if (d->begin + want > INPUT_LEN) {
		memmove(d->input, d->input + d->begin, d->end - d->begin);
		d->end -= d->begin;
		d->begin = 0;
	}
	while (d->end - d->begin < want && !d->input_ended) {
		ssize_t n = d->in(d->ctx, d->input + d->end, INPUT_LEN - d->end);

		if (n > 0) {
			d->end += (size_t)n;
			continue;
		}
		if (n == DECOMPRESS_IN_CUT)
			d->input_end = DECOMPRESS_IN_WAS_CUT;
		else if (n == DECOMPRESS_IN_ALTERED)
			d->input_end = DECOMPRESS_IN_WAS_ALTERED;
		else if (n < 0)
			return err_set(d->e, errno, "reading the archive");
		d->input_ended = true;
	}
	return 0;
}

static bool begins_with(const struct decompress *d, const uint8_t *magic, size_t n)
{
	size_t have = d->end - d->begin;

	return n == 0 || memcmp(d->input + d->begin, magic, have < n ? have : n) == 0;
}

/* An input that ends inside the four bytes is of the first kind that fits. */
static int tell_kind(struct decompress *d)
{
	if (fill(d, sizeof(zstd_magic)) != 0)
		return -1;
	d->known = true;
	d->kind = COMPRESS_NONE;
	if (d->begin == d->end)
		return 0;
	if (begins_with(d, zstd_magic, sizeof(zstd_magic))) {
		d->kind = COMPRESS_ZSTD;
		d->zstd = ZSTD_createDCtx();
		if (d->zstd == NULL)
			return err_set(d->e, ENOMEM, "reading the archive");
		ZSTD_DCtx_setParameter(d->zstd, ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG);
	} else if (begins_with(d, gzip_magic, sizeof(gzip_magic))) {
		d->kind = COMPRESS_GZIP;
		if (inflateInit2(&d->gzip, GZIP_ONLY) != Z_OK)
			return err_set(d->e, ENOMEM, "reading the archive");
		d->gzip_ready = true;
	}
	return 0;
}

/*
 * Each step decodes some waiting input into ${out} and returns the number of
 * bytes that came out, 0 too; it keeps d->inside, d->begin and d->state.
 */
static size_t step_plain(struct decompress *d, void *out, size_t n)
{
	size_t have = d->end - d->begin;

	if (n > have)
		n = have;
	memcpy(out, d->input + d->begin, n);
	d->begin += n;
	return n;
}

static size_t step_zstd(struct decompress *d, void *out, size_t n)
{
	ZSTD_inBuffer in = { d->input + d->begin, d->end - d->begin, 0 };
	ZSTD_outBuffer to = { out, n, 0 };
	size_t r = ZSTD_decompressStream(d->zstd, &to, &in);

	d->begin += in.pos;
	d->inside = r != 0;
	if (ZSTD_isError(r))
		d->state = DECOMPRESS_DAMAGED;
	if (ZSTD_getErrorCode(r) == ZSTD_error_memory_allocation)
		err_starve();
	return to.pos;
}

static size_t step_gzip(struct decompress *d, void *out, size_t n)
{
	size_t have = d->end - d->begin;
	int r;

	if (n > UINT32_MAX)
		n = UINT32_MAX;
	d->gzip.next_in = d->input + d->begin;
	d->gzip.avail_in = (uInt)have;
	d->gzip.next_out = out;
	d->gzip.avail_out = (uInt)n;
	r = inflate(&d->gzip, Z_NO_FLUSH);
	d->begin += have - d->gzip.avail_in;
	d->inside = true;
	if (r == Z_STREAM_END) {
		d->inside = false;
		inflateReset(&d->gzip);
	} else if (r != Z_OK && r != Z_BUF_ERROR) {
		d->state = DECOMPRESS_DAMAGED;
	}
	if (r == Z_MEM_ERROR)
		err_starve();
	return n - d->gzip.avail_out;
}

static const struct kind {
	size_t (*step)(struct decompress *d, void *out, size_t n);
	const uint8_t *magic;
	size_t magic_len;
} kinds[] = {
	[COMPRESS_NONE] = { step_plain, NULL, 0 },
	[COMPRESS_GZIP] = { step_gzip, gzip_magic, sizeof(gzip_magic) },
	[COMPRESS_ZSTD] = { step_zstd, zstd_magic, sizeof(zstd_magic) },
};

/*
 * Between frames: the next bytes must begin another one.  The decoders would
 * step over zstd's skippable frames, in which anything could hide.
 */
static int between_frames(struct decompress *d)
{
	const struct kind *k = &kinds[d->kind];

	if (fill(d, k->magic_len > 0 ? k->magic_len : 1) != 0)
		return -1;
	if (d->begin == d->end)
		d->state = DECOMPRESS_CLEAN;
	else if (!begins_with(d, k->magic, k->magic_len))
		d->state = DECOMPRESS_DAMAGED;
	else if (d->end - d->begin < k->magic_len)
		d->state = DECOMPRESS_CUT;
	return 0;
}

/* One round: refill if needed, decode.  Returns bytes that came out, or -1. */
static ssize_t round_trip(struct decompress *d, void *data, size_t n)
{
	size_t before, got;

	if (!d->inside && between_frames(d) != 0)
		return -1;
	if (d->state != DECOMPRESS_MORE)
		return 0;
	if (fill(d, 1) != 0)
		return -1;
	before = d->begin;
	got = kinds[d->kind].step(d, data, n);
	d->consumed += d->begin - before;
	/* A decoder may hold output back though its input is used up: it is cut
	 * only when a round neither took nor gave anything. */
	if (got == 0 && d->begin == before && d->inside && d->state == DECOMPRESS_MORE)
		d->state = d->input_ended ? DECOMPRESS_CUT : DECOMPRESS_DAMAGED;
	return (ssize_t)got;
}

/* The input knows better why it ended than the frame in which it did. */
static void note_input_end(struct decompress *d)
{
	if (d->input_end == DECOMPRESS_MORE)
		return;
	if (d->state == DECOMPRESS_CLEAN || d->state == DECOMPRESS_CUT)
		d->state = d->input_end;
}

ssize_t decompress_read(struct decompress *d, void *data, size_t n)
{
	ssize_t got = 0;

	if (!d->known && tell_kind(d) != 0)
		return -1;
	while (got == 0 && d->state == DECOMPRESS_MORE && n > 0)
		got = round_trip(d, data, n);
	note_input_end(d);
	return got;
}

enum decompress_end decompress_state(const struct decompress *d)
{
	return d->state;
}

enum compress_kind decompress_kind(const struct decompress *d)
{
	return d->kind;
}

uint64_t decompress_position(const struct decompress *d)
{
	return d->consumed;
}
