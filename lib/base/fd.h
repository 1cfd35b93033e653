/*
 * fd: file descriptors with one owner, and reads and writes that finish.
 */
#ifndef EXHIBIT_BASE_FD_H
#define EXHIBIT_BASE_FD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "lib/base/err.h"

/* Declares a variable whose owner releases it when it leaves its scope. */
#define CLEANUP(release) __attribute__((cleanup(release)))

/**
 * fd_close(fdp):
 * Close *${fdp} unless it is negative, set it to -1, keep errno.  Made for
 * CLEANUP; may be called at any time.
 */
void fd_close(int *fdp);

/**
 * fd_take(fdp):
 * Return *${fdp} and set it to -1: the caller owns the descriptor now.
 */
int fd_take(int *fdp);

/**
 * fd_write_all(fd, data, n):
 * Write ${n} bytes, going on after short writes and EINTR.  Return 0, or -1
 * with errno; how much was written before the failure is not told.
 */
int fd_write_all(int fd, const void *data, size_t n);

/**
 * fd_read_full(fd, data, n):
 * Read until ${n} bytes, end of file or an error; go on after EINTR.  Return
 * the number of bytes read (less than ${n} only at end of file), or -1 with
 * errno.  For descriptors of our own; evidence is read by collector/acquire.
 */
ssize_t fd_read_full(int fd, void *data, size_t n);

/**
 * fd_knows_handles():
 * True if the kernel has O_PATH (since 2.6.39), which is asked once, at "/".
 */
bool fd_knows_handles(void);

/**
 * fd_handle(at, name, flags):
 * A handle on an object that is not opened by it: open(2) with O_PATH; ${flags} may have
 * O_NOFOLLOW and O_DIRECTORY.  A kernel without that would overlook the flag
 * and open whatever is there; then the name is looked at first, and only a regular file or a
 * directory is opened, for reading.  Return the descriptor, or -1 with errno; ENXIO: there is
 * no such handle on this kind of object.
 */
int fd_handle(int at, const char *name, int flags);

#endif
