/*
 * lines: a text that arrives in pieces, as lines of bounded length.
 */
#ifndef EXHIBIT_BUNDLE_LINES_H
#define EXHIBIT_BUNDLE_LINES_H

#include <stddef.h>

#include "lib/base/buf.h"

struct lines {
	struct buf partial;	/* a line that began in an earlier piece */
};

/* Takes a line without its LF; returns 0 to go on, anything else to stop. */
typedef int lines_take(void *ctx, const char *line, size_t n);

/* Begin with lines of at most ${max} bytes; release the memory. */
void lines_init(struct lines *l, size_t max);
void lines_release(struct lines *l);

/**
 * lines_feed(l, data, n, take, ctx):
 * Hand every line that ends inside ${data} to ${take}.  Return 0, what ${take}
 * returned to stop, LINES_TOO_LONG, or LINES_NO_MEMORY.
 */
#define LINES_TOO_LONG (-2)
#define LINES_NO_MEMORY (-3)
int lines_feed(struct lines *l, const char *data, size_t n, lines_take *take, void *ctx);

/* Bytes of a last line that had no LF; forgets them. */
size_t lines_end(struct lines *l);

#endif
