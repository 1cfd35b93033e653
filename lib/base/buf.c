#include "lib/base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/err.h"

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
	if (p == NULL) {
		err_starve();
		return false;
	}
	b->p = p;
	b->cap = cap;
	return true;
}

/* The slow half of room(): the memory is too small, or the buffer has failed. */
static char *make_room(struct buf *b, size_t n)
{
	if (b->failed)
		return NULL;
	if (n > b->max - b->len || !grow(b, b->len + n)) {
		b->failed = true;
		return NULL;
	}
	return b->p + b->len;
}

static inline char *room(struct buf *b, size_t n)
{
	if (n <= b->cap - b->len && b->p != NULL && !b->failed)
		return b->p + b->len;
	return make_room(b, n);
}

char *buf_room(struct buf *b, size_t n)
{
	return room(b, n);
}

/* Two copies of a fixed size that may overlap: the compiler makes moves of them. */
#define COPY_ENDS(to, from, n, size)			\
	do {						\
		memcpy(to, from, size);			\
		memcpy((to) + (n) - (size), (from) + (n) - (size), size); \
	} while (0)

/* Most appends are a few bytes long, and musl's memcpy takes 30 ns for them on
 * x86-64, where it moves the odd bytes at both ends one at a time. */
static inline void copy(char *to, const char *from, size_t n)
{
	if (n > 32)
		memcpy(to, from, n);
	else if (n > 16)
		COPY_ENDS(to, from, n, 16);
	else if (n >= 8)
		COPY_ENDS(to, from, n, 8);
	else if (n >= 4)
		COPY_ENDS(to, from, n, 4);
	else
		for (size_t i = 0; i < n; i++)
			to[i] = from[i];
}

void buf_add(struct buf *b, const void *data, size_t n)
{
	char *to = room(b, n);

	if (to == NULL)
		return;
	copy(to, data, n);
	b->len += n;
}

void buf_puts(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void buf_putc(struct buf *b, char c)
{
	char *to = room(b, 1);

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
