/*
 * compress: the outer stream.  zstd (RFC 8878), gzip (RFC 1952) or nothing.
 *
 * The bytes are cut into frames of at most COMPRESS_FRAME bytes, and where the caller
 * says so, at every seal: what was sealed can be decoded even if the next byte never
 * comes.  Each frame is coded whole and alone, by whichever worker is free, and handed
 * out in order by the thread that calls.  Nobody waits at the end of a frame, so the
 * next one is gathered while the last is still being coded.
 *
 * Memory: twelve frames, 12 MiB, as much again if they cannot be compressed, and a codec
 * for each worker (codec.h).  The workers touch no file and no evidence.
 */
#ifndef EXHIBIT_ARCHIVE_COMPRESS_H
#define EXHIBIT_ARCHIVE_COMPRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"

#define COMPRESS_FRAME (1u << 20)	/* bytes in a frame, at most */
#define COMPRESS_THREADS_MAX 8u

enum compress_kind { COMPRESS_NONE, COMPRESS_GZIP, COMPRESS_ZSTD };

struct compress_options {
	enum compress_kind kind;
	int level;		/* zstd -7..19, gzip 1..9; ignored for none */
	unsigned threads;	/* workers, at most COMPRESS_THREADS_MAX; 0: code in the caller */
};

/* Takes compressed bytes in order; returns 0, or -1 with its own error set. */
typedef int compress_out(void *ctx, const void *data, size_t n);

struct compress;

/* Make a stream in front of ${out}.  NULL with ${e}: bad level, no memory.
 * ${e} is kept: every later failure but those of out is described there. */
struct compress *compress_new(const struct compress_options *o, compress_out *out, void *ctx,
			      struct err *e);

/* What was not handed out is lost. */
void compress_free(struct compress *c);

/* Add bytes; out sees them later.  Return 0, or -1; after that only compress_free. */
int compress_write(struct compress *c, const void *data, size_t n);

/**
 * compress_end_frame(c):
 * End the frame.  It is handed out when it is ready: by a later call of any kind, or by
 * compress_flush.  Does nothing if no byte was written since the last frame end.
 */
int compress_end_frame(struct compress *c);

/**
 * compress_flush(c, wait):
 * Hand out the ended frames that are ready, or wait for all of them.
 */
int compress_flush(struct compress *c, bool wait);

#endif
