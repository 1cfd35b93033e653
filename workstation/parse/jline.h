/*
 * jline: one object of JSON on a line, as the lists below live/ hold them (docs/FORMAT.md
 * section 10), asked by key.
 *
 * Keys that nobody asks for are ignored, and one of another type than asked for is as good as
 * missing: later writers may add to what is there.  The parser does not recurse.
 */
#ifndef EXHIBIT_PARSE_JLINE_H
#define EXHIBIT_PARSE_JLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/buf.h"
#include "lib/base/bytes.h"

struct jline;			/* a line that was read */

/**
 * jline_read(p, n):
 * Read the ${n} bytes of a line.  NULL: it is no JSON object (RFC 8259), or there was no memory
 * (then err_starved).  What is given out below is valid until jline_free.
 */
struct jline *jline_read(const void *p, size_t n);
void jline_free(struct jline **j);

/* The whole number of a key; false: missing, negative, or no number. */
bool jline_u64(const struct jline *j, const char *key, uint64_t *out);

/* The number of a key as int64_t, ${other} if it is missing or does not fit. */
int64_t jline_i64(const struct jline *j, const char *key, int64_t other);

/* True if the key is there and true. */
bool jline_true(const struct jline *j, const char *key);

/* The text of a key as it stands there, escaped or not; p NULL: missing. */
struct bytes jline_text(const struct jline *j, const char *key);

/**
 * jline_raw(j, key, out):
 * The bytes behind escaped text: ${out} is emptied and gets them.  False: missing, or no
 * escaped text; then ${out} is empty.
 */
bool jline_raw(const struct jline *j, const char *key, struct buf *out);

/**
 * jline_array(j, key, i, out):
 * Element ${i} of an array of whole numbers.  False behind its end, or if it is none.
 */
bool jline_array(const struct jline *j, const char *key, size_t i, uint64_t *out);

/**
 * jline_word(j, key, i):
 * Element ${i} of an array of texts, as it stands there.  p NULL: behind its end, or none.
 */
struct bytes jline_word(const struct jline *j, const char *key, size_t i);

/* Elements of an array; 0: missing, or none. */
size_t jline_count(const struct jline *j, const char *key);

#endif
