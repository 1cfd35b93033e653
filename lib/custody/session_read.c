#include "lib/custody/session_read.h"

#include <string.h>

#include "lib/base/text.h"

static const char first_line[] = "exhibit-session-v1\n";

int session_read_begin(struct session_read *r, const void *text, size_t n)
{
	size_t skip = sizeof(first_line) - 1;

	*r = (struct session_read){ 0 };
	if (n < skip || memcmp(text, first_line, skip) != 0)
		return -1;
	r->next = (const char *)text + skip;
	r->left = n - skip;
	return 0;
}

bool session_read_next(struct session_read *r)
{
	const char *line = r->next, *end, *colon;
	size_t n;

	if (r->left == 0 || r->broken)
		return false;
	end = memchr(line, '\n', r->left);
	n = end == NULL ? 0 : (size_t)(end - line);
	colon = n == 0 ? NULL : memmem(line, n, ": ", 2);
	if (colon == NULL || colon == line || !text_is_shown(line, n)) {
		r->broken = true;
		return false;
	}
	r->name = (struct bytes){ line, (size_t)(colon - line) };
	r->value = (struct bytes){ colon + 2, n - r->name.len - 2 };
	r->next += n + 1;
	r->left -= n + 1;
	return true;
}

struct bytes session_read_find(const void *text, size_t n, const char *name)
{
	struct session_read r;
	size_t len = strlen(name);

	if (session_read_begin(&r, text, n) != 0)
		return (struct bytes){ NULL, 0 };
	while (session_read_next(&r)) {
		if (r.name.len == len && memcmp(r.name.p, name, len) == 0)
			return r.value;
	}
	return (struct bytes){ NULL, 0 };
}
