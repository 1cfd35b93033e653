/*
 * found: distinct files that processes hold, each remembered once.
 *
 * A file is known by device and inode; of all processes that hold it the first one met is
 * the way to it.  Memory is bounded: FOUND_MAX files, 1.5 MiB.  What does not fit is counted.
 */
#ifndef EXHIBIT_VOLATILE_FOUND_H
#define EXHIBIT_VOLATILE_FOUND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/item/item.h"

#define FOUND_MAX 16384u

/* By which link below /proc/PID it is reached. */
enum found_by { FOUND_EXE, FOUND_FD, FOUND_MAP };

struct found_file {
	uint64_t dev;			/* major in the upper half, minor in the lower */
	uint64_t ino;
	uint64_t dev_mount;		/* device as the kernel's own lists have it (/proc/locks) */
	uint64_t mount;			/* id of the mount, 0: not known */
	uint64_t a, b;			/* of an fd its number; of a mapping begin and end */
	int32_t pid, tid;		/* tid: by the link of that thread, 0: of the process */
	enum found_by by;
	enum depth depth;		/* what is wanted of it; META: nothing but a gap */
	enum gap gap;			/* why it must not be opened, NONE: may be */
	char fstype[16];		/* "" if not known */
};

struct found {
	struct found_file *file;	/* in the order in which they were met */
	uint32_t count;
	uint32_t left_out;		/* did not fit */
	uint32_t *slot;			/* hash of device and inode: number plus 1, 0: free */
	uint32_t *order;		/* numbers by device and inode; found_sort */
};

/* An empty table, NULL without memory; give it back. */
struct found *found_new(void);
void found_free(struct found *f);

/* Key of a file: its device as struct found_file has it. */
uint64_t found_dev(uint32_t major, uint32_t minor);

/* The file, or NULL. */
struct found_file *found_get(const struct found *f, uint64_t dev, uint64_t ino);

/**
 * found_add(f, file):
 * Add ${file} unless it is there.  Of one that is there the greater depth counts, with the
 * way to it and the gap that came along.  False if the table is full.
 */
bool found_add(struct found *f, const struct found_file *file);

/* Fill order: ascending by device, then inode. */
void found_sort(struct found *f);

#endif
