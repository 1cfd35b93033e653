#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "collector/wire.h"

Suite *suite_wire(void);

static struct wire_item out;

static struct bytes text(const char *s)
{
	return (struct bytes){ s, strlen(s) };
}

static void same(struct bytes a, struct bytes b)
{
	ck_assert_uint_eq(a.len, b.len);
	ck_assert_mem_eq(a.p, b.p, a.len);
}

static struct item sample(const struct extent *extents, size_t count)
{
	struct item it = { .path = text("/tmp/a\nb\xff"), .category = "temporary", .artifact = "tmp",
			   .type = ITEM_FILE, .depth = DEPTH_CONTENT, .has_stat = true,
			   .fstype = "tmpfs", .link = text("t"), .xattrs = text("xx"),
			   .extents = extents, .extent_count = count,
			   .hardlink = text("/tmp/first"), .cap = 99 };

	for (size_t i = 0; i < count; i++)
		it.promise += extents[i].length;
	it.st.size = 8192;
	it.st.ino = 7;
	return it;
}

START_TEST(test_an_item_comes_out_as_it_went_in)
{
	const struct extent extents[] = { { 0, 10 }, { 4096, 32 } };
	struct item it = sample(extents, 2);
	size_t n = wire_item_size(&it);
	void *m = malloc(n);

	wire_put_item(m, &it);
	ck_assert_int_eq(wire_get_item(m, n, &out), 0);
	same(out.it.path, it.path);
	same(out.it.link, it.link);
	same(out.it.xattrs, it.xattrs);
	same(out.it.hardlink, it.hardlink);
	ck_assert_str_eq(out.it.category, "temporary");
	ck_assert_str_eq(out.it.artifact, "tmp");
	ck_assert_str_eq(out.it.fstype, "tmpfs");
	ck_assert_uint_eq(out.it.extent_count, 2);
	ck_assert_mem_eq(out.it.extents, extents, sizeof(extents));
	ck_assert_uint_eq(out.it.st.ino, 7);
	ck_assert_uint_eq(out.it.promise, 42);
	free(m);
}
END_TEST

START_TEST(test_a_dense_item_has_no_extents_and_a_whole_hole_has_none_but_is_sparse)
{
	const struct extent none[1] = { { 0, 0 } };
	struct item it = sample(NULL, 0);
	unsigned char m[4096];

	wire_put_item(m, &it);
	ck_assert_int_eq(wire_get_item(m, wire_item_size(&it), &out), 0);
	ck_assert_ptr_null(out.it.extents);
	it = sample(none, 0);
	wire_put_item(m, &it);
	ck_assert_int_eq(wire_get_item(m, wire_item_size(&it), &out), 0);
	ck_assert_ptr_nonnull(out.it.extents);
	ck_assert_uint_eq(out.it.extent_count, 0);
}
END_TEST

START_TEST(test_a_message_of_any_other_length_is_refused)
{
	struct item it = sample(NULL, 0);
	size_t n = wire_item_size(&it);
	unsigned char m[4096] = { 0 };

	wire_put_item(m, &it);
	for (size_t i = 0; i < n; i++)
		ck_assert_int_eq(wire_get_item(m, i, &out), -1);
	ck_assert_int_eq(wire_get_item(m, n + 1, &out), -1);
}
END_TEST

/* Whoever took a reader over could otherwise write what he likes into the manifest, or make an
 * archive that does not verify. */
