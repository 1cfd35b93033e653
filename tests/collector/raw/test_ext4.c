#include "collector/raw/ext4.h"

#include <check.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/buf.h"
#include "tests/support/emulator.h"
#include "tests/support/ext4_box.h"

Suite *suite_ext4(void);

#define ROOT_INO 2u
#define DAMAGES 400
#define DAMAGE_DEPTH 6
#define DAMAGE_BYTES (64u << 20)	/* of the device, for one damaged image */

static struct ext4_box box;
static struct ext4_watch watch;
static unsigned asked, refuse_after;

static int go_on(void *ctx)
{
	(void)ctx;
	return refuse_after != 0 && ++asked > refuse_after;
}

static struct ext4 *open_it(int fd, enum ext4_end *end)
{
	watch = (struct ext4_watch){ go_on, NULL, 1u << 30, 0 };
	asked = refuse_after = 0;
	return ext4_open(fd, &watch, end);
}

static void set_up(void)
{
	ck_assert(ext4_box_new(&box, ""));
}

static void tear_down(void)
{
	ext4_box_free(&box);
}

/* What a listing gave of one name. */
struct find {
	const char *name;
	uint32_t ino;
	uint8_t type;
	unsigned count, stop_at;
};

static int find_name(void *ctx, const struct ext4_entry *e)
{
	struct find *f = ctx;

	f->count++;
	if (f->name != NULL && e->len == strlen(f->name) && memcmp(e->name, f->name, e->len) == 0) {
		f->ino = e->ino;
		f->type = e->type;
	}
	return f->stop_at != 0 && f->count == f->stop_at;
}

static uint32_t number_of(struct ext4 *fs, uint32_t dir, const char *name, uint8_t type)
{
	struct find f = { .name = name };

	ck_assert_int_eq(ext4_list(fs, dir, find_name, &f), EXT4_DONE);
	ck_assert_uint_ne(f.ino, 0);
	ck_assert_uint_eq(f.type, type);
	return f.ino;
}

static int collect(void *ctx, const void *data, size_t n)
{
	struct buf *b = ctx;

	buf_add(b, data, n);
	return 0;
}

static void assert_content(struct ext4 *fs, const char *name, const void *want, size_t n)
{
	struct buf b;

	buf_init(&b, 1u << 20);
	ck_assert_int_eq(ext4_read(fs, number_of(fs, ROOT_INO, name, DT_REG), 1u << 20, collect, &b),
			 EXT4_DONE);
	ck_assert_uint_eq(b.len, n);
	ck_assert(n == 0 || memcmp(b.p, want, n) == 0);
	buf_release(&b);
}

/* Features change how blocks and directories are laid out. */
static const char *const layouts[] = { "", "^extent,^64bit", "inline_data", "^filetype,^dir_index",
				       "bigalloc", "metadata_csum_seed,large_dir" };

START_TEST(test_names_inodes_and_content_are_those_of_the_tree)
{
	static unsigned char large[EXT4_BOX_LARGE], sparse[70003];
	uint8_t dir = strstr(layouts[_i], "^filetype") != NULL ? DT_UNKNOWN : DT_DIR;
	enum ext4_end end;
	struct ext4_inode i;
	struct find f = { 0 };
	struct ext4 *fs;
	uint32_t sub;

	ext4_box_free(&box);
	if (!ext4_box_new(&box, layouts[_i]))
		return;
	fs = open_it(box.fd, &end);
	ck_assert_int_eq(end, EXT4_DONE);
	for (size_t k = 0; k < sizeof(large); k++)
		large[k] = (unsigned char)(k % 251);
	memcpy(sparse + 70000, "end", 3);
	sub = number_of(fs, number_of(fs, ROOT_INO, "sub", dir), "deep", dir);
	ck_assert_int_eq(ext4_look(fs, sub, &i), EXT4_DONE);
	ck_assert(S_ISDIR(i.mode));
	ck_assert_int_eq(ext4_list(fs, number_of(fs, ROOT_INO, "many", dir), find_name, &f),
			 EXT4_DONE);
	ck_assert_uint_eq(f.count, EXT4_BOX_MANY);
	if (dir == DT_DIR) {
		assert_content(fs, "a", "alpha\n", 6);
		assert_content(fs, "empty", "", 0);
		assert_content(fs, "large", large, sizeof(large));
		assert_content(fs, "sparse", sparse, sizeof(sparse));
		ck_assert_int_eq(ext4_look(fs, number_of(fs, ROOT_INO, "a", DT_REG), &i), EXT4_DONE);
		ck_assert_uint_eq(i.mode, S_IFREG | 0640);
		ck_assert_uint_eq(i.size, 6);
		ck_assert_uint_eq(i.links, 1);
	}
	ext4_close(fs);
}
END_TEST

START_TEST(test_reading_ends_where_the_caller_says)
{
	enum ext4_end end;
	struct find f = { .stop_at = 3 };
	struct ext4 *fs = open_it(box.fd, &end);
	struct buf b;

	buf_init(&b, 1u << 20);
	ck_assert_int_eq(ext4_read(fs, number_of(fs, ROOT_INO, "large", DT_REG), 70000, collect, &b),
			 EXT4_DONE);
	ck_assert_uint_eq(b.len, 70000);
	ck_assert_int_eq(ext4_list(fs, ROOT_INO, find_name, &f), EXT4_STOPPED);
	ck_assert_uint_eq(f.count, 3);
	buf_release(&b);
	ext4_close(fs);
}
END_TEST

