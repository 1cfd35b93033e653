#include "workstation/parse/line.h"

#include <string.h>

struct scan line_of(struct bytes b)
{
	return scan_begin(b.p, b.len);
}

bool line_ended(const struct scan *s)
{
	return s->p == s->end;
}

static size_t left(const struct scan *s)
{
	return (size_t)(s->end - s->p);
}

bool line_char(struct scan *s, char c)
{
	if (line_ended(s) || *s->p != c)
		return false;
	s->p++;
	return true;
}

bool line_text(struct scan *s, const char *text)
{
	size_t n = strlen(text);

	if (left(s) < n || memcmp(s->p, text, n) != 0)
		return false;
	s->p += n;
	return true;
}

void line_blanks(struct scan *s)
{
	while (!line_ended(s) && (*s->p == ' ' || *s->p == '\t'))
		s->p++;
}

bool line_u64(struct scan *s, uint64_t *out)
{
	const char *begin = s->p;
	uint64_t v = 0;

	for (; !line_ended(s) && *s->p >= '0' && *s->p <= '9'; s->p++) {
		unsigned digit = (unsigned)(*s->p - '0');

		if (v > (UINT64_MAX - digit) / 10) {
			s->p = begin;
			return false;
		}
		v = v * 10 + digit;
	}
	*out = v;
	return s->p > begin;
}

bool line_digits(struct scan *s, unsigned digits, unsigned *out)
{
	unsigned v = 0;

	if (left(s) < digits)
		return false;
	for (unsigned i = 0; i < digits; i++) {
		if (s->p[i] < '0' || s->p[i] > '9')
			return false;
		v = v * 10 + (unsigned)(s->p[i] - '0');
	}
	s->p += digits;
	*out = v;
	return true;
}

struct bytes line_word(struct scan *s)
{
	line_blanks(s);
	return line_until(s, " \t");
}

struct bytes line_until(struct scan *s, const char *stop)
{
	struct bytes b = { s->p, 0 };

	while (!line_ended(s) && (*s->p == '\0' || strchr(stop, *s->p) == NULL))
		s->p++;
	b.len = (size_t)(s->p - (const char *)b.p);
	return b;
}

bool line_to(struct scan *s, const char *text, struct bytes *before)
{
	const char *at = memmem(s->p, left(s), text, strlen(text));

	if (at == NULL)
		return false;
	if (before != NULL)
		*before = (struct bytes){ s->p, (size_t)(at - s->p) };
	s->p = at + strlen(text);
	return true;
}

struct bytes line_rest(struct scan *s)
{
	struct bytes b = { s->p, left(s) };

	s->p = s->end;
	return b;
}

bool line_holds(struct bytes b, const char *text)
{
	return b.len > 0 && memmem(b.p, b.len, text, strlen(text)) != NULL;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

struct bytes line_trim(struct bytes b)
{
	const char *p = b.p;

	while (b.len > 0 && is_blank(p[b.len - 1]))
		b.len--;
	while (b.len > 0 && is_blank(*p)) {
		p++;
		b.len--;
	}
	b.p = p;
	return b;
}

int line_hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

struct bytes line_last(struct bytes path)
{
	const char *p = path.p;
	size_t n = path.len;

	while (n > 0 && p[n - 1] != '/')
		n--;
	return (struct bytes){ n > 0 ? p + n : p, path.len - n };
}
