/*
 * show_state: how rows are printed, for the files of workstation/show: as a table for people, as
 * JSON lines, or as CSV (RFC 4180).
 *
 * A table is aligned by its first rows; on a terminal a row is cut at its width, elsewhere
 * nothing is.  One JSON object (RFC 8259) is one line; a value that is not known is null.
 * Nothing that is written can steer a terminal: text of a case is escaped, and escaped again if
 * it is not, because anybody can make a case.
 */
#ifndef EXHIBIT_SHOW_SHOW_STATE_H
#define EXHIBIT_SHOW_SHOW_STATE_H

#include "workstation/show/show.h"

/* Make what printing needs; 0, or -1 with s->e.  show_print_end is due then. */
int show_print_new(struct show *s);

/* The columns, before the first row; they are copied, but not their names. */
void show_print_begin(struct show *s, const struct show_column *columns);

/**
 * show_print_end(s, r):
 * Write what waits and release it.  Return the number of rows, or -1 if ${r} is not 0 or
 * writing failed.
 */
int64_t show_print_end(struct show *s, int r);

#endif
