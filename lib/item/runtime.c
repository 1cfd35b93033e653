#include "lib/item/runtime.h"

#include <ctype.h>
#include <string.h>

#define HEX_MIN 12u		/* digits of a short id */

enum id_kind { ID_HEX, ID_NAME };

static const struct runtime {
	const char *word, *within, *prefix, *suffix;
	enum id_kind kind;
} runtimes[] = {
#define RUNTIME(word, within, prefix, suffix, kind) { word, within, prefix, suffix, ID_##kind },
#include "lib/item/runtime.def"
#undef RUNTIME
};

static bool is_hex(struct bytes b)
{
	const unsigned char *p = b.p;

	for (size_t i = 0; i < b.len; i++)
		if (!isxdigit(p[i]))
			return false;
	return b.len >= HEX_MIN;
}

/* Does the row fit at this place of the path?  Then what is the id? */
static bool fits(const struct runtime *r, struct bytes path, size_t at, struct bytes *id)
{
	const char *p = (const char *)path.p + at;
	size_t prefix = strlen(r->prefix), suffix = strlen(r->suffix), n = path.len - at;
	const char *slash;

	if (n <= prefix || memcmp(p, r->prefix, prefix) != 0 || (prefix == 0 && p[-1] != '/'))
		return false;
	p += prefix;
	n -= prefix;
	slash = memchr(p, '/', n);
	n = slash == NULL ? n : (size_t)(slash - p);
	if (n <= suffix || memcmp(p + n - suffix, r->suffix, suffix) != 0)
		return false;
	*id = (struct bytes){ p, n - suffix };
	return r->kind == ID_NAME || is_hex(*id);
}

static bool occurs(struct bytes in, size_t before, const char *word)
{
	return word[0] == '\0' || memmem(in.p, before, word, strlen(word)) != NULL;
}

static void fill(struct item_container *out, const struct runtime *r, struct bytes id)
{
	size_t n = id.len < sizeof(out->id) ? id.len : sizeof(out->id) - 1;

	strncpy(out->runtime, r->word, sizeof(out->runtime) - 1);
	out->runtime[sizeof(out->runtime) - 1] = '\0';
	memcpy(out->id, id.p, n);
	out->id[n] = '\0';
}

static bool guess_at(struct bytes path, size_t at, struct item_container *out)
{
	struct bytes id;

	for (size_t i = 0; i < sizeof(runtimes) / sizeof(runtimes[0]); i++)
		if (occurs(path, at, runtimes[i].within) && fits(&runtimes[i], path, at, &id)) {
			fill(out, &runtimes[i], id);
			return true;
		}
	return false;
}

static bool guess_path(struct bytes path, struct item_container *out)
{
	const char *p = path.p;

	for (size_t at = path.len; at > 0; at--)
		if ((p[at - 1] == '/' || p[at - 1] == ':') && guess_at(path, at, out))
			return true;
	return false;
}

bool runtime_guess(const char *text, size_t n, struct item_container *out)
{
	const char *end = text + n;

	while (text < end) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));
		const char *path;

		stop = stop == NULL ? end : stop;
		path = memchr(text, '/', (size_t)(stop - text));
		if (path != NULL &&
		    guess_path((struct bytes){ path, (size_t)(stop - path) }, out))
			return true;
		text = stop + 1;
	}
	return false;
}
