/*
 * ustar: the one form of seal.txt and its signature in the tar (docs/FORMAT.md section 6).
 *
 * No seal covers the bytes of the last one's own members.  So every byte of them is
 * fixed, and a reader can make them again and compare.  It is what GNU tar writes
 * with --format=ustar --numeric-owner --owner=0 --group=0 --mode=0444 --mtime=@seconds.
 */
#ifndef EXHIBIT_ARCHIVE_USTAR_H
#define EXHIBIT_ARCHIVE_USTAR_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/buf.h"

#define USTAR_BLOCK 512u
#define USTAR_NAME_MAX 100u	/* bytes; no prefix field is used */

/**
 * ustar_member(out, name, data, n, seconds):
 * Append a whole member: header (mode 0444, owner 0), ${n} bytes of ${data}, zeros up
 * to the block's end.  ${seconds} since the epoch, from 0 to what eleven octal digits
 * hold; what lies outside is written as the nearest of these.  ${out} is marked if
 * there is no room or the name is too long.
 */
void ustar_member(struct buf *out, const char *name, const void *data, size_t n, int64_t seconds);

#endif
