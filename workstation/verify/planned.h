/*
 * planned: did a run that says it was completed do what its session planned?
 *
 * The plan is signed with the first segment, before anything was taken.  Whoever takes the
 * running process over can end it early and sign that it was complete; then a category of
 * the plan is missing, unless he invents it.  A category counts as done if the manifest has
 * a line of it or actions.jsonl says that it ended: one in which nothing was found has the
 * latter only.
 */
#ifndef EXHIBIT_VERIFY_PLANNED_H
#define EXHIBIT_VERIFY_PLANNED_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/buf.h"
#include "lib/item/item.h"

#define PLAN_CATEGORIES_MAX 64u		/* of a plan that are looked at */
#define PLAN_WORD_MAX 32u		/* bytes of the word of one, NUL included */
#define PLAN_ACTIONS_MAX (2u << 20)	/* bytes of actions.jsonl that are looked at */

struct planned {
	struct {
		char word[PLAN_WORD_MAX];
		bool done;
	} of[PLAN_CATEGORIES_MAX];
	size_t count;
	bool in_actions;	/* the member that is being read is actions.jsonl */
	struct buf actions;	/* its text so far */
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
 * planned_missing(p):
 * The first category of the plan that was not done, or NULL.  For a whole archive; one whose
 * log of actions was full when it ended has none missing, because it cannot say.
 */
const char *planned_missing(struct planned *p);

#endif
