#include "collector/acquire/extent.h"

#include <check.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/scene.h"

Suite *suite_extent(void);

#define BLOCK 65536u	/* larger than a block of any file system we meet */
#define TIB (UINT64_C(1) << 40)

static struct extent extents[ITEM_EXTENTS_MAX];
static struct scene s;
static int fd;

static void setup(void)
{
	scene_open(&s);
	fd = openat(s.fd, "f", O_RDWR | O_CREAT, 0600);
}

static void teardown(void)
{
	close(fd);
	scene_close(&s);
}

static void put(uint64_t at, size_t n)
{
	static char block[BLOCK];

	memset(block, 'x', sizeof(block));
	ck_assert_int_eq(pwrite(fd, block, n, (off_t)at), (ssize_t)n);
}

START_TEST(test_a_dense_file_is_no_sparse_one)
{
	size_t n = 0;

	put(0, BLOCK);
	ck_assert_uint_eq(extent_list(fd, BLOCK, extents, &n), EXTENT_DENSE);
}
END_TEST

START_TEST(test_a_file_of_holes_alone_has_no_data)
{
	size_t n = 9;

	ck_assert_int_eq(ftruncate(fd, TIB), 0);
	ck_assert_uint_eq(extent_list(fd, TIB, extents, &n), 0);
	ck_assert_uint_eq(n, 0);
}
END_TEST

START_TEST(test_data_between_holes_is_found)
{
	uint64_t data;
	size_t n = 0;

	ck_assert_int_eq(ftruncate(fd, TIB), 0);
	put(BLOCK, BLOCK);
	put(TIB / 2, BLOCK);
	put(TIB - BLOCK, BLOCK);
	data = extent_list(fd, TIB, extents, &n);
	ck_assert_uint_eq(n, 3);
	ck_assert_uint_eq(data, 3 * BLOCK);
	ck_assert_uint_eq(extents[0].offset, BLOCK);
	ck_assert_uint_eq(extents[1].offset, TIB / 2);
	ck_assert_uint_eq(extents[2].offset, TIB - BLOCK);
	ck_assert_uint_eq(extents[2].length, BLOCK);
}
END_TEST

START_TEST(test_data_beyond_the_promised_size_is_not_listed)
{
	size_t n = 0;

	put(BLOCK, BLOCK);
	put(8 * BLOCK, BLOCK);
	ck_assert_uint_eq(extent_list(fd, BLOCK + 10, extents, &n), 10);
	ck_assert_uint_eq(n, 1);
	ck_assert_uint_eq(extent_list(fd, 4 * BLOCK, extents, &n), BLOCK);
	ck_assert_uint_eq(n, 1);
}
END_TEST

START_TEST(test_more_extents_than_fit_are_joined_over_the_smallest_holes)
{
	const uint64_t pieces = ITEM_EXTENTS_MAX + 10, step = 2 * 65536, far = UINT64_C(1) << 40;
	uint64_t data, end = 0;
	size_t n = 0;

	for (uint64_t i = 0; i < pieces; i++)
		put(i * step, 4096);
	put(far, 4096);
	data = extent_list(fd, far + 4096, extents, &n);
	ck_assert_uint_le(n, ITEM_EXTENTS_MAX);
	ck_assert_uint_ge(n, ITEM_EXTENTS_MAX / 2);
	ck_assert_uint_ge(data, (pieces + 1) * 4096);
	ck_assert_uint_le(data, pieces * step);
	ck_assert_uint_eq(extents[n - 1].offset, far);
	for (size_t i = 0; i < n; i++) {
		ck_assert(i == 0 || extents[i].offset > end);
		end = extents[i].offset + extents[i].length;
	}
}
END_TEST

START_TEST(test_fewer_blocks_than_the_size_needs_may_be_holes)
{
	struct item_stat st = { .size = 4096, .blocks = 8 };

	ck_assert(!extent_maybe(&st));
	st.blocks = 0;
	ck_assert(extent_maybe(&st));
	st.size = 100;		/* kept in the inode */
	ck_assert(!extent_maybe(&st));
}
END_TEST

Suite *suite_extent(void)
{
	Suite *suite = suite_create("collector/acquire/extent");
	TCase *t = tcase_create("extent");

	tcase_add_unchecked_fixture(t, scene_setup, scene_teardown);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, test_a_dense_file_is_no_sparse_one);
	tcase_add_test(t, test_a_file_of_holes_alone_has_no_data);
	tcase_add_test(t, test_data_between_holes_is_found);
	tcase_add_test(t, test_data_beyond_the_promised_size_is_not_listed);
	tcase_add_test(t, test_more_extents_than_fit_are_joined_over_the_smallest_holes);
	tcase_add_test(t, test_fewer_blocks_than_the_size_needs_may_be_holes);
	suite_add_tcase(suite, t);
	return suite;
}
