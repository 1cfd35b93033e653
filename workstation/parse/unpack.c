#include "workstation/parse/unpack.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <lzma.h>
#define ZLIB_CONST
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#define OUT_LEN 65536u
#define HEAD_LEN 6u                /* the longest magic */
#define ZSTD_WINDOW_LOG 27         /* 128 MiB */
#define XZ_MEMORY (192u << 20)	/* a dictionary of 128 MiB, and what the decoder needs */
#define GZIP_ONLY (16 + MAX_WBITS) /* zlib: expect the gzip wrapper */

struct unpack {
	uint64_t limit, given;
	unpack_take *take;
	void *ctx;
	enum unpack_kind kind;
	enum unpack_end end; /* UNPACK_WHOLE while it goes on */
	bool known;          /* the kind was told */
	bool inside;         /* a member has begun and not ended */
	uint8_t head[HEAD_LEN];
	size_t head_len;
	ZSTD_DCtx *zstd;
	z_stream gzip;
	lzma_stream xz;
	bool gzip_ready;
	uint8_t out[OUT_LEN];
};

/* The input of one step: what is left of it. */
struct input {
	const uint8_t *p;
	size_t n;
};

struct unpack *unpack_new(uint64_t limit, unpack_take *take, void *ctx)
{
	struct unpack *u = calloc(1, sizeof(*u));

	if (u == NULL)
		return NULL;
	u->limit = limit;
	u->take = take;
	u->ctx = ctx;
	return u;
}

void unpack_free(struct unpack *u)
{
	if (u == NULL)
		return;
	ZSTD_freeDCtx(u->zstd);
	lzma_end(&u->xz);
	if (u->gzip_ready)
		inflateEnd(&u->gzip);
	free(u);
}

/* Each step decodes some of ${in} into u->out and returns the number of bytes that came out. */
static size_t step_gzip(struct unpack *u, struct input *in)
{
	int r;

	u->gzip.next_in = in->p;
	u->gzip.avail_in = in->n > UINT32_MAX ? UINT32_MAX : (uInt)in->n;
	u->gzip.next_out = u->out;
	u->gzip.avail_out = OUT_LEN;
	u->inside = true;
	r = inflate(&u->gzip, Z_NO_FLUSH);
	in->n -= (size_t)(u->gzip.next_in - in->p);
	in->p = u->gzip.next_in;
	if (r == Z_STREAM_END) {
		u->inside = false;
		inflateReset(&u->gzip);
	} else if (r == Z_MEM_ERROR) {
		u->end = UNPACK_NO_MEMORY;
	} else if (r != Z_OK && r != Z_BUF_ERROR) {
		u->end = UNPACK_DAMAGED;
	}
	return OUT_LEN - u->gzip.avail_out;
}

static size_t step_zstd(struct unpack *u, struct input *in)
{
	ZSTD_inBuffer from = { in->p, in->n, 0 };
	ZSTD_outBuffer to = { u->out, OUT_LEN, 0 };
	size_t r = ZSTD_decompressStream(u->zstd, &to, &from);

	in->p += from.pos;
	in->n -= from.pos;
	u->inside = r != 0;
	if (ZSTD_getErrorCode(r) == ZSTD_error_memory_allocation)
		u->end = UNPACK_NO_MEMORY;
	else if (ZSTD_isError(r))
		u->end = UNPACK_DAMAGED;
	return to.pos;
}

static size_t step_xz(struct unpack *u, struct input *in)
{
	lzma_ret r;

	u->xz.next_in = in->p;
	u->xz.avail_in = in->n;
	u->xz.next_out = u->out;
	u->xz.avail_out = OUT_LEN;
	u->inside = true;
	r = lzma_code(&u->xz, LZMA_RUN);
	in->n = u->xz.avail_in;
	in->p = u->xz.next_in;
	if (r == LZMA_STREAM_END) {
		u->inside = false;
		r = lzma_stream_decoder(&u->xz, XZ_MEMORY, 0);
	}
	if (r == LZMA_MEM_ERROR)
		u->end = UNPACK_NO_MEMORY;
	else if (r != LZMA_OK && r != LZMA_BUF_ERROR)
		u->end = UNPACK_DAMAGED;
	return OUT_LEN - u->xz.avail_out;
}

static bool begin_gzip(struct unpack *u)
{
	u->gzip_ready = inflateInit2(&u->gzip, GZIP_ONLY) == Z_OK;
	return u->gzip_ready;
}

static bool begin_zstd(struct unpack *u)
{
	u->zstd = ZSTD_createDCtx();
	if (u->zstd != NULL)
		ZSTD_DCtx_setParameter(u->zstd, ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG);
	return u->zstd != NULL;
}

static bool begin_xz(struct unpack *u)
{
	return lzma_stream_decoder(&u->xz, XZ_MEMORY, 0) == LZMA_OK;
}

