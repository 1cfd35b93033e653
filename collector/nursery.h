/*
 * nursery: the process that readers are forked from.
 *
 * Readers must come from a process without threads, and the recorder has some
 * (its compressor).  So one helper is forked first; it steps behind the private
 * glass, and forks a reader whenever the recorder asks.  Entering the glass can
 * block for ever on a sick host: then the nursery itself is abandoned and another
 * one is started without glass.
 */
#ifndef EXHIBIT_COLLECTOR_NURSERY_H
#define EXHIBIT_COLLECTOR_NURSERY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "collector/reader.h"
#include "collector/station.h"
#include "lib/base/err.h"

#define NURSERY_LOOK 128u
#define NURSERY_READERS_MAX 257u	/* one reader and 256 that may be lost in a run */

struct nursery {
	struct board *board;
	const struct reader_setup *setup;
	int request_fd;			/* one byte per wish: the number of a station, for a look
					 * at its reader plus NURSERY_LOOK */
	pid_t pid;
	bool locked;			/* set by a recorder that may send no signal any more */
	uint32_t hatched;		/* readers made so far */
	uint32_t stations;		/* used so far */
	uint32_t abandoned;		/* nurseries left behind */
};

/**
 * nursery_start(n, setup, board, glass_seconds, e):
 * Fork the nursery and wait until it is ready.  If it is not after ${glass_seconds},
 * leave it and start one that reads without glass; board->glass then says so.
 * Call before any thread exists.  Return 0, or -1 with ${e}.
 */
int nursery_start(struct nursery *n, const struct reader_setup *setup, struct board *board,
		  uint64_t glass_seconds, struct err *e);

/**
 * nursery_hatch(n, stage):
 * Ask for a reader with the rights of ${stage}.  Return its station (which becomes MANNED or
 * GONE soon), or NULL when as many are stuck as there are stations, after
 * NURSERY_READERS_MAX, or when the nursery is gone.
 */
struct station *nursery_hatch(struct nursery *n, enum sandbox_stage stage);

/* Could half of the readers that do not end still be made?  Who may lose one more without need
 * asks this first. */
bool nursery_ample(const struct nursery *n);

/**
 * nursery_renew(n, s, stage):
 * Ask for another reader for station ${s}, whose own is about to end by itself.  True, and the
 * station is as new; false if that one did not end within a second: nobody may use the station
 * any more.
 */
bool nursery_renew(struct nursery *n, struct station *s, enum sandbox_stage stage);

/**
 * nursery_look(n, s):
 * Wish that the nursery looks from outside at what the reader of ${s} does: s->looked becomes
 * s->asked when it did.  Nothing happens while the last wish is open.
 */
void nursery_look(struct nursery *n, struct station *s);

/**
 * nursery_alive(n):
 * False once the process has ended, whoever ended it.
 */
bool nursery_alive(struct nursery *n);

/**
 * nursery_end(n):
 * Let go of the nursery: it and its readers end, except those that the kernel
 * does not let end.  It is killed where that is still allowed; behind the sandbox it ends by
 * itself, for which a tenth of a second is given.
 */
void nursery_end(struct nursery *n);

#endif
