/*
 * decompress: the outer stream read back: zstd, gzip or plain, told apart by
 * their first bytes.  Input is hostile: bounded memory (a zstd window larger
 * than 128 MiB is refused), and the reason for stopping is always told.
 */
#ifndef EXHIBIT_ARCHIVE_DECOMPRESS_H
#define EXHIBIT_ARCHIVE_DECOMPRESS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/archive/compress.h"
#include "lib/base/err.h"

/* Why no more bytes come. */
enum decompress_end {
	DECOMPRESS_MORE,	/* not at the end */
	DECOMPRESS_CLEAN,	/* input ended where a frame ended */
	DECOMPRESS_CUT,		/* input ended inside a frame */
	DECOMPRESS_DAMAGED,	/* bytes that are no valid frame: changed, or foreign */
	DECOMPRESS_IN_WAS_CUT,	/* input said that it was cut, wherever that is in a frame, */
	DECOMPRESS_IN_WAS_ALTERED	/* or that what follows is not authentic */
};

/* What an input that can tell may return at its end instead of 0. */
#define DECOMPRESS_IN_CUT (-2)
#define DECOMPRESS_IN_ALTERED (-3)

/* Gives compressed bytes: n > 0, 0 or one of the two above at the end, -1 with errno. */
typedef ssize_t decompress_in(void *ctx, void *data, size_t n);

struct decompress;

struct decompress *decompress_new(decompress_in *in, void *ctx, struct err *e);
void decompress_free(struct decompress *d);

/**
 * decompress_read(d, data, n):
 * Read up to ${n} plain bytes.  Return their number, 0 when none come any more
 * (then ask decompress_state), or -1 if the input itself failed.  Everything
 * that could be decoded before a cut or damage is handed out first.
 */
ssize_t decompress_read(struct decompress *d, void *data, size_t n);

enum decompress_end decompress_state(const struct decompress *d);
enum compress_kind decompress_kind(const struct decompress *d);

/* Compressed bytes consumed so far. */
uint64_t decompress_position(const struct decompress *d);

#endif
