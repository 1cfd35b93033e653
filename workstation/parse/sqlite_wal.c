#include "workstation/parse/sqlite_wal.h"

#include <string.h>

#include "workstation/parse/binary.h"

#define HEADER 32u /* bytes */
#define FRAME 24u
#define MAGIC 0x377f0682u /* one more: checksums of numbers with the high byte first */

struct sum {
	uint32_t a, b;
};

/* Section 4.2: over pairs of numbers. */
static void add(struct sum *s, const uint8_t *p, size_t n, bool big)
{
	for (size_t i = 0; i + 8 <= n; i += 8) {
		s->a += binary_u32(p + i, big) + s->b;
		s->b += binary_u32(p + i + 4, big) + s->a;
	}
}

static bool is_sum(const struct sum *s, const uint8_t *p)
{
	return binary_u32(p, true) == s->a && binary_u32(p + 4, true) == s->b;
}

bool sqlite_wal_open(struct sqlite_wal *w, const void *p, size_t n)
{
	const uint8_t *begin = p, *at;
	struct sum sum = { 0, 0 };
	uint32_t magic;
	uint64_t frame;
	bool big;

	*w = (struct sqlite_wal){ .p = p };
	if (n < HEADER)
		return false;
	magic = binary_u32(begin, true);
	big = magic == MAGIC + 1;
	w->page_size = binary_u32(begin + 8, true);
	if ((magic != MAGIC && !big) || w->page_size < 512 || w->page_size > 65536 ||
	    (w->page_size & (w->page_size - 1)) != 0)
		return false;
	add(&sum, begin, 24, big);
	if (!is_sum(&sum, begin + 24))
		return false;
	frame = FRAME + w->page_size;
	for (uint64_t i = 0; (i + 1) * frame <= n - HEADER; i++) {
		at = begin + HEADER + i * frame;
		add(&sum, at, 8, big);
		add(&sum, at + FRAME, w->page_size, big);
		if (memcmp(at + 8, begin + 16, 8) != 0 || !is_sum(&sum, at + 16))
			break;
		if (binary_u32(at + 4, true) != 0) {
			w->frames = i + 1;
			w->pages = binary_u32(at + 4, true);
		}
	}
	return true;
}

void sqlite_wal_apply(const struct sqlite_wal *w, uint8_t *image, size_t n)
{
	for (uint64_t i = 0; i < w->frames; i++) {
		const uint8_t *at = w->p + HEADER + i * (FRAME + w->page_size);
		uint64_t page = binary_u32(at, true);

		if (page > 0 && page * w->page_size <= n)
			memcpy(image + (page - 1) * w->page_size, at + FRAME, w->page_size);
	}
}
