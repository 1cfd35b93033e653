/*
 * open: a regular file or a directory for reading, after it was looked at.
 *
 * Never follows a link, never blocks, never becomes our terminal.  The caller
 * has seen with meta_stat that it is of a type that may be opened.
 */
#ifndef EXHIBIT_ACQUIRE_OPEN_H
#define EXHIBIT_ACQUIRE_OPEN_H

#include <stdbool.h>

#include "lib/item/item.h"

/* What came of it. */
struct open_result {
	enum gap gap;		/* NONE; REPLACED if it is not what was looked at; or by errno */
	int oserr;
	const char *syscall;	/* that failed */
	bool noatime;		/* opened with O_NOATIME */
};

/* Where it is. */
struct open_at {
	int dirfd;
	const char *name;	/* of an entry; of a directory also ".", ${dirfd} itself */
	int own_fds;		/* from open_own_fds, or 0 */
	int handle;		/* O_PATH of the file that was looked at, or 0 */
};

/**
 * open_own_fds():
 * Open /proc/self/fd of the calling process for open_checked, if it is a real procfs.
 * Return the descriptor, which is the caller's, or 0: then a file that takes the name of
 * the one that was looked at, in the instant before it is opened, is opened and let go;
 * of a FIFO its writer may notice that.
 */
int open_own_fds(void);

/**
 * open_checked(at, noatime, st, r):
 * Open what is at ${at}, which was ${st} when looked at, and put its state as of now into
 * ${st}; with a handle, whose state ${st} is, that is opened, whatever has its name now.
 * With ${noatime} O_NOATIME is tried first (refused to those who do not own the file).
 * Return the descriptor, or -1; ${r} says what happened.
 */
int open_checked(const struct open_at *at, bool noatime, struct item_stat *st,
		 struct open_result *r);

#endif
