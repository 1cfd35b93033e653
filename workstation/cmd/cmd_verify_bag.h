/*
 * cmd_verify_bag: exhibit verify --bag: a receipt with all that is in it.
 */
#ifndef EXHIBIT_CMD_CMD_VERIFY_BAG_H
#define EXHIBIT_CMD_CMD_VERIFY_BAG_H

#include <stdbool.h>

#include "workstation/receipt/receipt.h"

/* What the command line says of it. */
struct cmd_verify_bag {
	struct receipt_expect expect;
	const char *identity, *at;	/* NULL: none; the time of now */
	bool json, quiet;
};

/* Check the bag ${name}; returns the exit code. */
int cmd_verify_bag(struct cmd_verify_bag *x, const char *name);

#endif
