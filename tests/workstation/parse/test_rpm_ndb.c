#include "workstation/parse/rpm_ndb.h"

#include <check.h>
#include <string.h>

Suite *suite_rpm_ndb(void);

static uint8_t file[8192];

static void put(size_t at, uint32_t v)
{
	for (size_t i = 0; i < 4; i++)
		file[at + i] = (uint8_t)(v >> 8 * i);
}

static void put_slot(unsigned slot, uint32_t package, uint32_t block)
{
	size_t at = 32 + 16 * (size_t)slot;

	memcpy(file + at, "Slot", 4);
	put(at + 4, package);
	put(at + 8, block);
	put(at + 12, 2);
}

static void put_blob(uint32_t block, uint32_t package, uint32_t len, const char *text)
{
	size_t at = 16 * (size_t)block;

	memcpy(file + at, "BlbS", 4);
	put(at + 4, package);
	put(at + 12, len);
	memcpy(file + at + 16, text, strlen(text));
}

static void setup(void)
{
	memset(file, 0, sizeof(file));
	memcpy(file, "RpmP", 4);
	put(12, 1);
	put_slot(0, 1, 256);
	put_slot(2, 7, 260);
	put_blob(256, 1, 5, "first");
	put_blob(260, 7, 6, "second");
}

START_TEST(test_packages_are_found_by_their_slots)
{
	struct rpm_ndb d;
	struct bytes b;
	uint64_t pos;

	ck_assert(rpm_ndb_open(&d, file, sizeof(file)));
	ck_assert(rpm_ndb_next(&d, &b, &pos));
	ck_assert(b.len == 5 && memcmp(b.p, "first", 5) == 0);
	ck_assert_uint_eq(pos, 256 * 16 + 16);
	ck_assert(rpm_ndb_next(&d, &b, &pos));
	ck_assert(b.len == 6 && memcmp(b.p, "second", 6) == 0);
	ck_assert(!rpm_ndb_next(&d, &b, &pos));
	ck_assert_uint_eq(d.bad, 0);
}
END_TEST

START_TEST(test_slots_that_lead_nowhere_are_counted)
{
	struct rpm_ndb d;
	struct bytes b;
	uint64_t pos;

	put_slot(3, 8, 260);			/* of another package */
	put_slot(4, 9, UINT32_MAX);		/* behind the end */
	put_slot(5, 9, 300);			/* nothing there */
	put_slot(6, 9, 511);
	put_blob(511, 9, 1, "");		/* longer than the file */
	ck_assert(rpm_ndb_open(&d, file, sizeof(file)));
	ck_assert(rpm_ndb_next(&d, &b, &pos) && rpm_ndb_next(&d, &b, &pos));
	ck_assert(!rpm_ndb_next(&d, &b, &pos));
	ck_assert_uint_eq(d.bad, 4);
}
END_TEST

START_TEST(test_a_cut_file_gives_what_is_there)
{
	struct rpm_ndb d;
	struct bytes b;
	uint64_t pos;

	ck_assert(rpm_ndb_open(&d, file, 260 * 16));
	ck_assert(rpm_ndb_next(&d, &b, &pos));
	ck_assert(!rpm_ndb_next(&d, &b, &pos));
	ck_assert_uint_eq(d.bad, 1);
	ck_assert(rpm_ndb_open(&d, file, 32));
	ck_assert(!rpm_ndb_next(&d, &b, &pos));
	ck_assert(!rpm_ndb_open(&d, file, 31));
	file[0] = 'X';
	ck_assert(!rpm_ndb_open(&d, file, sizeof(file)));
}
END_TEST

Suite *suite_rpm_ndb(void)
{
	Suite *s = suite_create("workstation/parse/rpm_ndb");
	TCase *t = tcase_create("rpm_ndb");

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, test_packages_are_found_by_their_slots);
	tcase_add_test(t, test_slots_that_lead_nowhere_are_counted);
	tcase_add_test(t, test_a_cut_file_gives_what_is_there);
	suite_add_tcase(s, t);
	return s;
}
