/*
 * session_read: CUSTODY/session.txt read back (docs/FORMAT.md section 4).
 *
 * The text is hostile.  Values stay escaped text, which is safe to print once
 * session_read_next has accepted it; names may repeat and unknown ones are skipped.
 */
#ifndef EXHIBIT_CUSTODY_SESSION_READ_H
#define EXHIBIT_CUSTODY_SESSION_READ_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/item/item.h"

/* What was not read yet, and the pair that was read last. */
struct session_read {
	const char *next;
	size_t left;
	bool broken;		/* a line that is no "name: value" in escaped text ended it */
	struct bytes name;
	struct bytes value;	/* "-" stands for an absent fact */
};

/**
 * session_read_begin(r, text, n):
 * Check the first line.  Return 0, or -1 if this is no session of version 1.
 */
int session_read_begin(struct session_read *r, const void *text, size_t n);

/**
 * session_read_next(r):
 * Go to the next pair.  False at the end, or where a line is broken (r.broken).
 */
bool session_read_next(struct session_read *r);

/**
 * session_read_find(text, n, name):
 * First value of ${name}; its length is 0 if there is none.
 */
struct bytes session_read_find(const void *text, size_t n, const char *name);

#endif
