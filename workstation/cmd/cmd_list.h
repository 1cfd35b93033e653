/*
 * cmd_list: the verb "list" of exhibit.  Its row is in commands.c.
 */
#ifndef EXHIBIT_CMD_CMD_LIST_H
#define EXHIBIT_CMD_CMD_LIST_H

#include "lib/base/option.h"

extern const struct option_row cmd_list_options[];

/* Runs with the arguments after the verb; returns the exit code. */
int cmd_list(char *const argv[]);

#endif
