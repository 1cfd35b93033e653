#include "lib/item/item.h"

#include <check.h>
#include <string.h>
#include <sys/stat.h>

Suite *suite_item(void);

static size_t pack(char *to, const char *name, const void *value, uint32_t value_len)
{
	uint16_t name_len = (uint16_t)strlen(name);

	memcpy(to, &name_len, 2);
	memcpy(to + 2, &value_len, 4);
	memcpy(to + 6, name, name_len);
	memcpy(to + 6 + name_len, value, value_len);
	return 6u + name_len + value_len;
}

START_TEST(test_xattrs_are_walked_in_order)
{
	char packed[128];
	size_t n = pack(packed, "user.a", "\0\1", 2);
	struct item_xattr x;
	size_t at = 0;

	n += pack(packed + n, "security.capability", "", 0);
	ck_assert(item_xattr_next((struct bytes){ packed, n }, &at, &x));
	ck_assert_uint_eq(x.name.len, 6);
	ck_assert_mem_eq(x.name.p, "user.a", 6);
	ck_assert_uint_eq(x.value.len, 2);
	ck_assert_mem_eq(x.value.p, "\0\1", 2);
	ck_assert(item_xattr_next((struct bytes){ packed, n }, &at, &x));
	ck_assert_uint_eq(x.name.len, 19);
	ck_assert_uint_eq(x.value.len, 0);
	ck_assert(!item_xattr_next((struct bytes){ packed, n }, &at, &x));
}
END_TEST

START_TEST(test_broken_packing_ends_the_walk)
{
	char packed[64];
	size_t n = pack(packed, "user.a", "xyz", 3);
	uint32_t huge = UINT32_MAX;
	struct item_xattr x;

	for (size_t cut = 0; cut < n; cut++) {
		size_t at = 0;

		ck_assert(!item_xattr_next((struct bytes){ packed, cut }, &at, &x));
	}
	memcpy(packed + 2, &huge, 4);
	n = 0;
	ck_assert(!item_xattr_next((struct bytes){ packed, sizeof(packed) }, &n, &x));
}
END_TEST

static const struct {
	uint32_t mode;
	enum item_type type;
	const char *word;
} rows[] = {
	{ S_IFREG | 0644, ITEM_FILE, "file" }, { S_IFDIR | 0755, ITEM_DIR, "directory" },
	{ S_IFLNK | 0777, ITEM_SYMLINK, "symlink" }, { S_IFIFO, ITEM_FIFO, "fifo" },
	{ S_IFSOCK, ITEM_SOCKET, "socket" }, { S_IFCHR, ITEM_CHARDEV, "chardev" },
	{ S_IFBLK, ITEM_BLOCKDEV, "blockdev" }, { 0644, ITEM_UNKNOWN, "unknown" },
};

START_TEST(test_mode_has_a_type_and_the_type_a_word)
{
	ck_assert_int_eq(item_type_of(rows[_i].mode), rows[_i].type);
	ck_assert_str_eq(item_type_word(rows[_i].type), rows[_i].word);
}
END_TEST

START_TEST(test_depths_have_words)
{
	ck_assert_str_eq(item_depth_word(DEPTH_META), "metadata");
	ck_assert_str_eq(item_depth_word(DEPTH_DIGEST), "digest");
	ck_assert_str_eq(item_depth_word(DEPTH_CONTENT), "content");
}
END_TEST

Suite *suite_item(void)
{
	Suite *s = suite_create("lib/item/item");
	TCase *tc = tcase_create("item");

	tcase_add_test(tc, test_xattrs_are_walked_in_order);
	tcase_add_test(tc, test_broken_packing_ends_the_walk);
	tcase_add_loop_test(tc, test_mode_has_a_type_and_the_type_a_word, 0,
			    sizeof(rows) / sizeof(rows[0]));
	tcase_add_test(tc, test_depths_have_words);
	suite_add_tcase(s, tc);
	return s;
}
