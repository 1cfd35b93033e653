/*
 * ask: questions to the person at the terminal.
 *
 * Questions go to standard error, answers come from standard input, so that standard output
 * stays what a script reads.  Without a terminal nobody is asked: a program in a pipe must
 * not wait for an answer that cannot come.
 */
#ifndef EXHIBIT_CUSTODY_ASK_H
#define EXHIBIT_CUSTODY_ASK_H

#include <stdbool.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"

#define ASK_LINE_MAX 4096u	/* bytes of one answer */

/* Can somebody be asked?  Both standard input and standard error are terminals. */
bool ask_possible(void);

/**
 * ask_line(question, needed, out, e):
 * Ask and put the answer, without blanks around it, at the end of ${out}, with a NUL behind
 * it that counts in its length.  An empty answer is "" unless it is ${needed}: then the question
 * comes again.  Return 0, or -1 with ${e}: the input ended, or the answer is too long.
 */
int ask_line(const char *question, bool needed, struct buf *out, struct err *e);

/**
 * ask_yes(question, yes, e):
 * Ask for yes or no, until one of them is typed in full.  Return 0, or -1 with ${e}.
 */
int ask_yes(const char *question, bool *yes, struct err *e);

#endif
