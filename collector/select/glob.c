#include "collector/select/glob.h"

#include <stdint.h>
#include <string.h>

/* Length of the set that begins at p[0] == '[', with both brackets; 0 if it has no end. */
static size_t set_length(const char *p, size_t n)
{
	size_t i = 1;

	if (i < n && (p[i] == '!' || p[i] == '^'))
		i++;
	if (i < n && p[i] == ']')
		i++;
	while (i < n && p[i] != ']')
		i++;
	return i < n ? i + 1 : 0;
}

/* Is the byte in the set of n bytes (brackets included)? */
static bool set_holds(const char *p, size_t n, unsigned char byte)
{
	bool negated = p[1] == '!' || p[1] == '^';
	bool found = false;

	for (size_t i = negated ? 2 : 1; i < n - 1; i++) {
		unsigned char low = (unsigned char)p[i], high = low;

		if (i + 2 < n - 1 && p[i + 1] == '-') {
			high = (unsigned char)p[i + 2];
			i += 2;
		}
		found |= low <= byte && byte <= high;
	}
	return found != negated;
}

/* Bytes of pattern that one byte of a name consumes at p, or 0 if it does not match. */
static size_t match_one(const char *p, size_t n, unsigned char byte)
{
	size_t set;

	if (n == 0)
		return 0;
	if (*p == '?')
		return 1;
	if (*p != '[')
		return (unsigned char)*p == byte;
	set = set_length(p, n);
	return set != 0 && set_holds(p, set, byte) ? set : 0;
}

bool glob_match(const char *pattern, size_t plen, const char *name, size_t nlen)
{
	size_t p = 0, s = 0;
	size_t star = SIZE_MAX, resume = 0;	/* behind the last star; where it may grow to */

	while (s < nlen) {
		size_t used;

		if (p < plen && pattern[p] == '*') {
			star = ++p;
			resume = s;
			continue;
		}
		used = match_one(pattern + p, plen - p, (unsigned char)name[s]);
		if (used != 0) {
			p += used;
			s++;
			continue;
		}
		/* Only the last star needs to grow: an earlier one that took more
		 * would leave less for what has matched already. */
		if (star == SIZE_MAX)
			return false;
		p = star;
		s = ++resume;
	}
	while (p < plen && pattern[p] == '*')
		p++;
	return p == plen;
}

enum glob_kind glob_kind(const char *pattern, size_t len)
{
	bool wild = false;

	if (len == 0 || len > GLOB_NAME_MAX || memchr(pattern, '/', len) != NULL)
		return GLOB_BAD;
	if (pattern[0] == '.' && (len == 1 || (len == 2 && pattern[1] == '.')))
		return GLOB_BAD;
	if (len == 1 && pattern[0] == '*')
		return GLOB_ANY;
	if (len == 2 && pattern[0] == '*' && pattern[1] == '*')
		return GLOB_STARS;
	if (len == 5 && memcmp(pattern, "{pid}", 5) == 0)
		return GLOB_PID;
	for (size_t i = 0; i < len; i++) {
		size_t set;

		wild |= pattern[i] == '*' || pattern[i] == '?';
		if (pattern[i] != '[')
			continue;
		set = set_length(pattern + i, len - i);
		if (set == 0)
			return GLOB_BAD;
		wild = true;
		i += set - 1;
	}
	return wild ? GLOB_WILD : GLOB_LITERAL;
}
