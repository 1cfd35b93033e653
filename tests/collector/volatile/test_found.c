#include <check.h>

#include "collector/volatile/found.h"

Suite *suite_found(void);

static struct found *f;

static void set_up(void)
{
	f = found_new();
	ck_assert_ptr_nonnull(f);
}

static void tear_down(void)
{
	found_free(f);
}

static bool add(uint64_t dev, uint64_t ino, enum depth depth, int pid)
{
	const struct found_file file = { .dev = dev, .ino = ino, .depth = depth, .pid = pid };

	return found_add(f, &file);
}

START_TEST(test_a_file_is_remembered_once_by_device_and_inode)
{
	ck_assert(add(1, 2, DEPTH_DIGEST, 10));
	ck_assert(add(1, 2, DEPTH_DIGEST, 11));
	ck_assert(add(2, 2, DEPTH_DIGEST, 12));
	ck_assert(add(1, 3, DEPTH_DIGEST, 13));
	ck_assert_uint_eq(f->count, 3);
	ck_assert_int_eq(found_get(f, 1, 2)->pid, 10);
	ck_assert_int_eq(found_get(f, 2, 2)->pid, 12);
	ck_assert_ptr_null(found_get(f, 2, 3));
}
END_TEST

START_TEST(test_the_greater_depth_counts_with_the_way_to_it)
{
	add(1, 2, DEPTH_DIGEST, 10);
	add(1, 2, DEPTH_CONTENT, 11);
	add(1, 2, DEPTH_DIGEST, 12);
	ck_assert_int_eq(found_get(f, 1, 2)->pid, 11);
	ck_assert_int_eq(found_get(f, 1, 2)->depth, DEPTH_CONTENT);
}
END_TEST

START_TEST(test_a_full_table_counts_what_does_not_fit_and_still_knows_the_rest)
{
	for (uint32_t i = 0; i < FOUND_MAX; i++)
		ck_assert(add(7, i + 1, DEPTH_DIGEST, (int)i));
	ck_assert(!add(8, 1, DEPTH_DIGEST, 1));
	ck_assert(!add(8, 2, DEPTH_DIGEST, 1));
	ck_assert(add(7, 5, DEPTH_CONTENT, 1));
	ck_assert_uint_eq(f->left_out, 2);
	ck_assert_uint_eq(f->count, FOUND_MAX);
	ck_assert_ptr_null(found_get(f, 8, 1));
	for (uint32_t i = 0; i < FOUND_MAX; i++)
		ck_assert_uint_eq(found_get(f, 7, i + 1)->ino, i + 1);
}
END_TEST

START_TEST(test_the_order_ascends_by_device_then_inode)
{
	add(2, 1, DEPTH_DIGEST, 1);
	add(1, 9, DEPTH_DIGEST, 2);
	add(found_dev(1, 0), 1, DEPTH_DIGEST, 3);
	add(1, 3, DEPTH_DIGEST, 4);
	found_sort(f);
	ck_assert_int_eq(f->file[f->order[0]].pid, 4);
	ck_assert_int_eq(f->file[f->order[1]].pid, 2);
	ck_assert_int_eq(f->file[f->order[2]].pid, 1);
	ck_assert_int_eq(f->file[f->order[3]].pid, 3);
}
END_TEST

Suite *suite_found(void)
{
	Suite *s = suite_create("collector/volatile/found");
	TCase *t = tcase_create("found");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, test_a_file_is_remembered_once_by_device_and_inode);
	tcase_add_test(t, test_the_greater_depth_counts_with_the_way_to_it);
	tcase_add_test(t, test_a_full_table_counts_what_does_not_fit_and_still_knows_the_rest);
	tcase_add_test(t, test_the_order_ascends_by_device_then_inode);
	suite_add_tcase(s, t);
	return s;
}