START_TEST(test_watch_ends_every_call)
{
	enum ext4_end end;
	struct find f = { 0 };
	struct ext4 *fs = open_it(box.fd, &end);
	uint32_t many = number_of(fs, ROOT_INO, "many", DT_DIR);

	asked = 0;
	refuse_after = 2;
	ck_assert_int_eq(ext4_list(fs, many, find_name, &f), EXT4_STOPPED);
	ck_assert_uint_lt(f.count, EXT4_BOX_MANY);
	refuse_after = 0;
	watch.bytes_left = 2048;
	ck_assert_int_eq(ext4_list(fs, many, find_name, &f), EXT4_STOPPED);
	ck_assert_uint_eq(watch.bytes_left, 0);
	ext4_close(fs);
	refuse_after = 1;
	asked = 1;
	watch.bytes_left = 1u << 20;
	ck_assert_ptr_null(ext4_open(box.fd, &watch, &end));
	ck_assert_int_eq(end, EXT4_STOPPED);
}
END_TEST

START_TEST(test_what_is_no_file_system_or_too_large_is_told)
{
	static const char zeros[8192];
	int fd = ext4_box_copy(&box);
	enum ext4_end end;
	uint32_t blocks = 0xffffffff;

	/* s_blocks_count_lo at 4, of a file system whose groups have 8192 blocks of 1 KiB */
	ck_assert_int_eq(pwrite(fd, &blocks, 4, 1024 + 4), 4);
	ck_assert_ptr_null(open_it(fd, &end));
	ck_assert_int_eq(end, EXT4_LARGE);
	ck_assert_int_eq(pwrite(fd, zeros, sizeof(zeros), 0), sizeof(zeros));
	ck_assert_ptr_null(open_it(fd, &end));
	ck_assert_int_eq(end, EXT4_NONE);
	ck_assert_int_eq(ftruncate(fd, 1500), 0);
	ck_assert_ptr_null(open_it(fd, &end));
	ck_assert_int_eq(end, EXT4_READ);
	close(fd);
}
END_TEST

/* Names, contents and inodes of whatever is there, as deep as it goes. */
struct dive {
	struct ext4 *fs;
	unsigned depth;
	unsigned entries;
};

static int swallow(void *ctx, const void *data, size_t n)
{
	(void)ctx;
	(void)data;
	(void)n;
	return 0;
}

static int dive(void *ctx, const struct ext4_entry *e)
{
	struct dive *d = ctx;
	struct ext4_inode i;

	ck_assert_uint_ge(e->len, 1);
	ck_assert_uint_le(e->len, 255);
	if (ext4_look(d->fs, e->ino, &i) == EXT4_DONE && S_ISREG(i.mode))
		ext4_read(d->fs, e->ino, 1u << 20, swallow, NULL);
	if (e->type == DT_DIR && d->depth < DAMAGE_DEPTH) {
		d->depth++;
		ext4_list(d->fs, e->ino, dive, d);
		d->depth--;
	}
	return ++d->entries > 20000;
}

static int ignore_number(void *ctx, uint32_t ino)
{
	(void)ctx;
	(void)ino;
	return 0;
}

START_TEST(test_damaged_image_neither_crashes_nor_goes_on_for_ever)
{
	const unsigned damages = (unsigned)emulator_rounds(DAMAGES);
	unsigned opened = 0, seen = 0;
	int fd = ext4_box_copy(&box);

	for (unsigned seed = 1; seed <= damages; seed++) {
		enum ext4_end end;
		struct dive d = { 0 };

		ext4_box_damage(&box, fd, seed);
		d.fs = open_it(fd, &end);
		watch.bytes_left = DAMAGE_BYTES;
		if (d.fs != NULL) {
			opened++;
			ext4_list(d.fs, ROOT_INO, dive, &d);
			ext4_orphans(d.fs, 1000, ignore_number, NULL);
			seen += d.entries;
		}
		ext4_close(d.fs);
	}
	close(fd);
	/* damage that shuts every door would prove nothing */
	ck_assert_uint_gt(opened, damages / 10);
	ck_assert_uint_gt(seen, damages);
}
END_TEST

Suite *suite_ext4(void)
{
	Suite *s = suite_create("collector/raw/ext4");
	TCase *tc = tcase_create("ext4");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_set_timeout(tc, 60);
	if (ext4_box_can()) {
		tcase_add_loop_test(tc, test_names_inodes_and_content_are_those_of_the_tree, 0,
				    sizeof(layouts) / sizeof(layouts[0]));
		tcase_add_test(tc, test_reading_ends_where_the_caller_says);
		tcase_add_test(tc, test_watch_ends_every_call);
		tcase_add_test(tc, test_what_is_no_file_system_or_too_large_is_told);
		tcase_add_test(tc, test_damaged_image_neither_crashes_nor_goes_on_for_ever);
	}
	suite_add_tcase(s, tc);
	return s;
}
