/*
 * patience: how long a reader may be silent before it is left.
 *
 * A call that does not return is a call that waits for something that does not come.  On a
 * host without a processor or a disk to spare it is nothing of the kind: then the reader runs,
 * waits to run, or is woken now and then.  So what counts is the time in which it slept without
 * being woken, as seen from outside (proc_pid_status(5): State, and the switches of its
 * context); all of the silence counts where that cannot be seen, and much more of it ends the
 * patience whatever was seen.  Pure: no clock, no file.  docs/decisions/0031.
 */
#ifndef EXHIBIT_COLLECTOR_PATIENCE_H
#define EXHIBIT_COLLECTOR_PATIENCE_H

#include <stdbool.h>
#include <stdint.h>

#define PATIENCE_FACTOR 6u	/* times the limit: the most, and what one that is in no call has */
#define PATIENCE_STEP_NS 100000000ull	/* the most that one look can add: who looks so late did
				 * not run itself (stopped, suspended, starved) */

/* What a reader did at one moment. */
struct patience_sight {
	bool runnable;		/* runs, or waits for a processor */
	uint64_t switches;	/* how often it has begun to wait, of its own will or not */
};

struct patience {
	uint64_t limit_ns;	/* set by the caller, not 0 */
	uint64_t silence_ns;	/* since the pulse was last seen to beat */
	uint64_t asleep_ns;	/* of that, what counts */
	uint64_t judged_ns;	/* the silence at the last sight */
	bool has_sight;		/* there was one in this silence */
	struct patience_sight sight;
};

/* The pulse beat, or something came: forget the silence.  The limit stays. */
void patience_reset(struct patience *p);

/* Time went by in silence: ${passed_ns} since the last look. */
void patience_wait(struct patience *p, uint64_t passed_ns);

/**
 * patience_due(p):
 * Should the reader be looked at?  Not before an eighth of the limit, then 16 times in a limit.
 */
bool patience_due(const struct patience *p);

/**
 * patience_see(p, s):
 * Judge the silence since the last sight by ${s}: if the reader slept then and now and did not
 * run between, it counts.  NULL: nothing can be seen, all of it counts.  The first sight only
 * shows what the next one is compared with.
 */
void patience_see(struct patience *p, const struct patience_sight *s);

/**
 * patience_over(p, calling):
 * Is it to be left?  ${calling}: it is in a system call on evidence.
 */
bool patience_over(const struct patience *p, bool calling);

/**
 * patience_parse(status, parent, out):
 * Read the text of /proc/PID/status, NUL-terminated.  False if it is not of a child of
 * ${parent}, or does not say how often it waited (before Linux 2.6.23).
 */
bool patience_parse(const char *status, uint64_t parent, struct patience_sight *out);

#endif
