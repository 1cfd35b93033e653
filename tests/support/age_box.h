/*
 * age_box: an age file in memory, to one key made for it, and what can be read of it.
 */
#ifndef EXHIBIT_TESTS_AGE_BOX_H
#define EXHIBIT_TESTS_AGE_BOX_H

#include "lib/base/buf.h"
#include "lib/crypt/age_read.h"
#include "lib/crypt/age_write.h"

struct age_box {
	struct age_identities *ids;
	struct age_recipient recipient;
	struct age_write *w;
	struct buf file;		/* encrypted so far */
	size_t fail_at;			/* out fails beyond so many bytes; 0: never */
	struct buf plain;		/* of the last age_box_read */
};

/* A key, and an open age_write to it; forget everything. */
void age_box_open(struct age_box *x);
void age_box_release(struct age_box *x);

/* Add ${n} bytes of a pattern that does not repeat within a chunk, in pieces of ${piece},
 * and end the file. */
void age_box_fill(struct age_box *x, size_t n, size_t piece);

/* The byte of the pattern at an offset. */
uint8_t age_box_byte(size_t at);

/* Fail the test unless ${p} has the first ${n} bytes of the pattern. */
void age_box_assert(const void *p, size_t n);

/* Read ${n} bytes as an age file into plain; input comes in pieces of ${piece}.  Returns how
 * it ended: 0, enum age_read_end, or -1. */
int age_box_read(struct age_box *x, const void *file, size_t n, size_t piece);

#endif
