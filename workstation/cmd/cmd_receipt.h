/*
 * cmd_receipt: exhibit receipt, and what exhibit receive has of it.  Their rows are in commands.c.
 */
#ifndef EXHIBIT_CMD_CMD_RECEIPT_H
#define EXHIBIT_CMD_CMD_RECEIPT_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/option.h"

/* What is asked for of a time stamp after RFC 3161; the lists are released by who parsed them. */
struct cmd_receipt_stamp {
	bool request;
	const char *response;	/* NULL: none is taken */
	struct option_list trust, tsa_ca;
};

/* Rows of an option table, the same for each verb that has them: ${at} is the offset of its
 * struct cmd_receipt_stamp. */
#define CMD_RECEIPT_STAMP_ROWS(at)                                                        \
	{ "tsa-request", 0, NULL, OPTION_FLAG,                                            \
	  (at) + offsetof(struct cmd_receipt_stamp, request),                             \
	  "make the request of RFC 3161 (scripts/timestamp.sh sends it)" },               \
	{ "tsa-response", 0, "FILE", OPTION_STRING,                                       \
	  (at) + offsetof(struct cmd_receipt_stamp, response),                            \
	  "check the answer and put it into the bag" },                                   \
	{ "tsa-ca", 0, "FILE", OPTION_LIST,                                               \
	  (at) + offsetof(struct cmd_receipt_stamp, tsa_ca),                              \
	  "refuse an answer whose authority leads to none of these roots (PEM)" },        \
	{ "trust", 't', "FILE", OPTION_LIST,                                              \
	  (at) + offsetof(struct cmd_receipt_stamp, trust),                               \
	  "certificates of the chain, roots, revocation lists, to be kept in trust/" }

extern const struct option_row cmd_receipt_options[];

/* Runs with the arguments after the verb; returns the exit code. */
int cmd_receipt(char *const argv[]);

/**
 * cmd_receipt_stamp(stamp, bag):
 * What exhibit receipt does when these options and ${bag} are all that it is given; the exit code.
 */
int cmd_receipt_stamp(const struct cmd_receipt_stamp *stamp, const char *bag);

#endif
