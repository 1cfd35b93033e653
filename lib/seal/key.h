/*
 * key: Ed25519 keys for seals (RFC 8032), by libcrypto.
 *
 * A signing key is born on the host, seals one segment and is wiped.  Its seed
 * lives in memory that is locked, left out of core dumps and not inherited by
 * children; what libcrypto copies of it is cleansed when the key is freed.
 * This raises the cost of stealing it; it does not stop root on the host.
 */
#ifndef EXHIBIT_SEAL_KEY_H
#define EXHIBIT_SEAL_KEY_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"

#define KEY_PUBLIC_LEN 32u
#define KEY_SIGNATURE_LEN 64u
#define KEY_SEED_LEN 32u

struct key;

/**
 * key_new(e):
 * Make a fresh signing key from getrandom(2), or from /dev/urandom where the
 * kernel has no such call (before 3.17).  Return it, or NULL with ${e}.
 */
struct key *key_new(struct err *e);

/**
 * key_from_seed(seed, e):
 * The key of a known seed, for test vectors.
 */
struct key *key_from_seed(const uint8_t seed[KEY_SEED_LEN], struct err *e);

/* Wipe and forget a key.  key_free(NULL) does nothing. */
void key_free(struct key *k);

/* The public half. */
void key_public(const struct key *k, uint8_t out[KEY_PUBLIC_LEN]);

/**
 * key_locked(k):
 * 1 if the seed's memory could be locked and kept out of dumps, 0 if not (the
 * session says so).
 */
int key_locked(const struct key *k);

/**
 * key_sign(k, data, n, sig):
 * Sign ${n} bytes.  Return 0, or -1 (libcrypto failed; no signature).
 */
int key_sign(const struct key *k, const void *data, size_t n, uint8_t sig[KEY_SIGNATURE_LEN]);

/**
 * key_verify(public, data, n, sig):
 * Return 1 if ${sig} is the signature of ${data} by ${public}, 0 if it is not
 * or if the public key is no point of the curve.
 */
int key_verify(const uint8_t public[KEY_PUBLIC_LEN], const void *data, size_t n,
	       const uint8_t sig[KEY_SIGNATURE_LEN]);

/**
 * key_short_form(out, hash):
 * Write the form of a SHA-256 that can be read over a phone: the first 128
 * bits as 26 letters of base32 (RFC 4648, lower case) and one check letter, in
 * groups of three, "abc-def-...", into ${out} of KEY_SHORT_LEN bytes.  The check
 * letter is the sum over the letters of value times a^i (i = 1..26) in GF(32)
 * with a = 2 and the polynomial x^5 + x^2 + 1, so that any single wrong letter
 * and any swap of two neighbours shows.  Returns ${out}.
 */
#define KEY_SHORT_LEN 40u
char *key_short_form(char *out, const uint8_t hash[32]);

/**
 * key_short_match(typed, hash):
 * Compare what a person typed (a full 64-digit hex hash or the short form; case,
 * spaces, dashes and dots do not count) with ${hash}.  Return 1: the same, 0: another,
 * -1: neither form, or the check letter is wrong (a typing error, say so).
 */
int key_short_match(const char *typed, const uint8_t hash[32]);

/**
 * key_short_same(a, b):
 * Compare what two people typed, each in either form.  Return 1: the same as far as both say,
 * 0: another, -1: one of them is neither form.
 */
int key_short_same(const char *a, const char *b);

#endif
