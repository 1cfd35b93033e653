#include "workstation/parse/rpm_bdb.h"

#include <check.h>
#include <string.h>

Suite *suite_rpm_bdb(void);

#define PAGE 512u

static uint8_t file[6 * PAGE];
static bool big;

static void put(size_t at, uint32_t v, unsigned width)
{
	for (unsigned i = 0; i < width; i++)
		file[at + i] = (uint8_t)(v >> 8 * (big ? width - 1 - i : i));
}

static void put_page(unsigned page, uint8_t type, uint32_t next, uint32_t entries, uint32_t free)
{
	size_t at = (size_t)page * PAGE;

	put(at + 8, page, 4);
	put(at + 16, next, 4);
	put(at + 20, entries, 2);
	put(at + 22, free, 2);
	file[at + 25] = type;
}

/* Item ${i} of a page, put at ${from} of it. */
static void put_item(unsigned page, unsigned i, unsigned from, const void *data, size_t n)
{
	put((size_t)page * PAGE + 26 + 2 * i, from, 2);
	memcpy(file + (size_t)page * PAGE + from, data, n);
}

/*
 * Page 1: the last number, package 1 in place, package 2 in a chain of pages 2 and 4.
 */
static void make(void)
{
	uint8_t key[5] = { 1 }, away[12] = { 3 };

	memset(file, 0, sizeof(file));
	put(12, 0x061561, 4);
	put(20, PAGE, 4);
	file[25] = 8;
	put_page(1, 13, 0, 6, 400);
	put_item(1, 0, 507, key, 5);
	put_item(1, 1, 502, "\1last", 5);
	memset(key + 1, 1, 1);
	put_item(1, 2, 497, key, 5);
	put_item(1, 3, 490, "\1header", 7);
	memset(key + 1, 2, 1);
	put_item(1, 4, 485, key, 5);
	put_item(1, 5, 473, away, 12);
	put((size_t)PAGE + 473 + 4, 4, 4);
	put((size_t)PAGE + 473 + 8, 490, 4);
	put_page(4, 7, 2, 1, PAGE - 26);
	memset(file + 4 * PAGE + 26, 'a', PAGE - 26);
	put_page(2, 7, 0, 1, 4);
	memset(file + 2 * PAGE + 26, 'b', 4);
}

static void little(void)
{
	big = false;
	make();
}

START_TEST(test_packages_are_read_in_both_byte_orders_and_over_pages)
{
	struct rpm_bdb d;
	struct bytes b;
	uint64_t pos;

	big = _i;
	make();
	ck_assert(rpm_bdb_open(&d, file, sizeof(file)));
	ck_assert(rpm_bdb_next(&d, &b, &pos));
	ck_assert(b.len == 6 && memcmp(b.p, "header", 6) == 0);
	ck_assert_uint_eq(pos, PAGE + 491);
	ck_assert(rpm_bdb_next(&d, &b, &pos));
	ck_assert_uint_eq(b.len, 490);
	ck_assert_mem_eq((const char *)b.p + 484, "aabbbb", 6);
	ck_assert_uint_eq(pos, 4 * PAGE + 26);
	ck_assert(!rpm_bdb_next(&d, &b, &pos));
	ck_assert_uint_eq(d.bad, 0);
	rpm_bdb_close(&d);
}
END_TEST

/* The one package that is left, and what became of the other. */
static void assert_one_is_bad(void)
{
	struct rpm_bdb d;
	struct bytes b;
	uint64_t pos;

	ck_assert(rpm_bdb_open(&d, file, sizeof(file)));
	ck_assert(rpm_bdb_next(&d, &b, &pos));
	ck_assert_uint_eq(b.len, 6);
	ck_assert(!rpm_bdb_next(&d, &b, &pos));
	ck_assert_uint_eq(d.bad, 1);
	rpm_bdb_close(&d);
}

START_TEST(test_a_chain_that_does_not_end_is_given_up)
{
	put_page(4, 7, 4, 1, 1);		/* itself, for ever */
	assert_one_is_bad();
	put_page(4, 7, 4, 1, 0);
	assert_one_is_bad();
}
END_TEST

START_TEST(test_a_chain_that_leads_elsewhere_is_given_up)
{
	put_page(4, 7, 77, 1, PAGE - 26);	/* behind the file */
	assert_one_is_bad();
	put_page(4, 7, 1, 1, PAGE - 26);	/* to a page of another kind */
	assert_one_is_bad();
	put_page(4, 7, 2, 1, PAGE);		/* more than a page holds */
	assert_one_is_bad();
	put_page(4, 7, 0, 1, PAGE - 26);	/* to its end, too early */
	assert_one_is_bad();
}
END_TEST

START_TEST(test_an_item_outside_of_its_page_ends_the_page)
{
	static const uint32_t from[] = { 0, 30, 512, 65535 };
	struct rpm_bdb d;
	struct bytes b;
	uint64_t pos;

	put((size_t)PAGE + 26 + 4, from[_i], 2);
	ck_assert(rpm_bdb_open(&d, file, sizeof(file)));
	while (rpm_bdb_next(&d, &b, &pos))
		;
	ck_assert_uint_ge(d.bad, 1);
	rpm_bdb_close(&d);
}
END_TEST

START_TEST(test_what_is_no_hash_is_refused)
{
	struct rpm_bdb d;

	ck_assert(!rpm_bdb_open(&d, file, 71));
	file[24] = 1;				/* encrypted */
	ck_assert(!rpm_bdb_open(&d, file, sizeof(file)));
	little();
	put(20, 777, 4);
	ck_assert(!rpm_bdb_open(&d, file, sizeof(file)));
	little();
	file[25] = 9;				/* a tree */
	ck_assert(!rpm_bdb_open(&d, file, sizeof(file)));
	little();
	file[12] = 0;
	ck_assert(!rpm_bdb_open(&d, file, sizeof(file)));
}
END_TEST

Suite *suite_rpm_bdb(void)
{
	Suite *s = suite_create("workstation/parse/rpm_bdb");
	TCase *t = tcase_create("rpm_bdb");

	tcase_add_checked_fixture(t, little, NULL);
	tcase_add_loop_test(t, test_packages_are_read_in_both_byte_orders_and_over_pages, 0, 2);
	tcase_add_test(t, test_a_chain_that_does_not_end_is_given_up);
	tcase_add_test(t, test_a_chain_that_leads_elsewhere_is_given_up);
	tcase_add_loop_test(t, test_an_item_outside_of_its_page_ends_the_page, 0, 4);
	tcase_add_test(t, test_what_is_no_hash_is_refused);
	suite_add_tcase(s, t);
	return s;
}
