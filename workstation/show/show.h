/*
 * show: what one would have typed on the host, asked of a case.
 *
 * A verb is a row: SQL over the tables of workstation/case/tables.def, the columns of its
 * answer, and options that narrow it.  A group of verbs is one file show_GROUP.c with an array
 * that ends with an empty row, and a line of groups.def.  What is no SQL is a function.
 *
 * The SQL is a SELECT without ORDER BY, used as a table of its own by the name v:
 *   - a column `host` (the row's host) is needed; in a case of several hosts it is shown;
 *   - columns `time`, `user`, `path`, if it has them, are what --since, --until, --user, --path
 *     look at: nanoseconds, escaped text, escaped text;
 *   - with a column `object`, --json and --csv add the member, its SHA-256, and `pos` and `line`
 *     if the SQL has these: where in the archive it stands.
 * Columns that are not listed are there for conditions.
 * With a column `time_from` a table has a question mark behind a `time` that the clocks of the
 * host showed twice or never, which JSON and CSV tell by that column.
 */
#ifndef EXHIBIT_SHOW_SHOW_H
#define EXHIBIT_SHOW_SHOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/option.h"
#include "lib/bundle/bundle_read.h"
#include "workstation/case/case_query.h"

#define SHOW_OPTIONS_MAX 24u /* of one verb */
#define SHOW_COLUMNS_MAX 48u

/* How a value is written: for people; in JSON; CSV is as JSON without quotes. */
enum show_kind {
	SHOW_TEXT,     /* as it is, "-" for NULL; string */
	SHOW_INT,      /* to the right; number */
	SHOW_SIZE,     /* bytes, to the right, 12.3 MiB; number */
	SHOW_TIME,     /* 2026-11-23 10:53:00; RFC 3339 with nine decimals */
	SHOW_MODE,     /* -rwsr-xr-x; octal string */
	SHOW_HASH,     /* hex; string */
	SHOW_MORE = 16 /* added to a kind: in JSON and CSV only */
};

struct show_column {
	const char *name;
	int kind;
};

/* How the value of an option is read, and bound as :NAME ('-' becomes '_'). */
enum show_value {
	SHOW_FLAG,   /* none: the condition counts, and :NAME is 1, if it is given */
	SHOW_STRING, /* raw text, bound escaped, as text is in the database */
	SHOW_NUMBER,
	SHOW_OCTAL,
	SHOW_WHEN /* a time: 2026-11-23, 2026-11-23T10:53, ...:00, ...Z; nanoseconds */
};

struct show_option {
	const char *name; /* NULL ends the list */
	const char *arg;  /* what the help calls the value; NULL: a flag */
	enum show_value value;
	const char *condition; /* SQL over v's columns; NULL: the verb's own SQL uses :NAME */
	const char *help;
	const char *words; /* what a SHOW_STRING may be, with blanks between; NULL: anything */
};

struct show;

struct show_verb {
	const char *name;                  /* NULL ends the array */
	const char *typed;                 /* what one would have typed */
	const char *what;                  /* one sentence */
	const char *of;                    /* what it asks, for an empty answer: a word of the view
	                                    * `input`, "a|b" where one will do; NULL: anything */
	const char *sql;                   /* or run */
	const char *order;                 /* ORDER BY of it, over v's columns */
	const struct show_column *columns; /* ends with a NULL name */
	const struct show_option *options; /* NULL: none of its own */
	/* Instead of SQL: give rows with show_row.  ${operands} follow the archive or case. */
	int (*run)(struct show *s, const struct option_list *operands);
	const char *operands; /* behind ARCHIVE|CASE, for the help; NULL: none */
	const char *instead;  /* the option of its own that gives the operand, too; NULL: none */
	bool needs_archive;   /* a case is not enough: it reads members */
	const char *limits;   /* SQL of host, text: what the answer leaves open; NULL: nothing */
	const char *needs;    /* what has to be chosen by --path, --limit or an option of its own,
			       * for a mistake without one; NULL: all of it can be read */
};

