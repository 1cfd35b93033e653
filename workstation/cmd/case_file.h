/*
 * case_file: a case as an operand, as show, report and export take it: a case.db that is there,
 * or one that is made of archives for the purpose, in a folder of its own in $TMPDIR (/tmp).
 */
#ifndef EXHIBIT_CMD_CASE_FILE_H
#define EXHIBIT_CMD_CASE_FILE_H

#include <stdbool.h>

#include "lib/base/err.h"
#include "workstation/case/db.h"

#define CASE_FILE_PATH 4096u
#define CASE_FILE_PIPE 141 /* what a shell says of a program that SIGPIPE ended */

/* Both are empty if there is none. */
struct case_scratch {
	char folder[CASE_FILE_PATH];
	char database[CASE_FILE_PATH + 16]; /* "case.db" in it, not made */
};

/* True if the file ${name} is a database, by its first bytes (sqlite.org/fileformat2.html, 1.3);
 * whether it is a case says db_open. */
bool case_file_is(const char *name);

/**
 * case_file_scratch(s, e):
 * Make the folder.  Return 0, or -1.
 */
int case_file_scratch(struct case_scratch *s, struct err *e);

/* Remove folder and case, if there are any. */
void case_file_remove(struct case_scratch *s);

/* The exit code of the worst verdict of the hosts of a case, that of COMPLETE without one, after
 * saying on standard error what such a case is worth; COMMANDS_FAILED with ${e} if it cannot be
 * read. */
int case_file_verdict(struct case_db *db, struct err *e);

/**
 * case_file_apart(work, ctx):
 * Run ${work} in a process of its own, which can give up its rights for good while this one keeps
 * them to clear up.  Return its exit code, or COMMANDS_FAILED after saying why; CASE_FILE_PIPE,
 * and nothing is said, if it wrote for somebody who reads no more (SIGPIPE).
 */
int case_file_apart(int (*work)(void *ctx), void *ctx);

/* When everything is cleared up: ${code} again, but CASE_FILE_PIPE ends this process in the same
 * way, as it would a program without a second process. */
int case_file_end(int code);

#endif
