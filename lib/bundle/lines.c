#include "lib/bundle/lines.h"

#include <string.h>

void lines_init(struct lines *l, size_t max)
{
	buf_init(&l->partial, max);
}

void lines_release(struct lines *l)
{
	buf_release(&l->partial);
}

/* Keeps a piece of a line; says which of the two reasons there is if it cannot. */
static int keep(struct lines *l, const char *data, size_t n)
{
	if (n > l->partial.max - l->partial.len)
		return LINES_TOO_LONG;
	buf_add(&l->partial, data, n);
	return l->partial.failed ? LINES_NO_MEMORY : 0;
}

/* One line: straight from the piece, or joined to what an earlier piece left. */
static int whole(struct lines *l, const char *line, size_t n, lines_take *take, void *ctx)
{
	int r;

	if (l->partial.len == 0)
		return n > l->partial.max ? LINES_TOO_LONG : take(ctx, line, n);
	r = keep(l, line, n);
	if (r != 0)
		return r;
	r = take(ctx, l->partial.p, l->partial.len);
	buf_clear(&l->partial);
	return r;
}

int lines_feed(struct lines *l, const char *data, size_t n, lines_take *take, void *ctx)
{
	const char *end;

	while (n > 0 && (end = memchr(data, '\n', n)) != NULL) {
		size_t len = (size_t)(end - data);
		int r = whole(l, data, len, take, ctx);

		if (r != 0)
			return r;
		data += len + 1;
		n -= len + 1;
	}
	return keep(l, data, n);
}

size_t lines_end(struct lines *l)
{
	size_t left = l->partial.len;

	buf_clear(&l->partial);
	return left;
}
