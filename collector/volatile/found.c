#include "collector/volatile/found.h"

#include <stdlib.h>

#define SLOTS (2 * FOUND_MAX)		/* a power of two */

struct found *found_new(void)
{
	struct found *f = calloc(1, sizeof(*f));

	if (f == NULL)
		return NULL;
	f->file = calloc(FOUND_MAX, sizeof(*f->file));
	f->slot = calloc(SLOTS, sizeof(*f->slot));
	f->order = calloc(FOUND_MAX, sizeof(*f->order));
	if (f->file != NULL && f->slot != NULL && f->order != NULL)
		return f;
	found_free(f);
	return NULL;
}

void found_free(struct found *f)
{
	if (f == NULL)
		return;
	free(f->file);
	free(f->slot);
	free(f->order);
	free(f);
}

uint64_t found_dev(uint32_t major, uint32_t minor)
{
	return (uint64_t)major << 32 | minor;
}

/* The slot of the key, or the free one where it would be. */
static uint32_t *slot_of(const struct found *f, uint64_t dev, uint64_t ino)
{
	uint64_t h = (ino ^ dev * UINT64_C(0x9e3779b97f4a7c15)) * UINT64_C(0xff51afd7ed558ccd);

	for (uint32_t i = (uint32_t)(h >> 40);; i++) {
		uint32_t *s = &f->slot[i & (SLOTS - 1)];

		if (*s == 0 || (f->file[*s - 1].dev == dev && f->file[*s - 1].ino == ino))
			return s;
	}
}

struct found_file *found_get(const struct found *f, uint64_t dev, uint64_t ino)
{
	uint32_t s = *slot_of(f, dev, ino);

	return s == 0 ? NULL : &f->file[s - 1];
}

bool found_add(struct found *f, const struct found_file *file)
{
	uint32_t *s = slot_of(f, file->dev, file->ino);

	if (*s != 0) {
		if (file->depth > f->file[*s - 1].depth)
			f->file[*s - 1] = *file;
		return true;
	}
	if (f->count == FOUND_MAX) {
		f->left_out++;
		return false;
	}
	f->file[f->count++] = *file;
	*s = f->count;
	return true;
}

static int compare(const void *a, const void *b, void *files)
{
	const struct found_file *x = (const struct found_file *)files + *(const uint32_t *)a;
	const struct found_file *y = (const struct found_file *)files + *(const uint32_t *)b;

	if (x->dev != y->dev)
		return x->dev > y->dev ? 1 : -1;
	return (x->ino > y->ino) - (x->ino < y->ino);
}

void found_sort(struct found *f)
{
	for (uint32_t i = 0; i < f->count; i++)
		f->order[i] = i;
	qsort_r(f->order, f->count, sizeof(*f->order), compare, f->file);
}
