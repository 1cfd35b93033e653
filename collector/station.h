/*
 * station: the memory between the recorder and its readers.
 *
 * There is one board for the run and one station for each reader that may be
 * needed.  All of it is mapped, shared and untouched (so it costs no memory),
 * before the first fork.  A reader that is abandoned keeps a station that nobody
 * looks at any more, so that whatever it still writes one day meets nothing; only when
 * it was seen to have ended can the station be used again.
 */
#ifndef EXHIBIT_COLLECTOR_STATION_H
#define EXHIBIT_COLLECTOR_STATION_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "collector/acquire/cursor.h"
#include "collector/acquire/pulse.h"
#include "collector/acquire/walk.h"
#include "collector/guest.h"
#include "collector/host/glass.h"
#include "collector/host/sandbox.h"
#include "collector/patience.h"
#include "collector/ring.h"
#include "collector/select/plan.h"

#define STATION_COUNT 35u		/* one reader, two of rare rights, 32 that do not end */

/* Life of a station. */
enum station_state {
	STATION_EMPTY,			/* no reader yet */
	STATION_MANNED,			/* its reader was born */
	STATION_GONE			/* its reader has ended or could not be made */
};

/* Why a reader ended that could not begin or go on. */
enum station_trouble {
	STATION_NO_TROUBLE,
	STATION_NO_ROOT,		/* the root directory could not be opened */
	STATION_NO_MOUNTS,		/* the mount table could not be kept */
	STATION_NO_PLAN,		/* the plan could not be made */
	STATION_NO_PLACE,		/* no way back from a container */
	STATION_TROUBLES
};

/* A walk to do; filled by the recorder before it raises posted. */
struct station_job {
	enum category category;
	uint64_t done;			/* categories completed earlier */
	bool dry;
	bool resume;			/* go on behind station.from */
	bool quit;			/* no walk: the reader is to end */
	uint64_t item_seconds;
	uint64_t hung[WALK_HUNG_MAX];
	uint32_t hung_count;
	uint64_t only;			/* as in struct walk; then no source is asked */
	struct stuck_list stuck;
};

struct station {
	_Atomic uint32_t state;		/* enum station_state; its change wakes ring.tail_word */
	_Atomic uint32_t posted;	/* jobs posted; futex word */
	_Atomic uint32_t stop;		/* non-zero: end the walk */
	_Atomic uint32_t trouble;	/* enum station_trouble, of the reader that ended */
	_Atomic int32_t oserr;		/* its cause, 0: not known */
	uint32_t stage;			/* enum sandbox_stage that the reader is born into */
	struct station_job job;
	_Atomic uint32_t asked;		/* looks at the reader that the recorder wished for */
	_Atomic uint32_t looked;	/* the last of them that the nursery has taken */
	bool seen;			/* sight is what it saw; else nothing can be seen */
	struct patience_sight sight;
	struct pulse pulse;
	struct cursor from;
	struct cursor at;
	struct ring ring;
};

/* Life of the nursery. */
enum board_state { BOARD_STARTING, BOARD_READY };

struct board {
	_Atomic uint32_t state;		/* enum board_state */
	_Atomic uint32_t state_word;	/* futex word, grows when state was set */
	_Atomic uint32_t facts_made;	/* raised when facts is complete */
	_Atomic uint64_t budget;	/* content bytes left */
	struct glass glass;		/* written by the nursery before READY */
	struct plan_facts facts;	/* written by the recorder before facts_made */
	struct guests guests;		/* written by the first reader of their category */
	struct sandbox sandbox[SANDBOX_STAGES];	/* each written by the processes of the stage */
	struct station station[STATION_COUNT];
};

/**
 * station_board():
 * Map a new board.  NULL with errno.
 */
struct board *station_board(void);

/**
 * station_clear(s):
 * Recorder: make a station whose reader has ended, and was seen to, as new.
 */
void station_clear(struct station *s);

/**
 * station_retire(s):
 * Recorder: give up a station without touching what its reader may still be writing.
 */
void station_retire(struct station *s);

#endif
