/*
 * segment_read: the members of a segment against its manifest and SHA256SUMS,
 * and the totals over all segments that a seal signs.  Internal to lib/bundle.
 */
#ifndef EXHIBIT_BUNDLE_SEGMENT_READ_H
#define EXHIBIT_BUNDLE_SEGMENT_READ_H

#include <stddef.h>
#include <stdint.h>

#include "lib/bundle/chain.h"
#include "lib/bundle/roll.h"
#include "lib/bundle/tell.h"

struct segment_read;

/* NULL: no memory.  ${t} and ${e} must outlive it. */
struct segment_read *segment_read_new(struct tell *t, struct err *e);
void segment_read_free(struct segment_read *s);

/*
 * All of these return BUNDLE_GO, or what the visitor returned to end the reading.
 *
 * segment_read_member: a member of evidence or a text is whole.
 * segment_read_lines, segment_read_sums: a piece of the manifest, of SHA256SUMS.
 * segment_read_lines_end, segment_read_sums_end: its end; tells who was not called up.
 */
int segment_read_member(struct segment_read *s, const struct roll_member *m);
int segment_read_lines(struct segment_read *s, const void *data, size_t n);
int segment_read_lines_end(struct segment_read *s);
int segment_read_sums(struct segment_read *s, const void *data, size_t n);
int segment_read_sums_end(struct segment_read *s);

/* Fill manifest_sha256, objects, members and gaps of ${out}. */
void segment_read_totals(const struct segment_read *s, struct chain_facts *out);

/* The segment is over: forget its members, keep the totals. */
void segment_read_close(struct segment_read *s);

#endif
