#include <check.h>
#include <stdio.h>
#include <string.h>

#include "lib/bundle/tail.h"

Suite *suite_tail(void);

#define TEXT_LEN 600u
#define SIG_LEN 64u

static unsigned char raw[TAIL_MAX];
static size_t length;

/* A ustar header as the format fixes it, with content and padding behind it. */
static void add(char type, const char *content, size_t n)
{
	unsigned char *h = raw + length;
	unsigned sum = 0;

	memset(h, 0, 512 + (n + 511) / 512 * 512);
	memcpy(h, "CUSTODY/segments/000003/seal.txt", 32);
	memcpy(h + 100, "000444 ", 7);
	h[156] = (unsigned char)type;
	memcpy(h + 257, "ustar\00000", 8);
	memset(h + 148, ' ', 8);
	for (size_t i = 0; i < 512; i++)
		sum += h[i];
	snprintf((char *)h + 148, 8, "%06o", sum);
	memcpy(h + 512, content, n);
	length += 512 + (n + 511) / 512 * 512;
}

static void make(int extended)
{
	static char text[TEXT_LEN];

	length = 0;
	memset(text, 'a', sizeof(text));
	if (extended)
		add('x', "21 hdrcharset=BINARY\n", 21);
	add('0', text, TEXT_LEN);
	if (extended)
		add('x', "21 hdrcharset=BINARY\n", 21);
	add('0', text, SIG_LEN);
}

START_TEST(test_a_tail_as_the_format_fixes_it_is_plain)
{
	make(_i);
	ck_assert(tail_is_plain(raw, length, TEXT_LEN, SIG_LEN));
}
END_TEST

/* Contents are under the signature; every other bit has to be seen here. */
static int is_content(size_t at, int extended)
{
	size_t text = 512 + (extended ? 1024 : 0);
	size_t sig = text + 1024 + 512 + (extended ? 1024 : 0);

	return (at >= text && at < text + TEXT_LEN) || (at >= sig && at < sig + SIG_LEN);
}

START_TEST(test_every_flipped_bit_outside_the_contents_shows)
{
	make(_i);
	for (size_t bit = 0; bit < length * 8; bit++) {
		bool seen;

		raw[bit / 8] ^= (unsigned char)(1u << bit % 8);
		seen = !tail_is_plain(raw, length, TEXT_LEN, SIG_LEN);
		ck_assert_msg(seen != is_content(bit / 8, _i), "byte %zu bit %zu", bit / 8, bit % 8);
		raw[bit / 8] ^= (unsigned char)(1u << bit % 8);
	}
}
END_TEST

START_TEST(test_a_tail_cut_anywhere_is_not_plain)
{
	make(_i);
	for (size_t n = 0; n < length; n++)
		ck_assert(!tail_is_plain(raw, n, TEXT_LEN, SIG_LEN));
}
END_TEST

START_TEST(test_another_extended_record_is_not_plain)
{
	length = 0;
	add('x', "20 mtime=1.123456789\n", 21);
	add('0', "text", 4);
	add('0', "signature", 9);
	ck_assert(!tail_is_plain(raw, length, 4, 9));
}
END_TEST

Suite *suite_tail(void)
{
	Suite *s = suite_create("lib/bundle/tail");
	TCase *t = tcase_create("tail");

	tcase_add_loop_test(t, test_a_tail_as_the_format_fixes_it_is_plain, 0, 2);
	tcase_add_loop_test(t, test_every_flipped_bit_outside_the_contents_shows, 0, 2);
	tcase_add_loop_test(t, test_a_tail_cut_anywhere_is_not_plain, 0, 2);
	tcase_add_test(t, test_another_extended_record_is_not_plain);
	suite_add_tcase(s, t);
	return s;
}
