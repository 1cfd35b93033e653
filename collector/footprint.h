/*
 * footprint: CUSTODY/footprint.json, what the collector itself changed on the
 * host (docs/FORMAT.md section 9).  Pure: all that it says is in its input.
 */
#ifndef EXHIBIT_COLLECTOR_FOOTPRINT_H
#define EXHIBIT_COLLECTOR_FOOTPRINT_H

#include <stdbool.h>
#include <stdint.h>

#include "collector/host/glass.h"
#include "collector/host/output.h"
#include "collector/host/self.h"
#include "lib/base/buf.h"

struct footprint {
	const struct self *self;
	const struct self_usage *usage;		/* of the recorder, at the end */
	const struct output *output;
	const struct glass *glass;
	uint64_t evidence_bytes;		/* read and hashed */
	uint32_t processes;			/* made besides the first: nursery and readers */
	uint32_t readers_lost;			/* left behind in the kernel */
	bool directory;				/* --root: not the live host */
};

/**
 * footprint_json(f, out):
 * Append one JSON object, indented for people, and a newline.
 */
void footprint_json(const struct footprint *f, struct buf *out);

#endif
