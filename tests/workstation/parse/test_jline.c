#include "workstation/parse/jline.h"

#include <check.h>
#include <string.h>

#include "workstation/parse/scan.h"

Suite *suite_jline(void);

static struct jline *of(const char *text)
{
	return jline_read(text, strlen(text));
}

START_TEST(test_values_are_found_by_key_and_type)
{
	struct jline *j = of("{\"pid\":7,\"start\":[21,null],\"link\":\"/a\\\\x0ab\",\"memfd\":true,"
			     "\"neg\":-1,\"big\":18446744073709551615,\"bad\":\"\\\\q\"}");
	struct buf b;
	uint64_t v;

	ck_assert_ptr_nonnull(j);
	buf_init(&b, 100);
	ck_assert(jline_u64(j, "pid", &v) && v == 7);
	ck_assert(!jline_u64(j, "neg", &v) && !jline_u64(j, "link", &v) && !jline_u64(j, "x", &v));
	ck_assert_int_eq(jline_i64(j, "big", -5), -5);
	ck_assert_int_eq(jline_i64(j, "pid", -5), 7);
	ck_assert_int_eq(jline_i64(j, "neg", -5), -1);
	ck_assert(jline_array(j, "start", 0, &v) && v == 21);
	ck_assert(!jline_array(j, "start", 1, &v) && !jline_array(j, "start", 2, &v));
	ck_assert(!jline_array(j, "pid", 0, &v));
	ck_assert(jline_true(j, "memfd") && !jline_true(j, "pid") && !jline_true(j, "x"));
	ck_assert(scan_is(jline_text(j, "link"), "/a\\x0ab"));
	ck_assert_ptr_null(jline_text(j, "pid").p);
	ck_assert_ptr_null(jline_text(j, "start").p);
	ck_assert_uint_eq(jline_text(j, "start").len, 0);
	ck_assert(jline_raw(j, "link", &b));
	ck_assert_str_eq(buf_cstr(&b), "/a\nb");
	ck_assert(!jline_raw(j, "bad", &b) && b.len == 0);
	buf_release(&b);
	jline_free(&j);
	ck_assert_ptr_null(j);
}
END_TEST

START_TEST(test_a_word_that_is_a_list_is_none)
{
	struct jline *j = of("{\"own\":[[1,2],\"pid\"]}");

	ck_assert_ptr_null(jline_word(j, "own", 0).p);
	ck_assert_uint_eq(jline_word(j, "own", 0).len, 0);
	ck_assert(scan_is(jline_word(j, "own", 1), "pid"));
	jline_free(&j);
}
END_TEST

START_TEST(test_what_is_no_object_is_refused)
{
	static const char *const bad[] = { "", "7", "[]", "{", "{\"a\":}", "{} x", "\xff" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_ptr_null(of(bad[i]));
}
END_TEST

Suite *suite_jline(void)
{
	Suite *s = suite_create("workstation/parse/jline");
	TCase *t = tcase_create("jline");

	tcase_add_test(t, test_values_are_found_by_key_and_type);
	tcase_add_test(t, test_a_word_that_is_a_list_is_none);
	tcase_add_test(t, test_what_is_no_object_is_refused);
	suite_add_tcase(s, t);
	return s;
}
