/*
 * idiom: what shells that are left on web servers do, in one line of a script.
 *
 * Two things in a line make it: something that runs text or a command (eval, system, ...), and
 * something that gives what a request sent, or takes a wrapping off (base64_decode, ...).  One
 * of them alone is everyday work.  Names of well-known shells count by themselves.  It is a
 * reason to look, no proof: code that is split over lines is not seen, nor what is hidden better.
 */
#ifndef EXHIBIT_PARSE_IDIOM_H
#define EXHIBIT_PARSE_IDIOM_H

#include <stddef.h>

struct idiom {
	size_t pos, len;   /* of the place in the line that is worth quoting, bytes */
	const char *runs;  /* what runs something: "eval"; of a known shell its name; static */
	const char *given; /* where it comes from: "$_POST"; NULL: a known shell; static */
};

/**
 * idiom_find(s, n, out):
 * Look at the ${n} bytes of a line; letters of either case are the same.  Return 1 with *${out},
 * or 0: there is none.
 */
int idiom_find(const char *s, size_t n, struct idiom *out);

#endif
