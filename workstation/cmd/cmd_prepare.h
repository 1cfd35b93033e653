/*
 * cmd_prepare: the verb "prepare" of exhibit.  Its row is in commands.c.
 */
#ifndef EXHIBIT_CMD_CMD_PREPARE_H
#define EXHIBIT_CMD_CMD_PREPARE_H

#include "lib/base/option.h"

extern const struct option_row cmd_prepare_options[];

/* Runs with the arguments after the verb; returns the exit code. */
int cmd_prepare(char *const argv[]);

#endif
