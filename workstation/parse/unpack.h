/*
 * unpack: the plain text of a log that was packed when it was rotated, told by its first
 * bytes: gzip (RFC 1952), zstd (RFC 8878), xz (the .xz file format 1.1).  Anything else is
 * handed on as it is.
 *
 * Bytes are pushed in as they come and pushed out as they are decoded; nothing grows with
 * the size.  Members one behind the other (rotated by `cat`, or pigz) are read as one text.
 * The input is hostile: a window above 128 MiB is refused, and so is what comes behind a
 * limit of plain bytes.
 */
#ifndef EXHIBIT_PARSE_UNPACK_H
#define EXHIBIT_PARSE_UNPACK_H

#include <stddef.h>
#include <stdint.h>

enum unpack_kind {
	UNPACK_PLAIN,		/* no packer's first bytes */
	UNPACK_GZIP,
	UNPACK_XZ,
	UNPACK_ZSTD,
	UNPACK_FOREIGN		/* bzip2, lzip, compress: not read here, nothing comes */
};

enum unpack_end {
	UNPACK_WHOLE,		/* the input ended where a member ended */
	UNPACK_CUT,		/* it ended inside one: what was in it so far came out */
	UNPACK_DAMAGED,		/* bytes that are no valid member: what was before came out */
	UNPACK_TOO_MUCH,	/* the limit was reached: the rest did not come */
	UNPACK_UNREAD,		/* UNPACK_FOREIGN */
	UNPACK_NO_MEMORY	/* ours, not the evidence's */
};

/* Gets plain bytes, at least one.  Returns 0, or anything else to stop everything. */
typedef int unpack_take(void *ctx, const void *data, size_t n);

struct unpack;

/**
 * unpack_new(limit, take, ctx):
 * Hand out at most ${limit} plain bytes.  NULL: no memory.  unpack_free(NULL) is fine.
 */
struct unpack *unpack_new(uint64_t limit, unpack_take *take, void *ctx);
void unpack_free(struct unpack *u);

/**
 * unpack_add(u, data, n):
 * The next ${n} bytes of the input.  Returns 0, or what ${take} returned to stop.  After
 * damage or at the limit it takes everything and does nothing: ask unpack_finish.
 */
int unpack_add(struct unpack *u, const void *data, size_t n);

/**
 * unpack_finish(u, end):
 * The input is over: hand out what waits, and say how it ended.  Returns as unpack_add.
 */
int unpack_finish(struct unpack *u, enum unpack_end *end);

/* Known once the first bytes came, UNPACK_PLAIN before; its name ("gzip"), and a sentence for
 * an end ("ends inside a packed member"), both static. */
enum unpack_kind unpack_kind(const struct unpack *u);
const char *unpack_name(enum unpack_kind kind);
const char *unpack_word(enum unpack_end end);

/* Plain bytes handed out so far. */
uint64_t unpack_bytes(const struct unpack *u);

#endif
