/*
 * err: what went wrong with us.
 *
 * Exhibit keeps two things apart.  A problem with the evidence (a file that
 * vanished, shrank, was refused) is a gap: data, a row of the manifest, see
 * lib/item/gap.def.  A problem with us (output full, no memory, a seal that
 * cannot be made) is an error and travels up to main, which alone may exit.
 *
 * A function that can fail in the second way returns 0 or -1 and describes
 * the failure once in a struct err, where it is first seen.  The first
 * description wins: whoever fails later because of it does not overwrite it.
 */
#ifndef EXHIBIT_BASE_ERR_H
#define EXHIBIT_BASE_ERR_H

/* One failure.  All zero means none.  The text is for a person, in English,
 * without a trailing newline and without the errno's own text. */
struct err {
	int set;		/* non-zero once err_set was called */
	int oserr;		/* errno at the failure, 0 where none applies */
	char what[240];		/* "writing the archive /mnt/usb/x.tar.zst" */
};

/**
 * err_set(e, oserr, fmt, ...):
 * Describe a failure in ${e} unless one is already there; ${oserr} is an errno
 * value or 0.  ${e} may be NULL.  Always returns -1, so that a caller can
 * write: return err_set(e, errno, "reading %s", name).  Keeps errno.
 */
int err_set(struct err *e, int oserr, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/**
 * err_starve(), err_starved():
 * Note that memory was refused to this process; was it, since it began?  What is judged
 * with less than was needed is no verdict: not every function on the way can tell "no
 * memory" from "not of the format".  Threads may call them.
 */
void err_starve(void);
int err_starved(void);

/**
 * err_name(oserr):
 * Return the symbolic name of the errno value ${oserr} ("ENOENT"), or "E?" for
 * one that this table does not know.  Static storage, never NULL.
 * Source of the list: the kernel's asm-generic/errno.h and errno-base.h.
 */
const char *err_name(int oserr);

#endif
