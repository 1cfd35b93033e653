/*
 * unitfile: sections, keys and values of a systemd unit or a desktop entry, in order
 * (systemd.syntax(7), Desktop Entry Specification).
 *
 *	[Service]
 *	ExecStart=/bin/x \
 *	    -y
 *
 * A value that goes on in the next line is given as it is written, backslash and line feed
 * included.
 */
#ifndef EXHIBIT_PARSE_UNITFILE_H
#define EXHIBIT_PARSE_UNITFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "workstation/parse/scan.h"

struct unitfile {
	const char *begin;
	struct scan s;
	struct bytes section;		/* without brackets; empty before the first */
	struct bytes key, value;
	uint64_t pos, line;		/* of the key */
	uint64_t lines;			/* seen so far */
};

/* Read ${n} bytes. */
void unitfile_begin(struct unitfile *u, const void *p, size_t n);

/**
 * unitfile_next(u):
 * Go to the next key; false at the end.  Lines of no known form are stepped over.
 */
bool unitfile_next(struct unitfile *u);

#endif
