/*
 * cmd_report: the verb "report" of exhibit.  Its row is in commands.c.
 */
#ifndef EXHIBIT_CMD_CMD_REPORT_H
#define EXHIBIT_CMD_CMD_REPORT_H

#include "lib/base/option.h"

extern const struct option_row cmd_report_options[];

/* Runs with the arguments after the verb; returns the exit code. */
int cmd_report(char *const argv[]);

#endif
