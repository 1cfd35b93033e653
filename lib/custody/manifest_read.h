/*
 * manifest_read: one line of manifest.jsonl (docs/FORMAT.md section 5) as a struct.
 *
 * The line is hostile: its length is bounded by the caller, the JSON parser does
 * not recurse, nothing is believed that was not checked for type and range.
 * Keys that are not known here are ignored, as later versions may add some.
 */
#ifndef EXHIBIT_CUSTODY_MANIFEST_READ_H
#define EXHIBIT_CUSTODY_MANIFEST_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/item/item.h"

#define MANIFEST_READ_LINE_MAX (4u << 20)	/* bytes; FORMAT.md section 3 */
#define MANIFEST_READ_HASH_LEN 32u
#define MANIFEST_READ_MD5_LEN 16u
#define MANIFEST_READ_SHA1_LEN 20u

/* Which members of struct manifest_line the line holds. */
enum manifest_has {
	MANIFEST_HAS_MEMBER = 1 << 0,
	MANIFEST_HAS_LINK = 1 << 1,
	MANIFEST_HAS_HARDLINK = 1 << 2,
	MANIFEST_HAS_SIZE = 1 << 3,
	MANIFEST_HAS_STORED = 1 << 4,
	MANIFEST_HAS_SHA256 = 1 << 5,
	MANIFEST_HAS_SHA256_STORED = 1 << 6,
	MANIFEST_HAS_SHA256_DATA = 1 << 7,
	MANIFEST_HAS_MODE = 1 << 8,
	MANIFEST_HAS_UID = 1 << 9,
	MANIFEST_HAS_GID = 1 << 10,
	MANIFEST_HAS_NLINK = 1 << 11,
	MANIFEST_HAS_MTIME = 1 << 12,
	MANIFEST_HAS_ATIME = 1 << 13,
	MANIFEST_HAS_CTIME = 1 << 14,
	MANIFEST_HAS_BTIME = 1 << 15,
	MANIFEST_HAS_OPENED = 1 << 16,
	MANIFEST_HAS_INO = 1 << 17,
	MANIFEST_HAS_MD5 = 1 << 18,
	MANIFEST_HAS_SHA1 = 1 << 19
};

/* Host strings are raw bytes again; words are NUL-terminated and printable ASCII. */
struct manifest_line {
	unsigned has;			/* of enum manifest_has */
	uint64_t seq;
	const char *category;
	const char *artifact;
	const char *gap_word;
	struct bytes path;
	struct bytes member;
	struct bytes link;
	struct bytes hardlink;		/* path of the object that holds the content */
	enum item_type type;
	enum depth depth;
	enum result result;
	enum gap gap;			/* GAP_COUNT: a word that this version does not know */
	uint64_t size, stored;
	uint64_t uid, gid, nlink;
	uint32_t mode;			/* with type bits */
	struct instant mtime, atime, ctime, btime, opened;
	uint64_t ino;
	const char *errname;		/* cause of the gap, device, how it changed: NULL if */
	const char *dev;		/* absent or no word */
	const char *changed;
	struct bytes fstype;		/* raw; of these four length 0: absent, or no such thing */
	struct bytes container;		/* RUNTIME:ID, RUNTIME or mnt:INODE, raw */
	struct bytes attr;		/* words with a blank between */
	struct bytes xattr;		/* the JSON object of the line, without blanks */
	uint8_t sha256[MANIFEST_READ_HASH_LEN];
	uint8_t sha256_stored[MANIFEST_READ_HASH_LEN];
	uint8_t sha256_data[MANIFEST_READ_HASH_LEN];
	uint8_t md5[MANIFEST_READ_MD5_LEN];	/* for comparison with package databases alone */
	uint8_t sha1[MANIFEST_READ_SHA1_LEN];
};

struct manifest_read;

/* Make a parser that can be used for many lines; NULL: no memory. */
struct manifest_read *manifest_read_new(void);
void manifest_read_free(struct manifest_read *r);

/**
 * manifest_read_line(r, text, n, out, e):
 * Parse the ${n} bytes of one line without its LF.  Return 0 with ${out} filled,
 * whose pointers are valid until the next call, or -1 with the reason in ${e}
 * ("no seq", "not JSON: ..."): the line is not of format version 1, or, with err_starved,
 * there was no memory to know.
 */
int manifest_read_line(struct manifest_read *r, const char *text, size_t n,
		       struct manifest_line *out, struct err *e);

/**
 * manifest_read_stored(l, hash):
 * The hash that the content of the line's member must have: sha256_stored, else
 * sha256, else sha256_data.  Returns false if the line has none of them.
 */
bool manifest_read_stored(const struct manifest_line *l, const uint8_t **hash);

#endif
