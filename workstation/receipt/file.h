/*
 * file: files of a receipt.  A bag comes from somebody else: no link is followed, nothing
 * but a regular file is opened, and what is read into memory is bounded.
 */
#ifndef EXHIBIT_RECEIPT_FILE_H
#define EXHIBIT_RECEIPT_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"

#define FILE_NAME_MAX_LEN 1024u		/* bytes of a path inside a bag */

/**
 * file_open_below(dir, path, e):
 * Open the regular file ${path} below ${dir}, component by component, for reading.  Return
 * it, or -1 with ${e}; e->oserr is ENOENT if there is none, ELOOP for a link, EINVAL for what
 * is no regular file or a path that leads out.
 */
int file_open_below(int dir, const char *path, struct err *e);

/**
 * file_load_below(dir, path, out, max, e) / file_load(path, out, max, e):
 * Read a whole file of at most ${max} bytes into ${out}, which is initialised here and
 * released by the caller in any case.  Return 0, or -1 with ${e} as above.
 */
int file_load_below(int dir, const char *path, struct buf *out, size_t max, struct err *e);
int file_load(const char *path, struct buf *out, size_t max, struct err *e);

/**
 * file_make(dir, name, data, n, e):
 * Make a new file of mode 0600 with this content, on the medium when the call returns.
 * Return 0, or -1 with ${e}: it exists, or cannot be written (then it is removed again).
 */
int file_make(int dir, const char *name, const void *data, size_t n, struct err *e);

/* Files that are made together: all of them stay, or none. */
struct file_set {
	int dir;			/* the caller's */
	char **names;			/* owned */
	size_t count;
};

/**
 * file_set_make(s, name, data, n, e) / file_set_undo(s) / file_set_release(s):
 * file_make in s->dir, and remember the name; remove all that were made; forget them.  Begin
 * with { .dir = DIR }.
 */
int file_set_make(struct file_set *s, const char *name, const void *data, size_t n,
		  struct err *e);
void file_set_undo(struct file_set *s);
void file_set_release(struct file_set *s);

/* Both hashes that a bag has of each file. */
struct file_hash {
	uint8_t sha256[32], sha512[64];
	uint64_t bytes;
};

/**
 * file_hash(fd, to, hash, e):
 * Hash what ${fd} gives up to its end, and write it to ${to} unless that is -1.  Return 0,
 * or -1 with ${e}.
 */
int file_hash(int fd, int to, struct file_hash *hash, struct err *e);

#endif
