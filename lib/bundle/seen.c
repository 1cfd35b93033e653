#include "lib/bundle/seen.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/keymem.h"
#include "lib/hash/digest.h"

#define FIRST_SLOTS 4096u

/* Open addressing; 0 marks a free slot. */
struct generation {
	uint64_t *slots;
	size_t mask;		/* slots - 1, a power of two less one */
	size_t used;
};

struct seen {
	uint8_t key[32];
	struct digest *digest;
	struct generation young, old;
	size_t last_slots;	/* of one generation */
	bool forgot;
};

struct seen *seen_new(size_t memory)
{
	struct seen *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->last_slots = memory / 2 / sizeof(*s->young.slots);
	s->digest = digest_new();
	if (s->digest == NULL || keymem_random(s->key, sizeof(s->key)) != 0) {
		seen_free(s);
		return NULL;
	}
	return s;
}

void seen_free(struct seen *s)
{
	if (s == NULL)
		return;
	digest_free(s->digest);
	free(s->young.slots);
	free(s->old.slots);
	free(s);
}

static uint64_t fingerprint(const struct seen *s, struct bytes name)
{
	uint8_t hash[DIGEST_LEN];
	uint64_t v;

	digest_reset(s->digest);
	digest_add(s->digest, s->key, sizeof(s->key));
	digest_add(s->digest, name.p, name.len);
	digest_peek(s->digest, hash);
	memcpy(&v, hash, sizeof(v));
	return v == 0 ? 1 : v;
}

/* The slot of ${v}: where it is, or the free one where it would be. */
static uint64_t *slot_of(const struct generation *g, uint64_t v)
{
	size_t i = (size_t)v & g->mask;

	while (g->slots[i] != 0 && g->slots[i] != v)
		i = (i + 1) & g->mask;
	return &g->slots[i];
}

static bool has(const struct generation *g, uint64_t v)
{
	return g->slots != NULL && *slot_of(g, v) == v;
}

static int grow(struct generation *g, size_t slots)
{
	struct generation bigger = { calloc(slots, sizeof(*g->slots)), slots - 1, g->used };

	if (bigger.slots == NULL)
		return -1;
	for (size_t i = 0; g->slots != NULL && i <= g->mask; i++) {
		if (g->slots[i] != 0)
			*slot_of(&bigger, g->slots[i]) = g->slots[i];
	}
	free(g->slots);
	*g = bigger;
	return 0;
}

/* Makes room for one more, by growing up to the limit, then by forgetting. */
static int make_room(struct seen *s)
{
	struct generation *g = &s->young;

	if (g->slots == NULL)
		return grow(g, FIRST_SLOTS);
	if (g->used < (g->mask + 1) / 4 * 3)
		return 0;
	if (g->mask + 1 < s->last_slots)
		return grow(g, (g->mask + 1) * 2);
	s->forgot |= s->old.slots != NULL;
	free(s->old.slots);
	s->old = *g;
	*g = (struct generation){ 0 };
	return grow(g, FIRST_SLOTS);
}

int seen_add(struct seen *s, struct bytes name)
{
	uint64_t v = fingerprint(s, name);

	if (has(&s->young, v) || has(&s->old, v))
		return 1;
	if (make_room(s) != 0)
		return -1;
	*slot_of(&s->young, v) = v;
	s->young.used++;
	return 0;
}

bool seen_has(const struct seen *s, struct bytes name)
{
	uint64_t v = fingerprint(s, name);

	return has(&s->young, v) || has(&s->old, v);
}

bool seen_forgot(const struct seen *s)
{
	return s->forgot;
}
