#include "collector/tool.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

START_TEST(test_the_version_tells_where_the_program_comes_from)
{
	static const char *const parts[] = {
		"exhibit-collect ", "\ncommit ", "\nsource sha256 ", "\nexecutable sha256 ",
		"\ncompiler ", "\nlibraries ",
	};
	struct tool t;
	struct buf b;

	ck_assert_int_eq(digest_start(), 0);
	tool_read(&t);
	ck_assert_uint_eq(strlen(t.exe_sha256), 64);
	buf_init(&b, 65536);
	tool_version(&t, &b);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		ck_assert_ptr_nonnull(strstr(buf_cstr(&b), parts[i]));
	buf_release(&b);
}
END_TEST

/* The hash is that of the file: computed again from its bytes in one piece. */
START_TEST(test_the_hash_is_that_of_the_running_file)
{
	static char all[64u << 20];
	FILE *f = fopen("/proc/self/exe", "r");
	size_t n = fread(all, 1, sizeof(all), f);
	uint8_t hash[DIGEST_LEN];
	char hex[DIGEST_HEX_LEN];
	struct tool t;

	ck_assert_uint_lt(n, sizeof(all));
	ck_assert_int_eq(digest_start(), 0);
	tool_read(&t);
	digest_of(all, n, hash);
	ck_assert_str_eq(t.exe_sha256, digest_hex(hex, hash));
	fclose(f);
}
END_TEST

Suite *suite_tool(void);

Suite *suite_tool(void)
{
	Suite *s = suite_create("collector/tool");
	TCase *t = tcase_create("tool");

	tcase_add_test(t, test_the_version_tells_where_the_program_comes_from);
	tcase_add_test(t, test_the_hash_is_that_of_the_running_file);
	suite_add_tcase(s, t);
	return s;
}
