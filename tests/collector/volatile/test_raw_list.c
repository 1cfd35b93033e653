#include "collector/volatile/raw_list.h"
#include "tests/support/leftover.h"

#include <check.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

Suite *suite_raw_list(void);

static struct raw_list live, raw;
static struct raw_odds odd, again;

static void set_up(void)
{
	raw_list_init(&live);
	raw_list_init(&raw);
	raw_list_odds_init(&odd);
	raw_list_odds_init(&again);
}

static void tear_down(void)
{
	raw_list_release(&live);
	raw_list_release(&raw);
	raw_list_odds_release(&odd);
	raw_list_odds_release(&again);
}

static void add(struct raw_list *l, const char *name, uint32_t ino, uint8_t type)
{
	ck_assert(raw_list_add(l, name, strlen(name), ino, type));
}

static void compare(struct raw_odds *out)
{
	raw_list_sort(&live);
	raw_list_sort(&raw);
	raw_list_compare(&live, &raw, out);
}

static void assert_odd(const struct raw_odds *o, size_t i, const char *name, uint32_t live_ino,
		       uint32_t raw_ino)
{
	const struct raw_odd *d = raw_list_odd(o, i);

	ck_assert_uint_lt(i, o->n);
	ck_assert_uint_eq(d->len, strlen(name));
	ck_assert_mem_eq(raw_list_odd_name(o, d), name, d->len);
	ck_assert_uint_eq(d->live_ino, live_ino);
	ck_assert_uint_eq(d->raw_ino, raw_ino);
}

START_TEST(test_what_differs_is_found_whatever_the_order)
{
	add(&live, "both", 5, DT_REG);
	add(&live, "ab", 1, DT_REG);
	add(&live, "number", 9, DT_REG);
	add(&live, "a", 2, DT_REG);
	add(&live, "type", 7, DT_REG);
	add(&live, "untold", 8, DT_UNKNOWN);
	add(&raw, "untold", 8, DT_DIR);
	add(&raw, "type", 7, DT_LNK);
	add(&raw, "zz\n", 3, DT_REG);
	add(&raw, "number", 10, DT_REG);
	add(&raw, "abc", 4, DT_REG);
	add(&raw, "both", 5, DT_REG);
	add(&raw, "a", 2, DT_REG);
	compare(&odd);
	ck_assert_uint_eq(odd.n, 5);
	assert_odd(&odd, 0, "ab", 1, 0);
	assert_odd(&odd, 1, "abc", 0, 4);
	assert_odd(&odd, 2, "number", 9, 10);
	assert_odd(&odd, 3, "type", 7, 7);
	assert_odd(&odd, 4, "zz\n", 0, 3);
}
END_TEST

START_TEST(test_only_what_goes_on_differing_in_the_same_way_stays)
{
	add(&raw, "gone", 1, DT_REG);
	add(&raw, "hidden", 2, DT_REG);
	add(&raw, "reborn", 3, DT_REG);
	add(&live, "made up", 4, DT_REG);
	compare(&odd);
	ck_assert_uint_eq(odd.n, 4);
	raw_list_clear(&raw);
	add(&raw, "hidden", 2, DT_REG);
	add(&raw, "reborn", 30, DT_REG);
	add(&raw, "aaa new", 5, DT_REG);
	compare(&again);
	ck_assert_uint_eq(again.n, 4);
	raw_list_still(&odd, &again);
	ck_assert_uint_eq(odd.n, 2);
	assert_odd(&odd, 0, "hidden", 0, 2);
	assert_odd(&odd, 1, "made up", 4, 0);
}
END_TEST

START_TEST(test_too_many_entries_are_told_not_forgotten)
{
	char name[32];

	for (unsigned i = 0; i < RAW_LIST_MAX; i++) {
		snprintf(name, sizeof(name), "%u", i);
		add(&live, name, i + 1, DT_REG);
	}
	ck_assert(!live.full);
	ck_assert(!raw_list_add(&live, "x", 1, 1, DT_REG));
	ck_assert(live.full);
	ck_assert_uint_eq(live.n, RAW_LIST_MAX);
	/* and what fits of the difference is kept */
	compare(&odd);
	ck_assert_uint_eq(odd.n, RAW_ODDS_MAX);
}
END_TEST

START_TEST(test_directory_is_listed_with_numbers_each_time_anew)
{
	char dir[] = "/tmp/exhibit-raw-list-XXXXXX", path[64];
	struct pulse pulse = { 0 };
	struct stat st;
	int fd;

	leftover_dir(dir);
	snprintf(path, sizeof(path), "%s/file", dir);
	close(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	ck_assert_int_eq(stat(path, &st), 0);
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(raw_list_live(&live, fd, &pulse), 0);
		ck_assert_uint_eq(live.n, 1);
		ck_assert_uint_eq(raw_list_at(&live, 0)->ino, st.st_ino);
		ck_assert_mem_eq(raw_list_name(&live, raw_list_at(&live, 0)), "file", 4);
	}
	close(fd);
	unlink(path);
	rmdir(dir);
	ck_assert_int_eq(raw_list_live(&live, -1, &pulse), -1);
}
END_TEST

Suite *suite_raw_list(void)
{
	Suite *s = suite_create("collector/volatile/raw_list");
	TCase *tc = tcase_create("raw_list");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, test_what_differs_is_found_whatever_the_order);
	tcase_add_test(tc, test_only_what_goes_on_differing_in_the_same_way_stays);
	tcase_add_test(tc, test_too_many_entries_are_told_not_forgotten);
	tcase_add_test(tc, test_directory_is_listed_with_numbers_each_time_anew);
	suite_add_tcase(s, tc);
	return s;
}
