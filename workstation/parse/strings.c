#include "workstation/parse/strings.h"

void strings_begin(struct strings *s, size_t min, bool big, strings_take *take, void *ctx)
{
	s->min = min < 1 ? 1 : min;
	s->big = big;
	s->take = take;
	s->ctx = ctx;
	s->at = 0;
	s->last = 0xff;
	for (size_t i = 0; i < 3; i++) {
		s->runs[i].len = 0;
		s->runs[i].cut = false;
	}
}

static bool printable(uint8_t c)
{
	return (c >= 0x20 && c < 0x7f) || c == '\t';
}

static int give(struct strings *s, struct strings_run *r)
{
	size_t n = r->len;

	r->len = 0;
	if (n == 0 || (n < s->min && !r->cut))
		return 0;
	return s->take(s->ctx, r->offset, r != &s->runs[0], r->text, n);
}

static int end(struct strings *s, struct strings_run *r)
{
	int result = give(s, r);

	r->cut = false;
	return result;
}

static int add(struct strings *s, struct strings_run *r, uint8_t c, uint64_t offset)
{
	int result = 0;

	if (r->len == STRINGS_MAX) {
		result = give(s, r);
		r->cut = true;
	}
	if (r->len == 0)
		r->offset = offset;
	r->text[r->len++] = (char)c;
	return result;
}

/* A pair that ends here: one character of UTF-16, or the end of a run of its parity. */
static int pair(struct strings *s, uint8_t c)
{
	struct strings_run *r = &s->runs[1 + (s->at & 1)];
	uint8_t low = s->big ? c : s->last, high = s->big ? s->last : c;

	if (high == 0 && printable(low))
		return add(s, r, low, s->at - 1);
	return end(s, r);
}

int strings_add(struct strings *s, const void *data, size_t n)
{
	const uint8_t *p = data;
	int result = 0;

	for (size_t i = 0; i < n && result == 0; i++) {
		result = printable(p[i]) ? add(s, &s->runs[0], p[i], s->at) : end(s, &s->runs[0]);
		if (result == 0 && s->at > 0)
			result = pair(s, p[i]);
		s->last = p[i];
		s->at++;
	}
	return result;
}

int strings_end(struct strings *s)
{
	int result = 0;

	for (size_t i = 0; i < 3 && result == 0; i++)
		result = end(s, &s->runs[i]);
	return result;
}
