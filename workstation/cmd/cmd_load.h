/*
 * cmd_load: the verb "load" of exhibit.  Its row is in commands.c.
 */
#ifndef EXHIBIT_CMD_CMD_LOAD_H
#define EXHIBIT_CMD_CMD_LOAD_H

#include "lib/base/option.h"

extern const struct option_row cmd_load_options[];

/* Runs with the arguments after the verb; returns the exit code. */
int cmd_load(char *const argv[]);

#endif
