/*
 * recorder: the process that keeps evidence.
 *
 * It opens no evidence path.  It gives a reader one category to walk, takes what
 * comes through the ring, hands it to a sink, and watches the reader's pulse from
 * outside: one that does not answer within the deadline is abandoned with its
 * station, the object it hangs on becomes a gap, and a new reader goes on
 * behind that object.
 */
#ifndef EXHIBIT_COLLECTOR_RECORDER_H
#define EXHIBIT_COLLECTOR_RECORDER_H

#include <stdbool.h>
#include <stdint.h>

#include "collector/givenup.h"
#include "collector/nursery.h"
#include "collector/select/plan.h"
#include "collector/station.h"
#include "collector/wire.h"
#include "lib/item/sink.h"

/* How a category ended. */
enum recorder_end {
	RECORDER_WALKED,	/* everything was attempted */
	RECORDER_STOPPED,	/* tick asked to stop */
	RECORDER_CRIPPLED,	/* no reader is left to go on with */
	RECORDER_FAILED		/* the sink cannot keep anything more */
};

/* What the recorder calls while it works. */
struct recorder_hooks {
	/* At least ten times a second and after every few items; non-zero: stop the walk. */
	int (*tick)(void *ctx);
	/* A reader was left behind: the raw path it hung on, the call (NULL: in none), and
	 * what happened to it, and why, as far as it could say. */
	void (*abandoned)(void *ctx, struct bytes path, const char *call, const char *why);
	/* The file system of the raw path is left out from now on; or answers again, after
	 * all.  NULL: nobody wants to know. */
	void (*given_up)(void *ctx, struct bytes path, bool again);
	void *ctx;
};

struct recorder {
	/* Set by the caller. */
	struct nursery *nursery;
	const struct plan *plan;	/* as the readers see it; NULL while the facts are read */
	uint64_t item_seconds;		/* silence of a reader after which it is abandoned */
	struct recorder_hooks hooks;
	/* The recorder's own. */
	struct station *station, *aside;	/* aside: of the reader that waits its turn */
	struct ring_end ring, aside_ring;
	enum sandbox_stage stage;		/* what the next reader is born into */
	struct station_job job;
	uint32_t stop_asked;		/* polls since the reader was told to stop */
	struct patience patience;	/* with the reader that is silent */
	uint32_t beats;			/* the pulse when last looked at */
	uint64_t looked_ns;
	uint32_t sights;		/* of the reader, judged so far */
	bool open;			/* between begin and end */
	bool ended;			/* item is the last one that came, whole */
	struct givenup givenup;			/* mounts on which something hung */
	const struct givenup_mount *trying;	/* the one that is tried again, NULL: none */
	bool tried_in_vain;			/* a reader was lost with it */
	bool reached;				/* something of it was met */
	uint32_t guest_lost;			/* number + 1 of the guest a reader was lost in */
	uint32_t guest_done;			/* number + 1 of the last one that is done */
	struct wire_item item;			/* the open one; points into begun */
	unsigned char begun[RING_MESSAGE_MAX];
	unsigned char message[RING_MESSAGE_MAX];
};

/**
 * recorder_run(r, c, done, dry, to):
 * Walk category ${c} into ${to}; ${done} are the categories completed before, ${dry}
 * as in struct walk.
 */
enum recorder_end recorder_run(struct recorder *r, enum category c, uint64_t done, bool dry,
			       struct sink *to);

/**
 * recorder_again(r, done, last, to):
 * Try the mounts that were given up once more, and take what was left out on those that
 * answer.  ${last}: this is the end of the run.  Costs one more reader for each that does not.
 * What is still left out then, r->givenup knows.
 */
enum recorder_end recorder_again(struct recorder *r, uint64_t done, bool last, struct sink *to);

#endif
