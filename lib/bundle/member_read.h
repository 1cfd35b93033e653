/*
 * member_read: the hashes of one member's content while it streams by.
 * Internal to lib/bundle.
 */
#ifndef EXHIBIT_BUNDLE_MEMBER_READ_H
#define EXHIBIT_BUNDLE_MEMBER_READ_H

#include <stddef.h>
#include <stdint.h>

#include "lib/archive/pax_read.h"
#include "lib/bundle/roll.h"

struct member_read;

struct member_read *member_read_new(void);	/* NULL: no memory */
void member_read_free(struct member_read *r);

/**
 * member_read_begin(r, m):
 * Begin with ${m}.  Holes are hashed as zeros unless they are more than
 * BUNDLE_HOLES_HASHED bytes, which a few bytes of a hostile archive could ask for.
 */
void member_read_begin(struct member_read *r, const struct pax_member *m);

/* Next piece, at its logical offset. */
void member_read_data(struct member_read *r, const void *data, size_t n, uint64_t offset);

/**
 * member_read_end(r, out):
 * All pieces came: fill has_hash, hash and data_hash of ${out}.
 */
void member_read_end(struct member_read *r, struct roll_member *out);

#endif