START_TEST(test_what_is_no_word_no_name_or_no_bool_is_refused)
{
	static const struct {
		const char *category, *artifact;
		struct bytes path, link;
	} rows[] = {
		{ "logs\",\"x\":\"", "a", { "/a", 2 }, { NULL, 0 } },
		{ "logs", "two words", { "/a", 2 }, { NULL, 0 } },
		{ "logs", "a\\", { "/a", 2 }, { NULL, 0 } },
		{ "", "a", { "/a", 2 }, { NULL, 0 } },
		{ "logs", "a", { "", 0 }, { NULL, 0 } },
		{ "logs", "a", { "/a\0b", 4 }, { NULL, 0 } },
		{ "logs", "a", { "//", 2 }, { NULL, 0 } },
		{ "logs", "a", { "/a/", 3 }, { NULL, 0 } },
		{ "logs", "a", { "/a//b", 5 }, { NULL, 0 } },
		{ "logs", "a", { "/..", 3 }, { NULL, 0 } },
		{ "logs", "a", { "./a", 3 }, { NULL, 0 } },
		{ "logs", "a", { "/a", 2 }, { "l\0", 2 } },
	};
	struct item it = sample(NULL, 0);
	unsigned char m[4096];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		it.category = rows[i].category;
		it.artifact = rows[i].artifact;
		it.path = rows[i].path;
		it.link = rows[i].link;
		wire_put_item(m, &it);
		ck_assert_int_eq(wire_get_item(m, wire_item_size(&it), &out), -1);
	}
	for (const char *const *p = (const char *const []){ "/", "/...", "/.a", "live/a", NULL }; *p; p++) {
		it = sample(NULL, 0);
		it.type = (*p)[1] == '\0' ? ITEM_DIR : ITEM_FILE;
		it.path = text(*p);
		wire_put_item(m, &it);
		ck_assert_int_eq(wire_get_item(m, wire_item_size(&it), &out), 0);
	}
	it = sample(NULL, 0);
	strcpy(it.container.runtime, "a\"b");
	wire_put_item(m, &it);
	ck_assert_int_eq(wire_get_item(m, wire_item_size(&it), &out), -1);
	it = sample(NULL, 0);
	memset(&it.live, 2, sizeof(it.live));
	wire_put_item(m, &it);
	ck_assert_int_eq(wire_get_item(m, wire_item_size(&it), &out), -1);
	it = sample(NULL, 0);
	it.path = text("/"); /* as a file it would be the folder [root], or live/ */
	for (int live = 0; live < 2; live++) {
		it.live = live == 1;
		wire_put_item(m, &it);
		ck_assert_int_eq(wire_get_item(m, wire_item_size(&it), &out), -1);
	}
}
END_TEST

START_TEST(test_extents_that_contradict_each_other_or_the_size_are_refused)
{
	static const struct extent rows[][2] = {
		{ { 0, 10 }, { 5, 32 } },			/* overlap */
		{ { 4096, 10 }, { 0, 10 } },			/* backwards */
		{ { 0, 10 }, { 8190, 10 } },			/* beyond */
		{ { 0, 10 }, { UINT64_MAX - 4, 10 } },
		{ { UINT64_C(1) << 60, 10 }, { 8190, 10 } },
	};
	unsigned char m[4096];
	struct item it;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		it = sample(rows[i], 2);
		wire_put_item(m, &it);
		ck_assert_int_eq(wire_get_item(m, wire_item_size(&it), &out), -1);
	}
	it = sample((const struct extent[]){ { 0, 10 }, { 4096, 10 } }, 2);
	it.promise--;
	wire_put_item(m, &it);
	ck_assert_int_eq(wire_get_item(m, wire_item_size(&it), &out), -1);
}
END_TEST

START_TEST(test_the_end_of_an_item_keeps_gap_call_and_errno)
{
	struct item_end how = { .gap = GAP_IO_ERROR, .oserr = 5, .syscall = "pread64", .offset = 4096 };
	struct wire_end m, got;

	wire_put_end(&m, &how);
	ck_assert_int_eq(wire_get_end(&m, sizeof(m), &got), 0);
	ck_assert_str_eq(got.how.syscall, "pread64");
	ck_assert_int_eq(got.how.gap, GAP_IO_ERROR);
	ck_assert_int_eq(got.how.oserr, 5);
	ck_assert_int_eq(wire_get_end(&m, sizeof(m) - 1, &got), -1);
	strcpy(m.syscall, "a\"b");
	ck_assert_int_eq(wire_get_end(&m, sizeof(m), &got), -1);
	m.syscall[0] = '\0';
	ck_assert_int_eq(wire_get_end(&m, sizeof(m), &got), 0);
	m.how.gap = GAP_COUNT;
	ck_assert_int_eq(wire_get_end(&m, sizeof(m), &got), -1);
}
END_TEST

Suite *suite_wire(void)
{
	Suite *s = suite_create("collector/wire");
	TCase *t = tcase_create("wire");

	tcase_add_test(t, test_an_item_comes_out_as_it_went_in);
	tcase_add_test(t, test_a_dense_item_has_no_extents_and_a_whole_hole_has_none_but_is_sparse);
	tcase_add_test(t, test_a_message_of_any_other_length_is_refused);
	tcase_add_test(t, test_what_is_no_word_no_name_or_no_bool_is_refused);
	tcase_add_test(t, test_extents_that_contradict_each_other_or_the_size_are_refused);
	tcase_add_test(t, test_the_end_of_an_item_keeps_gap_call_and_errno);
	suite_add_tcase(s, t);
	return s;
}
