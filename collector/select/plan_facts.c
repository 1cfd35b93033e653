#include <string.h>

#include "collector/select/plan.h"

/* A set of packed strings, each of one or two NUL-terminated parts. */
struct packed {
	char *text;
	uint32_t *len, *slot;
	bool *full;
};

/* A path being resolved: bytes in use, no trailing slash but for "/" itself. */
struct place {
	char path[PLAN_FACTS_PATH];
	size_t len;
};

/* Append the components of a path; "." is nothing and ".." takes one away. */
static bool place_add(struct place *to, const char *path, size_t len)
{
	for (size_t i = 0; i < len; ) {
		size_t n = 0;

		while (i + n < len && path[i + n] != '/' && path[i + n] != '\0')
			n++;
		if (i + n < len && path[i + n] == '\0')
			len = i + n;
		if (n == 2 && memcmp(path + i, "..", 2) == 0) {
			while (to->len > 0 && to->path[--to->len] != '/')
				;
		} else if (n > 0 && !(n == 1 && path[i] == '.')) {
			if (to->len + 1 + n >= sizeof(to->path))
				return false;
			to->path[to->len++] = '/';
			memcpy(to->path + to->len, path + i, n);
			to->len += n;
		}
		i += n + 1;
	}
	to->path[to->len] = '\0';
	return true;
}

/* Is path the directory or below it? */
static bool is_below(const char *path, const char *directory)
{
	size_t n = strlen(directory);

	return strncmp(path, directory, n) == 0 && (path[n] == '/' || path[n] == '\0');
}

/* Not a place where anything of a user or of a row can be. */
static bool is_nowhere(const struct place *p)
{
	static const char *const roots[] = { "/nonexistent", "/proc", "/sys", "/dev" };

	for (size_t i = 0; i < sizeof(roots) / sizeof(roots[0]); i++)
		if (is_below(p->path, roots[i]))
			return true;
	return p->len == 0;
}

/* FNV-1a (Fowler, Noll, Vo), 32 bits. */
static uint32_t hash(const char *p, size_t n)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)p[i]) * 16777619u;
	return h ^ h >> 15;
}

/*
 * Add ${n} bytes unless they are there.  Looks at a few slots only: names can be
 * chosen to collide, and a duplicate costs room but nothing else.
 */
static void packed_add(struct packed *to, const char *data, size_t n)
{
	uint32_t *free_slot = NULL;

	for (uint32_t i = 0, h = hash(data, n); i < 16 && free_slot == NULL; i++) {
		uint32_t *slot = &to->slot[(h + i) % PLAN_FACTS_SLOTS];
		uint32_t at = *slot - 1;

		if (*slot == 0)
			free_slot = slot;
		else if (at <= *to->len && n <= *to->len - at &&
			 memcmp(to->text + at, data, n) == 0)
			return;
	}
	if (n > PLAN_FACTS_MAX - *to->len) {
		*to->full = true;
		return;
	}
	memcpy(to->text + *to->len, data, n);
	if (free_slot != NULL)
		*free_slot = *to->len + 1;
	*to->len += (uint32_t)n;
}

void plan_facts_home(struct plan_facts *f, const char *path, size_t len)
{
	struct packed homes = { f->homes, &f->homes_len, f->home_slot, &f->homes_full };
	struct place home = { .len = 0 };

	if (len == 0 || path[0] != '/')
		return;
	if (!place_add(&home, path, len))
		f->homes_full = true;
	else if (!is_nowhere(&home))
		packed_add(&homes, home.path, home.len + 1);
}

void plan_facts_alias(struct plan_facts *f, const char *from, const char *target, size_t target_len)
{
	struct packed aliases = { f->aliases, &f->aliases_len, f->alias_slot, &f->aliases_full };
	struct place there = { .len = 0 }, here = { .len = 0 };
	char both[2 * PLAN_FACTS_PATH];
	bool fits = place_add(&here, from, strlen(from));

	if (target_len == 0 || here.len == 0)
		return;
	if (target[0] != '/')
		fits = fits && place_add(&there, from, strlen(from)) && place_add(&there, "..", 2);
	if (!fits || !place_add(&there, target, target_len)) {
		f->aliases_full = true;
		return;
	}
	if (is_nowhere(&there) || is_below(here.path, there.path))
		return;
	memcpy(both, here.path, here.len + 1);
	memcpy(both + here.len + 1, there.path, there.len + 1);
	packed_add(&aliases, both, here.len + there.len + 2);
}
