/*
 * age_read: decrypts an age file as it passes (age-encryption.org/v1, X25519).  Input is
 * hostile: memory is bounded, and no byte is given out of a chunk that does not
 * authenticate.
 */
#ifndef EXHIBIT_CRYPT_AGE_READ_H
#define EXHIBIT_CRYPT_AGE_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/base/err.h"
#include "lib/crypt/age_identity.h"

#define AGE_READ_INTRO 22u	/* bytes that tell an age file */

/* What age_read_bytes returns when no more bytes come, besides 0 at a whole end. */
enum age_read_end {
	/* The file stops before its last chunk was whole.  A change inside a last chunk that
	 * is shorter than others looks the same: nothing says how long it was. */
	AGE_READ_CUT = -2,
	/* The header or the next chunk is not what was written, or something follows. */
	AGE_READ_ALTERED = -3
};

/* Gives encrypted bytes: n > 0, 0 at the end, -1 with errno. */
typedef ssize_t age_read_in(void *ctx, void *data, size_t n);

struct age_read;

/* Do these ${n} bytes begin an age file?  Fewer than AGE_READ_INTRO never do. */
bool age_read_is(const void *data, size_t n);

/**
 * age_read_new(ids, in, ctx, e):
 * Read the header from ${in} and find the key.  Return the stream, or NULL with ${e}: no key
 * fits, no memory, input failed.  A header that is cut or altered is no such error:
 * reading then ends at once, in that way.  ${ids} is not used after return.
 */
struct age_read *age_read_new(const struct age_identities *ids, age_read_in *in, void *ctx,
			      struct err *e);
void age_read_free(struct age_read *a);

/**
 * age_read_bytes(a, data, n):
 * Read up to ${n} plain bytes, ${n} > 0.  Return their number, 0 at the end of a whole file,
 * enum age_read_end, or -1 with errno if the input failed.
 */
ssize_t age_read_bytes(struct age_read *a, void *data, size_t n);

#endif
