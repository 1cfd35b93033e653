/*
 * reader: the process that touches evidence.
 *
 * It owns nothing but its station: no output, no terminal, no file of the
 * operator.  It waits for a job, walks, sends what it finds through the ring, and
 * may be abandoned in the middle of any system call without loss.
 */
#ifndef EXHIBIT_COLLECTOR_READER_H
#define EXHIBIT_COLLECTOR_READER_H

#include <stddef.h>
#include <sys/types.h>

#include "collector/acquire/walk.h"
#include "collector/select/plan.h"
#include "collector/station.h"

/* What every reader of the run is told; made before the first fork. */
struct reader_setup {
	const struct plan_request *request;
	const char *root;		/* absolute directory of --root, NULL: the live host */
	bool with_budget;		/* the board's budget counts */
	bool raw_ext4;			/* as in struct source_env */
	pid_t recorder;			/* whose mount namespace is the host's; 0: not known */
	bool physical;			/* as in struct source_env */
	const char *processes;
	struct walk_self self[WALK_SELF_MAX];
	size_t self_count;
};

/**
 * reader_stage(setup, c):
 * The rights that a reader is born with which begins with category ${c}.  SANDBOX_GUEST and
 * SANDBOX_DEVICE are for a reader of this category alone; all others go on to the next one, and
 * give up what no later one needs.
 */
enum sandbox_stage reader_stage(const struct reader_setup *setup, enum category c);

/**
 * reader_main(setup, board, s):
 * Lock ourselves down to the stage of station ${s} and do its jobs until one says to quit or
 * the recorder is gone.  Never returns.
 */
_Noreturn void reader_main(const struct reader_setup *setup, struct board *board,
			   struct station *s);

#endif
