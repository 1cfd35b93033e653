/*
 * age_header: the text at the beginning of an age file (age-encryption.org/v1).
 *
 *	age-encryption.org/v1
 *	-> X25519 SHARE			a stanza: the file key, wrapped for one recipient;
 *	BODY				lines of 64 characters and a shorter last one
 *	--- MAC				HMAC over all before it, the three dashes included
 *
 * The file key is 16 random bytes.  From it come the key of the MAC and the key of the
 * payload (age_stream.h).
 */
#ifndef EXHIBIT_CRYPT_AGE_HEADER_H
#define EXHIBIT_CRYPT_AGE_HEADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/buf.h"
#include "lib/crypt/age_identity.h"
#include "lib/crypt/age_recipient.h"
#include "lib/crypt/prim.h"

#define AGE_HEADER_MAX 65536u		/* bytes of a header that we read */
#define AGE_HEADER_STANZAS 256u		/* stanzas of a header that we read */
#define AGE_HEADER_FILE_KEY 16u		/* bytes */
#define AGE_HEADER_WRAPPED (AGE_HEADER_FILE_KEY + PRIM_TAG_LEN)

extern const char age_header_intro[];	/* the first line, with its line feed */

/* One stanza of type X25519. */
struct age_header_stanza {
	uint8_t share[PRIM_KEY_LEN];		/* the sender's public key, made for this file */
	uint8_t body[AGE_HEADER_WRAPPED];	/* the file key, sealed */
};

struct age_header {
	size_t length;		/* bytes, with the last line feed */
	size_t mac_over;	/* bytes that the MAC covers, from the first */
	uint8_t mac[PRIM_KEY_LEN];
	struct age_header_stanza x25519[AGE_HEADER_STANZAS];
	size_t count;		/* of x25519 */
	size_t others;		/* stanzas of other types: plugins, ssh keys, */
	bool passphrase;	/* a passphrase among them */
};

enum age_header_end {
	AGE_HEADER_WHOLE,
	AGE_HEADER_SHORT,	/* right as far as it goes: there must be more */
	AGE_HEADER_BAD		/* no header of version 1, or beyond the limits above */
};

/**
 * age_header_parse(h, data, n):
 * Take the header apart at the beginning of ${n} bytes.  Strict: whatever this accepts
 * can be written in one way only.
 */
enum age_header_end age_header_parse(struct age_header *h, const char *data, size_t n);

/**
 * age_header_add(b, r, n, file_key):
 * Append a whole header for ${n} recipients, each with a fresh share.  Return 0, or -1: no
 * random numbers, no memory.
 */
int age_header_add(struct buf *b, const struct age_recipient *r, size_t n,
		   const uint8_t file_key[AGE_HEADER_FILE_KEY]);

/**
 * age_header_unwrap(h, ids, file_key):
 * Try each key on each stanza.  Return the key that fits, or NULL.
 */
const struct age_identity *age_header_unwrap(const struct age_header *h,
					     const struct age_identities *ids,
					     uint8_t file_key[AGE_HEADER_FILE_KEY]);

/* Does the MAC of the header at ${data} hold? */
bool age_header_holds(const struct age_header *h, const char *data,
		      const uint8_t file_key[AGE_HEADER_FILE_KEY]);

#endif
