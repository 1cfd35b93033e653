#include "lib/hash/digest.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

Suite *suite_digest(void);

static const struct {
	const char *text;
	const char *hex;
} vectors[] = { /* FIPS 180-4, the examples of the standard */
	{ "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
	{ "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
	{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
	  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
};

static void assert_hash(const uint8_t *hash, const char *hex)
{
	char text[DIGEST_HEX_LEN];

	ck_assert_str_eq(digest_hex(text, hash), hex);
}

START_TEST(test_known_text_has_its_hash_by_every_way)
{
	const char *text = vectors[_i].text;
	size_t n = strlen(text);
	uint8_t out[DIGEST_LEN];
	struct digest *d;

	ck_assert_int_eq(digest_start(), 0);
	digest_of(text, n, out);
	assert_hash(out, vectors[_i].hex);
	d = digest_new();
	ck_assert_ptr_nonnull(d);
	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < n; i++)
			digest_add(d, text + i, 1);
		digest_peek(d, out);
		assert_hash(out, vectors[_i].hex);
		digest_finish(d, out);
		assert_hash(out, vectors[_i].hex);
	}
	digest_add(d, "rubbish", 7);
	digest_reset(d);
	digest_add(d, text, n);
	digest_finish(d, out);
	assert_hash(out, vectors[_i].hex);
	digest_free(d);
}
END_TEST

START_TEST(test_peek_does_not_disturb_the_running_hash)
{
	uint8_t out[DIGEST_LEN];
	struct digest *d;

	ck_assert_int_eq(digest_start(), 0);
	d = digest_new();
	digest_add(d, "ab", 2);
	digest_peek(d, out);
	digest_peek(d, out);
	digest_add(d, "c", 1);
	digest_peek(d, out);
	assert_hash(out, vectors[1].hex);
	digest_free(d);
}
END_TEST

static const size_t zero_counts[] = { 0, 1, 64, 16383, 16384, 16385, 100000 };

START_TEST(test_zeros_are_hashed_like_bytes)
{
	size_t n = zero_counts[_i];
	char *bytes = calloc(1, n + 1);
	uint8_t want[DIGEST_LEN], got[DIGEST_LEN];
	struct digest *d;

	ck_assert_int_eq(digest_start(), 0);
	d = digest_new();
	digest_of(bytes, n, want);
	digest_add_zeros(d, n);
	digest_finish(d, got);
	ck_assert_mem_eq(got, want, DIGEST_LEN);
	digest_free(d);
	free(bytes);
}
END_TEST

Suite *suite_digest(void)
{
	Suite *s = suite_create("lib/hash/digest");
	TCase *tc = tcase_create("digest");

	tcase_add_loop_test(tc, test_known_text_has_its_hash_by_every_way, 0,
			    sizeof(vectors) / sizeof(vectors[0]));
	tcase_add_test(tc, test_peek_does_not_disturb_the_running_hash);
	tcase_add_loop_test(tc, test_zeros_are_hashed_like_bytes, 0,
			    sizeof(zero_counts) / sizeof(zero_counts[0]));
	suite_add_tcase(s, tc);
	return s;
}
