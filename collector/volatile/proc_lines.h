/*
 * proc_lines: a text file of /proc line by line, in bounded memory.
 */
#ifndef EXHIBIT_VOLATILE_PROC_LINES_H
#define EXHIBIT_VOLATILE_PROC_LINES_H

#include <stddef.h>

#include "collector/volatile/answer.h"

#define PROC_LINES_MAX 65536u		/* bytes of a line; the kernel writes at most a path */

/**
 * proc_lines_each(env, fd, keep, line, ctx):
 * Read ${fd} to its end and call line(ctx, text, n) for each line, without its line feed;
 * what does not fit a line is passed over.  What is read is added to ${keep} as well, unless it is
 * NULL.  A line() that returns non-zero ends the reading.  Return 0; 1 when line() or the end
 * of the run stopped it; -1 with errno when reading failed; -2 when the sink of
 * ${keep} failed.
 */
int proc_lines_each(struct source_env *env, int fd, struct answer *keep,
		    int (*line)(void *ctx, const char *text, size_t n), void *ctx);

#endif
