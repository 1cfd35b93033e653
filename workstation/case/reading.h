/*
 * reading: the content of one member on its way to one loader, in the loader's form.
 */
#ifndef EXHIBIT_CASE_READING_H
#define EXHIBIT_CASE_READING_H

#include "lib/base/buf.h"
#include "workstation/case/loader.h"

struct reading {
	const struct loader *row;
	struct loading l;
	struct buf text;	/* WHOLE: all of it; LINES: a line that has not ended */
	uint64_t pos;		/* bytes handed in */
	uint64_t line_pos;	/* offset of the line that is in text */
	uint64_t line;		/* lines that ended */
	bool cut;		/* the line is longer than is kept */
	bool full;		/* max_bytes were reached */
};

/**
 * reading_begin(r):
 * Begin with row and l set, all else zero.  Return 0, or -1 with l.e.
 */
int reading_begin(struct reading *r);

/* The next ${n} plain bytes.  Return 0, or -1 with l.e. */
int reading_add(struct reading *r, const void *data, size_t n);

/**
 * reading_end(r, whole):
 * The content is over; ${whole} false: it broke off.  Releases the memory, whatever comes.
 * Return 0, or -1 with l.e.
 */
int reading_end(struct reading *r, bool whole);

#endif
