/*
 * cmd_export: the verb "export" of exhibit.  Its row is in commands.c.
 */
#ifndef EXHIBIT_CMD_CMD_EXPORT_H
#define EXHIBIT_CMD_CMD_EXPORT_H

#include "lib/base/option.h"

extern const struct option_row cmd_export_options[];

/* Runs with the arguments after the verb; returns the exit code. */
int cmd_export(char *const argv[]);

#endif
