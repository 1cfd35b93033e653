/*
 * ext4: a file system that an intruder made ends in bounded time, and names are such that can be.
 * The input is what of an image of IMAGE_LEN bytes is not zero: for each piece its offset in
 * units of 16 bytes, its length less one, and its bytes.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "collector/raw/ext4.h"
#include "tests/fuzz/feed.h"

#define IMAGE_LEN (512u << 10)
#define BYTES_MAX (4u << 20)		/* of the device for one input */
#define INODES 40u
#define ENTRIES_MAX 5000u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static int go_on(void *ctx)
{
	(void)ctx;
	return 0;
}

static int on_entry(void *ctx, const struct ext4_entry *e)
{
	unsigned *seen = ctx;

	if (e->len == 0 || e->len > 255 || memchr(e->name, '\n', e->len) == e->name + e->len)
		abort();
	return ++*seen < ENTRIES_MAX ? 0 : 1;
}

static int on_data(void *ctx, const void *data, size_t n)
{
	uint64_t *got = ctx;

	if (n > 0 && memchr(data, 'x', n) == (const char *)data + n)
		abort();
	*got += n;
	return 0;
}

static int on_orphan(void *ctx, uint32_t ino)
{
	(void)ctx;
	(void)ino;
	return 0;
}

static void look_at(struct ext4 *fs)
{
	struct ext4_about about;

	ext4_tell(fs, &about);
	for (uint32_t ino = 1; ino < INODES; ino++) {
		struct ext4_inode inode;
		unsigned entries = 0;
		uint64_t got = 0;

		if (ext4_look(fs, ino, &inode) != EXT4_DONE)
			continue;
		ext4_list(fs, ino, on_entry, &entries);
		ext4_read(fs, ino, 65536, on_data, &got);
		if (got > 65536)
			abort();
	}
	ext4_orphans(fs, 100, on_orphan, NULL);
}

static void fill(struct feed f, int fd)
{
	while (f.left > 0) {
		size_t at = (feed_number(&f, 2) * 16) % IMAGE_LEN, n = feed_number(&f, 1) + 1;
		const uint8_t *p = feed_bytes(&f, n, &n);

		n = n < IMAGE_LEN - at ? n : IMAGE_LEN - at;
		if (pwrite(fd, p, n, (off_t)at) != (ssize_t)n)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct ext4_watch w = { .go_on = go_on, .bytes_left = BYTES_MAX };
	int fd = memfd_create("image", MFD_CLOEXEC);
	enum ext4_end end;
	struct ext4 *fs;

	if (fd < 0 || ftruncate(fd, IMAGE_LEN) != 0)
		abort();
	fill((struct feed){ data, n }, fd);
	fs = ext4_open(fd, &w, &end);
	if (fs != NULL)
		look_at(fs);
	ext4_close(fs);
	close(fd);
	return 0;
}
