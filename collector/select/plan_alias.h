/*
 * plan_alias: directories that are symbolic links, by path.
 *
 * Internal to plan.c.  A host may have many (each of ten thousand homes a link), so
 * the aliases that a path leads through are looked up, not tried one after the other.
 */
#ifndef EXHIBIT_SELECT_PLAN_ALIAS_H
#define EXHIBIT_SELECT_PLAN_ALIAS_H

#include <stdbool.h>
#include <stddef.h>

struct plan_alias {
	const char *from, *target;	/* absolute, in the packed text */
	size_t from_len, target_len;
	bool plain;			/* from holds no byte that means something in a glob */
};

struct plan_aliases {
	struct plan_alias *row;		/* owned; sorted by length and bytes of from */
	size_t count;
};

/**
 * plan_alias_parse(to, packed, len):
 * Read the pairs "from NUL to NUL" of plan_facts.aliases.  Pairs that are not absolute
 * are left out; what is torn at the end does no harm.  ${packed} must outlive ${to} and
 * be followed by two NULs.  Return 0, or -1 without memory; free in both cases.
 */
int plan_alias_parse(struct plan_aliases *to, const char *packed, size_t len);
void plan_alias_free(struct plan_aliases *a);

/**
 * plan_alias_find(a, path, len, count):
 * Aliases whose from is exactly the ${len} bytes of ${path}: the first of *${count}
 * neighbours, or NULL.
 */
const struct plan_alias *plan_alias_find(const struct plan_aliases *a, const char *path,
					 size_t len, size_t *count);

#endif
