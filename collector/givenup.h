/*
 * givenup: mounts whose calls did not end, and what was left out on them.
 *
 * A mount that swallows two readers one after the other, and gives no file between, or sixteen
 * in all, is given up: its objects are not tried any more (GAP_HUNG_MOUNT).  It may have been
 * slow and not dead, so it is tried again, a few times, behind the object that was waited for
 * last; if it answers, what was left out is taken.  Pure bookkeeping of the recorder.
 * docs/decisions/0031.
 */
#ifndef EXHIBIT_COLLECTOR_GIVENUP_H
#define EXHIBIT_COLLECTOR_GIVENUP_H

#include <stdbool.h>
#include <stdint.h>

#include "collector/acquire/cursor.h"
#include "collector/acquire/walk.h"
#include "collector/select/artifact.h"

#define GIVENUP_STREAK 2u	/* readers that a mount may swallow one after the other */
#define GIVENUP_TOTAL 16u	/* and in all */
#define GIVENUP_TRIES 3u	/* to take it up again, each for one more reader at most */
#define GIVENUP_LAST 1u		/* of them are kept for the end of the run */

struct givenup_mount {
	uint64_t id;
	uint32_t streak, total;		/* readers: since a file came of it, and in all */
	bool out;			/* is given up */
	uint32_t tries;
	uint64_t tried;			/* when, the last time */
	uint64_t left;			/* bit per category of which objects on it were left out */
	enum category at;		/* category in which the last reader was lost */
	bool has_from;			/* what is left of it lies behind ${from}; else all of it */
	struct cursor from;
};

struct givenup {
	uint32_t count;
	uint32_t guests;		/* containers that were left alone; never tried again */
	bool live;			/* something that is no file was left out: the same */
	struct givenup_mount mount[WALK_HUNG_MAX];
};

/**
 * givenup_lost(g, c, at, trying):
 * A reader did not come back from where ${c} says, in category ${at}.  Return the mount if it
 * is given up now, and was not before, else NULL.  With ${trying} it is given up already, and
 * what is left begins behind ${c}.
 */
const struct givenup_mount *givenup_lost(struct givenup *g, const struct cursor *c,
					 enum category at, bool trying);

/* A mount gave a file whole: it is not dead, only that other object was. */
void givenup_answered(struct givenup *g, uint64_t mount);

/* A category is walked to its end now, without the mounts that are given up. */
void givenup_begin(struct givenup *g, enum category c);

/* Write the ids of the mounts not to be touched to ${to}, all but ${but}; their number. */
uint32_t givenup_list(const struct givenup *g, uint64_t but, uint64_t to[WALK_HUNG_MAX]);

/**
 * givenup_try(m, last, now, wait):
 * Is mount ${m} to be tried now, at ${now} of a monotonic clock?  Between two tries goes
 * ${wait} at least, unless this is the end of the run (${last}).  If so, that is counted.
 */
bool givenup_try(struct givenup_mount *m, bool last, uint64_t now, uint64_t wait);

/* Nothing is left out on it any more. */
void givenup_back(struct givenup_mount *m);

/* Is anything left out? */
bool givenup_any(const struct givenup *g);

#endif
