/*
 * offset: how far the clock of the host was from that of the workstation, as an interval.
 *
 * offset = host - workstation.  What the host stamped h and arrived here at a was stamped
 * before: offset >= h - a.  What bears a nonce that we issued at t was stamped after:
 * offset <= h - t.  Neither trusts the host's clock, nor any network; both believe the
 * host only that it stamped, when it did, with the clock that it shows everybody.
 */
#ifndef EXHIBIT_RECEIVE_OFFSET_H
#define EXHIBIT_RECEIVE_OFFSET_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/buf.h"
#include "lib/base/clock.h"

/* Nanoseconds; beyond 292 years they stay at the end of the range. */
struct offset {
	bool has_low, has_high;
	int64_t low, high;
};

/* Something with the host's time ${stamp} arrived at ${arrived}; the highest bound counts. */
void offset_arrived(struct offset *o, struct instant stamp, struct instant arrived);

/* What we issued at ${issued} was there when the host's clock showed ${stamp}; the lowest
 * bound counts. */
void offset_answered(struct offset *o, struct instant stamp, struct instant issued);

/* The bounds contradict each other: the host's clock, or ours, was set meanwhile. */
bool offset_is_broken(const struct offset *o);

/* ${a} - ${b} in nanoseconds, at the ends of the range if it is beyond. */
int64_t offset_between(struct instant a, struct instant b);

/* Append seconds with three decimals and a sign: "+1.203 s", cut towards zero. */
void offset_seconds(struct buf *b, int64_t ns);

/* Append a sentence for a person, without a full stop. */
void offset_sentence(struct buf *b, const struct offset *o);

#endif
