#include "lib/hash/provider.h"

#include <check.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/provider.h>
#include <string.h>

#include "lib/base/text.h"

Suite *suite_provider(void);

static OSSL_LIB_CTX *few;

/* A library context in which nothing but our provider can be found: an active
 * provider keeps libcrypto from adding its default one. */
static void only_ours(void)
{
	few = OSSL_LIB_CTX_new();
	ck_assert_ptr_nonnull(few);
	ck_assert_int_eq(OSSL_PROVIDER_add_builtin(few, "exhibit", provider_init), 1);
	ck_assert_ptr_nonnull(OSSL_PROVIDER_load(few, "exhibit"));
	ck_assert_int_eq(OSSL_PROVIDER_available(few, "default"), 0);
}

static void forget(void)
{
	OSSL_LIB_CTX_free(few);
}

static void assert_hex(const uint8_t *got, size_t n, const char *hex)
{
	uint8_t want[64];

	ck_assert_uint_le(n, sizeof(want));
	ck_assert_int_eq(text_unhex(want, n, hex), 0);
	ck_assert_mem_eq(got, want, n);
}

static const struct {
	const char *name, *hex;
} digests[] = { /* RFC 1321 and FIPS 180-4, "abc" */
	{ "MD5", "900150983cd24fb0d6963f7d28e17f72" },
	{ "SHA1", "a9993e364706816aba3e25717850c26c9cd0d89d" },
	{ "SHA256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
	{ "SHA512", "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
		    "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f" },
};

START_TEST(test_digest_is_that_of_the_standard)
{
	EVP_MD *md = EVP_MD_fetch(few, digests[_i].name, NULL);
	unsigned char out[EVP_MAX_MD_SIZE];
	unsigned int n = 0;

	ck_assert_ptr_nonnull(md);
	ck_assert_int_eq(EVP_Digest("abc", 3, out, &n, md, NULL), 1);
	assert_hex(out, n, digests[_i].hex);
	EVP_MD_free(md);
}
END_TEST

START_TEST(test_hmac_is_that_of_rfc_4231)
{
	char text[] = "what do ya want for nothing?", key[] = "Jefe";
	unsigned char out[32];
	size_t n = 0;

	ck_assert_ptr_nonnull(EVP_Q_mac(few, "HMAC", NULL, "SHA256", NULL, key, strlen(key),
					(unsigned char *)text, strlen(text), out, sizeof(out), &n));
	assert_hex(out, n, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}
END_TEST

START_TEST(test_hkdf_is_that_of_rfc_5869)
{
	EVP_KDF *kdf = EVP_KDF_fetch(few, "HKDF", NULL);
	EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf);
	uint8_t ikm[22], salt[13], info[10], out[42];
	char sha256[] = "SHA256";
	OSSL_PARAM how[] = {
		OSSL_PARAM_construct_utf8_string("digest", sha256, 0),
		OSSL_PARAM_construct_octet_string("key", ikm, sizeof(ikm)),
		OSSL_PARAM_construct_octet_string("salt", salt, sizeof(salt)),
		OSSL_PARAM_construct_octet_string("info", info, sizeof(info)),
		OSSL_PARAM_END
	};

	memset(ikm, 0x0b, sizeof(ikm));
	ck_assert_int_eq(text_unhex(salt, sizeof(salt), "000102030405060708090a0b0c"), 0);
	ck_assert_int_eq(text_unhex(info, sizeof(info), "f0f1f2f3f4f5f6f7f8f9"), 0);
	ck_assert_int_eq(EVP_KDF_derive(ctx, out, sizeof(out), how), 1);
	assert_hex(out, sizeof(out), "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4"
				     "c5bf34007208d5b887185865");
	EVP_KDF_CTX_free(ctx);
	EVP_KDF_free(kdf);
}
END_TEST

START_TEST(test_x25519_agrees_as_in_rfc_7748)
{
	uint8_t ours[32], theirs[32], out[32];
	size_t n = sizeof(out);
	EVP_PKEY *key, *peer;
	EVP_PKEY_CTX *ctx;

	text_unhex(ours, 32, "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
	text_unhex(theirs, 32, "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f");
	key = EVP_PKEY_new_raw_private_key_ex(few, "X25519", NULL, ours, sizeof(ours));
	peer = EVP_PKEY_new_raw_public_key_ex(few, "X25519", NULL, theirs, sizeof(theirs));
	ctx = EVP_PKEY_CTX_new_from_pkey(few, key, NULL);
	ck_assert_int_eq(EVP_PKEY_derive_init(ctx), 1);
	ck_assert_int_eq(EVP_PKEY_derive_set_peer(ctx, peer), 1);
	ck_assert_int_eq(EVP_PKEY_derive(ctx, out, &n), 1);
	assert_hex(out, n, "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(peer);
	EVP_PKEY_free(key);
}
END_TEST

START_TEST(test_ed25519_signs_as_in_rfc_8032)
{
	uint8_t seed[32], sig[64];
	size_t n = sizeof(sig);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY *key;

	text_unhex(seed, 32, "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
	key = EVP_PKEY_new_raw_private_key_ex(few, "ED25519", NULL, seed, sizeof(seed));
	ck_assert_int_eq(EVP_DigestSignInit_ex(ctx, NULL, NULL, few, NULL, key, NULL), 1);
	ck_assert_int_eq(EVP_DigestSign(ctx, sig, &n, (const unsigned char *)"\x72", 1), 1);
	assert_hex(sig, n, "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
			   "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
}
END_TEST

START_TEST(test_chacha20_poly1305_seals_as_in_rfc_8439)
{
	const char *text = "Ladies and Gentlemen of the class of '99: If I could offer you only "
			   "one tip for the future, sunscreen would be it.";
	EVP_CIPHER *cipher = EVP_CIPHER_fetch(few, "ChaCha20-Poly1305", NULL);
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	uint8_t key[32], iv[12], aad[12], out[128], tag[16];
	int n = 0;

	for (unsigned i = 0; i < sizeof(key); i++)
		key[i] = (uint8_t)(0x80 + i);
	text_unhex(iv, sizeof(iv), "070000004041424344454647");
	text_unhex(aad, sizeof(aad), "50515253c0c1c2c3c4c5c6c7");
	ck_assert_int_eq(EVP_EncryptInit_ex2(ctx, cipher, key, iv, NULL), 1);
	ck_assert_int_eq(EVP_EncryptUpdate(ctx, NULL, &n, aad, sizeof(aad)), 1);
	ck_assert_int_eq(EVP_EncryptUpdate(ctx, out, &n, (const unsigned char *)text,
					   (int)strlen(text)), 1);
	assert_hex(out, 16, "d31a8d34648e60db7b86afbc53ef7ec2");
	ck_assert_int_eq(EVP_EncryptFinal_ex(ctx, out, &n), 1);
	ck_assert_int_eq(EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, sizeof(tag), tag), 1);
	assert_hex(tag, sizeof(tag), "1ae10b594f09e26a7e902ecbd0600691");
	EVP_CIPHER_CTX_free(ctx);
	EVP_CIPHER_free(cipher);
}
END_TEST

START_TEST(test_nothing_else_is_offered)
{
	ck_assert_ptr_null(EVP_CIPHER_fetch(few, "AES-128-GCM", NULL));
	ck_assert_ptr_null(EVP_MD_fetch(few, "SHA3-256", NULL));
	ck_assert_ptr_null(EVP_KEYMGMT_fetch(few, "RSA", NULL));
	ck_assert_ptr_null(EVP_RAND_fetch(few, "CTR-DRBG", NULL));
}
END_TEST

Suite *suite_provider(void)
{
	Suite *s = suite_create("lib/hash/provider");
	TCase *tc = tcase_create("provider");

	tcase_add_checked_fixture(tc, only_ours, forget);
	tcase_add_loop_test(tc, test_digest_is_that_of_the_standard, 0,
			    sizeof(digests) / sizeof(digests[0]));
	tcase_add_test(tc, test_hmac_is_that_of_rfc_4231);
	tcase_add_test(tc, test_hkdf_is_that_of_rfc_5869);
	tcase_add_test(tc, test_x25519_agrees_as_in_rfc_7748);
	tcase_add_test(tc, test_ed25519_signs_as_in_rfc_8032);
	tcase_add_test(tc, test_chacha20_poly1305_seals_as_in_rfc_8439);
	tcase_add_test(tc, test_nothing_else_is_offered);
	suite_add_tcase(s, tc);
	return s;
}
