/*
 * screen: standard error that can neither stop nor fail the run.
 *
 * A terminal may be stopped with ^S, an ssh session may have gone dead, a pipe
 * may be full or closed: what cannot be shown in time is dropped.  Everything
 * that comes from the host is escaped by the caller.
 */
#ifndef EXHIBIT_CMD_SCREEN_H
#define EXHIBIT_CMD_SCREEN_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/buf.h"

/* Public only so that it needs no memory of its own; use the functions. */
struct screen {
	int fd;			/* not owned; -1: nothing is shown */
	bool terminal;
	bool is_socket;
	bool dead;		/* the other end is gone */
};

/**
 * screen_open(s, fd):
 * Look at ${fd} (2) and prepare for it.  Never fails: a closed descriptor shows nothing.
 */
void screen_open(struct screen *s, int fd);

/**
 * screen_write(s, text, n, patience_ms):
 * Show ${n} bytes, waiting at most ${patience_ms} milliseconds in total.  True if all was
 * shown; false if the rest was dropped.  Needs SIGPIPE to be ignored.
 */
bool screen_write(struct screen *s, const char *text, size_t n, int patience_ms);

/**
 * screen_sentence(out, text):
 * Append a sentence of ours that may hold parts that were typed or are escaped already
 * (struct err): backslashes stay as they are, what a terminal would obey is escaped.
 */
void screen_sentence(struct buf *out, const char *text);

/* Columns of the terminal, at least 20; 80 if it does not say. */
unsigned screen_width(const struct screen *s);

#endif
