/*
 * release: is a collector the one that was released?  Its hash against the list
 * (SHA256SUMS, coreutils format) that came with the release, by a way of its own.
 */
#ifndef EXHIBIT_CUSTODY_RELEASE_H
#define EXHIBIT_CUSTODY_RELEASE_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/hash/digest.h"

#define RELEASE_LIST_MAX (1u << 20)	/* bytes of a list */

/**
 * release_hash(path, out, e):
 * Hash a regular file.  Return 0, or -1 with ${e}.
 */
int release_hash(const char *path, uint8_t out[DIGEST_LEN], struct err *e);

/**
 * release_has(text, n, hash):
 * True if one of the lines of the list of ${n} bytes has this hash, whatever it calls the
 * file: names change when files are copied, hashes do not.
 */
int release_has(const char *text, size_t n, const uint8_t hash[DIGEST_LEN]);

/**
 * release_check(path, hash, e):
 * The same of a file.  Return 1 if it is listed, 0 if not, -1 with ${e}: no list can be read.
 */
int release_check(const char *path, const uint8_t hash[DIGEST_LEN], struct err *e);

#endif
