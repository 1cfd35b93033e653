/*
 * raw_view: one ext4 file system as its device has it, held against what the kernel shows.
 *
 * Walks the directories of the plan that lie on it, by the kernel's own listing, and looks up
 * each by its number on the device.  What differs and goes on differing is told, with both
 * sides, as a line of JSON; a file that only the device has is kept.  Nothing is concluded.
 */
#ifndef EXHIBIT_VOLATILE_RAW_VIEW_H
#define EXHIBIT_VOLATILE_RAW_VIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "collector/raw/ext4.h"
#include "collector/volatile/answer.h"
#include "collector/volatile/raw_list.h"
#include "collector/volatile/source.h"
#include "lib/base/buf.h"
#include "lib/item/item.h"

/* Limits for one device.  The first that is reached ends the work on it, and is told. */
#define RAW_SECONDS 600u
#define RAW_READ_MAX (UINT64_C(64) << 30)	/* bytes of the device */
#define RAW_DIRECTORIES_MAX 500000u
#define RAW_TOLD_MAX 20000u		/* lines about what differs */
#define RAW_PENDING_MAX (8u << 20)		/* bytes of directories still to be visited */
#define RAW_DEPTH_MAX 32u		/* levels below a directory that only the device has */
/* Beyond these a file that only the device has is told, but not kept. */
#define RAW_KEPT_MAX 1000u		/* files */
#define RAW_KEPT_BYTES (UINT64_C(256) << 20)	/* bytes of all */
#define RAW_KEPT_FILE (UINT64_C(16) << 20)	/* bytes of one, from its beginning */

#define RAW_CHECKS 3u			/* times that a difference is looked at again */

struct raw_view {
	/* Set by the caller. */
	struct source_env *env;
	struct answer *lines;		/* where the lines go */
	struct ext4 *fs;
	struct ext4_watch *watch;	/* of fs, ours to begin with (raw_view_watch) */
	uint32_t dev_major, dev_minor;	/* st_dev of what lies on it */
	/* Ours. */
	uint64_t until_ns;		/* CLOCK_MONOTONIC */
	const char *limit;		/* which one was reached; NULL: none */
	bool broken;			/* the sink failed */
	uint64_t directories, entries, files;	/* compared */
	uint64_t told;			/* lines */
	uint64_t moved, unreadable, encrypted;	/* directories that could not be compared */
	uint32_t kept[RAW_KEPT_MAX];	/* inodes whose content was given */
	uint32_t kept_count;
	uint64_t kept_bytes;
	struct raw_list live, raw;
	struct raw_odds odd, again;
	struct buf differ;		/* uint32_t: number in live of each file that differs */
	struct buf pending;		/* directories still to be visited */
};

/**
 * raw_view_begin(v) / raw_view_end(v):
 * Before the first and after the last raw_view_mount; the first part of ${v} is filled but
 * for fs, which may be opened with v->watch only after this.  raw_view_end releases memory.
 */
void raw_view_begin(struct raw_view *v);
void raw_view_end(struct raw_view *v);

/**
 * raw_view_mount(v, path):
 * Compare what lies below the mount point ${path}, on this file system.  Return 0, or -1 when
 * the sink failed.
 */
int raw_view_mount(struct raw_view *v, const char *path);

/* Should the work on this device end?  Notes why in v->limit. */
bool raw_view_over(struct raw_view *v);

/* A directory, an entry or an inode on both sides, as raw_tell_... below tells it.  The absolute
 * path is raw bytes. */
struct raw_spot {
	struct bytes path;		/* of the directory, without a slash at its end */
	uint32_t ino;			/* of the directory */
	int fd;				/* of the directory; -1: the kernel does not show it */
	const char *under;		/* then why: "mount", "directory"; else NULL */
};

/* The lines (docs/FORMAT.md section 10).  Each returns 0, or -1 when the sink failed. */
int raw_tell_file_system(struct raw_view *v);
int raw_tell_entry(struct raw_view *v, const struct raw_spot *s, struct bytes name,
		   const struct raw_odd *odd);
int raw_tell_file(struct raw_view *v, const struct raw_spot *s, struct bytes name,
		  const struct ext4_inode *raw, const struct item_stat *live);
int raw_tell_unreadable(struct raw_view *v, const struct raw_spot *s, const char *why);
int raw_tell_orphans(struct raw_view *v);
int raw_tell_totals(struct raw_view *v);

#endif
