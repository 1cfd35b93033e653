/*
 * planview: --plan, what a run would take, in what order, why, and how much.
 *
 * A sink in front of a dry walk: it counts what is promised and keeps nothing.
 * Output is gathered in a buffer that is handed out whenever it is full, so
 * that a verbose plan of ten million objects needs no memory.
 */
#ifndef EXHIBIT_CMD_PLANVIEW_H
#define EXHIBIT_CMD_PLANVIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "collector/select/artifact.h"
#include "lib/base/err.h"
#include "lib/item/sink.h"

struct planview;

/**
 * planview_new(fd, verbose, e):
 * Print to ${fd}; with ${verbose} each object too.  NULL with ${e} without memory.
 */
struct planview *planview_new(int fd, bool verbose, struct err *e);
void planview_free(struct planview *v);

/* The sink for the dry walk.  Its calls return -1 once ${fd} cannot be written. */
struct sink *planview_sink(struct planview *v);

/**
 * planview_category(v, c) / planview_category_end(v):
 * Print the header of a category; then, when it was walked, its rows: objects, bytes, the
 * biggest, and what would not be taken and why.  Return 0, or -1.
 */
int planview_category(struct planview *v, enum category c);
int planview_category_end(struct planview *v);

/**
 * planview_cut(v, why):
 * Say that the walk ended early, before planview_end prints totals that look like those
 * of a whole plan.  Return 0, or -1.
 */
int planview_cut(struct planview *v, const char *why);

/**
 * planview_end(v, missing, room):
 * Print totals, the room at the destination (UINT64_MAX: not known), and the lines
 * ${missing} of self_missing.  Return 0, or -1.
 */
int planview_end(struct planview *v, const char *missing, uint64_t room);

#endif
