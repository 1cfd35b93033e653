/*
 * verify_show: the outcome of a verification for a person, and as JSON.
 */
#ifndef EXHIBIT_VERIFY_VERIFY_SHOW_H
#define EXHIBIT_VERIFY_VERIFY_SHOW_H

#include "lib/base/buf.h"
#include "workstation/verify/verify.h"

/**
 * verify_show_verdict(b, v):
 * Append one line: "COMPLETE", "TRUNCATED at N", or "ALTERED in segment N at MEMBER".
 */
void verify_show_verdict(struct buf *b, const struct verify *v);

/**
 * verify_show_text(b, v, name):
 * Append everything: session, counts, gaps, findings, and the verdict as last line.
 * ${name} is what the user called the archive.  Safe for a terminal.
 */
void verify_show_text(struct buf *b, const struct verify *v, const char *name);

/**
 * verify_show_json(b, v, name):
 * Append one JSON object and LF.  Strings of the host are escaped text.
 */
void verify_show_json(struct buf *b, const struct verify *v, const char *name);

#endif
