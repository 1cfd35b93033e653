#include "lib/crypt/bech32.h"

#include <check.h>
#include <string.h>

Suite *suite_bech32(void);

static const struct {
	const char *text, *hrp;
	size_t count;
} good[] = { /* BIP 173 */
	{ "A12UEL5L", "a", 0 },
	{ "a12uel5l", "a", 0 },
	{ "an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1tt5tgs",
	  "an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio", 0 },
	{ "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw", "abcdef", 32 },
	{ "11qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqc8247j",
	  "1", 82 },
	{ "split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w", "split", 48 },
	{ "?1ezyfcl", "?", 0 },
};

START_TEST(test_valid_texts_of_bip_173)
{
	struct bech32 b;

	ck_assert_ptr_null(bech32_parse(&b, good[_i].text));
	ck_assert_str_eq(b.hrp, good[_i].hrp);
	ck_assert_uint_eq(b.count, good[_i].count);
}
END_TEST

static const char *const bad[] = { /* BIP 173, and mixed case, and nothing */
	"\x20" "1nwldj5", "\x7f" "1axkwrx", "\x80" "1eym55h",
	"an84characterslonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1569pvx",
	"pzry9x0s0muk", "1pzry9x0s0muk", "x1b4n0q5v", "li1dgmt3", "de1lg7wt\xff", "A1G7SGD8",
	"10a06t8", "1qzzfhee", "A12uEL5L", "a12uEl5l", "", "1", "a1", "a12uel5",
};

START_TEST(test_invalid_texts_are_refused)
{
	struct bech32 b;

	ck_assert_ptr_nonnull(bech32_parse(&b, bad[_i]));
}
END_TEST

START_TEST(test_bytes_come_back)
{
	uint8_t data[32], back[32];
	char text[BECH32_MAX + 1];
	struct bech32 b;

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 37 + 5);
	for (size_t n = 1; n <= sizeof(data); n++) {
		bech32_write(text, "age", data, n);
		ck_assert_ptr_null(bech32_parse(&b, text));
		ck_assert_str_eq(b.hrp, "age");
		ck_assert_int_eq(bech32_bytes(&b, back, n), 0);
		ck_assert_mem_eq(back, data, n);
		ck_assert_int_eq(bech32_bytes(&b, back, n - 1), -1);
	}
}
END_TEST

START_TEST(test_any_changed_letter_shows)
{
	uint8_t data[32] = { 1, 2, 3 };
	char text[BECH32_MAX + 1];
	struct bech32 b;

	bech32_write(text, "age", data, sizeof(data));
	for (size_t i = 0; i < strlen(text); i++) {
		char was = text[i];

		text[i] = was == 'q' ? 'p' : 'q';
		ck_assert_ptr_nonnull(bech32_parse(&b, text));
		text[i] = was;
	}
	ck_assert_ptr_null(bech32_parse(&b, text));
}
END_TEST

START_TEST(test_bits_left_over_must_be_zero)
{
	struct bech32 b;
	uint8_t out[2];

	/* four groups are two bytes and four bits */
	memset(&b, 0, sizeof(b));
	b.count = 4;
	ck_assert_int_eq(bech32_bytes(&b, out, 2), 0);
	b.values[3] = 1;
	ck_assert_int_eq(bech32_bytes(&b, out, 2), -1);
	b.values[3] = 16;
	ck_assert_int_eq(bech32_bytes(&b, out, 2), 0);
	ck_assert_uint_eq(out[1], 1);
}
END_TEST

Suite *suite_bech32(void)
{
	Suite *s = suite_create("lib/crypt/bech32");
	TCase *t = tcase_create("bech32");

	tcase_add_loop_test(t, test_valid_texts_of_bip_173, 0, sizeof(good) / sizeof(good[0]));
	tcase_add_loop_test(t, test_invalid_texts_are_refused, 0, sizeof(bad) / sizeof(bad[0]));
	tcase_add_test(t, test_bytes_come_back);
	tcase_add_test(t, test_any_changed_letter_shows);
	tcase_add_test(t, test_bits_left_over_must_be_zero);
	suite_add_tcase(s, t);
	return s;
}
