#include "lib/archive/compress.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#define STAGE (128u << 10)	/* bytes gathered before the coder is called */
#define CHUNK (128u << 10)	/* bytes of output at a time */

/* Memory of zstd's workers grows with both.  At level 1 with two workers these
 * take 12 MiB; zstd's own choice takes 15, is hardly faster and saves 0.1 %. */
#define WINDOW_LOG 20
#define JOB_SIZE (3 << 19)

struct compress;

/* What a kind does with a run of bytes: all of it is consumed; ${end} finishes
 * the frame. */
typedef int coder(struct compress *c, const void *data, size_t n, bool end);

struct compress {
	coder *code;
	compress_out *out;
	void *ctx;
	struct err *e;
	ZSTD_CCtx *zstd;
	z_stream gzip;
	bool gzip_ready;
	bool open;		/* a frame has bytes and is not ended */
	size_t staged;
	char stage[STAGE];
	char chunk[CHUNK];
};

static int code_none(struct compress *c, const void *data, size_t n, bool end)
{
	(void)end;
	return n > 0 ? c->out(c->ctx, data, n) : 0;
}

static int code_zstd(struct compress *c, const void *data, size_t n, bool end)
{
	ZSTD_inBuffer in = { data, n, 0 };
	size_t left;

	do {
		ZSTD_outBuffer to = { c->chunk, CHUNK, 0 };

		left = ZSTD_compressStream2(c->zstd, &to, &in, end ? ZSTD_e_end : ZSTD_e_continue);
		if (ZSTD_isError(left))
			return err_set(c->e, 0, "zstd: %s", ZSTD_getErrorName(left));
		if (to.pos > 0 && c->out(c->ctx, c->chunk, to.pos) != 0)
			return -1;
	} while (end ? left > 0 : in.pos < in.size);
	return 0;
}

static int code_gzip(struct compress *c, const void *data, size_t n, bool end)
{
	int r;

	/* zlib does not write to its input; its field lacks the const */
	memcpy(&c->gzip.next_in, &data, sizeof(data));
	c->gzip.avail_in = (uInt)n;
	do {
		size_t made;

		c->gzip.next_out = (Bytef *)c->chunk;
		c->gzip.avail_out = CHUNK;
		r = deflate(&c->gzip, end ? Z_FINISH : Z_NO_FLUSH);
		if (r != Z_OK && r != Z_STREAM_END && r != Z_BUF_ERROR)
			return err_set(c->e, 0, "gzip: zlib failed with %d", r);
		made = CHUNK - c->gzip.avail_out;
		if (made > 0 && c->out(c->ctx, c->chunk, made) != 0)
			return -1;
	} while (end ? r != Z_STREAM_END : c->gzip.avail_in > 0);
	if (end && deflateReset(&c->gzip) != Z_OK)
		return err_set(c->e, 0, "gzip: zlib could not start again");
	return 0;
}

static int start_zstd(struct compress *c, const struct compress_options *o)
{
	const struct {
		ZSTD_cParameter name;
		int value;
	} settings[] = {
		{ ZSTD_c_compressionLevel, o->level },
		{ ZSTD_c_checksumFlag, 1 },
		{ ZSTD_c_windowLog, WINDOW_LOG },
		{ ZSTD_c_nbWorkers, (int)o->threads },
		{ ZSTD_c_jobSize, o->threads > 0 ? JOB_SIZE : 0 },
	};

	c->code = code_zstd;
	c->zstd = ZSTD_createCCtx();
	if (c->zstd == NULL)
		return err_set(c->e, ENOMEM, "the zstd compressor");
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		size_t r = ZSTD_CCtx_setParameter(c->zstd, settings[i].name, settings[i].value);

		if (ZSTD_isError(r))
			return err_set(c->e, EINVAL, "zstd level %d with %u threads: %s",
				       o->level, o->threads, ZSTD_getErrorName(r));
	}
	return 0;
}

static int start_gzip(struct compress *c, const struct compress_options *o)
{
	/* 15 bits of window, 16 more for the gzip wrapper (zlib.h) */
	c->code = code_gzip;
	if (deflateInit2(&c->gzip, o->level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		return err_set(c->e, ENOMEM, "the gzip compressor");
	c->gzip_ready = true;
	return 0;
}

static int start_none(struct compress *c, const struct compress_options *o)
{
	(void)o;
	c->code = code_none;
	return 0;
}

static const struct kind {
	const char *suffix;
	int level_min, level_max;
	int (*start)(struct compress *c, const struct compress_options *o);
} kinds[] = {
	[COMPRESS_NONE] = { "", -100, 100, start_none },
	[COMPRESS_GZIP] = { ".gz", 1, 9, start_gzip },
	[COMPRESS_ZSTD] = { ".zst", -7, 19, start_zstd },
};

struct compress *compress_new(const struct compress_options *o, compress_out *out, void *ctx,
			      struct err *e)
{
	const struct kind *kind;
	struct compress *c;

	if ((size_t)o->kind >= sizeof(kinds) / sizeof(kinds[0])) {
		err_set(e, EINVAL, "compression of an unknown kind");
		goto err0;
	}
	kind = &kinds[o->kind];
	if (o->level < kind->level_min || o->level > kind->level_max) {
		err_set(e, EINVAL, "compression level %d is not between %d and %d", o->level,
			kind->level_min, kind->level_max);
		goto err0;
	}
	c = calloc(1, sizeof(*c));
	if (c == NULL) {
		err_set(e, ENOMEM, "the compressor");
		goto err0;
	}
	c->out = out;
	c->ctx = ctx;
	c->e = e;
	if (kind->start(c, o) != 0)
		goto err1;
	return c;
err1:
	compress_free(c);
err0:
	return NULL;
}

void compress_free(struct compress *c)
{
	if (c == NULL)
		return;
	ZSTD_freeCCtx(c->zstd);
	if (c->gzip_ready)
		deflateEnd(&c->gzip);
	free(c);
}

static int flush_stage(struct compress *c, bool end)
{
	size_t n = c->staged;

	c->staged = 0;
	return c->code(c, c->stage, n, end);
}

int compress_write(struct compress *c, const void *data, size_t n)
{
	const char *p = data;

	c->open |= n > 0;
	while (n > 0) {
		size_t part = STAGE - c->staged < n ? STAGE - c->staged : n;

		/* a long run needs no copy */
		if (c->staged == 0 && n >= STAGE) {
			if (c->code(c, p, STAGE, false) != 0)
				return -1;
			part = STAGE;
		} else {
			memcpy(c->stage + c->staged, p, part);
			c->staged += part;
			if (c->staged == STAGE && flush_stage(c, false) != 0)
				return -1;
		}
		p += part;
		n -= part;
	}
	return 0;
}

int compress_end_frame(struct compress *c)
{
	if (!c->open)
		return 0;
	c->open = false;
	return flush_stage(c, true);
}

const char *compress_suffix(enum compress_kind k)
{
	return (size_t)k < sizeof(kinds) / sizeof(kinds[0]) ? kinds[k].suffix : "";
}
