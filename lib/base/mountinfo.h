/*
 * mountinfo: the lines of /proc/PID/mountinfo as fields (proc(5)).
 *
 * Pure text: no mount point is looked at, because even statfs(2) of a dead FUSE
 * mount or of an automount hangs or triggers it.  What lies behind a mount is
 * judged by the word of its file system type alone.
 */
#ifndef EXHIBIT_BASE_MOUNTINFO_H
#define EXHIBIT_BASE_MOUNTINFO_H

#include <stdbool.h>
#include <stdint.h>

/* One line.  Strings point into the text that was parsed, NUL-terminated raw
 * bytes with the octal escapes (\040) undone; none is NULL. */
struct mountinfo {
	uint64_t id, parent;		/* of this mount, and of the mount it lies on */
	uint32_t dev_major, dev_minor;	/* st_dev of the files on it */
	const char *root;		/* the directory of the file system that is shown here */
	const char *path;		/* mount point, relative to the reading process's root */
	const char *options;		/* of this mount: "ro,noatime" */
	const char *tags;		/* propagation: "shared:5 master:1", "" if private */
	const char *fstype;		/* "ext4", "fuse.sshfs" */
	const char *source;		/* device or what the mounter said */
	const char *super_options;	/* of the file system: "rw,errors=remount-ro" */
};

/**
 * mountinfo_next(text, out):
 * Parse the line at *${text}, a NUL-terminated text that is overwritten on the way, and
 * advance.  Return 1 with ${out} filled, 0 at the end of the text, -1 if this one line
 * does not parse (it is skipped; go on).
 */
int mountinfo_next(char **text, struct mountinfo *out);

/**
 * mountinfo_has(list, word):
 * True if the comma-separated ${list} (options) holds exactly ${word}.
 */
bool mountinfo_has(const char *list, const char *word);

/**
 * mountinfo_is_remote(fstype):
 * True for a type whose answers come from somebody who may never give one: a network,
 * a user's process (FUSE), an automounter, or a virtual machine's host (9p, virtiofs).
 */
bool mountinfo_is_remote(const char *fstype);

/**
 * mountinfo_below(path, dir):
 * True if ${path} is ${dir} or lies below it, by whole components of absolute paths.
 */
bool mountinfo_below(const char *path, const char *dir);

#endif
