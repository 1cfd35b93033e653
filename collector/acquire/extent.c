#include "collector/acquire/extent.h"

#include <errno.h>
#include <unistd.h>

bool extent_maybe(const struct item_stat *st)
{
	return st->blocks < st->size / 512;
}

/* Join neighbours with no more than ${hole} bytes between them until ${enough} are left. */
static size_t join(struct extent *x, size_t n, uint64_t hole, size_t enough)
{
	size_t kept = 0;

	for (size_t i = 1; i < n; i++) {
		uint64_t end = x[kept].offset + x[kept].length;
		size_t left = kept + 1 + n - i;

		if (left > enough && x[i].offset - end <= hole)
			x[kept].length = x[i].offset + x[i].length - x[kept].offset;
		else
			x[++kept] = x[i];
	}
	return kept + 1;
}

/* Half of them, at the least cost in holes, to the next power of two. */
static size_t halve(struct extent *x, size_t n)
{
	size_t enough = n / 2;

	for (uint64_t hole = 65536; n > enough && hole != 0; hole *= 2)
		n = join(x, n, hole, enough);
	return n;
}

static uint64_t sum(const struct extent *x, size_t n)
{
	uint64_t data = 0;

	for (size_t i = 0; i < n; i++)
		data += x[i].length;
	return data;
}

uint64_t extent_list(int fd, uint64_t size, struct extent *out, size_t *count)
{
	uint64_t at = 0;
	size_t n = 0;

	while (at < size) {
		off_t from = lseek(fd, (off_t)at, SEEK_DATA), to;

		if (from < 0 && errno == ENXIO)		/* nothing but a hole from here */
			break;
		to = from < 0 ? -1 : lseek(fd, from, SEEK_HOLE);
		if (to <= from)
			return UINT64_MAX;
		if ((uint64_t)from >= size)
			break;
		if ((uint64_t)to > size)
			to = (off_t)size;
		if (n == ITEM_EXTENTS_MAX)
			n = halve(out, n);
		out[n++] = (struct extent){ (uint64_t)from, (uint64_t)(to - from) };
		at = (uint64_t)to;
	}
	*count = n;
	return n == 1 && out[0].length == size ? UINT64_MAX : sum(out, n);
}
