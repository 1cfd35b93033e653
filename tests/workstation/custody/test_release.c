#include "workstation/custody/release.h"

#include <check.h>
#include <string.h>

Suite *suite_release(void);

#define HEX "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define OTHER "ff112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static const uint8_t hash[DIGEST_LEN] = {
	0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff,
	0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff,
};

static const struct {
	const char *text;
	int has;
} lists[] = {
	{ HEX "  exhibit-collect\n", 1 },
	{ OTHER "  exhibit\n" HEX " *renamed", 1 },
	{ "", 0 },
	{ "\n\n", 0 },
	{ OTHER "  exhibit-collect\n", 0 },
	{ HEX, 0 },
	{ HEX "\n", 0 },
	{ HEX " \n", 0 },
	{ "x " HEX "  exhibit-collect\n", 0 },
	{ HEX "0  exhibit-collect\n", 0 },
	{ "# " HEX "  exhibit-collect\n", 0 },
};

START_TEST(test_only_whole_lines_of_the_hash_count)
{
	const char *text = lists[_i].text;

	ck_assert_int_eq(release_has(text, strlen(text), hash), lists[_i].has);
}
END_TEST

Suite *suite_release(void)
{
	Suite *s = suite_create("workstation/custody/release");
	TCase *tc = tcase_create("list");

	tcase_add_loop_test(tc, test_only_whole_lines_of_the_hash_count, 0,
			    sizeof(lists) / sizeof(lists[0]));
	suite_add_tcase(s, tc);
	return s;
}
