/*
 * actions: the log of what the collector did to the host, CUSTODY/actions.jsonl
 * (docs/FORMAT.md section 9): one JSON object for each act, in order, with the
 * time on two clocks.
 *
 * It is kept in memory until the end, so it is bounded: when it is full, a last
 * line says so and what follows is only counted.  An act for which there is no memory
 * is not in it (err_starved), later ones may be.
 */
#ifndef EXHIBIT_CUSTODY_ACTIONS_H
#define EXHIBIT_CUSTODY_ACTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/buf.h"

#define ACTIONS_MAX (1u << 20)		/* bytes */
#define ACTIONS_DETAIL_MAX 4096u	/* bytes of one detail that are kept */

struct actions {
	struct buf text;	/* the lines so far */
	uint64_t lost;		/* acts that found no room */
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
