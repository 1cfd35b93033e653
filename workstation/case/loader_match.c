/*
 * Which loader wants which path.  Bytes, not characters: a name of the host is in no encoding.
 */
#include <string.h>

#include "workstation/case/loader.h"

/* Where a `*` was met: what is tried next if the rest does not fit. */
struct star {
	size_t pattern, name; /* behind the star; first byte that it might end before */
	bool set, all;        /* all: `**`, slashes too */
};

/* One of the list at ${p}, which begins behind the bracket?  Its length, bracket included, in
 * ${len}; 0: it is no list. */
static bool in_list(const char *p, size_t n, char c, size_t *len)
{
	const char *end = memchr(p, ']', n);
	bool hit = false;

	*len = 0;
	if (end == NULL)
		return false;
	*len = (size_t)(end - p) + 1;
	for (; p < end; p++) {
		if (p + 2 < end && p[1] == '-') {
			hit = hit || (c >= p[0] && c <= p[2]);
			p += 2;
		} else {
			hit = hit || c == *p;
		}
	}
	return hit;
}

/* Does the one element at ${p} take ${c}?  Its length in ${len}. */
static bool takes(const char *p, size_t n, char c, size_t *len)
{
	bool hit;

	*len = 1;
	if (*p == '?')
		return c != '/';
	if (*p != '[')
		return *p == c;
	hit = in_list(p + 1, n - 1, c, len);
	*len += 1;
	return hit;
}

static bool back_to(struct star *s, const char *name, size_t n, size_t *at_pattern, size_t *at_name)
{
	if (!s->set || s->name >= n || (!s->all && name[s->name] == '/'))
		return false;
	s->name++;
	*at_pattern = s->pattern;
	*at_name = s->name;
	return true;
}

/*
 * A `*` that ran into a slash may need the `**` before it to take more, so both are kept.
 * Going back only to the last of each is enough: what is before it has found its earliest
 * place already.
 */
bool loader_matches(struct bytes pattern, struct bytes name)
{
	const char *p = pattern.p, *s = name.p;
	struct star one = { 0 }, all = { 0 };
	size_t i = 0, k = 0, len;

	while (k < name.len || i < pattern.len) {
		if (i < pattern.len && p[i] == '*') {
			bool two = i + 1 < pattern.len && p[i + 1] == '*';
			struct star *star = two ? &all : &one;

			i += two ? 2 : 1;
			*star = (struct star){ i, k, true, two };
			if (two)
				one.set = false;
		} else if (i < pattern.len && k < name.len &&
			   takes(p + i, pattern.len - i, s[k], &len)) {
			i += len;
			k++;
		} else if (!back_to(&one, s, name.len, &i, &k)) {
			one.set = false;
			if (!back_to(&all, s, name.len, &i, &k))
				return false;
		}
	}
	return true;
}

struct bytes loader_name(struct bytes path)
{
	static const char head[] = "/proc/", tail[] = "/root/";
	const char *s = path.p;
	size_t at = sizeof(head) - 1;

	if (path.len < at || memcmp(s, head, at) != 0)
		return path;
	while (at < path.len && s[at] >= '0' && s[at] <= '9')
		at++;
	if (at == sizeof(head) - 1 || path.len - at < sizeof(tail) - 1 ||
	    memcmp(s + at, tail, sizeof(tail) - 1) != 0)
		return path;
	at += sizeof(tail) - 2;
	return (struct bytes){ s + at, path.len - at };
}

bool loader_wants(const struct loader *r, struct bytes name)
{
	const char *p = r->patterns;

	while (*p != '\0') {
		size_t n = strcspn(p, " ");

		if (n > 0 && loader_matches((struct bytes){ p, n }, name))
			return true;
		p += n;
		p += strspn(p, " ");
	}
	return false;
}
