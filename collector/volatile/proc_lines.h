/*
 * proc_lines: a file of /proc, line by line in constant memory.
 *
 * For lists that can be longer than what we want to hold: maps, mountinfo, locks.
 */
#ifndef EXHIBIT_VOLATILE_PROC_LINES_H
#define EXHIBIT_VOLATILE_PROC_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collector/acquire/pulse.h"
#include "collector/volatile/answer.h"

#define PROC_LINES_ROOM 32768u		/* bytes of a line that are kept: a path of PATH_MAX with
					 * every byte escaped fits */

struct proc_lines {
	int fd;
	struct pulse *pulse;
	struct answer *keep;		/* set after opening: gets what is read, or NULL */
	bool sink_failed;		/* that of keep, so that the lines ended early */
	int oserr;			/* why it ended early, 0: it did not */
	bool ended, skipping;
	size_t begin, end;		/* what is in room and was not yet given */
	char room[PROC_LINES_ROOM + 1];
};

/**
 * proc_lines_open(l, at, name, pulse):
 * Open the file ${name} of the directory ${at}.  Return 0, or -1 with l->oserr; then there
 * is nothing to close.
 */
int proc_lines_open(struct proc_lines *l, int at, const char *name, struct pulse *pulse);
void proc_lines_close(struct proc_lines *l);

/**
 * proc_lines_next(l):
 * The next line, NUL-terminated without its line feed, valid until the next call; may be
 * written to.  Of one that is longer than PROC_LINES_ROOM the beginning.  NULL at the end.
 */
char *proc_lines_next(struct proc_lines *l);

/**
 * proc_lines_word(line):
 * The next word at *${line}, which is cut behind it and advanced; words stand between blanks.
 * NULL at the end.
 */
char *proc_lines_word(char **line);

/**
 * proc_lines_number(s, base, end, out):
 * Read a number of ${base} 10 or 16 at *${s} that is followed by ${end}, and advance behind
 * that, unless it is the NUL.  False if it is not one.
 */
bool proc_lines_number(const char **s, int base, char end, uint64_t *out);

#endif
