/*
 * cursor: where a walk is, so that another process can take it up.
 *
 * The reader that walks may be stuck for ever in a dead file system.  It keeps
 * its position here, in memory shared with the recorder, before it touches an
 * entry; a new reader starts behind that entry.  One writer (the reader), read
 * by the recorder only when the reader is stuck, dead or has finished.
 */
#ifndef EXHIBIT_ACQUIRE_CURSOR_H
#define EXHIBIT_ACQUIRE_CURSOR_H

#include <stdint.h>

#include "lib/item/item.h"

#define CURSOR_DEPTH_MAX 1024u		/* directory levels below the root */

/*
 * path holds the absolute path of the entry being touched.  For level i (0 =
 * the root directory) end[i] is the length of path up to and including the
 * entry of that level, and next[i] the position (d_off of getdents64(2)) of the
 * entry that follows it in its directory.  depth is the number of levels in use.
 * If the last level has the same end as the one before (for the root: 1, the path "/"),
 * the entry touched is the directory of that level itself, of which nothing was told
 * yet.  depth 0: the root directory is touched, or, with path_len 0, nothing yet.
 * listed is 1 if the entry is a directory that was listed, at least in part, and is listed
 * further or left; 0: nothing of what is in it was met.
 * row is the plan's row that wanted the entry (UINT32_MAX: not known yet) and mount the
 * id of the mount that it is on (0: not known, or the kernel's own, where an object that
 * hangs says nothing of the others), so that the recorder can say whom it waited for.
 * live is 0 on a file; otherwise no file was being touched but a source of
 * collector/volatile: its number in the table plus 1 (then path is "/" and its id).
 * guest is 0 on the host; otherwise the walk is inside container number guest - 1 of the
 * run's list (collector/guest.h), path is as seen in there, and guest_category says what
 * was walked; depth may then be 0 wherever in it we are.
 * A source that can go on behind one of its objects says which one it is at: step, pairs
 * that grow from object to object; then path is "/" and the name of that object.  0, 0: it
 * is at none, or cannot.
 */
struct cursor {
	uint32_t row;
	uint32_t live;
	uint32_t guest;
	uint32_t guest_category;
	uint64_t mount;
	uint64_t step[2];
	uint32_t listed;
	uint32_t depth;
	uint32_t path_len;
	uint32_t end[CURSOR_DEPTH_MAX];
	int64_t next[CURSOR_DEPTH_MAX];
	char path[ITEM_PATH_MAX];
};

/*
 * For who walks with ${depth} levels open.  In the order of a walk: cursor_entry for each
 * entry, cursor_inside once its directory was opened and told of, before its first entry;
 * cursor_directory when a directory is listed further or left: whoever comes after us goes
 * on behind it.
 */

/**
 * cursor_entry(c, depth, name, next):
 * Point at an entry of the topmost level, ${next} its position.  Its name is NUL-terminated
 * in path, whose length the caller has checked.  The row is not known then.
 */
void cursor_entry(struct cursor *c, uint32_t depth, struct bytes name, int64_t next);
void cursor_directory(struct cursor *c, uint32_t depth);
void cursor_inside(struct cursor *c, uint32_t depth);

/* Length of the path of the directory of level ${i}, without the slash that follows. */
uint32_t cursor_dir_len(const struct cursor *c, uint32_t i);

#endif
