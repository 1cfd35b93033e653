/*
 * cmd_receive: exhibit receive.  Its row is in commands.c.
 */
#ifndef EXHIBIT_CMD_CMD_RECEIVE_H
#define EXHIBIT_CMD_CMD_RECEIVE_H

#include "lib/base/option.h"

extern const struct option_row cmd_receive_options[];

/* Runs with the arguments after the verb; returns the exit code. */
int cmd_receive(char *const argv[]);

#endif
