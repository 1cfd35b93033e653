/*
 * progress: what the person in front of the host sees, on standard error.
 *
 * Begin: the fingerprint of the first seal key, to be written down before
 * anything is taken.  Meanwhile: one live line on a terminal, otherwise a line
 * every ten seconds, or JSON lines.  End: the root, where the archive is, what
 * is missing, what the exit code means.  Nothing here can fail or stop the run;
 * bytes of the host are escaped and cut to the width.
 */
#ifndef EXHIBIT_CMD_PROGRESS_H
#define EXHIBIT_CMD_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "collector/cmd/args.h"
#include "collector/cmd/screen.h"
#include "lib/bundle/bundle_write.h"
#include "lib/item/item.h"

struct progress {
	struct screen screen;
	enum args_progress mode;
	bool quiet;
	bool line_shown;		/* a live line stands on the terminal */
	uint64_t begun_ns, shown_ns;	/* CLOCK_MONOTONIC */
	uint64_t shown_bytes;		/* bytes_read when last shown, for the rate */
	double rate;			/* bytes per second, smoothed */
};

/* What is known when the run begins. */
struct progress_begin {
	uint8_t fingerprint[DIGEST_LEN];	/* SHA-256 of the first public key */
	const char *session;			/* 32 hex digits */
	const char *output;			/* raw path */
	const char *profile;
	const struct age_recipient *recipients;	/* to whom the archive is encrypted, */
	size_t recipient_count;			/* 0: to nobody */
	const char *missing;			/* lines of self_missing, "" if none */
};

/* Where the run is. */
struct progress_now {
	const char *category;			/* word */
	unsigned category_number, category_count;	/* from 1; of how many */
	struct bytes reading;			/* raw path of what is being read, may be empty */
	const struct bundle_counts *counts;
};

/* How it ended.  code is what main will return. */
struct progress_end {
	enum args_exit code;
	bool has_root;				/* a final seal was written */
	uint8_t root[DIGEST_LEN];
	const char *output;			/* raw path */
	const char *reason;			/* why the plan was not completed, or NULL */
	const struct err *failure;		/* what broke the promise, or NULL */
	const struct bundle_counts *counts;
};

void progress_start(struct progress *p, int fd, const struct args *a, uint64_t now_ns);

/* The block before the first item; waits up to two seconds for a slow terminal. */
void progress_begin(struct progress *p, const struct progress_begin *b);

/**
 * progress_tick(p, n, now_ns):
 * Show where the run is if it is time for that; cheap otherwise.  Call as often as
 * is convenient, at least a few times a second.
 */
void progress_tick(struct progress *p, const struct progress_now *n, uint64_t now_ns);

/* One line for a person ("reader 3 does not answer, going on without it"), already
 * escaped.  Not shown when quiet. */
void progress_say(struct progress *p, const char *text);

/* "exhibit-collect: WHAT: errno text", always shown. */
void progress_error(struct progress *p, const struct err *e);

/* The block at the end, always shown; waits up to two seconds. */
void progress_end(struct progress *p, const struct progress_end *end, uint64_t now_ns);

/**
 * progress_groups(out, hash):
 * Append the 64 hex digits in groups of four, separated by spaces.
 */
void progress_groups(struct buf *out, const uint8_t hash[DIGEST_LEN]);

#endif
