#include "workstation/parse/procfd.h"

#include <string.h>

#define DELETED " (deleted)"
#define O_PATH_FLAG 010000000u

/* What the text of a link begins with, and what that is. */
static const struct prefix {
	const char *text, *kind;
} prefixes[] = {
	{ "pipe:[", "pipe" },	{ "socket:[", "socket" }, { "anon_inode:", "anon" },
	{ "/memfd:", "memfd" },	{ "/dev/shm/", "file" },  { "/dev/mqueue/", "file" },
	{ "/dev/", "device" },	{ "/", "file" },	  { "", "anon" },
};

/* KIND:[NUMBER] */
static bool number_in(struct bytes text, uint64_t *out)
{
	struct scan s = scan_begin(text.p, text.len);
	struct bytes before, digits;

	return scan_until(&s, '[', &before) && scan_until(&s, ']', &digits) && s.p == s.end &&
	       scan_u64(digits, 10, out);
}

struct procfd_link procfd_link(struct bytes text)
{
	struct procfd_link l = { .target = text };
	size_t i = 0;

	while (!scan_begins(text, prefixes[i].text))
		i++;
	l.kind = prefixes[i].kind;
	if (scan_begins(text, "/") && scan_ends(text, DELETED)) {
		l.deleted = true;
		l.target.len -= strlen(DELETED);
	}
	l.has_ino = !scan_begins(text, "/") && number_in(text, &l.ino);
	return l;
}

bool procfd_info(const void *p, size_t n, struct procfd_info *out)
{
	struct scan s = scan_begin(p, n), line;
	struct bytes text, name;

	*out = (struct procfd_info){ .pos = -1, .ino = -1 };
	while (scan_line(&s, &text)) {
		line = scan_begin(text.p, text.len);
		if (!scan_until(&line, ':', &name))
			continue;
		text = scan_rest(&line);
		if (scan_is(name, "flags"))
			out->flags = text;
		else if (scan_is(name, "pos") && !scan_i64(text, &out->pos))
			out->pos = -1;
		else if (scan_is(name, "ino") && !scan_i64(text, &out->ino))
			out->ino = -1;
	}
	return out->flags.p != NULL || out->pos >= 0;
}

const char *procfd_access(struct bytes flags)
{
	static const char *const words[] = { "r", "w", "rw", NULL };
	uint64_t v;

	if (!scan_u64(flags, 8, &v) || (v & O_PATH_FLAG) != 0)
		return NULL;
	return words[v & 3];
}

bool procfd_map(struct bytes text, struct procfd_map *out)
{
	struct scan line = scan_begin(text.p, text.len);
	struct bytes first, behind, offset, dev, ino;

	if (!scan_until(&line, '-', &first) || !scan_u64(first, 16, &out->first) ||
	    !scan_word(&line, &behind) || !scan_u64(behind, 16, &out->behind) ||
	    !scan_word(&line, &out->access) || out->access.len != 4 ||
	    !scan_word(&line, &offset) || !scan_word(&line, &dev) ||
	    !scan_word(&line, &ino) || !scan_u64(ino, 10, &out->ino))
		return false;
	out->path = scan_rest(&line);
	return true;
}

static bool is_wanted(const struct procfd_map *m)
{
	return m->ino != 0 ||
	       (memchr(m->access.p, 'x', m->access.len) != NULL && m->path.len == 0);
}

static bool is_same(const struct procfd_map *a, const struct procfd_map *b)
{
	return a->ino != 0 && a->ino == b->ino && a->path.len == b->path.len &&
	       (a->path.len == 0 || memcmp(a->path.p, b->path.p, a->path.len) == 0);
}

/* How much a mapping allows: to write what is run most of all. */
static int power(const char *access)
{
	bool writes = memchr(access, 'w', 4) != NULL, runs = memchr(access, 'x', 4) != NULL;

	return 2 * runs + writes;
}

int procfd_maps_next(struct scan *s, struct procfd_map *out, char access[5], uint64_t *bad)
{
	struct procfd_map next;
	struct bytes line;
	const char *at = s->p;
	bool have = false;

	memcpy(access, "----", 5);
	for (; scan_line(s, &line); at = s->p) {
		if (!procfd_map(line, &next)) {
			*bad += 1;
			continue;
		}
		if (have && !is_same(out, &next))
			break;
		if (!is_wanted(&next))
			continue;
		if (have)
			next.first = out->first;
		else
			memcpy(access, next.access.p, 4);
		*out = next;
		have = true;
		if (power(next.access.p) > power(access))
			memcpy(access, next.access.p, 4);
	}
	if (have)
		s->p = at;
	return have;
}
