#include "lib/seal/key.h"

#include <check.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/text.h"
#include "lib/hash/digest.h"
#include "tests/support/emulator.h"

Suite *suite_key(void);

static const struct {
	const char *seed, *public, *message, *signature;
} vectors[] = { /* RFC 8032 section 7.1, tests 1 to 3 */
	{ "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
	  "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
	  "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bac"
	  "c61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b" },
	{ "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
	  "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
	  "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e"
	  "458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00" },
	{ "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
	  "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
	  "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290"
	  "ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a" },
};

START_TEST(test_known_seed_signs_as_the_standard_says)
{
	uint8_t seed[KEY_SEED_LEN], public[KEY_PUBLIC_LEN], message[4];
	uint8_t want[KEY_SIGNATURE_LEN], got[KEY_SIGNATURE_LEN], wanted_public[KEY_PUBLIC_LEN];
	size_t n = strlen(vectors[_i].message) / 2;
	struct err e = { 0 };
	struct key *k;

	ck_assert_int_eq(digest_start(), 0);
	ck_assert_int_eq(text_unhex(seed, sizeof(seed), vectors[_i].seed), 0);
	ck_assert_int_eq(text_unhex(wanted_public, KEY_PUBLIC_LEN, vectors[_i].public), 0);
	ck_assert_int_eq(text_unhex(message, n, vectors[_i].message), 0);
	ck_assert_int_eq(text_unhex(want, sizeof(want), vectors[_i].signature), 0);
	k = key_from_seed(seed, &e);
	ck_assert_ptr_nonnull(k);
	key_public(k, public);
	ck_assert_mem_eq(public, wanted_public, KEY_PUBLIC_LEN);
	ck_assert_int_eq(key_sign(k, message, n, got), 0);
	ck_assert_mem_eq(got, want, KEY_SIGNATURE_LEN);
	ck_assert_int_eq(key_verify(public, message, n, got), 1);
	got[5] ^= 1;
	ck_assert_int_eq(key_verify(public, message, n, got), 0);
	key_free(k);
}
END_TEST

START_TEST(test_fresh_keys_differ_and_verify_only_their_own)
{
	struct err e = { 0 };
	struct key *a, *b;
	uint8_t pa[KEY_PUBLIC_LEN], pb[KEY_PUBLIC_LEN], sig[KEY_SIGNATURE_LEN];

	ck_assert_int_eq(digest_start(), 0);
	a = key_new(&e);
	b = key_new(&e);
	ck_assert(a != NULL && b != NULL);
	key_public(a, pa);
	key_public(b, pb);
	ck_assert_mem_ne(pa, pb, KEY_PUBLIC_LEN);
	ck_assert_int_eq(key_sign(a, "seal", 4, sig), 0);
	ck_assert_int_eq(key_verify(pa, "seal", 4, sig), 1);
	ck_assert_int_eq(key_verify(pa, "seam", 4, sig), 0);
	ck_assert_int_eq(key_verify(pb, "seal", 4, sig), 0);
	ck_assert(key_locked(a) == 0 || key_locked(a) == 1);
	key_free(a);
	key_free(b);
	key_free(NULL);
}
END_TEST

START_TEST(test_rubbish_public_key_verifies_nothing)
{
	uint8_t public[KEY_PUBLIC_LEN], sig[KEY_SIGNATURE_LEN] = { 0 };

	ck_assert_int_eq(digest_start(), 0);
	memset(public, 0xff, sizeof(public));
	ck_assert_int_eq(key_verify(public, "x", 1, sig), 0);
}
END_TEST

/* The child either finds the page wiped or has no such page. */
START_TEST(test_child_does_not_inherit_the_key)
{
	struct err e = { 0 };
	uint8_t public[KEY_PUBLIC_LEN], seen[KEY_PUBLIC_LEN];
	struct key *k;
	pid_t child;
	int status;

	if (emulator_lacks("MADV_WIPEONFORK"))
		return;
	ck_assert_int_eq(digest_start(), 0);
	k = key_new(&e);
	ck_assert_ptr_nonnull(k);
	key_public(k, public);
	child = fork();
	if (child == 0) {
		key_public(k, seen);
		_exit(memcmp(seen, public, sizeof(seen)) == 0);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFSIGNALED(status) || (WIFEXITED(status) && WEXITSTATUS(status) == 0));
	key_free(k);
}
END_TEST

START_TEST(test_short_form_of_a_known_hash)
{
	uint8_t hash[32];
	char out[KEY_SHORT_LEN];

	/* computed from the definition by an independent program */
	for (unsigned i = 0; i < 32; i++)
		hash[i] = (uint8_t)(i * 7 + 1);
	ck_assert_str_eq(key_short_form(out, hash), "aee-a6f-q5e-qvt-eok-ai5-hfk-xdd-nii");
}
END_TEST

