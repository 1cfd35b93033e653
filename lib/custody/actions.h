/*
 * actions: the log of what the collector did to the host, CUSTODY/actions.jsonl
 * (docs/FORMAT.md section 9): one JSON object for each act, in order, with the
 * time on two clocks.
 *
 * It is kept in memory until the end, so it is bounded: when it is full but for its reserve, a
 * line `lost` says so, and of what follows only the acts of the plan (categories, signals, the
 * end) are in it, so that a host with a hundred thousand mounts cannot hide whether the run came
 * to its end.  When the reserve is used up, too, a last line `limit` says so.
 * An act for which there is no memory is not in it (err_starved), later ones may be.
 */
#ifndef EXHIBIT_CUSTODY_ACTIONS_H
#define EXHIBIT_CUSTODY_ACTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/buf.h"

#define ACTIONS_MAX (1u << 20)		/* bytes */
#define ACTIONS_RESERVE (128u << 10)	/* of these, for acts of the plan */
#define ACTIONS_DETAIL_MAX 4096u	/* bytes of one detail that are kept */

struct actions {
	struct buf text;	/* the lines so far */
	uint64_t lost;		/* acts that found no room */
	bool full;		/* not even one of the plan finds any */
};

void actions_init(struct actions *a);
void actions_release(struct actions *a);

/**
 * actions_add(a, act, detail):
 * Append a line with the time of now.  ${act} is a word of the specification
 * ("mount"), ${detail} raw text of any origin: it is escaped here, so that it must
 * not be escaped before; NULL is the same as "".  A longer detail is cut.
 */
void actions_add(struct actions *a, const char *act, const char *detail);

#endif
