#include "lib/crypt/prim.h"

#include <check.h>
#include <string.h>

#include "lib/base/text.h"

Suite *suite_prim(void);

static void unhex(uint8_t *out, size_t n, const char *hex)
{
	ck_assert_int_eq(text_unhex(out, n, hex), 0);
}

START_TEST(test_hkdf_is_that_of_rfc_5869)
{
	uint8_t key[22], want[32], out[PRIM_KEY_LEN];

	/* test case 3, its first 32 bytes: no salt, no info */
	memset(key, 0x0b, sizeof(key));
	unhex(want, 32, "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d");
	ck_assert_int_eq(prim_hkdf(out, key, sizeof(key), NULL, 0, ""), 0);
	ck_assert_mem_eq(out, want, 32);
}
END_TEST

START_TEST(test_salt_and_info_count)
{
	uint8_t key[16] = { 1 }, a[PRIM_KEY_LEN], b[PRIM_KEY_LEN];

	ck_assert_int_eq(prim_hkdf(a, key, sizeof(key), NULL, 0, "header"), 0);
	ck_assert_int_eq(prim_hkdf(b, key, sizeof(key), NULL, 0, "payload"), 0);
	ck_assert_mem_ne(a, b, sizeof(a));
	ck_assert_int_eq(prim_hkdf(b, key, sizeof(key), "salt", 4, "header"), 0);
	ck_assert_mem_ne(a, b, sizeof(a));
}
END_TEST

START_TEST(test_x25519_agrees_as_in_rfc_7748)
{
	uint8_t alice[32], bob[32], want[32], out[32], public[32];

	unhex(alice, 32, "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
	unhex(bob, 32, "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f");
	unhex(want, 32, "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
	ck_assert_int_eq(prim_x25519(out, alice, bob), 0);
	ck_assert_mem_eq(out, want, 32);
	unhex(want, 32, "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
	ck_assert_int_eq(prim_x25519_public(public, alice), 0);
	ck_assert_mem_eq(public, want, 32);
}
END_TEST

/* The points of order 1, 2, 4 and 8 and what is the same modulo 2^255 - 19. */
static const char *const low_order[] = {
	"0000000000000000000000000000000000000000000000000000000000000000",
	"0100000000000000000000000000000000000000000000000000000000000000",
	"e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
	"5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
	"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
};

START_TEST(test_points_of_low_order_are_refused)
{
	uint8_t secret[32] = { 9, 8, 7 }, public[32], out[32];

	unhex(public, 32, low_order[_i]);
	ck_assert_int_eq(prim_x25519(out, secret, public), -1);
}
END_TEST

START_TEST(test_what_was_sealed_opens_under_the_same_nonce_only)
{
	uint8_t key[32] = { 1 }, nonce[PRIM_NONCE_LEN] = { 2 }, sealed[5 + PRIM_TAG_LEN], out[5];
	struct prim_aead *a = prim_aead_new(key);

	ck_assert_ptr_nonnull(a);
	ck_assert_int_eq(prim_aead_seal(a, nonce, "hello", 5, sealed), 0);
	ck_assert_int_eq(prim_aead_open(a, nonce, sealed, sizeof(sealed), out), 0);
	ck_assert_mem_eq(out, "hello", 5);
	nonce[11] ^= 1;
	ck_assert_int_eq(prim_aead_open(a, nonce, sealed, sizeof(sealed), out), -1);
	ck_assert_mem_eq(out, "\0\0\0\0\0", 5);
	nonce[11] ^= 1;
	for (size_t i = 0; i < sizeof(sealed); i++) {
		sealed[i] ^= 0x10;
		ck_assert_int_eq(prim_aead_open(a, nonce, sealed, sizeof(sealed), out), -1);
		sealed[i] ^= 0x10;
	}
	ck_assert_int_eq(prim_aead_open(a, nonce, sealed, PRIM_TAG_LEN - 1, out), -1);
	ck_assert_int_eq(prim_aead_open(a, nonce, sealed, sizeof(sealed), out), 0);
	prim_aead_free(a);
}
END_TEST

START_TEST(test_nothing_can_be_sealed_too)
{
	uint8_t key[32] = { 1 }, nonce[PRIM_NONCE_LEN] = { 0 }, sealed[PRIM_TAG_LEN], none[1];
	struct prim_aead *a = prim_aead_new(key);

	ck_assert_int_eq(prim_aead_seal(a, nonce, none, 0, sealed), 0);
	ck_assert_int_eq(prim_aead_open(a, nonce, sealed, sizeof(sealed), none), 0);
	sealed[3] ^= 1;
	ck_assert_int_eq(prim_aead_open(a, nonce, sealed, sizeof(sealed), none), -1);
	prim_aead_free(a);
}
END_TEST

Suite *suite_prim(void)
{
	Suite *s = suite_create("lib/crypt/prim");
	TCase *t = tcase_create("prim");

	tcase_add_test(t, test_hkdf_is_that_of_rfc_5869);
	tcase_add_test(t, test_salt_and_info_count);
	tcase_add_test(t, test_x25519_agrees_as_in_rfc_7748);
	tcase_add_loop_test(t, test_points_of_low_order_are_refused, 0,
			    sizeof(low_order) / sizeof(low_order[0]));
	tcase_add_test(t, test_what_was_sealed_opens_under_the_same_nonce_only);
	tcase_add_test(t, test_nothing_can_be_sealed_too);
	suite_add_tcase(s, t);
	return s;
}
