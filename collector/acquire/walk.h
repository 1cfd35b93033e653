/*
 * walk: from the root directory to every object that the plan names.
 *
 * Runs in the reader.  Descends by directory descriptors, component by
 * component, O_NOFOLLOW, without chdir, only where the plan says that something
 * of the category may match, and gives each object to the sink: looked at with
 * O_PATH first, opened only if it is a regular file or a directory, compared
 * again after opening.  Streams directories; memory does not depend on their
 * size.  Never enters mounts that are not local, unless a row names them (/proc, /sys).
 */
#ifndef EXHIBIT_ACQUIRE_WALK_H
#define EXHIBIT_ACQUIRE_WALK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "collector/acquire/cursor.h"
#include "collector/acquire/links.h"
#include "collector/acquire/mounts.h"
#include "collector/acquire/pulse.h"
#include "collector/acquire/stuck.h"
#include "collector/select/plan.h"
#include "lib/item/sink.h"

/* An object that must not be read: our output, ourselves. */
struct walk_self {
	uint64_t ino;
	uint32_t dev_major, dev_minor;
};

#define WALK_SELF_MAX 8u
#define WALK_HUNG_MAX 32u
#define WALK_PREFIX_MAX 32u		/* bytes that a sink may put before a path */
#define WALK_ENTRIES_MAX 20000000u	/* entries of one directory that are looked at */

struct walk {
	/* What to do.  Set by the caller, unchanged by the walk. */
	const struct plan *plan;
	enum category category;
	uint64_t done;			/* bit per category that was completed in this run */
	bool dry;			/* promise only: nothing is read (--plan) */
	int root_fd;			/* the directory that is "/" for us, O_PATH or readable */
	int proc_fd;			/* a procfs of our own, used for /proc and below; -1: take
					 * what is mounted there */
	int own_fds;			/* from open_own_fds, or 0 */
	const char *self_fd;		/* path of our /proc/self/fd; NULL: that */
	const struct mounts *mounts;
	bool noatime;			/* the mounts are read-only or noatime for us: O_NOATIME
					 * is not needed */
	uint64_t item_seconds;		/* limit on waiting for the reads of one object, plus one
					 * second per MiB that it has delivered; 0: none */
	struct walk_self self[WALK_SELF_MAX];
	size_t self_count;
	uint64_t hung[WALK_HUNG_MAX];	/* ids of mounts that stopped answering: objects on them end
					 * with GAP_HUNG_MOUNT, without being touched */
	size_t hung_count;
	uint64_t only;			/* id of a mount: nothing is taken but on it and on what can
					 * be reached over it alone; what is not is only passed on
					 * the way to it.  0: everything */
	const struct stuck_list *stuck;	/* processes whose memory does not answer: the same.
					 * NULL: none */
	struct links *links;		/* what was stored under another name; kept from category to
					 * category by the caller.  NULL: every name is stored */
	/* Where it goes. */
	struct sink *to;
	/* Shared with the recorder. */
	struct cursor *at;
	struct pulse *pulse;
	_Atomic uint64_t *budget;	/* content bytes that may still be taken; taken off before
					 * reading, too little left: GAP_BUDGET.  NULL: no limit */
	_Atomic uint32_t *stop;		/* non-zero: end soon, the open item with GAP_CUT */
	/* What became of it.  Set by the walk, never cleared. */
	bool reached;			/* with ${only}: something on that mount was looked at, and
					 * if it is its own directory, that could be listed */
};

/**
 * walk_run(w, from):
 * Walk the category from the beginning, or behind the entry of ${from} if it is not
 * NULL (which must not be w->at).  Return 0 when all was walked, 1 when *stop ended it,
 * -1 when the sink failed or there is no memory to begin with (about 2.5 MiB, of which
 * what is needed gets touched).
 */
int walk_run(struct walk *w, const struct cursor *from);

#endif
