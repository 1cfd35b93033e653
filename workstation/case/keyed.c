#include "workstation/case/keyed.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/err.h"

#define FIRST_SLOTS 1024u

/* What was allocated, in a chain from the youngest; the bytes stand behind it. */
struct piece {
	struct piece *next;
	alignas(max_align_t) char bytes[];
};

struct entry {
	int64_t a, b;
	void *record;
};

struct keyed {
	size_t size, limit, used;
	struct piece *pieces;
	struct entry *entries;		/* in the order in which they came */
	size_t count, room;
	uint32_t *slots;		/* number of an entry and one, 0: free; a power of two */
	size_t slots_count;
};

struct keyed *keyed_new(size_t size, size_t limit)
{
	struct keyed *k = calloc(1, sizeof(*k));

	if (k == NULL) {
		err_starve();
		return NULL;
	}
	k->size = size;
	k->limit = limit;
	return k;
}

void keyed_free(struct keyed *k)
{
	struct piece *next;

	if (k == NULL)
		return;
	for (struct piece *p = k->pieces; p != NULL; p = next) {
		next = p->next;
		free(p);
	}
	free(k->entries);
	free(k->slots);
	free(k);
}

static void *give(struct keyed *k, size_t n)
{
	struct piece *p;

	if (n > k->limit - k->used || sizeof(*p) > k->limit - k->used - n)
		return NULL;
	p = calloc(1, sizeof(*p) + n);
	if (p == NULL) {
		err_starve();
		return NULL;
	}
	p->next = k->pieces;
	k->pieces = p;
	k->used += sizeof(*p) + n;
	return p->bytes;
}

bool keyed_keep(struct keyed *k, struct bytes b, struct bytes *out)
{
	void *copy = give(k, b.len);

	*out = (struct bytes){ copy, copy != NULL ? b.len : 0 };
	if (copy != NULL && b.len > 0)
		memcpy(copy, b.p, b.len);
	return copy != NULL;
}

/* The slot of the key, or the free one where it would be. */
static size_t slot_of(const struct keyed *k, int64_t a, int64_t b)
{
	uint64_t h = ((uint64_t)a * 0x9e3779b97f4a7c15u + (uint64_t)b) * 0xff51afd7ed558ccdu;
	size_t at = (size_t)(h >> 20) & (k->slots_count - 1);

	while (k->slots[at] != 0) {
		const struct entry *e = &k->entries[k->slots[at] - 1];

		if (e->a == a && e->b == b)
			break;
		at = (at + 1) & (k->slots_count - 1);
	}
	return at;
}

/* Twice as many entries, and slots for four times as many as before. */
static bool grow(struct keyed *k)
{
	size_t room = k->room == 0 ? FIRST_SLOTS / 2 : 2 * k->room;
	size_t more = (room - k->room) * (sizeof(*k->entries) + 2 * sizeof(*k->slots));
	struct entry *entries;
	uint32_t *slots;

	if (more > k->limit - k->used || room > UINT32_MAX / 2)
		return false;
	entries = reallocarray(k->entries, room, sizeof(*entries));
	if (entries != NULL)
		k->entries = entries;
	slots = calloc(2 * room, sizeof(*slots));
	if (entries == NULL || slots == NULL) {
		err_starve();
		free(slots);
		return false;
	}
	free(k->slots);
	k->slots = slots;
	k->slots_count = 2 * room;
	k->room = room;
	k->used += more;
	for (size_t i = 0; i < k->count; i++)
		slots[slot_of(k, entries[i].a, entries[i].b)] = (uint32_t)i + 1;
	return true;
}

void *keyed_find(const struct keyed *k, int64_t a, int64_t b)
{
	size_t at;

	if (k->count == 0)
		return NULL;
	at = slot_of(k, a, b);
	return k->slots[at] != 0 ? k->entries[k->slots[at] - 1].record : NULL;
}

void *keyed_get(struct keyed *k, int64_t a, int64_t b, bool *made)
{
	void *record = keyed_find(k, a, b);

	*made = false;
	if (record != NULL)
		return record;
	if (k->count == k->room && !grow(k))
		return NULL;
	record = give(k, k->size);
	if (record == NULL)
		return NULL;
	k->entries[k->count] = (struct entry){ a, b, record };
	k->slots[slot_of(k, a, b)] = (uint32_t)++k->count;
	*made = true;
	return record;
}

void *keyed_at(const struct keyed *k, size_t i, int64_t *a, int64_t *b)
{
	if (i >= k->count)
		return NULL;
	*a = k->entries[i].a;
	*b = k->entries[i].b;
	return k->entries[i].record;
}
