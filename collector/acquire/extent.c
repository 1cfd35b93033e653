#include "collector/acquire/extent.h"

#include <errno.h>
#include <unistd.h>

bool extent_maybe(const struct item_stat *st)
{
	return st->blocks < st->size / 512;
}

uint64_t extent_list(int fd, uint64_t size, struct extent *out, size_t *count)
{
	uint64_t at = 0, data = 0;
	size_t n = 0;

	while (at < size && n < ITEM_EXTENTS_MAX) {
		off_t from = lseek(fd, (off_t)at, SEEK_DATA), to;

		if (from < 0 && errno == ENXIO)		/* nothing but a hole from here */
			break;
		to = from < 0 ? -1 : lseek(fd, from, SEEK_HOLE);
		if (to <= from)
			return UINT64_MAX;
		if ((uint64_t)from >= size)
			break;
		if ((uint64_t)to > size || n == ITEM_EXTENTS_MAX - 1)
			to = (off_t)size;
		out[n++] = (struct extent){ (uint64_t)from, (uint64_t)(to - from) };
		data += (uint64_t)(to - from);
		at = (uint64_t)to;
	}
	*count = n;
	return n == 1 && data == size ? UINT64_MAX : data;
}
