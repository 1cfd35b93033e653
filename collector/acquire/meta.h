/*
 * meta: what the kernel says of an object without its content being touched.
 *
 * Nothing here opens, follows a link, triggers an automount or asks a server
 * again (AT_STATX_DONT_SYNC).
 */
#ifndef EXHIBIT_ACQUIRE_META_H
#define EXHIBIT_ACQUIRE_META_H

#include "lib/item/item.h"

#define META_LIST_MAX 65536u	/* bytes of names: XATTR_LIST_MAX of the kernel */

/* Memory for the attributes of one object at a time. */
struct meta_room {
	char list[META_LIST_MAX];
	char packed[ITEM_XATTRS_MAX];
	const char *self_fd;	/* path of our /proc/self/fd; NULL: that */
};

/**
 * meta_stat(dirfd, name, st):
 * Fill ${st} for the entry ${name} of ${dirfd}, or for ${dirfd} itself if ${name} is "".
 * statx(2), where it is missing or forbidden fstatat(2).  Return 0, or -1 with errno.
 */
int meta_stat(int dirfd, const char *name, struct item_stat *st);

/**
 * meta_same(a, b):
 * True if both describe the same object: device, inode and type.
 */
bool meta_same(const struct item_stat *a, const struct item_stat *b);

/**
 * meta_xattrs(room, fd, dirfd, name, it):
 * Fill xattrs and xattrs_oserr of ${it}, with memory in ${room}: from the open ${fd}, or,
 * if that is negative, for the entry ${name} of ${dirfd}, by way of /proc/self/fd (or
 * what ${room} says).  A file system without attributes is no error; one attribute that
 * cannot be read is left out and its errno noted.  xattr(7).
 */
void meta_xattrs(struct meta_room *room, int fd, int dirfd, const char *name, struct item *it);

#endif
