/*
 * cmd_verify: the verb "verify" of exhibit.  Its row is in commands.c.
 */
#ifndef EXHIBIT_CMD_CMD_VERIFY_H
#define EXHIBIT_CMD_CMD_VERIFY_H

#include "lib/base/option.h"

extern const struct option_row cmd_verify_options[];

/* Runs with the arguments after the verb; returns the exit code. */
int cmd_verify(char *const argv[]);

#endif
