/*
 * take: one object into the sink.
 *
 * The object was found by the walk; here it is looked at, opened only if it is
 * a regular file whose content is wanted, compared again, read and let go.
 * Whatever the host does with it in between ends its item with a gap.
 */
#ifndef EXHIBIT_ACQUIRE_TAKE_H
#define EXHIBIT_ACQUIRE_TAKE_H

#include <stdbool.h>

#include "collector/acquire/extent.h"
#include "collector/acquire/leases.h"
#include "collector/acquire/meta.h"
#include "collector/acquire/mounts.h"
#include "collector/acquire/read.h"
#include "collector/acquire/walk.h"

/* Memory for one object at a time; about 600 KiB, of which most is rarely touched. */
struct take {
	const struct walk *w;
	struct meta_room meta;
	struct leases leases;		/* of this moment, or not long ago */
	struct extent extents[ITEM_EXTENTS_MAX];
	char link[ITEM_PATH_MAX];
	char buffer[READ_SIZE];
};

/* Where an object is, and what is wanted of it. */
struct take_at {
	int dirfd;			/* its directory, */
	const char *name;		/* its name there, NUL-terminated; "" for dirfd itself */
	int handle;			/* O_PATH of the object, held by the caller; 0: none */
	struct bytes path;
	const struct artifact *row;	/* that takes it; NULL: none, it is mentioned for its gap */
	enum depth depth;
	const struct mount *mount;	/* that holds it, if known */
};

/* Why an object is less than whole: goes into the end of its item. */
struct take_why {
	enum gap gap;
	int oserr;
	const char *syscall;
};

/**
 * take_refused(t, at, st, why):
 * Give the object to the sink as metadata: with ${st}, or with nothing but its path if
 * that is NULL.  0, or -1 if the sink failed, as with all that follows.
 */
int take_refused(struct take *t, const struct take_at *at, const struct item_stat *st,
		 struct take_why why);

/**
 * take_directory(t, at, st, fd, why):
 * Give a directory, open as ${fd} or not (-1), whose listing was tried with the result ${why}.
 */
int take_directory(struct take *t, const struct take_at *at, const struct item_stat *st, int fd,
		   struct take_why why);

/**
 * take_object(t, at, st):
 * Give an object of any other type, with content as the row wants it.
 */
int take_object(struct take *t, const struct take_at *at, const struct item_stat *st);

/**
 * take_begin(t, at, st, it):
 * Fill ${it} with what is known of every object.  Begins nothing in the sink.
 */
void take_begin(struct take *t, const struct take_at *at, const struct item_stat *st,
		struct item *it);

/**
 * take_xattrs(t, at, fd, it):
 * Add the attributes, from ${fd} if it is not negative.
 */
void take_xattrs(struct take *t, const struct take_at *at, int fd, struct item *it);

/**
 * take_why_absent(t, at, gap, oserr, call):
 * Why opening or reading failed with ${gap}.  A name of the kernel that is still there but
 * answers as if it were gone, or with an errno of its own, has NO_VALUE: a kernel thread
 * has no memory and no program, a zombie no mounts.
 */
struct take_why take_why_absent(struct take *t, const struct take_at *at, enum gap gap, int oserr,
				const char *call);

/* Is the object on a file system of the kernel? */
bool take_on_kernel(const struct take_at *at);

/**
 * take_file(t, at, it):
 * The rest of a regular file whose content or digest is wanted, from ${it} of take_begin.
 */
int take_file(struct take *t, const struct take_at *at, struct item *it);

/**
 * take_descriptor(t, at, it, fd):
 * The same for one that is open for reading as ${fd}, which stays the caller's.  Of ${at}
 * neither dirfd nor name is used; what the row allows is decided as for a file of the host.
 */
int take_descriptor(struct take *t, const struct take_at *at, struct item *it, int fd);

/**
 * take_withheld(t, it, why):
 * Begin and end ${it} without content.
 */
int take_withheld(struct take *t, struct item *it, struct take_why why);

#endif
