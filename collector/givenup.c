#include "collector/givenup.h"

#include <string.h>

#include "collector/volatile/source.h"

static struct givenup_mount *find(struct givenup *g, uint64_t id)
{
	for (uint32_t i = 0; i < g->count; i++)
		if (g->mount[i].id == id)
			return &g->mount[i];
	return NULL;
}

/* Is ${c} a directory on the way back to ${from}, which was not come to again? */
static bool is_way(const struct cursor *c, const struct cursor *from)
{
	size_t n = c->path_len == 1 ? 0 : c->path_len;

	return c->listed == 0 && c->path_len < from->path_len &&
	       memcmp(c->path, from->path, n) == 0 && from->path[n] == '/';
}

/* Sources come before the files of a category or after them; what is told to ourselves is no
 * evidence. */
static void note_place(struct givenup_mount *m, const struct cursor *c, enum category at)
{
	const struct source *source = source_at(c);

	if (source != NULL && source->when == SOURCE_AFTER)
		return;
	if (source != NULL || !m->has_from || m->at != at || !is_way(c, &m->from)) {
		m->at = at;
		m->has_from = source == NULL;
		if (m->has_from)
			memcpy(&m->from, c, sizeof(m->from));
	}
	if (m->out && at != CATEGORY_FACTS)
		m->left |= UINT64_C(1) << at;
}

const struct givenup_mount *givenup_lost(struct givenup *g, const struct cursor *c,
					 enum category at, bool trying)
{
	struct givenup_mount *m = find(g, c->mount);

	if (c->mount == 0 || (m == NULL && g->count == WALK_HUNG_MAX))
		return NULL;
	if (m == NULL) {
		m = &g->mount[g->count++];
		m->id = c->mount;
	}
	m->streak++;
	m->total++;
	if (trying != m->out)
		return NULL;
	/* the way back to where it was lost first may be what it is lost on now */
	m->out = trying || m->streak >= GIVENUP_STREAK || m->total >= GIVENUP_TOTAL;
	note_place(m, c, at);
	return m->out && !trying ? m : NULL;
}

void givenup_answered(struct givenup *g, uint64_t mount)
{
	struct givenup_mount *m = find(g, mount);

	if (m != NULL)
		m->streak = 0;
}

void givenup_begin(struct givenup *g, enum category c)
{
	/* facts are for ourselves; a container's mounts are none of the host's */
	for (uint32_t i = 0; i < g->count && c != CATEGORY_FACTS && c != CATEGORY_GUEST; i++)
		if (g->mount[i].out)
			g->mount[i].left |= UINT64_C(1) << c;
}

uint32_t givenup_list(const struct givenup *g, uint64_t but, uint64_t to[WALK_HUNG_MAX])
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < g->count; i++)
		if (g->mount[i].out && g->mount[i].id != but)
			to[n++] = g->mount[i].id;
	return n;
}

bool givenup_try(struct givenup_mount *m, bool last, uint64_t now, uint64_t wait)
{
	uint32_t most = last ? GIVENUP_TRIES : GIVENUP_TRIES - GIVENUP_LAST;

	if (!m->out || m->left == 0 || m->tries >= most || m->total >= GIVENUP_TOTAL)
		return false;
	if (!last && m->tries > 0 && now - m->tried < wait)
		return false;
	m->tries++;
	m->tried = now;
	return true;
}

void givenup_back(struct givenup_mount *m)
{
	m->out = false;
	m->has_from = false;
	m->streak = 0;
}

bool givenup_any(const struct givenup *g)
{
	for (uint32_t i = 0; i < g->count; i++)
		if (g->mount[i].out)
			return true;
	return g->live || g->guests != 0;
}
