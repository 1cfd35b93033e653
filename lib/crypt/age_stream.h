/*
 * age_stream: the payload of an age file, chunk by chunk (age-encryption.org/v1; the
 * construction is STREAM).
 *
 * The header is followed by a nonce of 16 bytes and by chunks of 64 KiB, each sealed on
 * its own under HKDF(file key, nonce, "payload").  The nonce of a chunk is its number, 11
 * bytes with the highest first, and 1 in the last chunk of the file, else 0: chunks cannot
 * be moved, and an end that is not the end shows.  Only the last chunk may be shorter, and
 * it is empty only if the whole payload is.
 */
#ifndef EXHIBIT_CRYPT_AGE_STREAM_H
#define EXHIBIT_CRYPT_AGE_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/crypt/age_header.h"
#include "lib/crypt/prim.h"

#define AGE_STREAM_NONCE 16u
#define AGE_STREAM_CHUNK 65536u				/* plain bytes of a full chunk */
#define AGE_STREAM_SEALED (AGE_STREAM_CHUNK + PRIM_TAG_LEN)	/* and sealed */

struct age_stream;

/* A stream that begins with chunk 0; NULL: no memory.  Its key lies in the memory of
 * libcrypto and is wiped with it. */
struct age_stream *age_stream_new(const uint8_t file_key[AGE_HEADER_FILE_KEY],
				  const uint8_t nonce[AGE_STREAM_NONCE]);
void age_stream_free(struct age_stream *s);

/**
 * age_stream_seal(s, in, n, last, out) / age_stream_open(s, in, n, last, out):
 * Seal the next chunk of ${n} plain bytes; open the next one of ${n} sealed bytes.  Return
 * 0, and the chunk counts, or -1: it does not count, and another try may be made.
 */
int age_stream_seal(struct age_stream *s, const void *in, size_t n, bool last, void *out);
int age_stream_open(struct age_stream *s, const void *in, size_t n, bool last, void *out);

/* Chunks so far. */
uint64_t age_stream_count(const struct age_stream *s);

#endif
