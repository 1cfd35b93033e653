/*
 * commands: the verbs of exhibit, as rows.  A new verb is one file cmd_VERB.c and
 * one row in commands.c; help is printed from the rows.
 */
#ifndef EXHIBIT_CMD_COMMANDS_H
#define EXHIBIT_CMD_COMMANDS_H

#include <stddef.h>

#include "lib/base/buf.h"
#include "lib/base/option.h"
#include "lib/bundle/bundle_read.h"

/* Exit codes of every verb, documented in the manual page. */
enum commands_exit {
	COMMANDS_OK = 0,		/* the archive is COMPLETE and all that was given holds */
	COMMANDS_TRUNCATED = 1,		/* it is TRUNCATED: true as far as it goes */
	COMMANDS_USAGE = 2,
	COMMANDS_ALTERED = 3,
	COMMANDS_FAILED = 4,		/* something could not be read, written or found */
	COMMANDS_UNSEEN = 5		/* received and stored, but nothing could be checked */
};

struct command {
	const char *name;			/* one word or two: "verify", "custody add" */
	/* Runs with the arguments after the verb; returns the exit code. */
	int (*run)(char *const argv[]);
	const struct option_row *options;	/* NULL: none */
	const char *operands;			/* "ARCHIVE [PATH...]", for the help */
	const char *summary;			/* one line for the list of verbs */
	const char *details;			/* paragraphs for the verb's own help, or NULL */
	/* Help of a verb that has words of its own below it: of one, or NULL: behind the help
	 * of the verb, of all.  Returns the exit code.  NULL: it has none. */
	int (*help)(const char *word);
};

/* The verb of that name, or NULL.  The i-th verb, or NULL behind the last. */
const struct command *commands_find(const char *name);
const struct command *commands_at(size_t i);

/**
 * commands_pick(argv, words):
 * The verb that ${argv} begins with, and how many words it has; NULL if there is none.
 */
const struct command *commands_pick(char *const argv[], size_t *words);

/**
 * commands_has_group(name):
 * True if ${name} is the first of two words: it has verbs below it.
 */
int commands_has_group(const char *name);

/* Append the help of the program; of the verbs that begin with the word ${group}; of one
 * verb. */
void commands_help(struct buf *b);
void commands_help_group(struct buf *b, const char *group);
void commands_help_verb(struct buf *b, const struct command *c);

/**
 * commands_parse(name, args, argv, operands, limits):
 * Parse the options of the verb ${name} and check the number of operands against
 * limits[0]..limits[1].  Return 0, or -1 after saying on standard error what is wrong.
 */
int commands_parse(const char *name, void *args, char *const argv[],
		   struct option_list *operands, const size_t limits[2]);

/**
 * commands_print(fd, b):
 * Write ${b} to ${fd} and empty it.  Return 0, or -1 after saying so on standard
 * error (unless that is ${fd}).
 */
int commands_print(int fd, struct buf *b);

/* Print "exhibit: ${e}" on standard error; the exit code that belongs to it: ${code}, but
 * COMMANDS_FAILED if memory was refused. */
int commands_fail(const struct err *e, enum commands_exit code);

/* The exit code of a verdict. */
enum commands_exit commands_verdict_exit(enum bundle_verdict v);

#endif
