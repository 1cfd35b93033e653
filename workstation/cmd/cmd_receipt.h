/*
 * cmd_receipt: exhibit receipt.  Its row is in commands.c.
 */
#ifndef EXHIBIT_CMD_CMD_RECEIPT_H
#define EXHIBIT_CMD_CMD_RECEIPT_H

#include "lib/base/option.h"

extern const struct option_row cmd_receipt_options[];

/* Runs with the arguments after the verb; returns the exit code. */
int cmd_receipt(char *const argv[]);

#endif
