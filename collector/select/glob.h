/*
 * glob: one component of a path against one component of a pattern, on raw
 * bytes.  fnmatch(3) depends on the locale, refuses what is not valid in it and
 * may take exponential time; names of the host are hostile bytes.
 */
#ifndef EXHIBIT_SELECT_GLOB_H
#define EXHIBIT_SELECT_GLOB_H

#include <stdbool.h>
#include <stddef.h>

/* What a component of a pattern is; the cheaper to match, the smaller. */
enum glob_kind {
	GLOB_LITERAL,		/* exactly these bytes */
	GLOB_ANY,		/* "*": every name */
	GLOB_PID,		/* "{pid}": one or more decimal digits and nothing else */
	GLOB_WILD,		/* anything else with * ? or [ */
	GLOB_STARS,		/* "**": any number of components, none included */
	GLOB_BAD		/* empty, ".", "..", longer than a name can be, or a [ without ] */
};

#define GLOB_NAME_MAX 255u	/* bytes of a component: NAME_MAX of Linux */

/**
 * glob_kind(pattern, len):
 * Classify one component of ${len} bytes.
 */
enum glob_kind glob_kind(const char *pattern, size_t len);

/**
 * glob_match(pattern, plen, name, nlen):
 * Does the whole of ${name} match the component ${pattern} (of kind GLOB_WILD)?
 * '*' is any number of bytes, '?' one byte, [a-z] one byte of a range, [!a-z] or
 * [^a-z] one byte outside it; a ']' that comes first in a set is a member of it.
 * Every other byte stands for itself; there is no escape character: [*] is a star.
 * Time at most plen * nlen steps, no recursion.
 */
bool glob_match(const char *pattern, size_t plen, const char *name, size_t nlen);

#endif
