/*
 * buf: a byte buffer that grows up to a limit set by its owner.
 *
 * Appending never fails half way: when the limit is reached or memory ends,
 * the buffer is marked (buf.failed) and ignores what follows, so that a long
 * chain of appends is checked once, at its end.
 */
#ifndef EXHIBIT_BASE_BUF_H
#define EXHIBIT_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf {
	char *p;	/* owned; not NUL-terminated unless buf_cstr was called */
	size_t len;	/* bytes in use */
	size_t cap;	/* bytes allocated */
	size_t max;	/* bytes never exceeded */
	bool failed;	/* an append was lost: limit reached or no memory */
};

/**
 * buf_init(b, max):
 * Make ${b} empty with a limit of ${max} bytes.  Allocates nothing.
 */
void buf_init(struct buf *b, size_t max);

/**
 * buf_release(b):
 * Free the memory of ${b} and leave it empty with its limit kept.
 */
void buf_release(struct buf *b);

/**
 * buf_clear(b):
 * Forget the content and the failed mark, keep the memory for reuse.
 */
void buf_clear(struct buf *b);

/**
 * buf_room(b, n):
 * Make sure that ${n} more bytes fit and return a pointer to them, or NULL
 * (and mark ${b}) if they do not.  The caller writes there and adds to len.
 */
char *buf_room(struct buf *b, size_t n);

/* Append bytes, a C string, one character. */
void buf_add(struct buf *b, const void *data, size_t n);
void buf_puts(struct buf *b, const char *s);
void buf_putc(struct buf *b, char c);

/* Append a number in decimal, without the cost of printf. */
void buf_u64(struct buf *b, uint64_t v);
void buf_i64(struct buf *b, int64_t v);

/**
 * buf_printf(b, fmt, ...):
 * Append formatted text of any length within the limit.
 */
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/**
 * buf_cstr(b):
 * Terminate the content with a NUL that does not count in len and return it.
 * Returns "" if there is no memory for that.  Valid until the next append.
 */
const char *buf_cstr(struct buf *b);

#endif
