/*
 * prim: the primitives of age, by libcrypto, and nothing more of it.
 *
 * X25519 (RFC 7748), HKDF-SHA256 (RFC 5869), HMAC-SHA256 (RFC 2104) and
 * ChaCha20-Poly1305 (RFC 8439).  All other files of lib/crypt see libcrypto through
 * these functions.  In exhibit-collect they come from lib/hash/provider.c.
 * Functions that return int return 0, or -1.
 */
#ifndef EXHIBIT_CRYPT_PRIM_H
#define EXHIBIT_CRYPT_PRIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PRIM_KEY_LEN 32u	/* bytes of every key, public or secret, and of a MAC */
#define PRIM_NONCE_LEN 12u	/* bytes of a nonce of ChaCha20-Poly1305 */
#define PRIM_TAG_LEN 16u	/* bytes that sealing adds */

/**
 * prim_hkdf(out, key, key_len, salt, salt_len, info):
 * Derive 32 bytes from ${key}; ${salt} may be empty, ${info} is text.
 */
int prim_hkdf(uint8_t out[PRIM_KEY_LEN], const void *key, size_t key_len, const void *salt,
	      size_t salt_len, const char *info);

/* The MAC of ${n} bytes. */
int prim_hmac(uint8_t out[PRIM_KEY_LEN], const uint8_t key[PRIM_KEY_LEN], const void *data,
	      size_t n);

/* The public half of a secret; any 32 bytes are a secret. */
int prim_x25519_public(uint8_t out[PRIM_KEY_LEN], const uint8_t secret[PRIM_KEY_LEN]);

/**
 * prim_x25519(out, secret, public):
 * What both sides agree on.  -1, too, if ${public} is a point of low order: then the
 * result would be zero whatever the secret is.
 */
int prim_x25519(uint8_t out[PRIM_KEY_LEN], const uint8_t secret[PRIM_KEY_LEN],
		const uint8_t public[PRIM_KEY_LEN]);

/* Are two MACs the same?  The time does not tell where they differ. */
bool prim_same(const uint8_t a[PRIM_KEY_LEN], const uint8_t b[PRIM_KEY_LEN]);

/* ChaCha20-Poly1305 under one key, which is wiped with it.  NULL: no memory. */
struct prim_aead;
struct prim_aead *prim_aead_new(const uint8_t key[PRIM_KEY_LEN]);
void prim_aead_free(struct prim_aead *a);

/**
 * prim_aead_seal(a, nonce, in, n, out) / prim_aead_open(a, nonce, in, n, out):
 * Seal ${n} bytes (less than 1 GiB) into n + PRIM_TAG_LEN; open ${n} sealed bytes, tag
 * included, into n - PRIM_TAG_LEN.  ${in} and ${out} do not overlap.  Opening returns -1
 * if the tag does not fit or ${n} is too short; ${out} is wiped then.
 */
int prim_aead_seal(struct prim_aead *a, const uint8_t nonce[PRIM_NONCE_LEN], const void *in,
		   size_t n, void *out);
int prim_aead_open(struct prim_aead *a, const uint8_t nonce[PRIM_NONCE_LEN], const void *in,
		   size_t n, void *out);

#endif
