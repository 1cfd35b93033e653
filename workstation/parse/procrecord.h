/*
 * procrecord: the records of live/task/first, live/task/last and live/counter/... as the archive
 * has them (docs/FORMAT.md section 10): a line of words, the last of them a LENGTH, then LENGTH
 * bytes and a line feed.
 */
#ifndef EXHIBIT_PARSE_PROCRECORD_H
#define EXHIBIT_PARSE_PROCRECORD_H

#include <stdint.h>

#include "workstation/parse/scan.h"

/* One record.  A reader of counters finds no pid. */
struct procrecord {
	int64_t pid;		/* -1: the line has none */
	struct bytes file;	/* name of the file below /proc or /proc/PID */
	int64_t boottime;	/* when it was read, nanoseconds since boot */
	struct bytes content;	/* as long as the line says, or as long as there is text */
	bool whole;		/* false: the text ended before the record did */
};

/**
 * procrecord_next(s, out):
 * Take the next record.  Return 1 with ${out} filled; 0 at the end; -1 if what comes is no
 * record, and nothing behind it can be found.
 */
int procrecord_next(struct scan *s, struct procrecord *out);

/**
 * procrecord_instant(b, out):
 * Read SECONDS.NANOSECONDS, nine decimals, as nanoseconds.  False if it is another form.
 */
bool procrecord_instant(struct bytes b, int64_t *out);

#endif
