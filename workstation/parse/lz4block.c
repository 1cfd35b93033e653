#include "workstation/parse/lz4block.h"

#include <stdbool.h>
#include <string.h>

#define SHORTEST 4u /* match */
#define MORE 15u    /* of a length in the token: bytes follow */

struct state {
	const uint8_t *p, *end;
	uint8_t *out;
	size_t at, room;
};

/* The length that begins with ${nibble} of the token. */
static bool length(struct state *s, size_t nibble, size_t *out)
{
	uint8_t byte = 255;

	*out = nibble;
	while (nibble == MORE && byte == 255) {
		if (s->p == s->end)
			return false;
		byte = *s->p++;
		*out += byte;
	}
	return true;
}

static bool literals(struct state *s, size_t n)
{
	size_t fits = n < s->room - s->at ? n : s->room - s->at;

	if ((size_t)(s->end - s->p) < n)
		return false;
	memcpy(s->out + s->at, s->p, fits);
	s->at += fits;
	s->p += n;
	return true;
}

static bool match(struct state *s, size_t nibble)
{
	size_t offset, n;

	if (s->end - s->p < 2)
		return false;
	offset = s->p[0] | (size_t)s->p[1] << 8;
	s->p += 2;
	if (!length(s, nibble, &n) || offset == 0 || offset > s->at)
		return false;
	/* byte by byte: it may reach into what it makes */
	for (n += SHORTEST; n > 0 && s->at < s->room; n--, s->at++)
		s->out[s->at] = s->out[s->at - offset];
	return true;
}

size_t lz4block_decode(uint8_t *out, size_t room, const uint8_t *p, size_t n)
{
	struct state s = { p, p + n, out, 0, room };

	while (s.p < s.end && s.at < s.room) {
		uint8_t token = *s.p++;
		size_t len;

		if (!length(&s, token >> 4, &len) || !literals(&s, len))
			return SIZE_MAX;
		/* the last sequence has no match */
		if (s.p < s.end && s.at < s.room && !match(&s, token & 15))
			return SIZE_MAX;
	}
	return s.at;
}
