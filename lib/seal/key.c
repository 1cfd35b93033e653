#include "lib/seal/key.h"

#include <errno.h>
#include <openssl/evp.h>
#include <string.h>

#include "lib/base/keymem.h"
#include "lib/base/text.h"

#define SHORT_LETTERS 26u	/* 128 bits and two zero bits, five to a letter */

/* Lives in memory of keymem_new: all of it is locked and wiped. */
struct key {
	uint8_t seed[KEY_SEED_LEN];
	uint8_t public[KEY_PUBLIC_LEN];
	int locked;
};

static EVP_PKEY *signing_pkey(const struct key *k)
{
	return EVP_PKEY_new_raw_private_key_ex(NULL, "ED25519", NULL, k->seed, KEY_SEED_LEN);
}

static struct key *new_key(struct err *e)
{
	int locked;
	struct key *k = keymem_new(sizeof(*k), &locked, e);

	if (k != NULL)
		k->locked = locked;
	return k;
}

static int fill_public(struct key *k, struct err *e)
{
	size_t len = KEY_PUBLIC_LEN;
	EVP_PKEY *pkey = signing_pkey(k);
	int ok = pkey != NULL && EVP_PKEY_get_raw_public_key(pkey, k->public, &len) == 1;

	EVP_PKEY_free(pkey);
	return ok ? 0 : err_set(e, 0, "libcrypto made no Ed25519 key");
}

struct key *key_new(struct err *e)
{
	struct key *k = new_key(e);

	if (k == NULL)
		goto err0;
	if (keymem_random(k->seed, KEY_SEED_LEN) != 0) {
		err_set(e, errno, "random numbers for a seal key");
		goto err1;
	}
	if (fill_public(k, e) != 0)
		goto err1;
	return k;
err1:
	key_free(k);
err0:
	return NULL;
}

struct key *key_from_seed(const uint8_t seed[KEY_SEED_LEN], struct err *e)
{
	struct key *k = new_key(e);

	if (k == NULL)
		return NULL;
	memcpy(k->seed, seed, KEY_SEED_LEN);
	if (fill_public(k, e) != 0) {
		key_free(k);
		return NULL;
	}
	return k;
}

void key_free(struct key *k)
{
	keymem_free(k, sizeof(*k));
}

void key_public(const struct key *k, uint8_t out[KEY_PUBLIC_LEN])
{
	memcpy(out, k->public, KEY_PUBLIC_LEN);
}

int key_locked(const struct key *k)
{
	return k->locked;
}

int key_sign(const struct key *k, const void *data, size_t n, uint8_t sig[KEY_SIGNATURE_LEN])
{
	size_t len = KEY_SIGNATURE_LEN;
	EVP_PKEY *pkey = signing_pkey(k);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	int ok = pkey != NULL && ctx != NULL &&
		 EVP_DigestSignInit(ctx, NULL, NULL, NULL, pkey) == 1 &&
		 EVP_DigestSign(ctx, sig, &len, data, n) == 1 && len == KEY_SIGNATURE_LEN;

	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(pkey);
	return ok ? 0 : -1;
}

int key_verify(const uint8_t public[KEY_PUBLIC_LEN], const void *data, size_t n,
	       const uint8_t sig[KEY_SIGNATURE_LEN])
{
	EVP_PKEY *pkey =
		EVP_PKEY_new_raw_public_key_ex(NULL, "ED25519", NULL, public, KEY_PUBLIC_LEN);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	int ok = pkey != NULL && ctx != NULL &&
		 EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, pkey) == 1 &&
		 EVP_DigestVerify(ctx, sig, KEY_SIGNATURE_LEN, data, n) == 1;

	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(pkey);
	return ok;
}

