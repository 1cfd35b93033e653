/*
 * item: one object of the host, as promised before and as measured after it
 * was read.  Every string of the host is a counted array of raw bytes: no
 * encoding, no NUL inside a path, no escaping at this level.
 */
#ifndef EXHIBIT_ITEM_ITEM_H
#define EXHIBIT_ITEM_ITEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/bytes.h"
#include "lib/base/clock.h"
#include "lib/item/gap.h"

/* Limits on one item, so that every part has a bound (bytes, counts). */
#define ITEM_PATH_MAX 65536u		/* a path, or a link target */
#define ITEM_XATTRS_MAX 262144u		/* all packed extended attributes */
#define ITEM_EXTENTS_MAX 3072u		/* data extents of a sparse file */

/* Promise of a file whose length is known only when it has been read (/proc).
 * Such an item is spooled by the bundle, bounded by item.cap. */
#define ITEM_SIZE_UNKNOWN UINT64_MAX

/* A sparse file with more bytes of holes than this is hashed without them. */
#define ITEM_HOLES_HASHED (UINT64_C(1) << 30)

/* A file that promises more has no content taken: what a file does not keep of its promise
 * has to be made up with zeros, and that takes about a minute for 24 GiB. */
#define ITEM_CONTENT_MAX (UINT64_C(1) << 40)	/* bytes */

/* How much of an object is taken. */
enum depth {
	DEPTH_META,	/* metadata: a manifest line, no member */
	DEPTH_DIGEST,	/* metadata and SHA-256 of the content, no member */
	DEPTH_CONTENT,	/* metadata, SHA-256 and a member of the archive */
	DEPTH_COUNT
};

enum item_type {
	ITEM_FILE, ITEM_DIR, ITEM_SYMLINK, ITEM_FIFO, ITEM_SOCKET,
	ITEM_CHARDEV, ITEM_BLOCKDEV, ITEM_UNKNOWN, ITEM_TYPE_COUNT
};

/* statx(2), or fstatat(2) where statx is missing (then has_btime, mnt_id and
 * attributes are absent).  Numbers as the kernel gave them. */
struct item_stat {
	uint32_t mode;			/* with the type bits */
	uint32_t uid, gid;
	uint32_t nlink;
	uint32_t dev_major, dev_minor;	/* of the file system */
	uint32_t rdev_major, rdev_minor; /* of a device node */
	uint64_t ino;
	uint64_t size;			/* st_size, bytes */
	uint64_t blocks;		/* of 512 bytes */
	uint64_t mnt_id;		/* 0: not known (before 5.8) */
	uint64_t attributes;		/* STATX_ATTR_* that are set */
	uint64_t attributes_mask;	/* those that the file system knows */
	struct instant atime, mtime, ctime, btime;
	bool has_btime;			/* btime is not known everywhere */
};

/* A run of data in a sparse file, bytes. */
struct extent {
	uint64_t offset;
	uint64_t length;
};

/* The container, or other root directory than the host's, in which an object was met. */
#define ITEM_RUNTIME_MAX 16u
#define ITEM_CONTAINER_MAX 128u
struct item_container {
	uint64_t mnt;			/* inode of its mount namespace */
	uint32_t pid;			/* process through whose root it was read; 0: the host */
	char runtime[ITEM_RUNTIME_MAX];	/* word of runtime.def, "" if unknown; NUL-ended */
	char id[ITEM_CONTAINER_MAX];	/* as the runtime calls it, raw bytes, NUL-ended; or "" */
};

/*
 * What is known before the first byte is read.  The pointers are valid until
 * the matching end.
 */
struct item {
	struct bytes path;		/* absolute on the host, "/var/log/wtmp" */
	const char *category;		/* word of the category, "logs" */
	const char *artifact;		/* id of the catalogue row, "var_log" */
	enum item_type type;
	enum depth depth;
	bool live;			/* no file but a kernel answer: goes below live/ */
	bool has_stat;			/* st is filled */
	bool noatime;			/* the kernel will not change its access time for us */
	struct item_stat st;		/* before reading */
	const char *fstype;		/* "ext4" or NULL */
	struct bytes link;		/* target of a symbolic link */
	struct bytes xattrs;		/* packed, see below */
	int xattrs_oserr;		/* errno if they could not be read, else 0 */
	const struct extent *extents;	/* data of a sparse file, in order; NULL: dense */
	size_t extent_count;
	struct bytes hardlink;		/* path whose member holds the content, or empty */
	uint64_t promise;		/* bytes that will be written, or ITEM_SIZE_UNKNOWN */
	uint64_t cap;			/* bound for an unknown size */
	struct clocks opened;		/* when we turned to it */
	struct item_container container;
};

/*
 * Packed extended attributes: for each one a uint16_t name length, a uint32_t
 * value length (both in host byte order, unaligned), the name without NUL, the
 * value.  item_xattr_next walks them.
 */
struct item_xattr {
	struct bytes name;
	struct bytes value;
};

/**
 * item_xattr_next(packed, offset, out):
 * Read the attribute at *${offset} of ${packed} into ${out} and advance.
 * Returns true, or false at the end or where the packing is broken.
 */
bool item_xattr_next(struct bytes packed, size_t *offset, struct item_xattr *out);

/* What is known after the last byte was read. */
struct item_end {
	enum gap gap;
	int oserr;			/* errno behind the gap, 0 if none */
	const char *syscall;		/* the call that failed, static string, or NULL */
	uint64_t offset;		/* where in the file it failed */
	bool has_after;			/* after is filled */
	int after_oserr;		/* why it is not; 0: it was not asked for */
	struct item_stat after;		/* the open file once more, after reading */
	struct clocks closed;
};

/* Type from mode bits; word of a type ("file") and of a depth ("content"). */
enum item_type item_type_of(uint32_t mode);
const char *item_type_word(enum item_type t);
const char *item_depth_word(enum depth d);

#endif
