#include "lib/custody/sums.h"

#include <check.h>
#include <string.h>

Suite *suite_sums(void);

#define HASH "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

static const struct {
	const char *name;
	const char *line;
} rows[] = {
	{ "[root]/etc/hostname", HASH "  [root]/etc/hostname\n" },
	{ "a b", HASH "  a b\n" },
	{ " lead", HASH "   lead\n" },
	{ "*star", HASH "  *star\n" },
	{ "esc\x1b\xff", HASH "  esc\x1b\xff\n" },
	{ "back\\slash", "\\" HASH "  back\\\\slash\n" },
	{ "return\r", "\\" HASH "  return\\r\n" },
	{ "new\nline", "\\" HASH "  new\\nline\n" },
	{ "carriage\rreturn\n\\", "\\" HASH "  carriage\\rreturn\\n\\\\\n" },
};

START_TEST(test_line_is_what_sha256sum_writes)
{
	struct bytes name = { rows[_i].name, strlen(rows[_i].name) };
	uint8_t hash[DIGEST_LEN];
	struct buf b;

	buf_init(&b, 1024);
	ck_assert_int_eq(digest_start(), 0);
	digest_of("abc", 3, hash);
	sums_line(&b, hash, name);
	ck_assert_str_eq(buf_cstr(&b), rows[_i].line);
	buf_release(&b);
}
END_TEST

Suite *suite_sums(void)
{
	Suite *s = suite_create("lib/custody/sums");
	TCase *tc = tcase_create("sums");

	tcase_add_loop_test(tc, test_line_is_what_sha256sum_writes, 0,
			    sizeof(rows) / sizeof(rows[0]));
	suite_add_tcase(s, tc);
	return s;
}
