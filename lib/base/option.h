/*
 * option: a command line is a table of rows.  The same rows parse the
 * arguments into a struct and print the help, so that the two cannot differ.
 *
 * Accepted: --name value, --name=value, -n value, -nvalue, flags in a bunch
 * (-qv), operands anywhere between options, -- to end the options, and a
 * single - as an operand.  Names are never abbreviated.  An option may be given
 * once unless it is a list.  A value that begins with -- must be joined by =, so
 * that a forgotten value does not swallow the next option.
 *
 *	struct args { bool quiet; const char *out; struct option_list include; };
 *	#define FIELD(f) offsetof(struct args, f)
 *	static const struct option_row rows[] = {
 *		{ NULL, 0, NULL, OPTION_HEADING, 0, "Output" },
 *		{ "output", 'o', "DEST", OPTION_STRING, FIELD(out), "write there" },
 *		{ "quiet", 'q', NULL, OPTION_FLAG, FIELD(quiet), "say nothing" },
 *		{ 0 }
 *	};
 */
#ifndef EXHIBIT_BASE_OPTION_H
#define EXHIBIT_BASE_OPTION_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"

/* Strings that point into argv; only the array is owned. */
struct option_list {
	const char **p;
	size_t n;
};

/* What an option takes, and the type of its field. */
enum option_kind {
	OPTION_END,		/* ends the table */
	OPTION_HEADING,		/* a line of the help: only the help text counts */
	OPTION_FLAG,		/* bool, becomes true */
	OPTION_STRING,		/* const char *, into argv; may be empty */
	OPTION_SIZE,		/* uint64_t bytes, text_parse_size: 64M */
	OPTION_SECONDS,		/* uint64_t seconds, text_parse_seconds: 5m */
	OPTION_UNSIGNED,	/* uint64_t, decimal digits only */
	OPTION_LIST		/* struct option_list, may be given many times */
};

#define OPTION_ROWS_MAX 128u	/* rows in one table, headings and end included */

struct option_row {
	const char *name;	/* long name without dashes */
	char letter;		/* short form, 0: none */
	const char *arg;	/* what the help calls the value, NULL for a flag */
	enum option_kind kind;
	size_t offset;		/* of the field in the args struct */
	const char *help;	/* one sentence; wrapped by option_help */
};

/**
 * option_parse(rows, args, argv, operands, e):
 * Parse ${argv} (without the program's own name, ended by NULL) into the struct at
 * ${args}, whose fields hold the defaults before, and gather what is no option in
 * ${operands}.  Return 0, or -1 with a sentence in ${e} that names the option
 * ("--seal-bytes needs a size such as 64M, not 'lots'"); that is a usage error.
 * Lists and operands must be released by the caller in both cases.
 */
int option_parse(const struct option_row *rows, void *args, char *const argv[],
		 struct option_list *operands, struct err *e);

/**
 * option_help(b, rows):
 * Append one entry for each row to ${b}, wrapped at 79 columns.
 */
void option_help(struct buf *b, const struct option_row *rows);

/**
 * option_list_add(l, s):
 * Append ${s}.  Return 0, or -1 if there is no memory.
 */
int option_list_add(struct option_list *l, const char *s);

/* Free the array and leave ${l} empty. */
void option_list_release(struct option_list *l);

#endif
