#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/bundle_expect.h"
#include "tests/support/emulator.h"

Suite *suite_bundle_write_sparse(void);

#define NO_COMPRESSION ((struct compress_options){ COMPRESS_NONE, 0, 0 })
#define ROWS(a) (sizeof(a) / sizeof((a)[0]))
#define MANY (64u << 20)

static struct bundle_box box;
static struct bundle_box_back back;

static void open_box(void)
{
	memset(&box, 0, sizeof(box));
	bundle_box_open(&box, NO_COMPRESSION, MANY);
}

static void release(void)
{
	bundle_box_back_release(&back);
	bundle_box_release(&box);
	memset(&back, 0, sizeof(back));
	/* Results name the file of a test's last assertion (scripts/validation.sh). */
	ck_assert_uint_eq(back.count, 0);
}

static const struct {
	uint64_t size;
	struct extent x[2];
	size_t count;
	size_t given;		/* bytes written of the extents' sum */
	enum gap gap;
	uint64_t pad_from;
} sparse[] = {
	{ 70000, { { 4096, 512 }, { 69900, 100 } }, 2, 612, GAP_NONE, 0 },
	{ 70000, { { 4096, 512 }, { 69900, 100 } }, 2, 600, GAP_SHRANK, 69988 },
	{ 70000, { { 4096, 512 }, { 69900, 100 } }, 2, 512, GAP_IO_ERROR, 69900 },
	{ 70000, { { 4096, 512 }, { 69900, 100 } }, 2, 7, GAP_CUT, 4103 },
	{ 70000, { { 0, 1 } }, 1, 1, GAP_NONE, 0 },
	{ 70000, { { 0, 0 } }, 0, 0, GAP_NONE, 0 },
	{ 70000, { { 0, 70000 } }, 1, 70000, GAP_NONE, 0 },
	{ 70000, { { 100, 100 } }, 1, 0, GAP_IO_ERROR, 0 },
};

START_TEST(test_sparse_file_is_hashed_with_its_holes)
{
	char *logical = calloc(1, 70000), *data = malloc(70000), part[64];
	struct item it = bundle_box_item("/sparse", ITEM_FILE, 0);
	size_t at = 0, want = sparse[_i].given == 0 && sparse[_i].gap != GAP_NONE ? 0 : 70000;

	memset(data, 'd', 70000);
	it.st.size = sparse[_i].size;
	it.extents = sparse[_i].x;
	it.extent_count = sparse[_i].count;
	for (size_t i = 0; i < it.extent_count; i++) {
		for (uint64_t k = 0; k < it.extents[i].length && at < sparse[_i].given; k++, at++)
			logical[it.extents[i].offset + k] = 'd';
		it.promise += it.extents[i].length;
	}
	open_box();
	ck_assert_int_eq(bundle_box_put(&box, &it, data, sparse[_i].given, sparse[_i].gap), 0);
	bundle_expect_whole(&box, &back);
	bundle_expect_content(&back, "[root]/sparse", logical, want);
	ck_assert(bundle_expect_summed(&back, "[root]/sparse"));
	if (sparse[_i].pad_from != 0) {
		snprintf(part, sizeof(part), "\"pad_from\":%llu",
			 (unsigned long long)sparse[_i].pad_from);
		bundle_expect_line(&back, "/sparse", part);
		bundle_expect_hash(&back, "/sparse", "sha256", logical, sparse[_i].pad_from);
		bundle_expect_hash(&back, "/sparse", "sha256_stored", logical, 70000);
	} else {
		bundle_expect_hash(&back, "/sparse", "sha256", logical, want);
	}
	release();
	free(logical);
	free(data);
}
END_TEST

static const struct {
	uint64_t size;
	size_t given;
	bool summed;
} vast[] = {
	{ (1ull << 30) + 10, 10, true },	/* exactly 1 GiB of holes is hashed */
	{ (1ull << 30) + 11, 10, false },
	{ 1ull << 45, 10, false },
	{ 1ull << 45, 4, false },
	{ UINT64_MAX, 10, true },		/* no sparse member any more */
};

START_TEST(test_vast_sparse_file_is_hashed_without_its_holes)
{
	struct extent x = { 4096, 10 };
	struct item it = bundle_box_item("/vast", ITEM_FILE, 10);
	enum gap gap = vast[_i].given == 10 ? GAP_NONE : GAP_CUT;

	if (_i == 0 && emulator_lacks("the speed to hash a gigabyte"))
		return;
	it.st.size = vast[_i].size;
	it.extents = &x;
	it.extent_count = 1;
	open_box();
	ck_assert_int_eq(bundle_box_put(&box, &it, "0123456789", vast[_i].given, gap), 0);
	bundle_expect_whole(&box, &back);
	ck_assert_uint_lt(box.out.len, 65536);
	ck_assert_int_eq(bundle_expect_summed(&back, "[root]/vast"), vast[_i].summed);
	if (vast[_i].size > (1ull << 30) + 10) {
		bundle_expect_hash(&back, "/vast", "sha256_data", "0123456789", vast[_i].given);
		bundle_expect_no_key(&back, "/vast", "\"sha256\"");
	}
	if (vast[_i].given != 10)
		bundle_expect_hash(&back, "/vast", "sha256_stored", "0123\0\0\0\0\0\0", 10);
	release();
}
END_TEST

Suite *suite_bundle_write_sparse(void)
{
	Suite *s = suite_create("lib/bundle/bundle_write_sparse");
	TCase *tc = tcase_create("bundle_write_sparse");

	tcase_set_timeout(tc, 30);
	tcase_add_loop_test(tc, test_sparse_file_is_hashed_with_its_holes, 0, ROWS(sparse));
	tcase_add_loop_test(tc, test_vast_sparse_file_is_hashed_without_its_holes, 0, ROWS(vast));
	suite_add_tcase(s, tc);
	return s;
}
