#include "workstation/parse/lastlog.h"

#include "workstation/parse/binary.h"

#define SAMPLE 64u /* records in use that are tried for the layout */

enum { LINE_LEN = 32, HOST_LEN = 256 };

static unsigned time_width(struct utmp_layout layout)
{
	return layout.wide ? 8 : 4;
}

static size_t size_of(struct utmp_layout layout)
{
	return time_width(layout) + LINE_LEN + HOST_LEN;
}

static bool next_used(const uint8_t *p, size_t n, size_t size, size_t *at)
{
	while (n - *at >= size && binary_zero(p + *at, size))
		*at += size;
	return n - *at >= size;
}

/* A time of this century or the last years of the one before, and a line that is a word. */
static unsigned sense(const uint8_t *p, struct utmp_layout layout)
{
	uint64_t sec = binary_get(p, time_width(layout), layout.big);
	struct bytes line = binary_text(p + time_width(layout), LINE_LEN);
	const char *c = line.p;

	for (size_t i = 0; i < line.len; i++)
		if (c[i] <= ' ' || c[i] == 0x7f)
			return 0;
	return (sec > 600000000 && sec <= UINT32_MAX) + (line.len > 0);
}

void lastlog_begin(struct lastlog *l, const void *p, size_t n, struct utmp_layout hint)
{
	unsigned most = 0;

	*l = (struct lastlog){ .p = p, .n = n, .layout = hint };
	for (unsigned i = 0; i < 4; i++) {
		struct utmp_layout layout = { hint.wide != (i & 1), hint.big != (i >> 1) };
		size_t size = size_of(layout), at = 0;
		unsigned sum = 0;

		for (unsigned k = 0; k < SAMPLE && next_used(p, n, size, &at); k++, at += size)
			sum += sense(l->p + at, layout);
		if (sum > most) {
			most = sum;
			l->layout = layout;
		}
	}
}

bool lastlog_next(struct lastlog *l, struct lastlog_record *out)
{
	size_t size = size_of(l->layout);
	unsigned width = time_width(l->layout);
	const uint8_t *p;

	if (!next_used(l->p, l->n, size, &l->at))
		return false;
	p = l->p + l->at;
	*out = (struct lastlog_record){
		.pos = l->at,
		.uid = l->at / size,
		.time = (int64_t)binary_get(p, width, l->layout.big),
		.line = binary_text(p + width, LINE_LEN),
		.host = binary_text(p + width + LINE_LEN, HOST_LEN),
	};
	l->at += size;
	return true;
}

size_t lastlog_left(const struct lastlog *l)
{
	return l->n - l->at;
}
