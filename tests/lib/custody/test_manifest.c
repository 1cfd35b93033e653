#include "lib/custody/manifest.h"

#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <yyjson.h>

#include "lib/base/text.h"
#include "lib/custody/manifest_read.h"
#include "tests/support/order.h"

Suite *suite_manifest(void);

#define TEXT(s) { s, sizeof(s) - 1 }
#define H16 "000102030405060708090a0b0c0d0e0f"
#define H32 H16 "101112131415161718191a1b1c1d1e1f"

static const uint8_t hash[32] = { 0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15,
				  16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31 };

static struct item example(void)
{
	struct item it = { .path = TEXT("/var/log/wtmp"), .category = "logs", .artifact = "var_log",
			   .type = ITEM_FILE, .depth = DEPTH_CONTENT, .has_stat = true,
			   .noatime = true, .fstype = "ext4" };

	it.st = (struct item_stat){ .mode = S_IFREG | 0664, .uid = 0, .gid = 43, .nlink = 1,
				    .dev_major = 8, .dev_minor = 1, .ino = 1234, .size = 384,
				    .blocks = 8, .mnt_id = 29, .attributes = STATX_ATTR_APPEND,
				    .attributes_mask = STATX_ATTR_APPEND | STATX_ATTR_IMMUTABLE,
				    .mtime = { 1700000000, 1 }, .atime = { 1700000001, 2 },
				    .ctime = { -5, 999999999 }, .btime = { 1600000000, 0 },
				    .has_btime = true };
	it.opened.realtime = (struct instant){ 1795431180, 7 };
	it.opened.boottime = (struct instant){ 51234, 8 };
	return it;
}

START_TEST(test_whole_file_has_the_keys_in_order)
{
	struct item it = example();
	struct item_end end = { .has_after = true, .after = it.st,
				.closed.realtime = { 1795431180, 9 } };
	struct manifest_entry m = { .seq = 5, .it = &it, .end = &end, .has_read = true, .read = 384,
				    .member = TEXT("[root]/var/log/wtmp"), .has_stored = true,
				    .stored = 384, .sha256 = hash };
	struct buf b;

	buf_init(&b, MANIFEST_LINE_MAX);
	manifest_line(&b, &m);
	ck_assert_str_eq(buf_cstr(&b),
		"{\"seq\":5,\"category\":\"logs\",\"artifact\":\"var_log\",\"path\":\"/var/log/wtmp\","
		"\"member\":\"[root]/var/log/wtmp\",\"type\":\"file\",\"depth\":\"content\","
		"\"result\":\"ok\",\"gap\":\"none\",\"dev\":\"8:1\",\"mnt\":29,\"fstype\":\"ext4\","
		"\"ino\":1234,\"nlink\":1,\"mode\":\"0100664\",\"uid\":0,\"gid\":43,\"size\":384,"
		"\"blocks\":8,\"read\":384,\"stored\":384,\"sha256\":\"" H32 "\","
		"\"mtime\":[1700000000,1],\"atime\":[1700000001,2],\"ctime\":[-5,999999999],"
		"\"btime\":[1600000000,0],\"attr\":[\"append\"],"
		"\"attr_known\":[\"immutable\",\"append\"],\"changed\":\"none\",\"noatime\":true,"
		"\"opened\":[1795431180,7],\"closed\":[1795431180,9],\"boot\":[51234,8]}\n");
	buf_release(&b);
}
END_TEST

/* What a container's item says of it; ids are what somebody chose. */
static const struct {
	struct item_container container;
	const char *want;
} containers[] = {
	{ { .mnt = 4026532177, .pid = 71, .runtime = "docker", .id = "0123456789ab" },
	  "\"container\":{\"mnt\":4026532177,\"pid\":71,\"runtime\":\"docker\","
	  "\"id\":\"0123456789ab\"},\"type\":" },
	{ { .mnt = 1, .pid = 2 }, ",\"container\":{\"mnt\":1,\"pid\":2},\"type\":" },
	{ { .mnt = 1, .pid = 2, .runtime = "lxc", .id = "a\"\x1b" },
	  "\"id\":\"a\\\"\\\\x1b\"},\"type\":" },
};

START_TEST(test_an_object_of_a_container_names_it_and_is_read_as_any_other)
{
	struct item it = example();
	struct item_end end = { .gap = GAP_NONE };
	struct manifest_entry m = { .it = &it, .end = &end };
	struct manifest_read *r = manifest_read_new();
	struct manifest_line l;
	struct err e = { 0 };
	struct buf b;

	it.container = containers[_i].container;
	buf_init(&b, MANIFEST_LINE_MAX);
	manifest_line(&b, &m);
	ck_assert_msg(strstr(buf_cstr(&b), containers[_i].want) != NULL, "%s", b.p);
	ck_assert_int_eq(manifest_read_line(r, b.p, b.len - 1, &l, &e), 0);
	ck_assert_uint_eq(l.path.len, it.path.len);
	manifest_read_free(r);
	buf_release(&b);
}
END_TEST

