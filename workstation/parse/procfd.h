/*
 * procfd: what a process has open, from the links below /proc/PID (exe, cwd, root, fd/N), the
 * files /proc/PID/fdinfo/N and /proc/PID/maps (proc(5)).
 *
 * The kernel writes the text of such a link: a path, with " (deleted)" behind it when the name
 * is gone (d_path, fs/d_path.c), or a word for what has no path.  A file can be named so that
 * it looks deleted, or like a memfd; whoever has the inode beside it should ask that first.
 */
#ifndef EXHIBIT_PARSE_PROCFD_H
#define EXHIBIT_PARSE_PROCFD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/bytes.h"
#include "workstation/parse/scan.h"

/* A link, taken apart. */
struct procfd_link {
	const char *kind;	/* file pipe socket anon device memfd: a word of open_file */
	struct bytes target;	/* the text without " (deleted)" */
	bool deleted;
	uint64_t ino;		/* the number in pipe:[N], socket:[N], mnt:[N] */
	bool has_ino;
};

struct procfd_link procfd_link(struct bytes text);

/* What fdinfo says. */
struct procfd_info {
	struct bytes flags;	/* octal digits; p NULL: missing */
	int64_t pos;		/* position in the file; -1: missing */
	int64_t ino;		/* inode (Linux 5.14); -1: missing */
};

/**
 * procfd_info(p, n, out):
 * Read a /proc/PID/fdinfo/N.  False if it has neither flags nor position.
 */
bool procfd_info(const void *p, size_t n, struct procfd_info *out);

/**
 * procfd_access(flags):
 * "r", "w" or "rw" by the octal ${flags} (O_ACCMODE, the same on every architecture); NULL if
 * they are no number, or open nothing (O_PATH as on all but alpha, parisc and sparc).
 */
const char *procfd_access(struct bytes flags);

/* A mapping, a line of maps. */
struct procfd_map {
	uint64_t first, behind;	/* addresses */
	struct bytes access;	/* four letters: rwxp, rwxs */
	uint64_t ino;		/* 0: no file */
	struct bytes path;	/* as a link, or [heap] and the like; empty: anonymous */
};

/**
 * procfd_map(line, out):
 * Read one line of maps.  False if it is none.
 */
bool procfd_map(struct bytes line, struct procfd_map *out);

/**
 * procfd_maps_next(s, out):
 * Take from a /proc/PID/maps what the examiner wants a row for: a file, once for all mappings
 * of it one behind the other, and anonymous memory that can be run.  ${out} covers these;
 * ${access} is that of the one that allows most: to write and run, to run, to write.  Return
 * 1; 0 at the end.  Lines that are none are passed over and counted in *${bad}.
 */
int procfd_maps_next(struct scan *s, struct procfd_map *out, char access[5], uint64_t *bad);

#endif
