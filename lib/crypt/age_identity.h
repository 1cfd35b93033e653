/*
 * age_identity: the secret keys of an identity file, as age-keygen(1) writes it.
 *
 * A line is empty, a comment that begins with #, or AGE-SECRET-KEY-1...; there may be
 * several keys.  The workstation alone has such a file.  The keys lie in memory of
 * keymem_new.
 */
#ifndef EXHIBIT_CRYPT_AGE_IDENTITY_H
#define EXHIBIT_CRYPT_AGE_IDENTITY_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/crypt/prim.h"

#define AGE_IDENTITY_MAX 64u		/* keys in a file */
#define AGE_IDENTITY_FILE_MAX 65536u	/* bytes of a file */

struct age_identity {
	uint8_t secret[PRIM_KEY_LEN], public[PRIM_KEY_LEN];
};

struct age_identities {
	size_t count;
	struct age_identity p[AGE_IDENTITY_MAX];
};

/**
 * age_identity_parse(text, n, e):
 * Read the ${n} bytes of an identity file.  Return the keys, at least one, or NULL with a
 * sentence in ${e} that names the line but shows nothing of it.
 */
struct age_identities *age_identity_parse(const char *text, size_t n, struct err *e);

/**
 * age_identity_read(fd, e):
 * The same from an open file, which is read to its end.
 */
struct age_identities *age_identity_read(int fd, struct err *e);

/* Wipe and forget the keys.  NULL does nothing. */
void age_identity_free(struct age_identities *ids);

#endif
