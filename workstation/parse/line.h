/*
 * line: read one line of a log from left to right, on top of scan.
 *
 * Nothing is copied and nothing allocated: what is found points into the text, which may
 * hold any byte and has no NUL behind it.  A function that does not find what it looks for
 * returns false and takes nothing.
 */
#ifndef EXHIBIT_PARSE_LINE_H
#define EXHIBIT_PARSE_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/bytes.h"
#include "workstation/parse/scan.h"

/* Look at bytes that were found. */
struct scan line_of(struct bytes b);

/* Is the end reached? */
bool line_ended(const struct scan *s);

/* Take this one character; this text. */
bool line_char(struct scan *s, char c);
bool line_text(struct scan *s, const char *text);

/* Step over blanks and tabs. */
void line_blanks(struct scan *s);

/**
 * line_u64(s, out):
 * Take decimal digits, at least one, at most what fits into 64 bits.
 */
bool line_u64(struct scan *s, uint64_t *out);

/**
 * line_digits(s, digits, out):
 * Take exactly ${digits} decimal digits, at most nine.
 */
bool line_digits(struct scan *s, unsigned digits, unsigned *out);

/**
 * line_word(s):
 * Step over blanks and take what comes up to the next blank or tab; empty at the end.
 */
struct bytes line_word(struct scan *s);

/**
 * line_until(s, stop):
 * Take what comes before the first character of ${stop}, or everything.
 */
struct bytes line_until(struct scan *s, const char *stop);

/**
 * line_to(s, text, before):
 * Find ${text}; take what comes before it into ${before} (NULL: not wanted), and it.
 */
bool line_to(struct scan *s, const char *text, struct bytes *before);

/* Take everything that is left. */
struct bytes line_rest(struct scan *s);

/* Does ${text} occur in it? */
bool line_holds(struct bytes b, const char *text);

/* Without blanks, tabs and carriage returns at both ends. */
struct bytes line_trim(struct bytes b);

/* The value of a hex digit of either case, or -1. */
int line_hex(char c);

/**
 * line_last(path):
 * What stands behind the last slash of ${path}.
 */
struct bytes line_last(struct bytes path);

#endif
