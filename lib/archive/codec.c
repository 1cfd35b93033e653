#include "lib/archive/codec.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

struct codec {
	const struct kind *kind;
	ZSTD_CCtx *zstd;
	z_stream gzip;
	bool gzip_ready;
};

/* What a kind is made of. */
struct kind {
	const char *suffix;
	int level_min, level_max;
	int (*start)(struct codec *c, int level, struct err *e);
	size_t (*bound)(struct codec *c, size_t n);
	const char *(*frame)(struct codec *c, const void *data, size_t n, void *out, size_t *made);
};

/* ===== none ===== */

static int start_none(struct codec *c, int level, struct err *e)
{
	(void)c;
	(void)level;
	(void)e;
	return 0;
}

static size_t bound_none(struct codec *c, size_t n)
{
	(void)c;
	return n;
}

static const char *frame_none(struct codec *c, const void *data, size_t n, void *out, size_t *made)
{
	(void)c;
	memcpy(out, data, n);
	*made = n;
	return NULL;
}

/* ===== gzip ===== */

static int start_gzip(struct codec *c, int level, struct err *e)
{
	/* 15 bits of window, 16 more for the gzip wrapper (zlib.h) */
	if (deflateInit2(&c->gzip, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		return err_set(e, ENOMEM, "the gzip compressor");
	c->gzip_ready = true;
	return 0;
}

static size_t bound_gzip(struct codec *c, size_t n)
{
	return deflateBound(&c->gzip, n);
}

static const char *frame_gzip(struct codec *c, const void *data, size_t n, void *out, size_t *made)
{
	z_stream *z = &c->gzip;
	uInt room = (uInt)bound_gzip(c, n);

	/* zlib does not write to its input; its field lacks the const */
	memcpy(&z->next_in, &data, sizeof(data));
	z->avail_in = (uInt)n;
	z->next_out = out;
	z->avail_out = room;
	if (deflate(z, Z_FINISH) != Z_STREAM_END)
		return "zlib did not finish a member";
	*made = room - z->avail_out;
	return deflateReset(z) == Z_OK ? NULL : "zlib could not start again";
}

/* ===== zstd ===== */

static int start_zstd(struct codec *c, int level, struct err *e)
{
	size_t r;

	c->zstd = ZSTD_createCCtx();
	if (c->zstd == NULL)
		return err_set(e, ENOMEM, "the zstd compressor");
	r = ZSTD_CCtx_setParameter(c->zstd, ZSTD_c_compressionLevel, level);
	/* so that zstd -t alone notices what happened to a copy on its way */
	if (!ZSTD_isError(r))
		r = ZSTD_CCtx_setParameter(c->zstd, ZSTD_c_checksumFlag, 1);
	if (ZSTD_isError(r))
		return err_set(e, EINVAL, "zstd level %d: %s", level, ZSTD_getErrorName(r));
	return 0;
}

static size_t bound_zstd(struct codec *c, size_t n)
{
	(void)c;
	return ZSTD_compressBound(n);
}

static const char *frame_zstd(struct codec *c, const void *data, size_t n, void *out, size_t *made)
{
	*made = ZSTD_compress2(c->zstd, out, ZSTD_compressBound(n), data, n);
	return ZSTD_isError(*made) ? ZSTD_getErrorName(*made) : NULL;
}

static const struct kind kinds[] = {
	[COMPRESS_NONE] = { "", -100, 100, start_none, bound_none, frame_none },
	[COMPRESS_GZIP] = { ".gz", 1, 9, start_gzip, bound_gzip, frame_gzip },
	[COMPRESS_ZSTD] = { ".zst", -7, 19, start_zstd, bound_zstd, frame_zstd },
};

/* ===== any ===== */

static const struct kind *kind_of(enum compress_kind k)
{
	return (size_t)k < sizeof(kinds) / sizeof(kinds[0]) ? &kinds[k] : NULL;
}

struct codec *codec_new(enum compress_kind k, int level, struct err *e)
{
	const struct kind *kind = kind_of(k);
	struct codec *c;

	if (kind == NULL) {
		err_set(e, EINVAL, "compression of an unknown kind");
		return NULL;
	}
	if (level < kind->level_min || level > kind->level_max) {
		err_set(e, EINVAL, "compression level %d is not between %d and %d", level,
			kind->level_min, kind->level_max);
		return NULL;
	}
	c = calloc(1, sizeof(*c));
	if (c == NULL) {
		err_set(e, ENOMEM, "the compressor");
		return NULL;
	}
	c->kind = kind;
	if (kind->start(c, level, e) == 0)
		return c;
	codec_free(c);
	return NULL;
}

void codec_free(struct codec *c)
{
	if (c == NULL)
		return;
	ZSTD_freeCCtx(c->zstd);
	if (c->gzip_ready)
		deflateEnd(&c->gzip);
	free(c);
}

size_t codec_bound(struct codec *c, size_t n)
{
	return c->kind->bound(c, n);
}

const char *codec_frame(struct codec *c, const void *data, size_t n, void *out, size_t *made)
{
	return c->kind->frame(c, data, n, out, made);
}

const char *codec_suffix(enum compress_kind k)
{
	const struct kind *kind = kind_of(k);

	return kind == NULL ? "" : kind->suffix;
}