START_TEST(test_gap_tells_its_cause_and_what_changed)
{
	struct item it = example();
	struct item_end end = { .oserr = ENOENT, .syscall = "pread64", .offset = 128,
				.has_after = true, .after = it.st };
	struct manifest_entry m = { .it = &it, .end = &end, .gap = GAP_IO_ERROR, .oserr = EIO,
				    .has_read = true, .read = 128, .has_stored = true,
				    .stored = 384, .padded = true, .pad_from = 128, .sha256 = hash,
				    .sha256_stored = hash };
	struct buf b;

	end.after.size = 500;
	end.after.mtime.nsec = 77;
	end.after.mode = S_IFREG | 0600;
	buf_init(&b, MANIFEST_LINE_MAX);
	manifest_line(&b, &m);
	ck_assert_ptr_nonnull(strstr(buf_cstr(&b),
		"\"result\":\"partial\",\"gap\":\"io-error\",\"errno\":5,\"errname\":\"EIO\","
		"\"syscall\":\"pread64\",\"offset\":128,"));
	ck_assert_ptr_nonnull(strstr(buf_cstr(&b), "\"pad_from\":128,\"sha256\":\"" H32 "\","
		"\"sha256_stored\":\"" H32 "\""));
	ck_assert_ptr_nonnull(strstr(buf_cstr(&b), "\"after\":{\"size\":500,\"mode\":\"0100600\","
		"\"mtime\":[1700000000,77]},\"changed\":\"grew\","));
	buf_release(&b);
}
END_TEST

START_TEST(test_vanished_object_has_no_facts_but_the_cause)
{
	struct item it = { .path = TEXT("/tmp/gone"), .category = "temporary", .artifact = "tmp",
			   .type = ITEM_UNKNOWN, .depth = DEPTH_CONTENT };
	struct item_end end = { .syscall = "openat" };
	struct manifest_entry m = { .seq = 1, .it = &it, .end = &end, .gap = GAP_VANISHED,
				    .oserr = ENOENT };
	struct buf b;

	buf_init(&b, MANIFEST_LINE_MAX);
	manifest_line(&b, &m);
	ck_assert_str_eq(buf_cstr(&b),
		"{\"seq\":1,\"category\":\"temporary\",\"artifact\":\"tmp\",\"path\":\"/tmp/gone\","
		"\"type\":\"unknown\",\"depth\":\"content\",\"result\":\"error\","
		"\"gap\":\"vanished\",\"errno\":2,\"errname\":\"ENOENT\",\"syscall\":\"openat\","
		"\"opened\":[0,0],\"closed\":[0,0],\"boot\":[0,0]}\n");
	buf_release(&b);
}
END_TEST

START_TEST(test_odd_names_links_xattrs_and_extents_are_json)
{
	static const struct extent x[] = { { 0, 5 }, { 1048576, 100 } };
	struct item it = example();
	struct item_end end = { 0 };
	struct manifest_entry m = { .it = &it, .end = &end, .member = TEXT("[root]/tmp/\"\n\xff\\"),
				    .sha256_data = hash };
	struct manifest_read *r = manifest_read_new();
	struct manifest_line l;
	struct err e = { 0 };
	yyjson_doc *doc;
	yyjson_val *root, *xattr;
	struct buf b;

	it.path = (struct bytes)TEXT("/tmp/\"\n\xff\\");
	it.link = (struct bytes)TEXT("../\x1b");
	it.hardlink = (struct bytes)TEXT("/first\xe2\x80\xae");
	it.xattrs = (struct bytes)TEXT(ORDER_XATTR("\7", "\3") "user.\xff\"\0\1\2" ORDER_XATTR("\6", "\0") "user.b");
	it.xattrs_oserr = ENODATA;
	it.extents = x;
	it.extent_count = 2;
	it.type = ITEM_CHARDEV;
	it.st.rdev_major = 1;
	it.st.rdev_minor = 3;
	buf_init(&b, MANIFEST_LINE_MAX);
	manifest_line(&b, &m);
	ck_assert_int_eq(b.p[b.len - 1], '\n');
	ck_assert_ptr_null(memchr(b.p, '\n', b.len - 1));
	ck_assert_int_eq(manifest_read_line(r, b.p, b.len - 1, &l, &e), 0);
	ck_assert_uint_eq(l.path.len, it.path.len);
	ck_assert_mem_eq(l.path.p, it.path.p, l.path.len);
	ck_assert_mem_eq(l.member.p, m.member.p, l.member.len);
	ck_assert_mem_eq(l.link.p, it.link.p, l.link.len);
	ck_assert_mem_eq(l.hardlink.p, it.hardlink.p, l.hardlink.len);
	ck_assert(l.has & MANIFEST_HAS_SHA256_DATA);
	doc = yyjson_read(b.p, b.len, 0);
	root = yyjson_doc_get_root(doc);
	ck_assert_str_eq(yyjson_get_str(yyjson_obj_get(root, "path_b64")), "L3RtcC8iCv9c");
	ck_assert_str_eq(yyjson_get_str(yyjson_obj_get(root, "link_b64")), "Li4vGw==");
	ck_assert_str_eq(yyjson_get_str(yyjson_obj_get(root, "rdev")), "1:3");
	ck_assert_int_eq((int)yyjson_get_int(yyjson_obj_get(root, "xattr_errno")), ENODATA);
	xattr = yyjson_obj_get(root, "xattr");
	ck_assert_str_eq(yyjson_get_str(yyjson_obj_get(xattr, "user.\\xff\"")), "AAEC");
	ck_assert_str_eq(yyjson_get_str(yyjson_obj_get(xattr, "user.b")), "");
	ck_assert_ptr_nonnull(strstr(buf_cstr(&b), "\"extents\":[[0,5],[1048576,100]]"));
	yyjson_doc_free(doc);
	manifest_read_free(r);
	buf_release(&b);
}
END_TEST

