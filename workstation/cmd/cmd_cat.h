/*
 * cmd_cat: the verb "cat" of exhibit.  Its row is in commands.c.
 */
#ifndef EXHIBIT_CMD_CMD_CAT_H
#define EXHIBIT_CMD_CMD_CAT_H

#include "lib/base/option.h"

extern const struct option_row cmd_cat_options[];

/* Runs with the arguments after the verb; returns the exit code. */
int cmd_cat(char *const argv[]);

#endif
