/*
 * pax_read: tar read back, through libarchive (tar only, no filters).
 *
 * Hostile input: all extended headers of one member together are refused beyond
 * PAX_READ_HEADERS_MAX, which also bounds what libarchive allocates for names,
 * attributes and sparse maps; nothing is believed about sizes before the bytes
 * are there; there is no recursion over the input.
 *
 * libarchive reads ahead.  A seal signs the bytes before its own header, so the
 * bytes are handed on late: struct pax_passed below.
 */
#ifndef EXHIBIT_ARCHIVE_PAX_READ_H
#define EXHIBIT_ARCHIVE_PAX_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/base/err.h"
#include "lib/item/item.h"

#define PAX_READ_HEADERS_MAX (2u << 20)	/* bytes of headers and sparse map of one member */

/* Gives tar bytes: n > 0, 0 when no more come, -1 with its own error set. */
typedef ssize_t pax_in(void *ctx, void *data, size_t n);

/*
 * Takes every tar byte once, in order.  When pax_read_next returns, exactly the
 * bytes before the first header block of that member (or before the end) have
 * been passed; while its data is read, more may be.
 */
typedef void pax_passed(void *ctx, const void *data, size_t n);

/* One member.  All pointers are valid until the next pax_read_next. */
struct pax_member {
	struct bytes name;		/* raw; a directory's ends with a slash */
	struct bytes link;		/* target of a symbolic or hard link, raw */
	enum item_type type;		/* ITEM_UNKNOWN: a type that pax_write never makes */
	bool hardlink;			/* then type is ITEM_FILE */
	uint64_t size;			/* logical size, holes included */
	uint64_t data;			/* bytes of data in the archive, without holes */
	const struct extent *extents;	/* ascending, inside size; NULL: not sparse */
	size_t extent_count;
	uint64_t header;		/* offset of its first header block in the tar bytes */
	uint32_t mode;			/* permission bits, without the type */
	uint64_t uid, gid;
	uint32_t rdev_major, rdev_minor;
	bool has_mtime, has_atime;
	struct instant mtime, atime;
};

/* Why there is no further member. */
enum pax_end {
	PAX_MORE,	/* there is one */
	PAX_END,	/* a zero block stands where a header would be */
	PAX_STOPPED,	/* the bytes stop: at a boundary, in a header or in data */
	PAX_DAMAGED,	/* bytes that are no tar, or none that pax_write would make */
	PAX_FAILED	/* the input or memory failed; the error is set */
};

struct pax_read;

/**
 * pax_read_new(in, passed, ctx, e):
 * Make a reader.  NULL with ${e} if there is no memory.
 */
struct pax_read *pax_read_new(pax_in *in, pax_passed *passed, void *ctx, struct err *e);
void pax_read_free(struct pax_read *r);

/**
 * pax_read_next(r, m):
 * Go to the next member, past what is left of the present one.  PAX_MORE: ${m} is
 * filled.  Anything else is final and is returned again by every further call.
 */
enum pax_end pax_read_next(struct pax_read *r, struct pax_member *m);

/**
 * pax_read_data(r, data, offset):
 * Next piece of the member's content: its length, with ${data} pointing to it
 * (valid until the next call) and its logical offset in ${offset}; the offsets of
 * a sparse member leave its holes out.  0 at the end of the member, -1 when the
 * archive ends or breaks here: then pax_read_next tells why.
 */
ssize_t pax_read_data(struct pax_read *r, const void **data, uint64_t *offset);

/**
 * pax_read_rest(r, nonzero):
 * After PAX_END: read to the end of the input.  Return the number of bytes from
 * the first zero block on, and in ${nonzero} whether any of them was not zero.
 */
uint64_t pax_read_rest(struct pax_read *r, bool *nonzero);

/* Offset of the next header or of the end; what libarchive found wrong, or "". */
uint64_t pax_read_position(const struct pax_read *r);
const char *pax_read_complaint(const struct pax_read *r);

#endif
