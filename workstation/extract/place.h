/*
 * place: where a member goes below the target directory, and nowhere else.
 *
 * A member name is hostile.  It is taken apart at its slashes; each component is
 * made harmless (place_component) and opened or made one by one, relative to its
 * parent, never through a symbolic link.  No length of path is too long for that.
 */
#ifndef EXHIBIT_EXTRACT_PLACE_H
#define EXHIBIT_EXTRACT_PLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "lib/base/buf.h"
#include "lib/item/item.h"

#define PLACE_NAME_MAX 255u		/* bytes in one component on disk */

struct place {
	int top;		/* the target directory, owned by the caller */
	bool raw_names;		/* keep the bytes of names, but for . and .. */
	int parent;		/* cached: the directory of ... */
	struct buf parent_name;	/* ... the member that was placed last; -1: none */
	char name[PLACE_NAME_MAX + 1];	/* last component of the member placed last */
	size_t depth;		/* directories between top and name */
	bool changed;		/* its name on disk is not its name in the archive */
};

void place_init(struct place *p, int top, bool raw_names);
void place_release(struct place *p);

/**
 * place_component(out, s, n, raw):
 * Make the ${n} bytes of ${s} a harmless file name in ${out}: escaped as text_escape
 * does unless ${raw}; "." and ".." always escaped; what becomes longer than
 * PLACE_NAME_MAX is cut and ends in "~" and 16 hex digits of its SHA-256.
 * Returns true if it is not as it was.
 */
bool place_component(char out[PLACE_NAME_MAX + 1], const char *s, size_t n, bool raw);

/**
 * place_find(p, member, create):
 * Find the parent directory of ${member} and set p.parent and p.name; missing
 * directories are made (mode 0700) if ${create}.  Return 0, or -1 with errno: ENOTDIR or
 * ELOOP where something else stands in the way, EINVAL for a name without component.
 */
int place_find(struct place *p, struct bytes member, bool create);

/*
 * Making something in a directory changes its times.  place_times notes those of
 * p.parent before, place_restore puts them back afterwards; so the times of
 * directories come out right whatever the order of members is.
 */
void place_times(const struct place *p, struct timespec t[2]);
void place_restore(const struct place *p, const struct timespec t[2]);

#endif
