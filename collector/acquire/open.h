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

/**
 * open_checked(dirfd, name, noatime, st, r):
 * Open the entry ${name} of ${dirfd}, or ${dirfd} itself again if it is ".", which was
 * ${st} when looked at, and put its state as of now into ${st}.  With ${noatime}
 * O_NOATIME is tried first (refused to those who do not own the file).  Return the
 * descriptor, or -1; ${r} says what happened.
 */
int open_checked(int dirfd, const char *name, bool noatime, struct item_stat *st,
		 struct open_result *r);

#endif
