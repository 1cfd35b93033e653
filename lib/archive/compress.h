/*
 * compress: the outer stream.  zstd (RFC 8878), gzip (RFC 1952) or nothing.
 *
 * A frame (zstd frame, gzip member) ends when the caller says so, at every
 * seal: what was sealed can be decoded even if the next byte never comes, and
 * concatenated frames are one valid stream for zstd(1) and gzip(1).
 *
 * Memory with two workers: 12 MiB at zstd levels up to 1, 13 at 3, 32 at 9,
 * 170 at 19; without workers about a sixth of it.
 */
#ifndef EXHIBIT_ARCHIVE_COMPRESS_H
#define EXHIBIT_ARCHIVE_COMPRESS_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"

enum compress_kind { COMPRESS_NONE, COMPRESS_GZIP, COMPRESS_ZSTD };

struct compress_options {
	enum compress_kind kind;
	int level;		/* zstd -7..19, gzip 1..9; ignored for none */
	unsigned threads;	/* zstd workers, 0: compress in the caller */
};

/* Takes compressed bytes in order; returns 0, or -1 with its own error set. */
typedef int compress_out(void *ctx, const void *data, size_t n);

struct compress;

/* Make a stream in front of ${out}.  NULL with ${e}: bad level, no memory.
 * ${e} is kept: every later failure but those of out is described there. */
struct compress *compress_new(const struct compress_options *o, compress_out *out, void *ctx,
			      struct err *e);
void compress_free(struct compress *c);

/* Add bytes; out sees them later, at the latest at the end of the frame.
 * Return 0, or -1. */
int compress_write(struct compress *c, const void *data, size_t n);

/**
 * compress_end_frame(c):
 * End the frame and hand out everything that is still inside.  Does nothing
 * if no byte was written since the last frame end.
 */
int compress_end_frame(struct compress *c);

/* File name suffix of a kind after ".tar": "", ".gz", ".zst". */
const char *compress_suffix(enum compress_kind k);

#endif
