/*
 * cmd_extract: the verb "extract" of exhibit.  Its row is in commands.c.
 */
#ifndef EXHIBIT_CMD_CMD_EXTRACT_H
#define EXHIBIT_CMD_CMD_EXTRACT_H

#include "lib/base/option.h"

extern const struct option_row cmd_extract_options[];

/* Runs with the arguments after the verb; returns the exit code. */
int cmd_extract(char *const argv[]);

#endif