static const struct packer {
	enum unpack_kind kind;
	const char *magic;
	size_t magic_len;
	bool (*begin)(struct unpack *u);
	size_t (*step)(struct unpack *u, struct input *in);
} packers[] = {
	{ UNPACK_GZIP, "\x1f\x8b", 2, begin_gzip, step_gzip },
	{ UNPACK_ZSTD, "\x28\xb5\x2f\xfd", 4, begin_zstd, step_zstd },
	{ UNPACK_XZ, "\xfd\x37zXZ\0", 6, begin_xz, step_xz },
	{ UNPACK_FOREIGN, "BZh", 3, NULL, NULL },
	{ UNPACK_FOREIGN, "LZIP", 4, NULL, NULL },
	{ UNPACK_FOREIGN, "\x1f\x9d", 2, NULL, NULL },
};
#define PACKERS (sizeof(packers) / sizeof(packers[0]))

/* The packer whose first bytes these are; with ${part}, could still be once more come. */
static const struct packer *packer_of(const uint8_t *head, size_t n, bool part)
{
	for (size_t i = 0; i < PACKERS; i++) {
		size_t want = packers[i].magic_len;

		if ((part || n >= want) && memcmp(head, packers[i].magic, n < want ? n : want) == 0)
			return &packers[i];
	}
	return NULL;
}

static const struct packer *packer_by_kind(enum unpack_kind kind)
{
	for (size_t i = 0; i < PACKERS; i++)
		if (packers[i].kind == kind)
			return &packers[i];
	return NULL;
}

/* Hand out up to the limit. */
static int give(struct unpack *u, const void *data, size_t n)
{
	if (n > u->limit - u->given) {
		n = (size_t)(u->limit - u->given);
		u->end = UNPACK_TOO_MUCH;
	}
	u->given += n;
	return n > 0 ? u->take(u->ctx, data, n) : 0;
}

static bool all_zero(const struct input *in)
{
	for (size_t i = 0; i < in->n; i++)
		if (in->p[i] != 0)
			return false;
	return true;
}

/* Decode until the input is used up and nothing more comes out. */
static int decode(struct unpack *u, struct input in)
{
	const struct packer *k = packer_by_kind(u->kind);
	size_t came = OUT_LEN;
	int r = 0;

	while (r == 0 && u->end == UNPACK_WHOLE && (in.n > 0 || came == OUT_LEN)) {
		size_t had = in.n;

		/* tape and block devices pad with zeros behind a member */
		if (!u->inside && (in.n == 0 || all_zero(&in)))
			break;
		came = k->step(u, &in);
		if (came > 0)
			r = give(u, u->out, came);
		else if (in.n == had && in.n > 0 && u->end == UNPACK_WHOLE)
			u->end = UNPACK_DAMAGED;
	}
	return r;
}

static int pass_on(struct unpack *u, const uint8_t *p, size_t n)
{
	struct input in = { p, n };

	if (u->end != UNPACK_WHOLE || n == 0)
		return 0;
	return u->kind == UNPACK_PLAIN ? give(u, p, n) : decode(u, in);
}

/* The first bytes are here, or all there are: tell the kind and pass them on. */
static int tell(struct unpack *u)
{
	const struct packer *k = packer_of(u->head, u->head_len, false);

	u->known = true;
	u->kind = k == NULL ? UNPACK_PLAIN : k->kind;
	if (u->kind == UNPACK_FOREIGN)
		u->end = UNPACK_UNREAD;
	else if (k != NULL && !k->begin(u))
		u->end = UNPACK_NO_MEMORY;
	return pass_on(u, u->head, u->head_len);
}

int unpack_add(struct unpack *u, const void *data, size_t n)
{
	const uint8_t *p = data;
	int r;

	while (!u->known && n > 0) {
		u->head[u->head_len++] = *p++;
		n--;
		if (u->head_len < HEAD_LEN && packer_of(u->head, u->head_len, true) != NULL)
			continue;
		r = tell(u);
		if (r != 0)
			return r;
	}
	return pass_on(u, p, n);
}

int unpack_finish(struct unpack *u, enum unpack_end *end)
{
	int r = u->known ? 0 : tell(u);

	if (u->end == UNPACK_WHOLE && u->inside)
		u->end = UNPACK_CUT;
	*end = u->end;
	return r;
}

enum unpack_kind unpack_kind(const struct unpack *u)
{
	return u->kind;
}

const char *unpack_name(enum unpack_kind kind)
{
	static const char *const names[] = {
		[UNPACK_PLAIN] = "plain",
		[UNPACK_GZIP] = "gzip",
		[UNPACK_XZ] = "xz",
		[UNPACK_ZSTD] = "zstd",
		[UNPACK_FOREIGN] = "another packer",
	};

	return names[kind];
}

const char *unpack_word(enum unpack_end end)
{
	static const char *const words[] = {
		[UNPACK_WHOLE] = "is whole",
		[UNPACK_CUT] = "ends inside a packed member",
		[UNPACK_DAMAGED] = "is damaged: what is behind the damage could not be unpacked",
		[UNPACK_TOO_MUCH] = "unpacks to more than is read",
		[UNPACK_UNREAD] = "is packed in a way that is not read",
		[UNPACK_NO_MEMORY] = "could not be unpacked: no memory",
	};

	return words[end];
}

uint64_t unpack_bytes(const struct unpack *u)
{
	return u->given;
}
