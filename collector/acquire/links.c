#include "collector/acquire/links.h"

#include <stdlib.h>
#include <string.h>

#define SLOTS (2 * LINKS_MAX)	/* a power of two */

struct link {
	uint64_t ino, size;
	struct instant mtime, ctime;
	uint32_t dev_major, dev_minor;
	uint32_t offset, len;		/* of the path; len 0: a free slot */
};

struct links {
	size_t count, used;
	struct link slot[SLOTS];
	char paths[LINKS_PATHS_MAX];
};

struct links *links_new(void)
{
	return calloc(1, sizeof(struct links));
}

void links_free(struct links *l)
{
	free(l);
}

/* The slot of this file, or the free one where it would be. */
static size_t find(const struct links *l, const struct item_stat *st)
{
	uint64_t key = st->ino ^ (uint64_t)st->dev_major << 52 ^ (uint64_t)st->dev_minor << 32;
	size_t i = (size_t)(key * UINT64_C(0x9e3779b97f4a7c15) >> 40) & (SLOTS - 1);

	while (l->slot[i].len != 0 &&
	       (l->slot[i].ino != st->ino || l->slot[i].dev_major != st->dev_major ||
		l->slot[i].dev_minor != st->dev_minor))
		i = (i + 1) & (SLOTS - 1);
	return i;
}

static bool same_instant(struct instant a, struct instant b)
{
	return a.sec == b.sec && a.nsec == b.nsec;
}

struct bytes links_find(const struct links *l, const struct item_stat *st)
{
	const struct link *k = &l->slot[find(l, st)];

	if (k->len == 0 || k->size != st->size || !same_instant(k->mtime, st->mtime) ||
	    !same_instant(k->ctime, st->ctime))
		return (struct bytes){ NULL, 0 };
	return (struct bytes){ l->paths + k->offset, k->len };
}

void links_add(struct links *l, const struct item_stat *st, struct bytes path)
{
	struct link *k = &l->slot[find(l, st)];

	if (k->len != 0 || l->count == LINKS_MAX || path.len > LINKS_PATHS_MAX - l->used)
		return;
	*k = (struct link){
		.ino = st->ino, .size = st->size, .mtime = st->mtime, .ctime = st->ctime,
		.dev_major = st->dev_major, .dev_minor = st->dev_minor,
		.offset = (uint32_t)l->used, .len = (uint32_t)path.len,
	};
	memcpy(l->paths + l->used, path.p, path.len);
	l->used += path.len;
	l->count++;
}
