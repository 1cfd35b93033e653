/*
 * links: files with several names whose content is in the archive already.
 *
 * Bounded memory: when it is full nothing more is remembered, and the content
 * of further names is stored again, which is larger but never wrong.
 */
#ifndef EXHIBIT_ACQUIRE_LINKS_H
#define EXHIBIT_ACQUIRE_LINKS_H

#include "lib/item/item.h"

#define LINKS_MAX 16384u		/* files remembered */
#define LINKS_PATHS_MAX (2u << 20)	/* bytes of their paths */

struct links;

/**
 * links_new():
 * An empty table, or NULL without memory.  Pages of it that were never needed are
 * never touched.
 */
struct links *links_new(void);
void links_free(struct links *l);

/**
 * links_find(l, st):
 * Path of the object that was remembered as device and inode of ${st} and whose size
 * and times of change were the same; p is NULL if there is none.  Valid until links_free.
 */
struct bytes links_find(const struct links *l, const struct item_stat *st);

/**
 * links_add(l, st, path):
 * Remember a file, as it was before it was read, unless the table is full.
 */
void links_add(struct links *l, const struct item_stat *st, struct bytes path);

#endif
