/*
 * manifest: one line of manifest.jsonl, docs/FORMAT.md section 5.
 *
 * The line is the authoritative record of an object: what was met, what was
 * taken, and what was not and why.  It is written by hand, key by key in the
 * order of the specification, because it is written ten million times.
 */
#ifndef EXHIBIT_CUSTODY_MANIFEST_H
#define EXHIBIT_CUSTODY_MANIFEST_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/buf.h"
#include "lib/hash/checksum.h"
#include "lib/item/item.h"

/* No line is longer, bytes: four names, all attributes and all extents of one
 * item, each byte in its longest form, and the numbers. */
#define MANIFEST_LINE_MAX (4u << 20)

/* Everything that the line says.  Pointers are used during the call only. */
struct manifest_entry {
	uint64_t seq;
	const struct item *it;		/* before */
	const struct item_end *end;	/* after; its gap and errno are not used */
	enum gap gap;			/* as decided in the end */
	int oserr;			/* errno behind the gap, 0 if none */
	struct bytes member;		/* name in the tar; length 0: no member */
	bool has_read;			/* content was asked for: read is known */
	uint64_t read;			/* bytes read */
	bool has_stored;		/* a member with content */
	uint64_t stored;		/* bytes of its content, without holes */
	bool padded;
	uint64_t pad_from;		/* logical offset of the first byte that is our zero */
	const uint8_t *sha256;		/* 32 bytes each, or NULL: left out */
	const uint8_t *sha256_stored;
	const uint8_t *sha256_data;
	const uint8_t *checksum[CHECKSUM_COUNT]; /* each checksum_len bytes, or NULL */
};

/**
 * manifest_line(out, m):
 * Append the line with its LF.  ${out} is marked if there is no room.
 */
void manifest_line(struct buf *out, const struct manifest_entry *m);

/**
 * manifest_changed(it, end, gap):
 * What the object's metadata says that happened to it while it was read: "none",
 * or the first of "replaced" (another inode), "shrank", "grew", "modified"
 * (other mtime or ctime) that holds; "unknown" if it could not be looked at afterwards.
 * NULL if nobody tried to and the gap does not say it either.
 */
const char *manifest_changed(const struct item *it, const struct item_end *end, enum gap gap);

#endif
