#include "lib/crypt/prim.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/keymem.h"

/* A parameter of libcrypto points to what it does not change, without saying so. */
static void *unconst(const void *p)
{
	return (void *)(uintptr_t)p;
}

int prim_hkdf(uint8_t out[PRIM_KEY_LEN], const void *key, size_t key_len, const void *salt,
	      size_t salt_len, const char *info)
{
	char sha256[] = "SHA256";
	OSSL_PARAM how[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, sha256, 0),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, unconst(key), key_len),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, unconst(info), strlen(info)),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, unconst(salt), salt_len),
		OSSL_PARAM_END
	};
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
	EVP_KDF_CTX *ctx = kdf == NULL ? NULL : EVP_KDF_CTX_new(kdf);
	int ok;

	if (salt_len == 0)	/* RFC 5869: then the salt is zeros, and so libcrypto's default */
		how[3] = OSSL_PARAM_construct_end();
	ok = ctx != NULL && EVP_KDF_derive(ctx, out, PRIM_KEY_LEN, how) == 1;
	EVP_KDF_CTX_free(ctx);
	EVP_KDF_free(kdf);
	return ok ? 0 : -1;
}

int prim_hmac(uint8_t out[PRIM_KEY_LEN], const uint8_t key[PRIM_KEY_LEN], const void *data,
	      size_t n)
{
	size_t made = 0;

	if (EVP_Q_mac(NULL, "HMAC", NULL, "SHA256", NULL, key, PRIM_KEY_LEN, data, n, out,
		      PRIM_KEY_LEN, &made) == NULL || made != PRIM_KEY_LEN)
		return -1;
	return 0;
}

static EVP_PKEY *secret_pkey(const uint8_t secret[PRIM_KEY_LEN])
{
	return EVP_PKEY_new_raw_private_key_ex(NULL, "X25519", NULL, secret, PRIM_KEY_LEN);
}

int prim_x25519_public(uint8_t out[PRIM_KEY_LEN], const uint8_t secret[PRIM_KEY_LEN])
{
	EVP_PKEY *pkey = secret_pkey(secret);
	size_t n = PRIM_KEY_LEN;
	int ok = pkey != NULL && EVP_PKEY_get_raw_public_key(pkey, out, &n) == 1;

	EVP_PKEY_free(pkey);
	return ok ? 0 : -1;
}

int prim_x25519(uint8_t out[PRIM_KEY_LEN], const uint8_t secret[PRIM_KEY_LEN],
		const uint8_t public[PRIM_KEY_LEN])
{
	static const uint8_t zero[PRIM_KEY_LEN];
	EVP_PKEY *ours = secret_pkey(secret);
	EVP_PKEY *theirs = EVP_PKEY_new_raw_public_key_ex(NULL, "X25519", NULL, public,
							  PRIM_KEY_LEN);
	EVP_PKEY_CTX *ctx = ours == NULL ? NULL : EVP_PKEY_CTX_new_from_pkey(NULL, ours, NULL);
	size_t n = PRIM_KEY_LEN;
	int ok = ctx != NULL && theirs != NULL && EVP_PKEY_derive_init(ctx) == 1 &&
		 EVP_PKEY_derive_set_peer(ctx, theirs) == 1 &&
		 EVP_PKEY_derive(ctx, out, &n) == 1 && n == PRIM_KEY_LEN &&
		 !prim_same(out, zero);

	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(theirs);
	EVP_PKEY_free(ours);
	return ok ? 0 : -1;
}

bool prim_same(const uint8_t a[PRIM_KEY_LEN], const uint8_t b[PRIM_KEY_LEN])
{
	return CRYPTO_memcmp(a, b, PRIM_KEY_LEN) == 0;
}

/* ===== sealing ===== */

/* Two contexts, each keyed once: a nonce alone is cheap to change. */
struct prim_aead {
	EVP_CIPHER *cipher;
	EVP_CIPHER_CTX *seal, *open;
};

struct prim_aead *prim_aead_new(const uint8_t key[PRIM_KEY_LEN])
{
	struct prim_aead *a = calloc(1, sizeof(*a));

	if (a == NULL)
		return NULL;
	a->cipher = EVP_CIPHER_fetch(NULL, "ChaCha20-Poly1305", NULL);
	a->seal = EVP_CIPHER_CTX_new();
	a->open = EVP_CIPHER_CTX_new();
	if (a->cipher != NULL && a->seal != NULL && a->open != NULL &&
	    EVP_EncryptInit_ex2(a->seal, a->cipher, key, NULL, NULL) == 1 &&
	    EVP_DecryptInit_ex2(a->open, a->cipher, key, NULL, NULL) == 1)
		return a;
	prim_aead_free(a);
	return NULL;
}

void prim_aead_free(struct prim_aead *a)
{
	if (a == NULL)
		return;
	EVP_CIPHER_CTX_free(a->seal);
	EVP_CIPHER_CTX_free(a->open);
	EVP_CIPHER_free(a->cipher);
	free(a);
}

int prim_aead_seal(struct prim_aead *a, const uint8_t nonce[PRIM_NONCE_LEN], const void *in,
		   size_t n, void *out)
{
	uint8_t *to = out;
	int made = 0, rest = 0;

	if (EVP_EncryptInit_ex2(a->seal, NULL, NULL, nonce, NULL) != 1 ||
	    (n > 0 && EVP_EncryptUpdate(a->seal, to, &made, in, (int)n) != 1) ||
	    EVP_EncryptFinal_ex(a->seal, to + made, &rest) != 1 || made + rest != (int)n ||
	    EVP_CIPHER_CTX_ctrl(a->seal, EVP_CTRL_AEAD_GET_TAG, (int)PRIM_TAG_LEN, to + n) != 1)
		return -1;
	return 0;
}

int prim_aead_open(struct prim_aead *a, const uint8_t nonce[PRIM_NONCE_LEN], const void *in,
		   size_t n, void *out)
{
	uint8_t *to = out, tag[PRIM_TAG_LEN];
	int made = 0, rest = 0;

	if (n < PRIM_TAG_LEN)
		return -1;
	n -= PRIM_TAG_LEN;
	memcpy(tag, (const uint8_t *)in + n, PRIM_TAG_LEN);
	if (EVP_DecryptInit_ex2(a->open, NULL, NULL, nonce, NULL) == 1 &&
	    EVP_CIPHER_CTX_ctrl(a->open, EVP_CTRL_AEAD_SET_TAG, (int)PRIM_TAG_LEN, tag) == 1 &&
	    (n == 0 || EVP_DecryptUpdate(a->open, to, &made, in, (int)n) == 1) &&
	    EVP_DecryptFinal_ex(a->open, to + made, &rest) == 1 && made + rest == (int)n)
		return 0;
	keymem_wipe(to, n);
	return -1;
}
