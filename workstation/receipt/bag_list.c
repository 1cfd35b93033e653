#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/base/text.h"
#include "workstation/receipt/bag.h"

static int by_path(const void *a, const void *b)
{
	const struct bag_line *x = a, *y = b;

	return strcmp(x->path, y->path);
}

/* The character at ${s}, and how many it takes there: RFC 8493 section 2.1.3 encodes CR, LF
 * and % only. */
static char decode_one(const char *s, size_t n, size_t *used)
{
	static const struct {
		const char *code;
		char c;
	} codes[] = { { "%0A", '\n' }, { "%0D", '\r' }, { "%25", '%' } };

	*used = 3;
	for (size_t i = 0; i < 3 && n >= 3; i++)
		if (strncasecmp(s, codes[i].code, 3) == 0)
			return codes[i].c;
	*used = 1;
	return *s;
}

static bool decode(char *out, const char *s, size_t n)
{
	size_t used;

	for (; n > 0; s += used, n -= used) {
		*out = decode_one(s, n, &used);
		if (*out++ == '\0')
			return false;
	}
	*out = '\0';
	return true;
}

/* One line without its end: 0, 1 if it is none, -1 if there is no memory. */
static int parse_line(struct bag_line *line, const char *s, size_t n, size_t hash_len)
{
	char hex[129];
	size_t digits = 2 * hash_len, at = digits;

	if (n <= digits || n - digits > FILE_NAME_MAX_LEN)
		return 1;
	memcpy(hex, s, digits);
	hex[digits] = '\0';
	while (at < n && (s[at] == ' ' || s[at] == '\t'))
		at++;
	/* sha256sum's mark of binary files */
	if (at < n && s[at] == '*' && at > digits)
		at++;
	if (at == digits || at == n || text_unhex(line->hash, hash_len, hex) != 0)
		return 1;
	line->hash_len = hash_len;
	line->path = malloc(n - at + 1);
	if (line->path == NULL)
		return -1;
	return decode(line->path, s + at, n - at) ? 0 : 1;
}

static int add_line(struct bag_list *l, const char *s, size_t n, size_t hash_len)
{
	if (l->count == BAG_FILES_MAX)
		return 1;
	l->lines[l->count] = (struct bag_line){ 0 };
	return parse_line(&l->lines[l->count++], s, n, hash_len);
}

static long find_twice(const struct bag_list *l)
{
	for (size_t i = 1; i < l->count; i++)
		if (strcmp(l->lines[i - 1].path, l->lines[i].path) == 0)
			return (long)i + 1;
	return 0;
}

long bag_list_parse(struct bag_list *l, const char *text, size_t n, size_t hash_len)
{
	long number = 0;

	l->count = 0;
	l->lines = calloc(BAG_FILES_MAX, sizeof(*l->lines));
	if (l->lines == NULL)
		return -1;
	while (n > 0) {
		const char *end = memchr(text, '\n', n);
		size_t whole = end == NULL ? n : (size_t)(end - text) + 1, len = whole;
		int r;

		number++;
		while (len > 0 && (text[len - 1] == '\n' || text[len - 1] == '\r'))
			len--;
		r = add_line(l, text, len, hash_len);
		if (r != 0)
			return r < 0 ? -1 : number;
		text += whole;
		n -= whole;
	}
	qsort(l->lines, l->count, sizeof(*l->lines), by_path);
	return find_twice(l);
}

void bag_list_release(struct bag_list *l)
{
	for (size_t i = 0; i < l->count; i++)
		free(l->lines[i].path);
	free(l->lines);
	*l = (struct bag_list){ NULL, 0 };
}

struct bag_line *bag_list_find(const struct bag_list *l, const char *path)
{
	struct bag_line key = { .path = (char *)(uintptr_t)path };

	return l->count == 0 ? NULL :
	       bsearch(&key, l->lines, l->count, sizeof(*l->lines), by_path);
}

bool bag_info_find(const char *text, size_t n, const char *label, struct buf *out)
{
	size_t len = strlen(label);

	while (n > 0) {
		const char *end = memchr(text, '\n', n);
		size_t line = end == NULL ? n : (size_t)(end - text);

		if (line > len && text[len] == ':' && strncasecmp(text, label, len) == 0) {
			const char *value = text + len + 1, *stop = text + line;

			while (value < stop && (*value == ' ' || *value == '\t'))
				value++;
			while (stop > value && (stop[-1] == '\r' || stop[-1] == ' '))
				stop--;
			buf_add(out, value, (size_t)(stop - value));
			return true;
		}
		text += line + (end != NULL);
		n -= line + (end != NULL);
	}
	return false;
}
