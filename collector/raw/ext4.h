/*
 * ext4: ext2, ext3 and ext4 read from the device, past the kernel's file system code.
 *
 * By libext2fs, on a descriptor that is open already: nothing here opens a path, writes,
 * replays a journal or asks /proc for anything.  The file system may be mounted and busy:
 * the reads go through the page cache of the device, in which the kernel keeps its directories
 * and inodes too, so that they show a change at once; what the kernel still holds back (the
 * size of a file whose blocks are not allocated yet, times with the option lazytime) shows
 * later.  Checksums are not heeded, for they can be read in the middle of a change.
 *
 * The image may be the work of an intruder.  Every read is asked for first (struct
 * ext4_watch), so that a file system that leads in circles ends with the patience of the
 * caller.  The layout is that of the kernel's Documentation/filesystems/ext4.
 */
#ifndef EXHIBIT_RAW_EXT4_H
#define EXHIBIT_RAW_EXT4_H

#include <stddef.h>
#include <stdint.h>

/* Asked before every read of the device; anything but 0 makes the read fail, and with it
 * what was being done (EXT4_STOPPED). */
struct ext4_watch {
	int (*go_on)(void *ctx);
	void *ctx;
	uint64_t bytes_left;		/* of the device that may still be read; 0 stops as well */
	int oserr;			/* errno of the last read that failed, for EXT4_READ */
};

/* What came of a call. */
enum ext4_end {
	EXT4_DONE,
	EXT4_STOPPED,			/* by the watch, or by the caller's own function */
	EXT4_READ,			/* the device did not give the bytes: watch.oserr */
	EXT4_MEMORY,
	EXT4_NONE,			/* no file system of this kind, or of an unknown feature */
	EXT4_LARGE,			/* its table of groups is longer than EXT4_GROUPS_MAX */
	EXT4_DAMAGED,			/* its structure contradicts itself */
	EXT4_END_COUNT
};

#define EXT4_GROUPS_MAX (8u << 20)	/* bytes of group descriptors in memory: 16 TiB */

/* Of the superblock. */
struct ext4_about {
	uint8_t uuid[16];
	uint32_t block_size;		/* bytes */
	uint64_t blocks;
	uint32_t inodes;
	uint32_t compatible, incompatible, read_only;	/* feature bits */
	uint16_t state;
};

/* An instant; a file system with inodes of 128 bytes has no nanoseconds. */
struct ext4_time {
	int64_t sec;
	uint32_t nsec;
};

/* Of an inode, as it lies on the device. */
struct ext4_inode {
	uint64_t size;			/* bytes */
	uint32_t mode;			/* with the type bits of stat(2) */
	uint32_t uid, gid, links;
	uint32_t flags;			/* EXT4_..._FL; the three below among them */
	uint32_t dtime;			/* time of deletion; or next orphan */
	struct ext4_time mtime, ctime;
	int nanoseconds;		/* the inode has room for them */
};

#define EXT4_FLAG_IMMUTABLE 0x10u
#define EXT4_FLAG_APPEND 0x20u
#define EXT4_FLAG_ENCRYPTED 0x800u	/* of a directory: the names on the device are ciphertext */

/* An entry of a directory; name is raw, of 1 to 255 bytes, not terminated, valid during the
 * call, and may hold anything, NUL and slashes too.  type is DT_... of readdir(3). */
struct ext4_entry {
	const char *name;
	size_t len;
	uint32_t ino;
	uint8_t type;
};

struct ext4;

/**
 * ext4_open(fd, watch, end):
 * The file system on the device (or in the file) ${fd}, which stays the caller's.  Both must
 * outlive it.  NULL with the reason in ${end}.
 */
struct ext4 *ext4_open(int fd, struct ext4_watch *watch, enum ext4_end *end);

/* Let go of it; ext4_close(NULL) does nothing. */
void ext4_close(struct ext4 *fs);

/* What the superblock says. */
void ext4_tell(const struct ext4 *fs, struct ext4_about *out);

/**
 * ext4_look(fs, ino, out):
 * The inode of that number, in use or not.
 */
enum ext4_end ext4_look(struct ext4 *fs, uint32_t ino, struct ext4_inode *out);

/**
 * ext4_list(fs, ino, each, ctx):
 * Call ${each} for every entry of the directory ${ino} but "." and "..", in the order of the
 * device.  It returns 0 to go on.  What was told before an end other than DONE counts.
 */
enum ext4_end ext4_list(struct ext4 *fs, uint32_t ino,
			int (*each)(void *ctx, const struct ext4_entry *e), void *ctx);

/**
 * ext4_read(fs, ino, max, each, ctx):
 * Call ${each} with the content of the file ${ino}, piece by piece, at most ${max} bytes;
 * it returns 0 to go on.  Holes and blocks that were never written are zeros.
 */
enum ext4_end ext4_read(struct ext4 *fs, uint32_t ino, uint64_t max,
			int (*each)(void *ctx, const void *data, size_t n), void *ctx);

/**
 * ext4_orphans(fs, max, each, ctx):
 * Call ${each} for every inode of the list of those that were deleted while open, at most
 * ${max}.  A file system that keeps them in a file (orphan_file) has an empty list.
 */
enum ext4_end ext4_orphans(struct ext4 *fs, unsigned max, int (*each)(void *ctx, uint32_t ino),
			   void *ctx);

/* A word for what came of it: "damaged"; static string. */
const char *ext4_word(enum ext4_end end);

#endif
