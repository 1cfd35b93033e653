/*
 * tool: which program this is, for --version and the session.
 *
 * Version, commit and source hash are put in by the build (build.mk); the hash
 * of the executable is taken from /proc/self/exe while it runs.
 */
#ifndef EXHIBIT_COLLECTOR_TOOL_H
#define EXHIBIT_COLLECTOR_TOOL_H

#include "lib/base/buf.h"
#include "lib/hash/digest.h"

struct tool {
	const char *name;		/* "exhibit-collect" */
	const char *version, *commit;	/* "0.1.0"; hex, or "-" outside a repository */
	const char *source_sha256;	/* of the source tree, "-" if the build did not say */
	const char *compiler;
	const char *libraries;		/* "musl 1.2.5, libarchive 3.7.4, ..." */
	char exe_sha256[DIGEST_HEX_LEN];	/* "" if it could not be read */
};

/**
 * tool_read(t):
 * Fill ${t}.  Hashing the executable costs a few milliseconds; digest_start must
 * have been called.
 */
void tool_read(struct tool *t);

/* Append the text of --version. */
void tool_version(const struct tool *t, struct buf *out);

#endif
