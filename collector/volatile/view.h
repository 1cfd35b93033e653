/*
 * view: two ways in which the kernel tells the same thing, held against each other.
 *
 * What is in one list and not in the other has mostly just come or just gone.  So one side
 * is listed, then the other, then, unless they are equal, the first again; what differs is
 * followed through VIEW_ROUNDS rounds, each a list of A, of B, of A, of B: only what is there
 * before and after the other list was made, is missing in it, and is still the same object
 * (its identity has not changed) in every round remains.  All else is counted as cleared.
 *
 * Facts with both sides, never a verdict: each check has innocent causes (docs/VIEWS.md).
 * The two sides are tables of functions, so that a test can hide something.
 */
#ifndef EXHIBIT_VOLATILE_VIEW_H
#define EXHIBIT_VOLATILE_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collector/volatile/answer.h"
#include "collector/volatile/source.h"
#include "lib/base/buf.h"

#define VIEW_ROUNDS 3u
#define VIEW_PAUSE_MS 20u		/* before each round */
#define VIEW_SET_BYTES (4u << 20)	/* keys of one list; what is more is not compared */
#define VIEW_FOLLOWED 1024u		/* differences of each side that are followed */

/* Keys of one width, sorted and without doubles once view_set_sort was called. */
struct view_set {
	size_t width;			/* bytes of a key */
	struct buf keys;		/* count * width bytes; failed: there were more */
	size_t count;
};

void view_set_init(struct view_set *s, size_t width);
void view_set_release(struct view_set *s);
void view_set_add(struct view_set *s, const void *key);
void view_set_sort(struct view_set *s);
bool view_set_has(const struct view_set *s, const void *key);
const void *view_set_at(const struct view_set *s, size_t i);

/* Number as a key of 4 bytes that sorts by value, and back. */
void view_set_add_number(struct view_set *s, uint32_t number);
uint32_t view_set_number(const void *key);

/* One side.  list adds every key and returns 0, or an errno when there is no such list. */
struct view_side {
	const char *name;		/* how it is asked, for the report; plain text */
	int (*list)(void *of, struct view_set *out);
	bool (*has)(void *of, const void *key);	/* one key alone, cheaper; NULL: list again */
};

struct view {
	const char *check;		/* word */
	size_t width;			/* of its keys */
	struct view_side a, b;
	bool one_sided;			/* missing in B says nothing: not looked at */
	void *of;			/* handed to the functions */
	/* What must not change while an object is followed (a start time); 0: not known.
	 * NULL: the key says it all. */
	uint64_t (*identity)(void *of, const void *key);
	/* Append members of a JSON object about a key that differs: "\"pid\":5". */
	void (*describe)(void *of, const void *key, struct buf *out);
	/* Append what else is to be said of the check: ",\"key\":value"; NULL: nothing. */
	void (*more)(void *of, struct buf *out);
};

struct view_result {
	int oserr;			/* a side had no list: nothing else counts */
	const char *refused;		/* name of that side */
	size_t count[3];		/* keys of A, B, A again in the first pass */
	unsigned lists;			/* of them taken: equal ones are not taken again */
	size_t candidates;		/* that differed in it */
	size_t left_out;		/* of them more than VIEW_FOLLOWED */
	size_t unresolved;		/* of them still followed when the run was to end */
	unsigned rounds;		/* gone through; 0 without candidates */
	bool cut;			/* a list beyond VIEW_SET_BYTES, or the run is to end */
	struct view_set only[2];	/* that remained: in A alone, in B alone */
	struct clocks begun;
	uint64_t ns;			/* CLOCK_MONOTONIC from begin to end */
};

/**
 * view_compare(env, v, out):
 * Do all that.  ${out} is to be released in any case.
 */
void view_compare(struct source_env *env, const struct view *v, struct view_result *out);
void view_result_release(struct view_result *r);

/**
 * view_report(a, v, r):
 * Append to the answer a line about the check, then a line for each object that remained: JSON,
 * docs/FORMAT.md section 10.  Return 0, or -1 when the sink failed.
 */
int view_report(struct answer *a, const struct view *v, const struct view_result *r);

/**
 * view_take(env, v, folder):
 * Compare and report as the answer live/view/${folder}/CHECK; a side that is refused makes it
 * a gap.  Return 0, or -1 when the sink failed.
 */
int view_take(struct source_env *env, const struct view *v, const char *folder);

#endif