/* The i-th verb of all groups, or NULL behind the last; the one of that name, or NULL. */
const struct show_verb *show_at(size_t i);
const struct show_verb *show_find(const char *name);

/**
 * show_suggest(b, word, next):
 * Into the empty ${b}: which verbs answer the command ${word} of a host, with the word behind it
 * (NULL: none) if that tells which, as `"last" is exhibit show logins`, separated by commas, of
 * many the first.  Nothing if no verb does.
 */
void show_suggest(struct buf *b, const char *word, const char *next);

enum show_form { SHOW_TABLE, SHOW_JSON, SHOW_CSV };

/* The command line of a verb, as option_parse fills it through the rows of show_options. */
struct show_args {
	bool json, csv, force, quiet;
	const char *identity, *host, *user, *since, *until, *path;
	const char *key, *root; /* that the archive must have; NULL: not known */
	uint64_t limit; /* 0: none */
	bool flags[SHOW_OPTIONS_MAX];
	const char *values[SHOW_OPTIONS_MAX];
};

struct show {
	const struct show_verb *verb;
	const struct show_args *args;
	struct case_db *db;  /* NULL for a verb that needs_archive, which has instead: */
	decompress_in *read; /* the bytes of the archive */
	void *read_ctx;
	bool (*picks)(const char *typed, struct bytes member); /* is that the member meant? */
	enum bundle_verdict verdict;                           /* set by such a verb */
	int fd;                                                /* where rows go */
	size_t width; /* columns of the terminal there; 0: none, nothing is cut */
	struct err *e;
	void *print; /* of show_print.c */
};

/**
 * show_options(verb, rows):
 * The options of ${verb} (NULL: those that all have) into ${rows}, which has room for
 * OPTION_ROWS_MAX.
 */
void show_options(const struct show_verb *verb, struct option_row *rows);

/**
 * show_help(b, verb):
 * Append the help of one verb; NULL: the list of all.
 */
void show_help(struct buf *b, const struct show_verb *verb);

/**
 * show_check(verb, args, e):
 * What can be wrong with a command line before anything is opened: a time that is none, a word
 * that is not known.  Return 0, or -1 with ${e}: a usage error.
 */
int show_check(const struct show_verb *verb, const struct show_args *args, struct err *e);

/**
 * show_run(s, operands):
 * Ask, and write the answer.  Return the number of rows, or -1 with s->e.
 */
int64_t show_run(struct show *s, const struct option_list *operands);

/**
 * show_limits(s, out):
 * Append to ${out}, a line for each host that is asked, what the answer leaves open.  Return 0,
 * or -1 with s->e.
 */
int show_limits(struct show *s, struct buf *out);

/**
 * show_nothing(s, b, e):
 * Nothing was found: append why, a sentence without an end.  Nothing fits; or nothing of what the
 * verb asks is in the case, of the hosts that were chosen, so that this is no answer; and that
 * not all was collected, if it was not.  Of an archive that was cut only what is under a seal is
 * known, and how many members behind that were not read.  Or there is no host of that name; that
 * comes as it was typed.  Return 0, or -1 with ${e}.
 */
int show_nothing(const struct show *s, struct buf *b, struct err *e);

/* One value of a row: the number, or the bytes; which of them says the column's kind. */
struct show_cell {
	int64_t n;         /* CASE_NULL: none */
	struct bytes text; /* escaped text of a case; p NULL: none */
};

/**
 * show_row(s, cells):
 * Write one row, a cell for each column of the verb.  Return 0, 1 if --limit is reached and no
 * more are wanted, or -1 with s->e.
 */
int show_row(struct show *s, const struct show_cell *cells);

/* Read a time as SHOW_WHEN.  Return 0, or -1: it is none. */
int show_when(const char *text, int64_t *ns);

#endif
