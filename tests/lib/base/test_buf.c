#include "lib/base/buf.h"

#include <check.h>
#include <stdint.h>
#include <string.h>

Suite *suite_buf(void);

START_TEST(test_appends_follow_each_other)
{
	struct buf b;

	buf_init(&b, 4096);
	buf_puts(&b, "a");
	buf_putc(&b, 'b');
	buf_add(&b, "c\0d", 3);
	buf_u64(&b, UINT64_MAX);
	buf_i64(&b, INT64_MIN);
	buf_u64(&b, 0);
	buf_printf(&b, "<%s>", "e");
	ck_assert(!b.failed);
	ck_assert_uint_eq(b.len, 2 + 3 + 20 + 20 + 1 + 3);
	ck_assert_mem_eq(b.p, "abc\0d18446744073709551615-92233720368547758080<e>", b.len);
	buf_release(&b);
}
END_TEST

START_TEST(test_limit_marks_and_ignores_what_follows)
{
	struct buf b;

	buf_init(&b, 1000);
	for (int i = 0; i < 100; i++)
		buf_puts(&b, "0123456789");
	ck_assert(!b.failed);
	ck_assert_uint_eq(b.len, 1000);
	ck_assert_uint_eq(strlen(buf_cstr(&b)), 1000);
	buf_putc(&b, 'x');
	ck_assert(b.failed);
	buf_clear(&b);
	ck_assert(!b.failed);
	buf_add(&b, "fits", 4);
	ck_assert(!b.failed);
	buf_release(&b);
	ck_assert_uint_eq(b.max, 1000);
}
END_TEST

START_TEST(test_an_append_too_long_leaves_the_content_whole)
{
	struct buf b;

	buf_init(&b, 8);
	buf_puts(&b, "begin");
	buf_puts(&b, "toolong");
	buf_puts(&b, "x");
	ck_assert(b.failed);
	ck_assert_str_eq(buf_cstr(&b), "begin");
	ck_assert_ptr_null(buf_room(&b, 1));
	buf_release(&b);
}
END_TEST

START_TEST(test_huge_request_does_not_wrap_around)
{
	struct buf b;

	buf_init(&b, SIZE_MAX);
	buf_puts(&b, "x");
	ck_assert_ptr_null(buf_room(&b, SIZE_MAX));
	ck_assert(b.failed);
	buf_release(&b);
}
END_TEST

START_TEST(test_printf_longer_than_the_memory_grows_it)
{
	struct buf b;

	buf_init(&b, 1 << 20);
	buf_printf(&b, "%0*d", 5000, 7);
	ck_assert_uint_eq(b.len, 5000);
	ck_assert_int_eq(b.p[4999], '7');
	buf_release(&b);
}
END_TEST

START_TEST(test_empty_buffer_is_an_empty_string)
{
	struct buf b;

	buf_init(&b, 10);
	ck_assert_str_eq(buf_cstr(&b), "");
	buf_add(&b, NULL, 0);
	ck_assert(!b.failed);
	buf_release(&b);
}
END_TEST

Suite *suite_buf(void)
{
	Suite *s = suite_create("lib/base/buf");
	TCase *tc = tcase_create("buf");

	tcase_add_test(tc, test_appends_follow_each_other);
	tcase_add_test(tc, test_limit_marks_and_ignores_what_follows);
	tcase_add_test(tc, test_an_append_too_long_leaves_the_content_whole);
	tcase_add_test(tc, test_huge_request_does_not_wrap_around);
	tcase_add_test(tc, test_printf_longer_than_the_memory_grows_it);
	tcase_add_test(tc, test_empty_buffer_is_an_empty_string);
	suite_add_tcase(s, tc);
	return s;
}
