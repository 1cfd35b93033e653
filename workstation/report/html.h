/*
 * html: the one way from the evidence into a page.
 *
 * Markup is only what stands in the format of html_put, which is a literal of ours; every
 * argument becomes text.  So no name of the host can become an element, an attribute, a script
 * or an address, and where text_escape (lib/base/text) should have been and was not, its work
 * is done here: control characters and marks that turn the direction of text never get through.
 */
#ifndef EXHIBIT_REPORT_HTML_H
#define EXHIBIT_REPORT_HTML_H

#include <stdint.h>

#include "lib/base/buf.h"
#include "lib/base/bytes.h"
#include "lib/base/err.h"

struct html {
	struct buf out; /* what was not written yet */
	struct buf scratch;
	int fd;        /* where it goes; -1: it stays in out */
	struct err *e; /* the first failure; nothing is written after it */
};

/**
 * html_begin(h, fd, e):
 * Write to ${fd}, which stays the caller's; -1: gather everything in h->out.
 */
void html_begin(struct html *h, int fd, struct err *e);

/**
 * html_end(h):
 * Write the rest and release the memory.  Return 0, or -1 with the err of html_begin.
 */
int html_end(struct html *h);

/**
 * html_put(h, format, ...):
 * Append ${format}.  In it
 *	%s  const char *, as text		%d  int64_t, decimal; CASE_NULL: nothing
 *	%b  struct bytes, as text		%i  int, decimal
 *	%q  struct bytes, as text, cut after HTML_QUOTE bytes, with a mark that it was
 *	%t  int64_t, nanoseconds since 1970: a time element, UTC; CASE_NULL: "not known"
 *	%x  struct bytes, in hex		%%  a percent sign
 * Text is right in an element and in an attribute within double quotes.
 */
void html_put(struct html *h, const char *format, ...);

#define HTML_QUOTE 300u /* bytes */

/* Append our own bytes as they are: styles and scripts of ours, never the evidence. */
void html_own(struct html *h, const char *bytes, size_t n);

/* "2026-11-23 10:53:00" into ${out} of 32 bytes: ${ns} in UTC, without fraction. */
char *html_utc(char *out, int64_t ns);

#endif
