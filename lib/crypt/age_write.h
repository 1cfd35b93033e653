/*
 * age_write: encrypts a stream to recipients as it passes (age-encryption.org/v1,
 * X25519).  age(1) decrypts it.
 *
 * A chunk of 64 KiB leaves when it is full and one more byte comes, because the last one
 * has to say that it is the last.  So at most AGE_STREAM_CHUNK bytes wait here, and are
 * what a kill costs: the format has no way to send less before the end.  What did leave
 * can be decrypted whether or not more comes.
 *
 * Memory: two chunks.  The key of the file exists while age_write_new runs; the key of
 * the payload until age_write_free.
 */
#ifndef EXHIBIT_CRYPT_AGE_WRITE_H
#define EXHIBIT_CRYPT_AGE_WRITE_H

#include <stddef.h>

#include "lib/base/err.h"
#include "lib/crypt/age_recipient.h"

/* Takes encrypted bytes in order; returns 0, or -1 with its own error set. */
typedef int age_write_out(void *ctx, const void *data, size_t n);

struct age_write;

/**
 * age_write_new(r, n, out, ctx, e):
 * A stream for ${n} recipients, 1 to AGE_RECIPIENT_MAX, in front of ${out}.  NULL with ${e}.
 * ${e} is kept: every later failure but those of out is described there.
 */
struct age_write *age_write_new(const struct age_recipient *r, size_t n, age_write_out *out,
				void *ctx, struct err *e);

/* What was not handed out is lost, and the file has no end.  NULL does nothing. */
void age_write_free(struct age_write *w);

/**
 * age_write_add(w, data, n):
 * Add bytes.  The header leaves with the first of them.  Return 0, or -1; after that only
 * age_write_free.
 */
int age_write_add(struct age_write *w, const void *data, size_t n);

/**
 * age_write_end(w):
 * Hand out the last chunk.  For a clean end alone: a file that was broken off must not
 * look whole.
 */
int age_write_end(struct age_write *w);

#endif
