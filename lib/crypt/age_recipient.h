/*
 * age_recipient: whom an age file is for: an X25519 public key, "age1..." as
 * age-keygen(1) writes it (age-encryption.org/v1).
 */
#ifndef EXHIBIT_CRYPT_AGE_RECIPIENT_H
#define EXHIBIT_CRYPT_AGE_RECIPIENT_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/crypt/prim.h"

#define AGE_RECIPIENT_TEXT 63u	/* "age1", 52 letters, 6 of checksum, and a NUL */
#define AGE_RECIPIENT_MAX 16u	/* recipients of one file that we write */

struct age_recipient {
	uint8_t public[PRIM_KEY_LEN];
	char text[AGE_RECIPIENT_TEXT];	/* lower case: its one form, also its fingerprint */
};

/**
 * age_recipient_parse(r, text, e):
 * Return 0, or -1 with a sentence in ${e}: mistyped, another kind of key (a secret one, say,
 * which is not repeated in the sentence), or a point of low order, to which everybody
 * could decrypt.
 */
int age_recipient_parse(struct age_recipient *r, const char *text, struct err *e);

/**
 * age_recipient_list(r, texts, n, e):
 * Parse ${n} texts into the array ${r} of AGE_RECIPIENT_MAX.  The same recipient twice is
 * a mistake: whoever gives two means two holders of keys.  Return 0, or -1 with ${e}.
 */
int age_recipient_list(struct age_recipient *r, const char *const *texts, size_t n,
		       struct err *e);

/* The recipient of a public key. */
void age_recipient_of(struct age_recipient *r, const uint8_t public[PRIM_KEY_LEN]);

#endif