/* The letters of the first 128 bits as values 0..31. */
static void short_values(uint8_t out[SHORT_LETTERS], const uint8_t *hash)
{
	for (unsigned i = 0; i < SHORT_LETTERS; i++) {
		unsigned bit = 5 * i;
		unsigned pair = (unsigned)hash[bit / 8] << 8;

		if (bit / 8 + 1 < 16)
			pair |= hash[bit / 8 + 1];
		out[i] = pair >> (11 - bit % 8) & 31;
	}
}

/* Multiply by the generator in GF(32) modulo x^5 + x^2 + 1. */
static unsigned times_a(unsigned v)
{
	v <<= 1;
	return v & 32 ? v ^ 0x25 : v;
}

/* Horner's scheme from the last letter: sum of v[i-1] * a^i, i = 1..26. */
static uint8_t check_value(const uint8_t values[SHORT_LETTERS])
{
	unsigned sum = 0;

	for (unsigned i = SHORT_LETTERS; i-- > 0;)
		sum = times_a(sum ^ values[i]);
	return (uint8_t)sum;
}

char *key_short_form(char *out, const uint8_t hash[32])
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz234567";
	uint8_t values[SHORT_LETTERS + 1];
	char *to = out;

	short_values(values, hash);
	values[SHORT_LETTERS] = check_value(values);
	for (unsigned i = 0; i <= SHORT_LETTERS; i++) {
		if (i > 0 && i % 3 == 0)
			*to++ = '-';
		*to++ = letters[values[i]];
	}
	*to = '\0';
	return out;
}

/* Typed text without what does not count, in lower case.  Return its length,
 * or 0 if it is longer than either form. */
static size_t normalise(char out[65], const char *typed)
{
	size_t n = 0;

	for (; *typed != '\0'; typed++) {
		if (strchr(" \t\r\n-.", *typed) != NULL)
			continue;
		if (n == 64)
			return 0;
		out[n++] = *typed >= 'A' && *typed <= 'Z' ? (char)(*typed | 0x20) : *typed;
	}
	out[n] = '\0';
	return n;
}

static int match_hex(const char *digits, const uint8_t hash[32])
{
	for (size_t i = 0; i < 64; i++) {
		const char *at = memchr("0123456789abcdef", digits[i], 16);
		static const char row[] = "0123456789abcdef";

		if (at == NULL)
			return -1;
		if (digits[i] != row[i % 2 ? hash[i / 2] & 15 : hash[i / 2] >> 4])
			return 0;
	}
	return 1;
}

static int match_letters(const char *typed, const uint8_t hash[32])
{
	uint8_t values[SHORT_LETTERS + 1], want[SHORT_LETTERS];

	for (size_t i = 0; i <= SHORT_LETTERS; i++) {
		char c = typed[i];

		if (c >= 'a' && c <= 'z')
			values[i] = (uint8_t)(c - 'a');
		else if (c >= '2' && c <= '7')
			values[i] = (uint8_t)(c - '2' + 26);
		else
			return -1;
	}
	if (values[SHORT_LETTERS] != check_value(values) || (values[SHORT_LETTERS - 1] & 3) != 0)
		return -1;
	short_values(want, hash);
	return memcmp(values, want, sizeof(want)) == 0;
}

int key_short_match(const char *typed, const uint8_t hash[32])
{
	char plain[65];
	size_t n = normalise(plain, typed);

	if (n == 64)
		return match_hex(plain, hash);
	if (n == SHORT_LETTERS + 1)
		return match_letters(plain, hash);
	return -1;
}

int key_short_same(const char *a, const char *b)
{
	char x[65], y[65];
	size_t n = normalise(x, a), m = normalise(y, b);
	uint8_t hash[32] = { 0 };

	if (key_short_match(a, hash) < 0 || key_short_match(b, hash) < 0)
		return -1;
	if (n == m)
		return strcmp(x, y) == 0;
	return text_unhex(hash, sizeof(hash), n == 64 ? x : y) != 0 ? -1 :
	       key_short_match(n == 64 ? y : x, hash);
}
