/*
 * checksum: the digests that package managers keep of their files: MD5 (dpkg, RFC 1321)
 * and SHA-1 (apk, FIPS 180-4), by libcrypto.
 *
 * For comparison with a package database, and for nothing else.  Both can be forged by
 * whoever makes both files; what is proven is proven by SHA-256 (lib/hash/digest), and
 * no seal, member or sum depends on what is here (docs/decisions/0029-checksums.md).
 */
#ifndef EXHIBIT_HASH_CHECKSUM_H
#define EXHIBIT_HASH_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

enum checksum_kind {
	CHECKSUM_MD5, CHECKSUM_SHA1, CHECKSUM_COUNT
};

/* A set of kinds has the bit (1 << kind) of each. */
#define CHECKSUM_BIT(kind) (1u << (kind))

#define CHECKSUM_MAX 20u		/* bytes of the longest */

struct checksum;

/* Make a running checksum; digest_start must have been called.  NULL: no memory, or no
 * such algorithm.  checksum_free(NULL) is fine. */
struct checksum *checksum_new(enum checksum_kind kind);
void checksum_free(struct checksum *c);

/* Length in bytes: 16 or 20.  Name as in the manifest: "md5", "sha1". */
size_t checksum_len(enum checksum_kind kind);
const char *checksum_word(enum checksum_kind kind);

/* Add bytes, or ${n} zero bytes.  As with digest_add, a library that fails here all the
 * same ends the process. */
void checksum_add(struct checksum *c, const void *data, size_t n);
void checksum_add_zeros(struct checksum *c, uint64_t n);

/**
 * checksum_finish(c, out):
 * The checksum of what was added, checksum_len bytes of it, and start again.
 */
void checksum_finish(struct checksum *c, uint8_t out[CHECKSUM_MAX]);

#endif
