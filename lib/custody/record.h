/*
 * record: texts of lines "name: value", such as CUSTODY/session.txt
 * (docs/FORMAT.md section 4).  session_read reads them.
 *
 * Names are ours: lower-case words joined by "-".  Values may come from anywhere
 * and are written as escaped text, so one value is always one line.
 */
#ifndef EXHIBIT_CUSTODY_RECORD_H
#define EXHIBIT_CUSTODY_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/buf.h"
#include "lib/base/clock.h"

/**
 * record_begin(out, title):
 * Append the first line, "exhibit-session-v1".
 */
void record_begin(struct buf *out, const char *title);

/**
 * record_bytes(out, name, data, n):
 * Append one line.  ${n} raw bytes are escaped; none at all is written "-", the
 * sign of an absent fact.
 */
void record_bytes(struct buf *out, const char *name, const void *data, size_t n);

/* The same with a C string (NULL: absent), a number, yes or no, an instant as
 * RFC 3339 text (all zero: absent), lower-case hex of ${n} bytes. */
void record_text(struct buf *out, const char *name, const char *value);
void record_u64(struct buf *out, const char *name, uint64_t value);
void record_flag(struct buf *out, const char *name, bool value);
void record_time(struct buf *out, const char *name, struct instant t);
void record_hex(struct buf *out, const char *name, const void *data, size_t n);

#endif
