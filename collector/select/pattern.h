/*
 * pattern: all globs of a plan as one tree of components.
 *
 * Globs with a common beginning share its nodes, so that matching keeps the few
 * nodes that a directory has reached instead of asking every row.  The children
 * of a node are contiguous: literal ones first, sorted by length and bytes, then
 * those with wildcards.  A "**" is a child that is reached together with its
 * parent and stays alive for ever.  A home is a literal path whose last node also
 * reaches the tree of the "~" patterns, so the number of homes multiplies nothing.
 *
 * Internal to plan.c; the states of struct plan_dir are numbers of nodes.
 */
#ifndef EXHIBIT_SELECT_PATTERN_H
#define EXHIBIT_SELECT_PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collector/select/plan.h"

enum pattern_role { PATTERN_ROW, PATTERN_HOME, PATTERN_EXCLUDE };

/* One glob.  Its text must outlive the tree. */
struct pattern {
	enum pattern_role role;
	const char *glob;	/* absolute, or "~" or "~/..." */
	size_t literal;		/* components that begin before this offset are plain bytes */
	uint32_t row;		/* of the plan; for PATTERN_ROW */
	bool ways;		/* ARTIFACT_WAYS; of at most one pattern */
	uint64_t rank;		/* pattern_rank(); for PATTERN_ROW */
};

struct pattern_tree;

/**
 * pattern_rank(row, order):
 * The smaller, the better the claim of a row: deeper first, then the earlier
 * category, then the smaller ${order}.
 */
uint64_t pattern_rank(const struct artifact *row, uint32_t order);

/**
 * pattern_check(p, e):
 * Return 0, or -1 with ${e} if the glob is not absolute or a component is malformed.
 */
int pattern_check(const struct pattern *p, struct err *e);

/**
 * pattern_tree_new(patterns, n, e):
 * Build the tree of ${n} patterns that passed pattern_check.  Two patterns with the
 * same components and the same rank become one.  Time O(c log c) for c components.
 * NULL with ${e} without memory.
 */
struct pattern_tree *pattern_tree_new(const struct pattern *patterns, size_t n, struct err *e);
void pattern_tree_free(struct pattern_tree *t);

/* The contracts of plan_root, plan_enter and the second half of plan_match:
 * state of the root, state of an entry, what a state says of the object itself. */
void pattern_root(const struct pattern_tree *t, struct plan_dir *d);
void pattern_step(const struct pattern_tree *t, const struct plan_dir *d,
		  struct bytes name, struct plan_dir *child);
void pattern_judge(const struct pattern_tree *t, const struct plan_dir *d,
		   enum category c, struct plan_match *m);

#endif