START_TEST(test_either_form_matches_however_it_is_typed)
{
	uint8_t hash[32], other[32];
	char form[KEY_SHORT_LEN], hex[65], odd[200];
	size_t n = 0;

	digest_of("root", 4, hash);
	digest_of("toor", 4, other);
	key_short_form(form, hash);
	digest_hex(hex, hash);
	ck_assert_int_eq(key_short_match(form, hash), 1);
	ck_assert_int_eq(key_short_match(form, other), 0);
	ck_assert_int_eq(key_short_match(hex, hash), 1);
	ck_assert_int_eq(key_short_match(hex, other), 0);
	for (const char *p = form; *p != '\0'; p++) {
		odd[n++] = (char)toupper((unsigned char)*p);
		odd[n++] = "- .\t"[(p - form) % 4];
	}
	odd[n] = '\0';
	ck_assert_int_eq(key_short_match(odd, hash), 1);
	/* equal in the short form, different in full */
	memcpy(other, hash, 32);
	other[31] ^= 1;
	ck_assert_int_eq(key_short_match(form, other), 1);
	ck_assert_int_eq(key_short_match(hex, other), 0);
}
END_TEST

START_TEST(test_what_two_people_typed_is_compared_in_any_form)
{
	char form[KEY_SHORT_LEN], other_form[KEY_SHORT_LEN], hex[DIGEST_HEX_LEN];
	char other_hex[DIGEST_HEX_LEN];
	uint8_t hash[32], other[32];

	digest_of("one", 3, hash);
	digest_of("other", 5, other);
	key_short_form(form, hash);
	key_short_form(other_form, other);
	digest_hex(hex, hash);
	digest_hex(other_hex, other);
	ck_assert_int_eq(key_short_same(form, hex), 1);
	ck_assert_int_eq(key_short_same(hex, form), 1);
	ck_assert_int_eq(key_short_same(hex, hex), 1);
	ck_assert_int_eq(key_short_same(form, form), 1);
	ck_assert_int_eq(key_short_same(form, other_hex), 0);
	ck_assert_int_eq(key_short_same(other_hex, form), 0);
	ck_assert_int_eq(key_short_same(hex, other_hex), 0);
	ck_assert_int_eq(key_short_same(form, other_form), 0);
	ck_assert_int_eq(key_short_same("abc", hex), -1);
	ck_assert_int_eq(key_short_same(hex, "abc"), -1);
}
END_TEST

START_TEST(test_every_single_slip_of_the_tongue_shows)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz234567";
	char form[KEY_SHORT_LEN], typed[KEY_SHORT_LEN];
	uint8_t hash[32];

	digest_of("slip", 4, hash);
	key_short_form(form, hash);
	for (size_t i = 0; form[i] != '\0'; i++) {
		for (const char *c = letters; form[i] != '-' && *c != '\0'; c++) {
			memcpy(typed, form, sizeof(form));
			typed[i] = *c;
			ck_assert_int_eq(key_short_match(typed, hash), *c == form[i] ? 1 : -1);
		}
	}
	for (size_t i = 0; form[i + 1] != '\0'; i++) {
		size_t next = form[i + 1] == '-' ? i + 2 : i + 1;

		if (form[i] == '-' || form[next] == '\0' || form[i] == form[next])
			continue;
		memcpy(typed, form, sizeof(form));
		typed[i] = form[next];
		typed[next] = form[i];
		ck_assert_int_eq(key_short_match(typed, hash), -1);
	}
}
END_TEST

static const char *const neither[] = {
	"", "-", "abc", "abc-def-ghi-jkl-mno-pqr-stu-vwx-yz1",
	"zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz",
	"00000000000000000000000000000000000000000000000000000000000000000",
};

START_TEST(test_other_text_is_no_form)
{
	uint8_t hash[32] = { 0 };

	ck_assert_int_eq(key_short_match(neither[_i], hash), -1);
}
END_TEST

Suite *suite_key(void)
{
	Suite *s = suite_create("lib/seal/key");
	TCase *tc = tcase_create("key");

	tcase_add_loop_test(tc, test_known_seed_signs_as_the_standard_says, 0,
			    sizeof(vectors) / sizeof(vectors[0]));
	tcase_add_test(tc, test_fresh_keys_differ_and_verify_only_their_own);
	tcase_add_test(tc, test_rubbish_public_key_verifies_nothing);
	tcase_add_test(tc, test_child_does_not_inherit_the_key);
	tcase_add_test(tc, test_short_form_of_a_known_hash);
	tcase_add_test(tc, test_either_form_matches_however_it_is_typed);
	tcase_add_test(tc, test_what_two_people_typed_is_compared_in_any_form);
	tcase_add_test(tc, test_every_single_slip_of_the_tongue_shows);
	tcase_add_loop_test(tc, test_other_text_is_no_form, 0,
			    sizeof(neither) / sizeof(neither[0]));
	suite_add_tcase(s, tc);
	return s;
}
