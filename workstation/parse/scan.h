/*
 * scan: text that somebody else wrote, cut into lines, words and numbers without a copy.
 *
 * For the files of /proc and their like: one record a line, words between blanks.  What is
 * given out points into the text.  No call reads behind the end; a text need not end in a
 * line feed, and may hold NULs.
 */
#ifndef EXHIBIT_PARSE_SCAN_H
#define EXHIBIT_PARSE_SCAN_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/bytes.h"

/* What is still to be looked at. */
struct scan {
	const char *p, *end;
};

struct scan scan_begin(const void *p, size_t n);

/**
 * scan_line(s, out):
 * Take the next line, without its line feed.  False at the end.
 */
bool scan_line(struct scan *s, struct bytes *out);

/**
 * scan_word(s, out):
 * Take the next word: bytes other than blank and tab, after any number of these.  A line
 * feed is no blank.  False at the end.
 */
bool scan_word(struct scan *s, struct bytes *out);

/**
 * scan_until(s, mark, out):
 * Take what stands before the next ${mark}, and the mark.  False, and nothing taken, if
 * there is none.
 */
bool scan_until(struct scan *s, char mark, struct bytes *out);

/**
 * scan_rest(s):
 * What is left, without blanks and tabs before it.
 */
struct bytes scan_rest(struct scan *s);

/**
 * scan_u64(b, base, out), scan_i64(b, out):
 * All of ${b} is one whole number: digits of ${base} (8, 10 or 16, either case, no prefix);
 * scan_i64 is decimal and may have a minus.  False if it is not, or does not fit.
 */
bool scan_u64(struct bytes b, unsigned base, uint64_t *out);
bool scan_i64(struct bytes b, int64_t *out);

/**
 * scan_words_i64(s, out, n):
 * Take ${n} words that are decimal numbers.  False at the first that is none.
 */
bool scan_words_i64(struct scan *s, int64_t *out, size_t n);

/* Compare with a C string: all of it, its beginning, its end. */
bool scan_is(struct bytes b, const char *text);
bool scan_begins(struct bytes b, const char *text);
bool scan_ends(struct bytes b, const char *text);

#endif
