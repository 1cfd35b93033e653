#include <check.h>
#include <string.h>

#include "tests/support/bundle_box.h"

Suite *suite_bundle_write_checksum(void);

#define NO_COMPRESSION ((struct compress_options){ COMPRESS_NONE, 0, 0 })

static struct bundle_box box;
static struct bundle_box_back back;

static void open_box(void)
{
	memset(&box, 0, sizeof(box));
	box.checksums = CHECKSUM_BIT(CHECKSUM_MD5) | CHECKSUM_BIT(CHECKSUM_SHA1);
	bundle_box_open(&box, NO_COMPRESSION, 64u << 20);
}

static void release(void)
{
	bundle_box_back_release(&back);
	bundle_box_release(&box);
	memset(&back, 0, sizeof(back));
}

static void put(const struct item *it)
{
	ck_assert_int_eq(bundle_box_put(&box, it, "abc", 3, GAP_NONE), 0);
}

/* The one line of the archive. */
static const char *line_of(const char *path)
{
	const char *line;

	bundle_box_close(&box);
	bundle_box_read(&back, box.out.p, box.out.len);
	ck_assert_msg(back.findings.len == 0, "%s", buf_cstr(&back.findings));
	line = bundle_box_line(&back, path);
	ck_assert_ptr_nonnull(line);
	return line;
}

START_TEST(test_what_is_hashed_and_not_kept_has_the_checksums_of_packages)
{
	struct item it = bundle_box_item("/usr/bin/x", ITEM_FILE, 3);

	it.depth = DEPTH_DIGEST;
	put(&it);
	ck_assert_ptr_nonnull(strstr(line_of("/usr/bin/x"),
		"\"md5\":\"900150983cd24fb0d6963f7d28e17f72\","
		"\"sha1\":\"a9993e364706816aba3e25717850c26c9cd0d89d\","));
}
END_TEST

START_TEST(test_holes_belong_to_every_hash_the_last_one_too)
{
	struct extent x = { 2, 3 };
	struct item it = bundle_box_item("/usr/lib/x", ITEM_FILE, 3);
	const char *line;

	it.depth = DEPTH_DIGEST;
	it.st.size = 8;
	it.extents = &x;
	it.extent_count = 1;
	put(&it);
	line = line_of("/usr/lib/x");
	/* printf '\0\0abc\0\0\0' */
	ck_assert_msg(strstr(line, "03d8096549b23e66a29aebfbffe4635755107058a34693ad198ab54d6ef4cd0c") &&
		      strstr(line, "\"md5\":\"5885910856f43d0aa19a0b68f6b16e9a\""), "%s", line);
}
END_TEST

START_TEST(test_what_is_kept_can_be_hashed_later)
{
	struct item it = bundle_box_item("/etc/x", ITEM_FILE, 3);

	put(&it);
	ck_assert_ptr_null(strstr(line_of("/etc/x"), "md5"));
}
END_TEST

START_TEST(test_what_is_inside_a_container_has_its_own_packages)
{
	struct item it = bundle_box_item("/proc/7/root/bin/x", ITEM_FILE, 3);

	it.depth = DEPTH_DIGEST;
	it.container.pid = 7;
	put(&it);
	ck_assert_ptr_null(strstr(line_of("/proc/7/root/bin/x"), "md5"));
}
END_TEST

Suite *suite_bundle_write_checksum(void)
{
	Suite *s = suite_create("lib/bundle/bundle_write_checksum");
	TCase *tc = tcase_create("checksum");

	tcase_add_checked_fixture(tc, open_box, release);
	tcase_add_test(tc, test_what_is_hashed_and_not_kept_has_the_checksums_of_packages);
	tcase_add_test(tc, test_holes_belong_to_every_hash_the_last_one_too);
	tcase_add_test(tc, test_what_is_kept_can_be_hashed_later);
	tcase_add_test(tc, test_what_is_inside_a_container_has_its_own_packages);
	suite_add_tcase(s, tc);
	return s;
}
