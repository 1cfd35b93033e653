#include "lib/crypt/age_stream.h"

#include <check.h>
#include <string.h>

Suite *suite_age_stream(void);

static const uint8_t file_key[AGE_HEADER_FILE_KEY] = { 1, 2, 3 };
static const uint8_t nonce[AGE_STREAM_NONCE] = { 4, 5, 6 };
static struct age_stream *from, *to;
static uint8_t sealed[3][8 + PRIM_TAG_LEN], plain[8];

static void seal_three(void)
{
	from = age_stream_new(file_key, nonce);
	to = age_stream_new(file_key, nonce);
	for (unsigned i = 0; i < 3; i++)
		ck_assert_int_eq(age_stream_seal(from, "same txt", 8, i == 2, sealed[i]), 0);
	ck_assert_uint_eq(age_stream_count(from), 3);
}

static void forget(void)
{
	age_stream_free(from);
	age_stream_free(to);
	age_stream_free(NULL);
}

START_TEST(test_chunks_open_in_their_order)
{
	for (unsigned i = 0; i < 3; i++) {
		ck_assert_int_eq(age_stream_open(to, sealed[i], sizeof(sealed[i]), i == 2, plain), 0);
		ck_assert_mem_eq(plain, "same txt", 8);
	}
	ck_assert_mem_ne(sealed[0], sealed[1], 8);
}
END_TEST

START_TEST(test_moved_chunk_does_not_open_and_does_not_count)
{
	ck_assert_int_eq(age_stream_open(to, sealed[1], sizeof(sealed[1]), false, plain), -1);
	ck_assert_uint_eq(age_stream_count(to), 0);
	ck_assert_int_eq(age_stream_open(to, sealed[0], sizeof(sealed[0]), false, plain), 0);
	ck_assert_int_eq(age_stream_open(to, sealed[0], sizeof(sealed[0]), false, plain), -1);
}
END_TEST

START_TEST(test_last_chunk_opens_as_the_last_only)
{
	ck_assert_int_eq(age_stream_open(to, sealed[0], sizeof(sealed[0]), true, plain), -1);
	age_stream_open(to, sealed[0], sizeof(sealed[0]), false, plain);
	age_stream_open(to, sealed[1], sizeof(sealed[1]), false, plain);
	ck_assert_int_eq(age_stream_open(to, sealed[2], sizeof(sealed[2]), false, plain), -1);
	ck_assert_int_eq(age_stream_open(to, sealed[2], sizeof(sealed[2]), true, plain), 0);
}
END_TEST

START_TEST(test_key_depends_on_file_key_and_nonce)
{
	uint8_t other[AGE_STREAM_NONCE] = { 4, 5, 7 };
	struct age_stream *s = age_stream_new(file_key, other);

	ck_assert_int_eq(age_stream_open(s, sealed[0], sizeof(sealed[0]), false, plain), -1);
	age_stream_free(s);
	other[0] = 0;
	s = age_stream_new(other, nonce);
	ck_assert_int_eq(age_stream_open(s, sealed[0], sizeof(sealed[0]), false, plain), -1);
	age_stream_free(s);
}
END_TEST

/* The number of a chunk is more than one byte of the nonce. */
START_TEST(test_chunk_256_is_not_chunk_0)
{
	uint8_t out[PRIM_TAG_LEN + 1];

	for (unsigned i = 3; i <= 256; i++)
		ck_assert_int_eq(age_stream_seal(from, "x", 1, false, out), 0);
	ck_assert_int_eq(age_stream_open(to, out, sizeof(out), false, plain), -1);
}
END_TEST

/* The chunk that begins at 4 GiB: its number has three bytes in the nonce. */
START_TEST(test_number_of_a_chunk_is_written_highest_byte_first)
{
	const uint8_t want[PRIM_NONCE_LEN] = { [8] = 1 };
	uint8_t key[PRIM_KEY_LEN], out[PRIM_TAG_LEN + 1];
	struct prim_aead *a;

	for (unsigned i = 3; i <= 65536; i++)
		ck_assert_int_eq(age_stream_seal(from, "x", 1, false, out), 0);
	ck_assert_int_eq(prim_hkdf(key, file_key, sizeof(file_key), nonce, sizeof(nonce),
				   "payload"), 0);
	a = prim_aead_new(key);
	ck_assert_int_eq(prim_aead_open(a, want, out, sizeof(out), plain), 0);
	prim_aead_free(a);
}
END_TEST

Suite *suite_age_stream(void)
{
	Suite *s = suite_create("lib/crypt/age_stream");
	TCase *t = tcase_create("age_stream");

	tcase_add_checked_fixture(t, seal_three, forget);
	tcase_add_test(t, test_chunks_open_in_their_order);
	tcase_add_test(t, test_moved_chunk_does_not_open_and_does_not_count);
	tcase_add_test(t, test_last_chunk_opens_as_the_last_only);
	tcase_add_test(t, test_key_depends_on_file_key_and_nonce);
	tcase_add_test(t, test_chunk_256_is_not_chunk_0);
	tcase_add_test(t, test_number_of_a_chunk_is_written_highest_byte_first);
	suite_add_tcase(s, t);
	return s;
}
