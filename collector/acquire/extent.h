/*
 * extent: where a sparse file has data, asked of the file system (lseek(2),
 * SEEK_DATA and SEEK_HOLE, Linux 3.1; before, FS_IOC_FIEMAP, 2.6.28), so that a hole of a
 * tebibyte costs nothing.
 */
#ifndef EXHIBIT_ACQUIRE_EXTENT_H
#define EXHIBIT_ACQUIRE_EXTENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/item/item.h"

#define EXTENT_DENSE UINT64_MAX
#define EXTENT_UNKNOWN (UINT64_MAX - 1)

/**
 * extent_maybe(st):
 * True if a regular file has fewer blocks than its size needs.
 */
bool extent_maybe(const struct item_stat *st);

/**
 * extent_list(fd, size, out, count):
 * List the data of the first ${size} bytes in ${out} of ITEM_EXTENTS_MAX entries, in
 * order; if there is more, neighbours are joined, the smallest holes between them first, and
 * those holes count as data.  Return the bytes of data; or, and then ${out} says nothing,
 * EXTENT_DENSE: it is all data or the file system sees it so; EXTENT_UNKNOWN: neither kernel
 * nor file system can be asked.
 */
uint64_t extent_list(int fd, uint64_t size, struct extent *out, size_t *count);

#endif
