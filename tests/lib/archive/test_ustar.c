#include "lib/archive/ustar.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/archive/pax_read.h"

Suite *suite_ustar(void);

static const struct {
	size_t n;
	int64_t seconds;
	const char *octal;
} rows[] = {
	{ 0, 0, "00000000000" },
	{ 1, 1700000000, "14524770400" },
	{ 511, 077777777777ll, "77777777777" },
	{ 512, 0100000000000ll, "77777777777" },
	{ 513, -1, "00000000000" },
};

START_TEST(test_a_member_is_whole_blocks_and_says_its_size_and_time)
{
	char data[600], size[13];
	struct buf b;

	memset(data, 'x', sizeof(data));
	buf_init(&b, 4096);
	ustar_member(&b, "CUSTODY/x", data, rows[_i].n, rows[_i].seconds);
	ck_assert(!b.failed);
	ck_assert_uint_eq(b.len, 512 + (rows[_i].n + 511) / 512 * 512);
	snprintf(size, sizeof(size), "%011zo", rows[_i].n);
	ck_assert_str_eq(b.p + 124, size);
	ck_assert_str_eq(b.p + 136, rows[_i].octal);
	for (size_t i = 512; i < b.len; i++)
		ck_assert_int_eq(b.p[i], i < 512 + rows[_i].n ? 'x' : 0);
	buf_release(&b);
}
END_TEST

START_TEST(test_what_has_no_room_is_marked)
{
	char name[USTAR_NAME_MAX + 2];
	struct buf b;

	memset(name, 'n', sizeof(name));
	name[USTAR_NAME_MAX + 1] = '\0';
	buf_init(&b, 4096);
	ustar_member(&b, name, "", 0, 0);
	ck_assert(b.failed);
	buf_clear(&b);
	ustar_member(&b, name + 1, "", 0, 0);
	ck_assert(!b.failed);
	ck_assert_int_eq(memcmp(b.p, name + 1, USTAR_NAME_MAX), 0);
	buf_release(&b);
	buf_init(&b, 1023);
	ustar_member(&b, "x", "y", 1, 0);
	ck_assert(b.failed);
	buf_release(&b);
}
END_TEST

static ssize_t give(void *ctx, void *data, size_t n)
{
	struct bytes *left = ctx;

	if (n > left->len)
		n = left->len;
	memcpy(data, left->p, n);
	left->p = (const char *)left->p + n;
	left->len -= n;
	return (ssize_t)n;
}

static void ignore(void *ctx, const void *data, size_t n)
{
	(void)ctx;
	(void)data;
	(void)n;
}

START_TEST(test_it_is_a_member_for_the_reader)
{
	struct bytes left;
	struct pax_read *r;
	struct pax_member m;
	struct buf b;

	buf_init(&b, 4096);
	ustar_member(&b, "CUSTODY/seal.txt", "text", 4, 1700000000);
	left = (struct bytes){ b.p, b.len };
	r = pax_read_new(give, ignore, &left, NULL);
	ck_assert_int_eq(pax_read_next(r, &m), PAX_MORE);
	ck_assert_mem_eq(m.name.p, "CUSTODY/seal.txt", m.name.len);
	ck_assert_int_eq(m.type, ITEM_FILE);
	ck_assert_uint_eq(m.mode, 0444);
	ck_assert_int_eq(m.mtime.sec, 1700000000);
	pax_read_free(r);
	buf_release(&b);
}
END_TEST

Suite *suite_ustar(void)
{
	Suite *s = suite_create("lib/archive/ustar");
	TCase *t = tcase_create("ustar");

	tcase_add_loop_test(t, test_a_member_is_whole_blocks_and_says_its_size_and_time, 0,
			    (int)(sizeof(rows) / sizeof(rows[0])));
	tcase_add_test(t, test_what_has_no_room_is_marked);
	tcase_add_test(t, test_it_is_a_member_for_the_reader);
	suite_add_tcase(s, t);
	return s;
}
