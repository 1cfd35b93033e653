#include "lib/base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CAPACITY 256u

void buf_init(struct buf *b, size_t max)
{
	*b = (struct buf){ .max = max };
}

void buf_release(struct buf *b)
{
	free(b->p);
	buf_init(b, b->max);
}

void buf_clear(struct buf *b)
{
	b->len = 0;
	b->failed = false;
}

/* Doubling keeps the number of copies small; one byte more than cap is
 * allocated so that buf_cstr never needs memory. */
static bool grow(struct buf *b, size_t need)
{
	size_t cap = b->cap < FIRST_CAPACITY ? FIRST_CAPACITY : b->cap;
	char *p;

	while (cap < need)
		cap = cap > b->max / 2 ? b->max : cap * 2;
	if (cap > b->max)
		cap = b->max;
	if (cap == SIZE_MAX)
		return false;
	p = realloc(b->p, cap + 1);
	if (p == NULL)
		return false;
	b->p = p;
	b->cap = cap;
	return true;
}

char *buf_room(struct buf *b, size_t n)
{
	if (b->failed)
		return NULL;
	if (n <= b->cap - b->len && b->p != NULL)
		return b->p + b->len;
	if (n > b->max - b->len || !grow(b, b->len + n)) {
		b->failed = true;
		return NULL;
	}
	return b->p + b->len;
}

void buf_add(struct buf *b, const void *data, size_t n)
{
	char *to = buf_room(b, n);

	if (to == NULL || n == 0)
		return;
	memcpy(to, data, n);
	b->len += n;
}

void buf_puts(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void buf_putc(struct buf *b, char c)
{
	char *to = buf_room(b, 1);

	if (to == NULL)
		return;
	*to = c;
	b->len++;
}

void buf_u64(struct buf *b, uint64_t v)
{
	char digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + v % 10);
		v /= 10;
	} while (v != 0);
	buf_add(b, digits + at, sizeof(digits) - at);
}

void buf_i64(struct buf *b, int64_t v)
{
	if (v < 0)
		buf_putc(b, '-');
	/* unsigned negation is defined for INT64_MIN too */
	buf_u64(b, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	char *to;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0) {
		b->failed = true;
		return;
	}
	to = buf_room(b, (size_t)n);
	if (to == NULL)
		return;
	va_start(ap, fmt);
	vsnprintf(to, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->len += (size_t)n;
}

const char *buf_cstr(struct buf *b)
{
	if (b->p == NULL)
		return "";
	b->p[b->len] = '\0';
	return b->p;
}
