#include "collector/acquire/links.h"

#include <check.h>
#include <string.h>

Suite *suite_links(void);

static struct item_stat file(uint64_t ino)
{
	return (struct item_stat){ .ino = ino, .dev_major = 8, .dev_minor = 1, .size = 5,
				   .mtime = { 10, 1 }, .ctime = { 20, 2 } };
}

static const struct bytes path = { "/a/b", 4 };

START_TEST(test_a_file_is_found_by_device_and_inode)
{
	struct links *l = links_new();
	struct item_stat st = file(7);

	ck_assert_ptr_null(links_find(l, &st).p);
	links_add(l, &st, path);
	ck_assert_uint_eq(links_find(l, &st).len, 4);
	ck_assert_mem_eq(links_find(l, &st).p, "/a/b", 4);
	st.ino = 8;
	ck_assert_ptr_null(links_find(l, &st).p);
	st = file(7);
	st.dev_minor = 2;
	ck_assert_ptr_null(links_find(l, &st).p);
	links_free(l);
}
END_TEST

START_TEST(test_a_file_changed_since_is_not_found)
{
	struct links *l = links_new();
	struct item_stat st = file(7);

	links_add(l, &st, path);
	st.ctime.nsec++;
	ck_assert_ptr_null(links_find(l, &st).p);
	st = file(7);
	st.mtime.sec++;
	ck_assert_ptr_null(links_find(l, &st).p);
	st = file(7);
	st.size++;
	ck_assert_ptr_null(links_find(l, &st).p);
	links_free(l);
}
END_TEST

START_TEST(test_a_full_table_forgets_nothing_and_takes_no_more)
{
	struct links *l = links_new();
	struct item_stat st;

	for (uint64_t i = 0; i < LINKS_MAX + 100; i++) {
		st = file(i + 1);
		links_add(l, &st, path);
	}
	for (uint64_t i = 0; i < LINKS_MAX + 100; i++) {
		st = file(i + 1);
		ck_assert_int_eq(links_find(l, &st).p != NULL, i < LINKS_MAX);
	}
	links_free(l);
}
END_TEST

START_TEST(test_paths_have_a_bound)
{
	static char longest[ITEM_PATH_MAX];
	struct links *l = links_new();
	struct item_stat st;
	uint64_t fit = LINKS_PATHS_MAX / ITEM_PATH_MAX;

	memset(longest, 'x', sizeof(longest));
	for (uint64_t i = 0; i <= fit; i++) {
		st = file(i + 1);
		links_add(l, &st, (struct bytes){ longest, sizeof(longest) });
		ck_assert_int_eq(links_find(l, &st).p != NULL, i < fit);
	}
	links_free(l);
}
END_TEST

Suite *suite_links(void)
{
	Suite *s = suite_create("collector/acquire/links");
	TCase *t = tcase_create("links");

	tcase_add_test(t, test_a_file_is_found_by_device_and_inode);
	tcase_add_test(t, test_a_file_changed_since_is_not_found);
	tcase_add_test(t, test_a_full_table_forgets_nothing_and_takes_no_more);
	tcase_add_test(t, test_paths_have_a_bound);
	suite_add_tcase(s, t);
	return s;
}
