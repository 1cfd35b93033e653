/*
 * subdirs: the directories that a directory lists against those that its links count.
 *
 * On some file systems every directory has two links of its own and one for each directory in
 * it.  What is taken out of the listing is still counted.  A difference is looked at again, since
 * directories come and go; one that stays while the directory itself does not change is told, with
 * both sides, as the item live/view/links/SECONDS.NANOSECONDS (CLOCK_BOOTTIME; docs/FORMAT.md
 * section 10).
 */
#ifndef EXHIBIT_ACQUIRE_SUBDIRS_H
#define EXHIBIT_ACQUIRE_SUBDIRS_H

#include <stdbool.h>
#include <stdint.h>

#include "collector/acquire/pulse.h"
#include "lib/item/sink.h"

#define SUBDIRS_LOOKS 3u		/* that must agree with each other */
#define SUBDIRS_TRIES 6u		/* after so many it changes too often to tell */
#define SUBDIRS_TOLD_MAX 1000u		/* differences told by one walk */

struct subdirs {
	int fd;				/* the directory, open for listing */
	struct bytes path;
	const char *fstype, *category, *artifact;
	uint32_t listed;		/* directories in it, as the walk met them */
	struct pulse *pulse;
	struct sink *to;
	uint32_t *told;			/* differences so far, at most SUBDIRS_TOLD_MAX; or NULL */
	/* How to list once more; NULL: subdirs_count. */
	int (*count)(int fd, struct pulse *pulse, uint32_t *out);
};

/* Does that hold on this type of file system?  (Not on btrfs and overlay, where all have one.) */
bool subdirs_hold(const char *fstype);

/**
 * subdirs_count(fd, pulse, out):
 * List from the beginning and count the directories.  0, or -1 where the list ends with an
 * error or does not say what is a directory.
 */
int subdirs_count(int fd, struct pulse *pulse, uint32_t *out);

/**
 * subdirs_check(s):
 * Compare, and tell.  Return 1 if a difference was told, 0 if there is none or it cannot be
 * told (a directory that ext4 has ceased to count the links of, or that changes all the time),
 * -1 if the sink failed.
 */
int subdirs_check(const struct subdirs *s);

#endif
