#include "lib/crypt/base64.h"

#include <check.h>
#include <string.h>

Suite *suite_base64(void);

static const struct {
	const char *plain, *text;
} pairs[] = { /* RFC 4648 section 10, without the padding */
	{ "", "" }, { "f", "Zg" }, { "fo", "Zm8" }, { "foo", "Zm9v" }, { "foob", "Zm9vYg" },
	{ "fooba", "Zm9vYmE" }, { "foobar", "Zm9vYmFy" },
};

START_TEST(test_both_ways_as_in_rfc_4648)
{
	size_t n = strlen(pairs[_i].plain);
	char out[16];
	struct buf b;

	buf_init(&b, 64);
	base64_add(&b, pairs[_i].plain, n);
	ck_assert_str_eq(buf_cstr(&b), pairs[_i].text);
	ck_assert_uint_eq(BASE64_LEN(n), strlen(pairs[_i].text));
	ck_assert_int_eq(base64_read(out, sizeof(out), pairs[_i].text, strlen(pairs[_i].text)),
			 (int)n);
	ck_assert_mem_eq(out, pairs[_i].plain, n);
	buf_release(&b);
}
END_TEST

static const char *const bad[] = {
	"Z", "Zm9vY", "Zh", "Zm9", "Zg==", "Zg=", "Zm9v\n", "Zm 9", "Zm-v", "Zm_v", "Zm9vYm\xc3\xa4",
};

START_TEST(test_any_other_form_is_refused)
{
	char out[16];

	ck_assert_int_eq(base64_read(out, sizeof(out), bad[_i], strlen(bad[_i])), -1);
}
END_TEST

START_TEST(test_room_and_nul_count)
{
	char out[3];

	ck_assert_int_eq(base64_read(out, 3, "Zm9v", 4), 3);
	ck_assert_int_eq(base64_read(out, 2, "Zm9v", 4), -1);
	ck_assert_int_eq(base64_read(out, 3, "Zm\0v", 4), -1);
}
END_TEST

Suite *suite_base64(void)
{
	Suite *s = suite_create("lib/crypt/base64");
	TCase *t = tcase_create("base64");

	tcase_add_loop_test(t, test_both_ways_as_in_rfc_4648, 0, sizeof(pairs) / sizeof(pairs[0]));
	tcase_add_loop_test(t, test_any_other_form_is_refused, 0, sizeof(bad) / sizeof(bad[0]));
	tcase_add_test(t, test_room_and_nul_count);
	suite_add_tcase(s, t);
	return s;
}
