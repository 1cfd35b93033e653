#include "workstation/parse/scan.h"

#include <string.h>

struct scan scan_begin(const void *p, size_t n)
{
	const char *text = n > 0 ? p : "";

	return (struct scan){ text, text + n };
}

static size_t left(const struct scan *s)
{
	return (size_t)(s->end - s->p);
}

bool scan_until(struct scan *s, char mark, struct bytes *out)
{
	const char *at = left(s) > 0 ? memchr(s->p, mark, left(s)) : NULL;

	if (at == NULL)
		return false;
	*out = (struct bytes){ s->p, (size_t)(at - s->p) };
	s->p = at + 1;
	return true;
}

bool scan_line(struct scan *s, struct bytes *out)
{
	if (s->p == s->end)
		return false;
	if (!scan_until(s, '\n', out)) {
		*out = (struct bytes){ s->p, left(s) };
		s->p = s->end;
	}
	return true;
}

struct bytes scan_rest(struct scan *s)
{
	while (s->p < s->end && (*s->p == ' ' || *s->p == '\t'))
		s->p++;
	return (struct bytes){ s->p, left(s) };
}

bool scan_word(struct scan *s, struct bytes *out)
{
	struct bytes rest = scan_rest(s);

	while (s->p < s->end && *s->p != ' ' && *s->p != '\t')
		s->p++;
	*out = (struct bytes){ rest.p, rest.len - left(s) };
	return out->len > 0;
}

static unsigned digit(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (unsigned)(c - 'a') + 10;
	if (c >= 'A' && c <= 'F')
		return (unsigned)(c - 'A') + 10;
	return 99;
}

bool scan_u64(struct bytes b, unsigned base, uint64_t *out)
{
	const char *p = b.p;
	uint64_t v = 0;

	for (size_t i = 0; i < b.len; i++) {
		unsigned d = digit(p[i]);

		if (d >= base || v > (UINT64_MAX - d) / base)
			return false;
		v = v * base + d;
	}
	*out = v;
	return b.len > 0;
}

bool scan_i64(struct bytes b, int64_t *out)
{
	const char *p = b.p;
	bool minus = b.len > 0 && p[0] == '-';
	uint64_t v, most = (uint64_t)INT64_MAX + (minus ? 1 : 0);

	if (!scan_u64((struct bytes){ p + minus, b.len - minus }, 10, &v) || v > most)
		return false;
	*out = minus ? (int64_t)(0 - v) : (int64_t)v;
	return true;
}

bool scan_words_i64(struct scan *s, int64_t *out, size_t n)
{
	struct bytes word;

	for (size_t i = 0; i < n; i++)
		if (!scan_word(s, &word) || !scan_i64(word, &out[i]))
			return false;
	return true;
}

bool scan_begins(struct bytes b, const char *text)
{
	size_t n = strlen(text);

	return b.len >= n && (n == 0 || memcmp(b.p, text, n) == 0);
}

bool scan_is(struct bytes b, const char *text)
{
	return b.len == strlen(text) && scan_begins(b, text);
}

bool scan_ends(struct bytes b, const char *text)
{
	size_t n = strlen(text);

	return b.len >= n && (n == 0 || memcmp((const char *)b.p + b.len - n, text, n) == 0);
}
