/*
 * output: the one file that this program writes.
 *
 * Made new (never overwritten, never through a link at its name), owned by the
 * recorder, written in order from the front.  Every failure names the file and
 * says what a person can do about it; after a failure nothing more is written
 * and what was sealed before stays valid.
 */
#ifndef EXHIBIT_HOST_OUTPUT_H
#define EXHIBIT_HOST_OUTPUT_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/buf.h"
#include "lib/base/clock.h"
#include "lib/base/err.h"

#define OUTPUT_PATH_MAX 4096u

/* From what a name is made when the destination is a directory. */
struct output_name {
	const char *exhibit;		/* as typed; NULL or "": left out of the name */
	const char *host;		/* node name, raw; NULL or "": "host" */
	struct instant when;		/* begin of the run */
	const char *session;		/* hex; its first 8 digits are used */
	const char *suffix;		/* ".tar.zst", ".tar.zst.age" */
};

struct output {
	int fd, dir;			/* the file and its directory; owned, -1: none */
	bool made;			/* a file was made, whatever failed after it */
	bool file;			/* a regular file: has a length, can be synced */
	char path[OUTPUT_PATH_MAX];	/* raw bytes, "standard output" for - */
	uint32_t dev_major, dev_minor;	/* of the file, so that a walk can pass it by */
	uint64_t ino;
	uint64_t written;		/* bytes */
	uint64_t sealed;		/* all before this offset belongs to sealed segments */
	/* Set by the caller: negative when a second signal asks to stop, NULL: never. */
	const volatile sig_atomic_t *stop;
	struct err err;			/* the first failure */
};

/**
 * output_file_name(out, name):
 * Append <exhibit>_<host>_<UTC basic>_<session8><suffix>; each byte outside
 * [A-Za-z0-9._-] of what was typed or read becomes '-', so does a leading dot.
 */
void output_file_name(struct buf *out, const struct output_name *name);

/**
 * output_open(o, dest, name):
 * Make the output in the directory ${dest} (under a name from ${name}), as the new file
 * ${dest}, or on standard output for "-", which must not be a terminal.  Files get mode
 * 0600.  Return 0, or -1 with o->err; then nothing was made.
 */
int output_open(struct output *o, const char *dest, const struct output_name *name);

/**
 * output_write(ctx, data, n) / output_sealed(ctx):
 * For struct bundle_write_options: append ${n} bytes to the struct output ${ctx}; note that
 * all so far is sealed and let the kernel begin to write it to the medium, without
 * waiting.  Writing waits as long as nobody takes the bytes, unless *stop gets
 * negative.  Return 0, or -1 with err.
 */
int output_write(void *ctx, const void *data, size_t n);
int output_sealed(void *ctx);

/**
 * output_finish(o):
 * Wait until everything is on the medium (pipes have none) and close.  Return 0, or -1
 * with o->err: then the medium may lack what was written, which breaks the promise.
 */
int output_finish(struct output *o);

/* Close without waiting.  The file stays: what was sealed is valid. */
void output_release(struct output *o);

/**
 * output_room(dest, bytes):
 * Bytes that we may still write where ${dest} would be made.  Return 0, or -1 if that is
 * not known (standard output, no such directory).
 */
int output_room(const char *dest, uint64_t *bytes);

#endif
