/*
 * listing: the entries of an open directory, a buffer at a time (getdents64(2)).
 * Memory does not depend on the size of the directory.
 */
#ifndef EXHIBIT_ACQUIRE_LISTING_H
#define EXHIBIT_ACQUIRE_LISTING_H

#include <stddef.h>
#include <stdint.h>

#include "collector/acquire/pulse.h"

/* A directory being listed; the descriptor and the buffer are the caller's. */
struct listing {
	int fd;
	char *buffer;		/* size bytes, at least 512, aligned to 8 */
	size_t size, used, at;
	uint64_t entries;	/* told so far */
};

/* One entry; name is valid until the next fill. */
struct listing_entry {
	const char *name;
	size_t len;
	int64_t next;		/* d_off: where the entry after it begins, for lseek(2) */
	unsigned char type;	/* DT_..., DT_UNKNOWN where the file system does not say */
	uint64_t ino;		/* of what lies here, under whatever is mounted on it */
};

/**
 * listing_fill(l, pulse):
 * Get the next entries from the kernel.  Return 1, 0 at the end, -1 with errno.
 */
int listing_fill(struct listing *l, struct pulse *pulse);

/**
 * listing_next(l, out):
 * The next entry that is there already, "." and ".." left out.  Return 1, or 0 when
 * the buffer is used up.
 */
int listing_next(struct listing *l, struct listing_entry *out);

#endif
