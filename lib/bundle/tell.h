/*
 * tell: what the reader of a bundle says to its visitor and notes in the facts.
 * Internal to lib/bundle.
 */
#ifndef EXHIBIT_BUNDLE_TELL_H
#define EXHIBIT_BUNDLE_TELL_H

#include <stddef.h>
#include <stdint.h>

#include "lib/bundle/bundle_read.h"

struct tell {
	const struct bundle_visitor *v;
	void *ctx;
	struct bundle_facts *facts;
	uint64_t segment;	/* being read */
	uint64_t offset;	/* of the member being read */
};

/**
 * tell_finding(t, id, member, detail):
 * Tell and note that something is wrong with ${member} (may be empty).  ${detail}
 * may be NULL; what of it is not printable ASCII becomes '?'.  FINDING_NONE is
 * nothing to tell.  Returns what the visitor returned.
 */
int tell_finding(struct tell *t, enum finding_id id, struct bytes member, const char *detail);

#endif
