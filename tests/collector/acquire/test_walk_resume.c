#include "collector/acquire/walk.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/scene.h"

Suite *suite_walk_resume(void);

/* The first walk, whose cursors we take, and the second, which goes on from one. */
static struct scene first, second;

static void setup(void)
{
	char path[64];

	scene_open(&first);
	first.include[0] = "/case";
	first.keep_cursors = true;
	for (int i = 0; i < 40; i++) {
		snprintf(path, sizeof(path), "/case/%c/%c%d/f%d", 'a' + i % 3, 'm' + i % 2, i % 5, i);
		scene_text(&first, path, "x");
	}
	scene_dir(&first, "/case/empty");
	scene_open(&second);
	second.include[0] = "/case";
	second.walk.root_fd = first.fd;
	ck_assert_int_eq(scene_walk(&first, CATEGORY_EXTRA, NULL), 0);
}

static void teardown(void)
{
	scene_close(&first);
	scene_close(&second);
}

/* Put the table of mounts of the first walk's directory into the second. */
static void go_on(const struct cursor *from)
{
	scene_forget(&second);
	memcpy(second.dir, first.dir, sizeof(second.dir));
	ck_assert_int_eq(scene_walk(&second, CATEGORY_EXTRA, from), 0);
}

START_TEST(test_from_every_position_each_object_comes_exactly_once)
{
	ck_assert_uint_gt(first.count, 50);
	for (size_t i = 0; i < first.count; i++) {
		go_on(first.item[i].at);
		ck_assert_uint_eq(second.count, first.count - i - 1);
		for (size_t k = i + 1; k < first.count; k++)
			ck_assert_uint_eq(scene_times(&second, first.item[k].it.path), 1);
	}
}
END_TEST

START_TEST(test_an_empty_cursor_is_the_beginning)
{
	struct cursor *none = calloc(1, sizeof(*none));

	go_on(none);
	ck_assert_uint_eq(second.count, first.count);
	/* the root itself was touched: behind it there is nothing */
	none->path[0] = '/';
	none->path_len = 1;
	go_on(none);
	ck_assert_uint_eq(second.count, 0);
	free(none);
}
END_TEST

/* The cursor as it is while the directory of an entry is listed: that directory is
 * what hangs, and it is left. */
START_TEST(test_a_directory_that_hangs_in_listing_is_left)
{
	const struct scene_item *in = NULL;
	struct cursor *c = malloc(sizeof(*c));
	size_t dir_len;

	for (size_t i = 0; i < first.count && in == NULL; i++)
		if (first.item[i].it.type == ITEM_FILE)
			in = &first.item[i];
	memcpy(c, in->at, sizeof(*c));
	c->depth--;
	dir_len = c->path_len = c->end[c->depth - 1];
	go_on(c);
	ck_assert_uint_gt(second.count, 10);
	for (size_t i = 0; i < second.count; i++)
		ck_assert(second.item[i].it.path.len <= dir_len ||
			  memcmp(second.item[i].it.path.p, c->path, dir_len) != 0);
	free(c);
}
END_TEST

START_TEST(test_a_directory_gone_meanwhile_is_said_and_the_rest_walked)
{
	const struct scene_item *in = NULL;
	char dir[64], away[80];
	const struct scene_item *gap;
	size_t after = 0;

	for (size_t i = 0; i < first.count && in == NULL; i++)
		if (first.item[i].it.type == ITEM_FILE)
			in = &first.item[i];
	snprintf(dir, sizeof(dir), "%.*s", (int)in->at->end[1], in->at->path);
	snprintf(away, sizeof(away), "%s.away", dir + strlen("/case"));
	ck_assert_int_eq(renameat(first.fd, dir + 1, first.fd, away + 1), 0);
	go_on(in->at);
	gap = scene_find(&second, dir);
	ck_assert_ptr_nonnull(gap);
	ck_assert_int_eq(gap->how.gap, GAP_VANISHED);
	for (size_t i = 0; i < second.count; i++)
		after += second.item[i].how.gap == GAP_NONE;
	ck_assert_uint_gt(after, 10);
}
END_TEST

START_TEST(test_a_directory_replaced_by_a_link_is_not_followed)
{
	const struct scene_item *in = NULL;
	char dir[64];

	for (size_t i = 0; i < first.count && in == NULL; i++)
		if (first.item[i].it.type == ITEM_FILE)
			in = &first.item[i];
	snprintf(dir, sizeof(dir), "%.*s", (int)in->at->end[1], in->at->path);
	ck_assert_int_eq(renameat(first.fd, dir + 1, first.fd, "elsewhere"), 0);
	scene_link(&first, dir, "../elsewhere");
	go_on(in->at);
	ck_assert_int_eq(scene_find(&second, dir)->how.gap, GAP_REPLACED);
}
END_TEST

START_TEST(test_a_mount_that_hung_is_not_touched)
{
	struct item_stat st = first.item[0].it.st;

	if (st.mnt_id == 0)
		return;		/* the kernel does not tell ids of mounts */
	second.walk.hung[0] = st.mnt_id;
	second.walk.hung_count = 1;
	go_on(NULL);
	ck_assert_uint_eq(second.count, 1);
	ck_assert_int_eq(second.item[0].how.gap, GAP_HUNG_MOUNT);
	ck_assert(!second.item[0].it.has_stat);
}
END_TEST

START_TEST(test_every_cursor_has_the_shape_that_its_header_says)
{
	for (size_t i = 0; i < first.count; i++) {
		const struct cursor *c = first.item[i].at;
		bool inside = first.item[i].it.type == ITEM_DIR;
		uint32_t last = c->depth - 1;

		ck_assert_uint_eq(c->path_len, first.item[i].it.path.len);
		ck_assert_mem_eq(c->path, first.item[i].it.path.p, c->path_len);
		ck_assert_uint_eq(c->end[last], c->path_len);
		for (uint32_t k = 1; k < c->depth; k++)
			ck_assert(c->end[k] > c->end[k - 1] || (k == last && inside));
		if (inside)
			ck_assert_int_eq(c->next[last], 0);
	}
}
END_TEST

START_TEST(test_the_cursor_names_row_and_mount)
{
	const struct scene_item *i = scene_find(&first, "/case");

	ck_assert_uint_ne(i->at->row, UINT32_MAX);
	ck_assert_uint_eq(i->at->mount, i->it.st.mnt_id);
	ck_assert_uint_eq(i->at->path_len, 5);
}
END_TEST

Suite *suite_walk_resume(void)
{
	Suite *suite = suite_create("collector/acquire/walk_resume");
	TCase *t = tcase_create("walk_resume");

	tcase_add_unchecked_fixture(t, scene_setup, scene_teardown);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 120);
	tcase_add_test(t, test_from_every_position_each_object_comes_exactly_once);
	tcase_add_test(t, test_an_empty_cursor_is_the_beginning);
	tcase_add_test(t, test_a_directory_that_hangs_in_listing_is_left);
	tcase_add_test(t, test_a_directory_gone_meanwhile_is_said_and_the_rest_walked);
	tcase_add_test(t, test_a_directory_replaced_by_a_link_is_not_followed);
	tcase_add_test(t, test_a_mount_that_hung_is_not_touched);
	tcase_add_test(t, test_every_cursor_has_the_shape_that_its_header_says);
	tcase_add_test(t, test_the_cursor_names_row_and_mount);
	suite_add_tcase(suite, t);
	return suite;
}
