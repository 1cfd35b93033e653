#include "collector/acquire/extent.h"

#include <errno.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define MAP_PIECE 64u		/* extents asked for in one call */

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

/* The list while it grows. */
struct list {
	struct extent *out;
	size_t n;
	uint64_t size;		/* of the file */
};

/* Adds ${from} to ${to}.  The end of what was added. */
static uint64_t add(struct list *l, uint64_t from, uint64_t to)
{
	struct extent *last = l->n > 0 ? &l->out[l->n - 1] : NULL;

	if (to > l->size)
		to = l->size;
	if (last != NULL && last->offset + last->length == from) {
		last->length += to - from;
		return to;
	}
	if (l->n == ITEM_EXTENTS_MAX)
		l->n = halve(l->out, l->n);
	l->out[l->n++] = (struct extent){ from, to - from };
	return to;
}

/* lseek(2).  False if there is no such question. */
static bool by_seeking(int fd, struct list *l)
{
	uint64_t at = 0;

	while (at < l->size) {
		off_t from = lseek(fd, (off_t)at, SEEK_DATA), to;

		if (from < 0 && errno == ENXIO)		/* nothing but a hole from here */
			break;
		to = from < 0 ? -1 : lseek(fd, from, SEEK_HOLE);
		if (to <= from)
			return false;
		if ((uint64_t)from >= l->size)
			break;
		at = add(l, (uint64_t)from, (uint64_t)to);
	}
	return true;
}

/* Documentation/filesystems/fiemap.rst; without FIEMAP_FLAG_SYNC nothing is written. */
static bool by_map(int fd, struct list *l)
{
	uint64_t room[(sizeof(struct fiemap) + MAP_PIECE * sizeof(struct fiemap_extent)) / 8];
	struct fiemap *map = (struct fiemap *)room;
	uint64_t at = 0;
	bool last = false;

	while (!last && at < l->size) {
		*map = (struct fiemap){ .fm_start = at, .fm_length = l->size - at,
					.fm_extent_count = MAP_PIECE };
		if (ioctl(fd, FS_IOC_FIEMAP, map) != 0)
			return false;
		last = map->fm_mapped_extents == 0;
		for (uint32_t i = 0; i < map->fm_mapped_extents && at < l->size; i++) {
			const struct fiemap_extent *x = &map->fm_extents[i];
			uint64_t from = x->fe_logical > at ? x->fe_logical : at;

			last = last || (x->fe_flags & FIEMAP_EXTENT_LAST) != 0;
			if (from < l->size && x->fe_logical + x->fe_length > from)
				at = add(l, from, x->fe_logical + x->fe_length);
		}
	}
	return true;
}

uint64_t extent_list(int fd, uint64_t size, struct extent *out, size_t *count)
{
	struct list l = { .out = out, .size = size };
	bool known = by_seeking(fd, &l);

	if (!known) {
		l = (struct list){ .out = out, .size = size };
		known = by_map(fd, &l);
	}
	if (!known)
		return EXTENT_UNKNOWN;
	*count = l.n;
	return l.n == 1 && out[0].length == size ? EXTENT_DENSE : sum(out, l.n);
}
