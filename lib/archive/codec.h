/*
 * codec: one run of bytes becomes one whole frame.
 *
 * A zstd frame (RFC 8878) with content size and checksum, a gzip member (RFC 1952) with
 * no name and time 0.
 * Frames stand one behind the other and are one stream for zstd(1) and gzip(1).
 *
 * A codec keeps no state between frames.  One codec serves one thread at a time.
 */
#ifndef EXHIBIT_ARCHIVE_CODEC_H
#define EXHIBIT_ARCHIVE_CODEC_H

#include <stddef.h>

#include "lib/archive/compress.h"

struct codec;

/**
 * codec_new(kind, level, e):
 * Make a codec for frames of at most COMPRESS_FRAME bytes.  Memory: 1.5 MiB for zstd at
 * level 1, 3 at 9, 12 at 19; 0.3 for gzip.  NULL with ${e}: a kind or level that does not
 * exist, no memory.
 */
struct codec *codec_new(enum compress_kind kind, int level, struct err *e);
void codec_free(struct codec *c);

/* Bytes that a frame of ${n} bytes can take. */
size_t codec_bound(struct codec *c, size_t n);

/**
 * codec_frame(c, data, n, out, made):
 * Write the frame of ${n} bytes to ${out}, which has room for codec_bound of them, and its
 * length to *${made}.  Return NULL, or what the library says went wrong.
 */
const char *codec_frame(struct codec *c, const void *data, size_t n, void *out, size_t *made);

/* File name suffix of a kind after ".tar": "", ".gz", ".zst". */
const char *codec_suffix(enum compress_kind k);

#endif
