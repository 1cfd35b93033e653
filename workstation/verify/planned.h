/*
 * planned: what the session planned, and how far the run came with it.
 *
 * The plan is signed with the first segment, before anything was taken.  Whoever takes the
 * running process over can end it early and sign that it was complete; then a category of
 * the plan is missing, unless he invents it.  And a run that was stopped, or an archive that was
 * cut, says nothing of what it did not come to: that is to be said in its place.
 *
 * What is known of a category comes from the lines of the manifests and from actions.jsonl
 * (docs/FORMAT.md section 9), which is written at the end: category-begin, category-end, `limit`
 * where the run was stopped within a category, `end` with the reason, the last line.  A category
 * in which nothing was found has no line, only its acts, and one that has lines was done only
 * if the log says so: by its category-end, or as a whole, with its `end` and nothing amiss.  A log
 * that was full has `limit` for its last line: what came after it is not known; behind `lost` are
 * all the acts that are asked for here.  The log is read line by line as it comes, whatever its
 * length; of a line that is longer than any of ours is only known that it was there.
 */
#ifndef EXHIBIT_VERIFY_PLANNED_H
#define EXHIBIT_VERIFY_PLANNED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/buf.h"
#include "lib/bundle/bundle_read.h"
#include "lib/item/item.h"

#define PLAN_CATEGORIES_MAX 64u		/* of a plan that are looked at */
#define PLAN_WORD_MAX 32u		/* bytes of the word of one, NUL included */
#define PLAN_REASON_MAX 200u		/* bytes of the reason, NUL included */
#define PLAN_LINE_MAX 65536u		/* bytes of a line of actions.jsonl that is looked at */

/* How the archive ends. */
enum planned_end {
	PLANNED_CUT,		/* no final seal holds: what came after the last one is unknown */
	PLANNED_STOPPED,	/* the final seal says `incomplete` */
	PLANNED_COMPLETED,	/* the final seal says `complete` */
	PLANNED_UNKNOWN		/* it does, and the archive does not show it, nor the contrary */
};

/* What became of a category. */
enum planned_state {
	PLANNED_DONE,		/* it was walked to its end */
	PLANNED_BEGUN,		/* there is something of it, and nothing says that it was */
	PLANNED_NOT_REACHED,	/* the run ended before it */
	PLANNED_NOT_SEEN,	/* there is nothing of it, and no log that says why */
	PLANNED_STATES
};

/* Where the reading of the log of acts is, and what became of it. */
struct planned_log {
	bool here;		/* the member that is being read is this log */
	bool found;		/* there is one */
	bool skipping;		/* the line that is being read is too long */
	struct buf line;	/* it so far */
	size_t within;		/* the category that the acts are within; count: none */
	bool limit, end;	/* the last line was that act */
	uint64_t longer;	/* lines of more than PLAN_LINE_MAX: what they say is not known */
	uint64_t garbled;	/* lines that are no act, or behind the end */
};

struct planned {
	struct planned_category {
		char word[PLAN_WORD_MAX];
		bool line, begun, ended, stopped;
		bool open;		/* its last act is its begin */
	} of[PLAN_CATEGORIES_MAX];
	size_t count;
	uint64_t unread;	/* lines of the plan that are no category, too long or too many */
	struct planned_log log;
	/* Of planned_finish: */
	enum planned_end end;
	bool altered;		/* the archive is: nobody knows where it was cut */
	uint64_t unsealed;	/* members behind the last seal, of whatever category */
	char reason[PLAN_REASON_MAX];	/* why the run ended early, printable ASCII, or "" */
};

void planned_init(struct planned *p);
void planned_release(struct planned *p);

/* The session was read: take its plan lines but that of the facts, which are not archived. */
void planned_session(struct planned *p, const char *text, size_t n);

/* A manifest line of this category was read. */
void planned_line(struct planned *p, const char *category);

/* A member begins; its content comes. */
void planned_member(struct planned *p, struct bytes name);
void planned_data(struct planned *p, const void *data, size_t n);

/**
 * planned_finish(p, f):
 * The archive is at its end, and ${f} is what is known of it: read what its log of acts says.
 * Everything below is due after this.
 */
void planned_finish(struct planned *p, const struct bundle_facts *f);

/* What became of category ${i}; its word: "done", "begun", "not-reached", "not-seen". */
enum planned_state planned_state(const struct planned *p, size_t i);
const char *planned_word(enum planned_state state);

/* "cut", "stopped", "completed", "unknown". */
const char *planned_end_word(enum planned_end end);

/* How many categories are in that state. */
size_t planned_count(const struct planned *p, enum planned_state state);

/**
 * planned_broken(p, f, out):
 * Does the final seal say "complete" over a plan that was not?  True with the finding in
 * *${out}.  An archive that is ALTERED anyway is not asked; one whose log of acts was full, or
 * has lines that are too long, cannot say: that is PLANNED_UNKNOWN, and no finding.  So is one with
 * lines of each category whose log does not show their ends, or has what is no act.
 */
bool planned_broken(const struct planned *p, const struct bundle_facts *f, struct finding *out);

/**
 * planned_say(b, p, between):
 * Append what a person must know of a run that did not complete its plan, ${between} between
 * its clauses: that it did not and why, which categories were not reached, or not seen under a
 * seal before a cut, how many members there are behind the last seal, which may be of these, and
 * which categories were begun and left, or are not seen to have ended; of one that is not known to
 * have, why.  Nothing of one that
 * did.  Safe for a terminal.
 */
void planned_say(struct buf *b, const struct planned *p, const char *between);

#endif
