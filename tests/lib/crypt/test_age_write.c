#include "lib/crypt/age_write.h"

#include <check.h>
#include <string.h>

#include "lib/crypt/age_stream.h"
#include "tests/support/age_box.h"

Suite *suite_age_write(void);

#define C AGE_STREAM_CHUNK

static struct age_box x;

static void open_box(void)
{
	age_box_open(&x);
}

static void release_box(void)
{
	age_box_release(&x);
}

static const size_t sizes[] = {
	0, 1, 15, 16, C - 1, C, C + 1, 2 * C - 1, 2 * C, 2 * C + 1, 3 * C, 1000000,
};

/* Bytes of the header for one recipient, with the nonce. */
#define HEADER (22u + 54u + 44u + 48u + 16u)

START_TEST(test_length_is_that_of_the_format)
{
	size_t n = sizes[_i], chunks = n == 0 ? 1 : (n + C - 1) / C;

	age_box_fill(&x, n, C);
	ck_assert_uint_eq(x.file.len, HEADER + n + chunks * PRIM_TAG_LEN);
}
END_TEST

START_TEST(test_what_was_written_comes_back)
{
	size_t n = sizes[_i], same = 0;

	age_box_fill(&x, n, n % 7 == 0 ? 1 << 20 : 30011);
	ck_assert_int_eq(age_box_read(&x, x.file.p, x.file.len, 1 << 20), 0);
	ck_assert_uint_eq(x.plain.len, n);
	while (same < n && (uint8_t)x.plain.p[same] == age_box_byte(same))
		same++;
	ck_assert_uint_eq(same, n);
}
END_TEST

START_TEST(test_at_most_one_chunk_waits)
{
	static uint8_t bytes[3 * C];
	size_t header;

	ck_assert_uint_eq(x.file.len, 0);
	ck_assert_int_eq(age_write_add(x.w, bytes, 0), 0);
	ck_assert_uint_eq(x.file.len, 0);
	ck_assert_int_eq(age_write_add(x.w, bytes, 1), 0);
	header = x.file.len;
	ck_assert_uint_eq(header, HEADER);
	ck_assert_int_eq(age_write_add(x.w, bytes, C - 1), 0);
	ck_assert_uint_eq(x.file.len, header);
	ck_assert_int_eq(age_write_add(x.w, bytes, 1), 0);
	ck_assert_uint_eq(x.file.len, header + AGE_STREAM_SEALED);
	ck_assert_int_eq(age_write_add(x.w, bytes, 3 * C), 0);
	ck_assert_uint_eq(x.file.len, header + 4 * (size_t)AGE_STREAM_SEALED);
}
END_TEST

START_TEST(test_two_files_have_nothing_in_common)
{
	struct age_box y;

	age_box_open(&y);
	age_box_fill(&x, 1000, 1000);
	age_box_fill(&y, 1000, 1000);
	ck_assert_mem_ne(x.file.p + HEADER - 16, y.file.p + HEADER - 16, 16);
	ck_assert_mem_ne(x.file.p + HEADER, y.file.p + HEADER, 16);
	age_box_release(&y);
}
END_TEST

START_TEST(test_plain_bytes_do_not_leave)
{
	static const char secret[] = "wget http://192.0.2.7/x";

	ck_assert_int_eq(age_write_add(x.w, secret, sizeof(secret)), 0);
	ck_assert_int_eq(age_write_end(x.w), 0);
	ck_assert_ptr_null(memmem(x.file.p, x.file.len, secret + 4, 8));
}
END_TEST

START_TEST(test_failure_of_the_output_is_told)
{
	static uint8_t bytes[3 * C];

	x.fail_at = HEADER + 100;
	ck_assert_int_eq(age_write_add(x.w, bytes, C), 0);
	ck_assert_int_eq(age_write_add(x.w, bytes, C), -1);
	x.fail_at = 1;
	ck_assert_int_eq(age_write_end(x.w), -1);
}
END_TEST

START_TEST(test_sixteen_recipients_fit)
{
	struct age_recipient r[AGE_RECIPIENT_MAX];
	struct err e = { 0 };
	struct age_write *w;

	for (unsigned i = 0; i < AGE_RECIPIENT_MAX; i++)
		age_recipient_of(&r[i], (const uint8_t[PRIM_KEY_LEN]){ (uint8_t)(9 + i), 1 });
	w = age_write_new(r, AGE_RECIPIENT_MAX, NULL, NULL, &e);
	ck_assert_msg(w != NULL, "%s", e.what);
	age_write_free(w);
	age_write_free(NULL);
}
END_TEST

Suite *suite_age_write(void)
{
	Suite *s = suite_create("lib/crypt/age_write");
	TCase *t = tcase_create("age_write");
	const int n = sizeof(sizes) / sizeof(sizes[0]);

	tcase_add_checked_fixture(t, open_box, release_box);
	tcase_add_loop_test(t, test_length_is_that_of_the_format, 0, n);
	tcase_add_loop_test(t, test_what_was_written_comes_back, 0, n);
	tcase_add_test(t, test_at_most_one_chunk_waits);
	tcase_add_test(t, test_two_files_have_nothing_in_common);
	tcase_add_test(t, test_plain_bytes_do_not_leave);
	tcase_add_test(t, test_failure_of_the_output_is_told);
	tcase_add_test(t, test_sixteen_recipients_fit);
	suite_add_tcase(s, t);
	return s;
}
