/*
 * summary: CUSTODY/summary.txt, the page that a person reads first.
 *
 * Counts by result and gap, begin and end, why the run ended, and the fixed
 * statement of what a live collection can and cannot prove.
 */
#ifndef EXHIBIT_CUSTODY_SUMMARY_H
#define EXHIBIT_CUSTODY_SUMMARY_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/buf.h"
#include "lib/base/clock.h"
#include "lib/item/gap.h"

struct summary {
	const char *session;		/* id in hex */
	struct clocks begin, end;
	bool complete;			/* the plan was finished */
	const char *reason;		/* why it was not, raw text; NULL if complete */
	uint64_t objects;		/* attempted */
	uint64_t members;		/* with a member in the archive */
	uint64_t bytes_read, bytes_stored;
	uint64_t seals;			/* before the final one */
	const uint64_t *by_result;	/* RESULT_COUNT numbers of objects */
	const uint64_t *by_gap;		/* GAP_COUNT numbers of objects */
};

/**
 * summary_text(out, s):
 * Append the whole page.
 */
void summary_text(struct buf *out, const struct summary *s);

/* The statement of limits alone: plain ASCII, lines of at most 100 columns. */
const char *summary_limits(void);

#endif