START_TEST(test_worst_item_fits_in_a_line)
{
	struct extent *x = calloc(ITEM_EXTENTS_MAX, sizeof(*x));
	char *name = malloc(ITEM_PATH_MAX + 6), *packed = malloc(ITEM_XATTRS_MAX);
	struct item it = example();
	struct item_end end = { 0 };
	struct manifest_entry m = { .it = &it, .end = &end,
				    .member = { name, ITEM_PATH_MAX + 6 } };
	struct buf b;
	size_t at = 0;

	memset(name, '\xff', ITEM_PATH_MAX + 6);
	memset(packed, '\xff', ITEM_XATTRS_MAX);
	for (; at + 261 <= ITEM_XATTRS_MAX; at += 261)
		memcpy(packed + at, "\xff\0\0\0\0\0", 6);
	for (size_t i = 0; i < ITEM_EXTENTS_MAX; i++)
		x[i] = (struct extent){ UINT64_MAX - 1, UINT64_MAX };
	it.path = it.link = it.hardlink = (struct bytes){ name, ITEM_PATH_MAX };
	it.xattrs = (struct bytes){ packed, at };
	it.extents = x;
	it.extent_count = ITEM_EXTENTS_MAX;
	buf_init(&b, MANIFEST_LINE_MAX);
	manifest_line(&b, &m);
	ck_assert(!b.failed);
	buf_release(&b);
	free(x);
	free(name);
	free(packed);
}
END_TEST

static const struct {
	uint64_t size;
	uint32_t nsec;
	uint64_t ino;
	bool looked;
	enum gap gap;
	const char *want;
	int oserr;
} changes[] = {
	{ 384, 1, 1234, true, GAP_NONE, "none", 0 },    { 384, 2, 1234, true, GAP_NONE, "modified", 0 },
	{ 383, 2, 1234, true, GAP_NONE, "shrank", 0 },  { 385, 2, 1234, true, GAP_NONE, "grew", 0 },
	{ 1, 2, 99, true, GAP_NONE, "replaced", 0 },    { 384, 1, 1234, false, GAP_NONE, NULL, 0 },
	{ 384, 1, 1234, false, GAP_SHRANK, "shrank", 0 }, { 384, 1, 1234, true, GAP_GREW, "grew", 0 },
	{ 384, 1, 1234, false, GAP_REPLACED, "replaced", 0 }, { 384, 1, 1234, false, GAP_HUNG, NULL, 0 },
	{ 384, 1, 1234, false, GAP_NONE, "unknown", EIO },
	{ 384, 1, 1234, false, GAP_SHRANK, "shrank", EIO },
};

START_TEST(test_change_has_its_word)
{
	struct item it = example();
	struct item_end end = { .has_after = changes[_i].looked, .after = it.st };
	const char *got;

	end.after_oserr = changes[_i].oserr;
	end.after.size = changes[_i].size;
	end.after.mtime.nsec = changes[_i].nsec;
	end.after.ino = changes[_i].ino;
	got = manifest_changed(&it, &end, changes[_i].gap);
	if (changes[_i].want == NULL)
		ck_assert_ptr_null(got);
	else
		ck_assert_str_eq(got, changes[_i].want);
}
END_TEST

Suite *suite_manifest(void)
{
	Suite *s = suite_create("lib/custody/manifest");
	TCase *tc = tcase_create("manifest");

	tcase_add_test(tc, test_whole_file_has_the_keys_in_order);
	tcase_add_loop_test(tc, test_an_object_of_a_container_names_it_and_is_read_as_any_other,
			    0, sizeof(containers) / sizeof(containers[0]));
	tcase_add_test(tc, test_gap_tells_its_cause_and_what_changed);
	tcase_add_test(tc, test_vanished_object_has_no_facts_but_the_cause);
	tcase_add_test(tc, test_odd_names_links_xattrs_and_extents_are_json);
	tcase_add_test(tc, test_worst_item_fits_in_a_line);
	tcase_add_loop_test(tc, test_change_has_its_word, 0, sizeof(changes) / sizeof(changes[0]));
	suite_add_tcase(s, tc);
	return s;
}
