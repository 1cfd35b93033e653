/*
 * ext4_box: a small ext4 image made by mke2fs(8) from a tree of files, in memory, and its
 * mount through a loop device in a mount namespace of the calling process.
 */
#ifndef EXHIBIT_TESTS_EXT4_BOX_H
#define EXHIBIT_TESTS_EXT4_BOX_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define EXT4_BOX_BYTES (8u << 20)
#define EXT4_BOX_MANY 600		/* files in the directory many/: more than a block of it */
#define EXT4_BOX_LARGE 300000u		/* bytes of the file large, each its offset modulo 251 */

struct ext4_box {
	char dir[64];			/* holds what follows; removed by ext4_box_free */
	char image[80];
	char mount[80];			/* a directory to mount it on */
	char loop[32];			/* device, while attached */
	int fd;				/* of the image */
	int loop_fd;
	uint32_t dev_major, dev_minor;	/* of the loop device */
};

/* Is mke2fs(8) here?  Without it there is nothing to test. */
bool ext4_box_can(void);

/**
 * ext4_box_new(b, options):
 * Make the image with mke2fs -O ${options} ("" for its own).  It holds
 *	a            "alpha\n", mode 0640
 *	sparse       a hole of 70000 bytes and then "end"
 *	large        EXT4_BOX_LARGE bytes
 *	empty, link (to a), sub/deep/b ("beta\n"), many/N (empty)
 * Return false when this mke2fs(8) does not know the options.
 */
bool ext4_box_new(struct ext4_box *b, const char *options);
void ext4_box_free(struct ext4_box *b);

/* A copy of the image in memory; the descriptor is the caller's. */
int ext4_box_copy(const struct ext4_box *b);

/**
 * ext4_box_damage(b, fd, seed):
 * Make ${fd}, a copy of the image, whole again, and then set some bytes of it, chosen by
 * ${seed}, where superblock, groups, inodes and directories lie.
 */
void ext4_box_damage(const struct ext4_box *b, int fd, unsigned seed);

/**
 * ext4_box_attach(b) / ext4_box_mount(b):
 * Put the image behind a loop device (gone with the last one who has it open), and mount it on
 * b->mount in a mount namespace of this process.  False where that cannot be done.
 */
bool ext4_box_attach(struct ext4_box *b);
bool ext4_box_mount(struct ext4_box *b);

/* Write a file below the mount; fails the test if it cannot. */
void ext4_box_write(const struct ext4_box *b, const char *name, const char *text);

#endif
