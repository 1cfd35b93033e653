/*
 * mounts: the mount table of the place we read from, by path.
 *
 * Parsed from the text of /proc/self/mountinfo (proc(5)), never by asking a
 * mount point: statfs(2) of a dead FUSE or an automount hangs or triggers it.
 */
#ifndef EXHIBIT_ACQUIRE_MOUNTS_H
#define EXHIBIT_ACQUIRE_MOUNTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/item/item.h"

/* What kind of file system lies behind a mount. */
enum mount_kind {
	MOUNT_LOCAL,		/* storage or memory of this host: walked */
	MOUNT_KERNEL,		/* proc, sysfs, cgroup...: only by rows that name it */
	MOUNT_REMOTE,		/* network, FUSE, autofs, 9p...: never touched */
	MOUNT_OTHER		/* a type we do not know: not entered, recorded */
};

struct mount {
	const char *path;	/* mount point, octal escapes undone, raw bytes */
	size_t path_len;
	const char *fstype;	/* "ext4" */
	const char *root;	/* the directory of the file system that is mounted here */
	uint32_t dev_major, dev_minor;
	uint64_t id;
	enum mount_kind kind;
	bool duplicate;		/* another mount that is walked already shows this tree */
	bool covered;		/* another mount lies over it or over a directory on the way */
	bool of_host;		/* the host shows this very tree at the same path: taken there */
	bool passed;		/* the host shows it somewhere, and takes it there: on the way */
	bool gone;		/* was detached before we began to read: not in the table */
};

struct mounts;

/**
 * mounts_parse(text, n, gone, root_prefix, e):
 * Parse the ${n} bytes of a mountinfo file, and add the mount points of ${gone} (raw
 * paths, each ended by NUL).  With ${root_prefix} (of --root, a real path)
 * only mounts at or below it are kept, with the prefix cut off, and the mount that
 * holds it becomes "/".  Lines that do not parse are skipped.  NULL with ${e} without
 * memory.
 */
struct mounts *mounts_parse(const char *text, size_t n, struct bytes gone,
			    const char *root_prefix, struct err *e);
void mounts_free(struct mounts *m);

/* The topmost mount at exactly this path, or NULL; what was mounted there and is gone,
 * or NULL; the mount that holds a path. */
const struct mount *mounts_at(const struct mounts *m, struct bytes path);
const struct mount *mounts_gone(const struct mounts *m, struct bytes path);
const struct mount *mounts_of(const struct mounts *m, struct bytes path);

/* The mount of this id (statx's mnt_id), or NULL. */
const struct mount *mounts_by_id(const struct mounts *m, uint64_t id);

/* Is the mount ${id} at or below this path, or may it be for all that is known? */
bool mounts_lead(const struct mounts *m, struct bytes path, uint64_t id);

/**
 * mounts_behind(m, path, id):
 * Is ${path} out of reach where the mount ${id} is not entered?  Below the root directory's own
 * mount that is all but what lies right in "/", which is walked entry by entry.
 */
bool mounts_behind(const struct mounts *m, struct bytes path, uint64_t id);

/**
 * mounts_below(m, path, from):
 * The next mount that can be reached (or is gone) strictly below ${path}, counted from
 * *${from} (0 at first, advanced), in byte order of their paths; NULL after the last.
 */
const struct mount *mounts_below(const struct mounts *m, struct bytes path, size_t *from);

/**
 * mounts_mark_host(m, host):
 * ${m} is the table of a container: mark what is of the host, whose table is ${host}.
 */
void mounts_mark_host(struct mounts *m, const struct mounts *host);

/**
 * mounts_mark_view(m, host):
 * ${m} is the table of another mount namespace with the host's root directory: mark as passed
 * what the host can reach, too, under whatever path.
 */
void mounts_mark_view(struct mounts *m, const struct mounts *host);

size_t mounts_count(const struct mounts *m);
const struct mount *mounts_get(const struct mounts *m, size_t i);

/* Kind of a file system type word, by table and by mountinfo_is_remote. */
enum mount_kind mounts_kind(const char *fstype);

#endif
