#include "lib/custody/readme.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

Suite *suite_readme(void);

/* The script as it lies in the source tree. */
static size_t read_script(char *to, size_t max)
{
	const char *top = getenv("SRCDIR");
	char path[4096];
	FILE *f;
	size_t n;

	snprintf(path, sizeof(path), "%s/scripts/verify-by-hand.sh", top != NULL ? top : ".");
	f = fopen(path, "re");
	ck_assert_ptr_nonnull(f);
	n = fread(to, 1, max, f);
	fclose(f);
	return n;
}

START_TEST(test_script_is_inside_byte_for_byte)
{
	static char script[1 << 20];
	size_t n = read_script(script, sizeof(script));
	struct buf b;
	const char *text, *at;

	buf_init(&b, 4 << 20);
	readme_text(&b);
	ck_assert(!b.failed);
	text = buf_cstr(&b);
	at = strstr(text, README_SCRIPT_BEGIN "\n");
	ck_assert_ptr_nonnull(at);
	at += sizeof(README_SCRIPT_BEGIN "\n") - 1;
	ck_assert_uint_gt(n, 100);
	ck_assert_uint_le(n, strlen(at));
	ck_assert_mem_eq(at, script, n);
	ck_assert_str_eq(at + n, README_SCRIPT_END "\n");
	buf_release(&b);
}
END_TEST

START_TEST(test_page_is_plain_text_of_readable_width)
{
	struct buf b;
	size_t column = 0;
	const char *text;

	buf_init(&b, 4 << 20);
	readme_text(&b);
	text = buf_cstr(&b);
	ck_assert_ptr_nonnull(strstr(text, "Format version 1"));
	for (const char *p = text; p < strstr(text, README_SCRIPT_BEGIN); p++) {
		column = *p == '\n' ? 0 : column + 1;
		ck_assert_uint_le(column, 100);
		ck_assert(*p == '\n' || (*p >= ' ' && *p < 0x7f));
	}
	buf_release(&b);
}
END_TEST

Suite *suite_readme(void)
{
	Suite *s = suite_create("lib/custody/readme");
	TCase *tc = tcase_create("readme");

	tcase_add_test(tc, test_script_is_inside_byte_for_byte);
	tcase_add_test(tc, test_page_is_plain_text_of_readable_width);
	suite_add_tcase(s, tc);
	return s;
}
