/*
 * extract: puts members of an archive on the examiner's disk, safely.
 *
 * Made are regular files (mode and 0666, so nothing can be executed), directories
 * (mode and 0755, at least 0700), hard links between such files, and with
 * options.symlinks relative symbolic links that cannot lead out.  Other symbolic links
 * become small text files NAME.symlink.  Never made: devices, FIFOs, owners,
 * setuid, extended attributes.  Nothing that exists is ever overwritten.
 */
#ifndef EXHIBIT_EXTRACT_EXTRACT_H
#define EXHIBIT_EXTRACT_EXTRACT_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/bundle/bundle_read.h"

struct extract_options {
	int top;		/* the target directory */
	bool raw_names;		/* keep names as they are instead of escaping them */
	bool symlinks;
	uint64_t until;		/* members at this tar offset and later are unproven: not taken */
	/* True if the user wants this member. */
	bool (*wants)(void *ctx, struct bytes member);
	/* Told what was not made, was made under another name, or failed, and why. */
	void (*report)(void *ctx, struct bytes member, const char *why, int oserr);
	void *ctx;
};

struct extract_counts {
	uint64_t files, directories, links;	/* made */
	uint64_t renamed;		/* of these, under another name */
	uint64_t skipped;		/* by rule: devices, unproven, links as text */
	uint64_t failed;		/* could not be made: exists, disk full, ... */
};

/**
 * extract_run(o, in, in_ctx, counts, facts, e):
 * Read the archive and put what is wanted on disk.  Return 0 with ${counts} and
 * ${facts} filled, or -1 with ${e}: the archive could not be read, or no memory.
 */
int extract_run(const struct extract_options *o, decompress_in *in, void *in_ctx,
		struct extract_counts *counts, struct bundle_facts *facts, struct err *e);

#endif
