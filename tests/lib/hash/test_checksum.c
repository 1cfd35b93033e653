#include "lib/hash/checksum.h"

#include <check.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/hash/digest.h"

Suite *suite_checksum(void);

static const struct {
	enum checksum_kind kind;
	const char *text, *hex;
} vectors[] = { /* RFC 1321 appendix A.5; FIPS 180-4, the examples of the standard */
	{ CHECKSUM_MD5, "", "d41d8cd98f00b204e9800998ecf8427e" },
	{ CHECKSUM_MD5, "abc", "900150983cd24fb0d6963f7d28e17f72" },
	{ CHECKSUM_SHA1, "", "da39a3ee5e6b4b0d3255bfef95601890afd80709" },
	{ CHECKSUM_SHA1, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d" },
};

static void assert_next(struct checksum *c, enum checksum_kind kind, const char *hex)
{
	uint8_t want[CHECKSUM_MAX], got[CHECKSUM_MAX];
	size_t n = checksum_len(kind);

	ck_assert_int_eq(text_unhex(want, n, hex), 0);
	checksum_finish(c, got);
	ck_assert_mem_eq(got, want, n);
}

START_TEST(test_known_text_has_its_checksum_again_and_again)
{
	struct checksum *c;

	ck_assert_int_eq(digest_start(), 0);
	c = checksum_new(vectors[_i].kind);
	ck_assert_ptr_nonnull(c);
	for (int round = 0; round < 2; round++) {
		for (const char *p = vectors[_i].text; *p != '\0'; p++)
			checksum_add(c, p, 1);
		assert_next(c, vectors[_i].kind, vectors[_i].hex);
	}
	checksum_free(c);
}
END_TEST

START_TEST(test_zeros_are_bytes_like_others)
{
	struct checksum *c;

	ck_assert_int_eq(digest_start(), 0);
	c = checksum_new(CHECKSUM_MD5);
	ck_assert_ptr_nonnull(c);
	checksum_add_zeros(c, 1 << 20); /* head -c 1M /dev/zero | md5sum */
	assert_next(c, CHECKSUM_MD5, "b6d81b360a5672d80c27430f39153e2c");
	checksum_free(c);
}
END_TEST

START_TEST(test_words_are_those_of_the_manifest)
{
	ck_assert_str_eq(checksum_word(CHECKSUM_MD5), "md5");
	ck_assert_str_eq(checksum_word(CHECKSUM_SHA1), "sha1");
}
END_TEST

Suite *suite_checksum(void)
{
	Suite *s = suite_create("lib/hash/checksum");
	TCase *t = tcase_create("checksum");

	tcase_add_loop_test(t, test_known_text_has_its_checksum_again_and_again, 0,
			    sizeof(vectors) / sizeof(vectors[0]));
	tcase_add_test(t, test_zeros_are_bytes_like_others);
	tcase_add_test(t, test_words_are_those_of_the_manifest);
	suite_add_tcase(s, t);
	return s;
}
