#include "workstation/parse/tzif.h"

#include <string.h>

#include "workstation/parse/binary.h"

#define HEADER 44u
#define TYPE_SIZE 6u /* offset 4, summer time 1, index of the name 1 */
#define DAY 86400

/* Counts of a header, in the order of the file. */
struct counts {
	uint32_t ut, std, leaps, times, types, chars;
};

static bool header(const uint8_t *p, size_t n, struct counts *c)
{
	if (n < HEADER || memcmp(p, "TZif", 4) != 0)
		return false;
	*c = (struct counts){
		.ut = (uint32_t)binary_get(p + 20, 4, true),
		.std = (uint32_t)binary_get(p + 24, 4, true),
		.leaps = (uint32_t)binary_get(p + 28, 4, true),
		.times = (uint32_t)binary_get(p + 32, 4, true),
		.types = (uint32_t)binary_get(p + 36, 4, true),
		.chars = (uint32_t)binary_get(p + 40, 4, true),
	};
	return true;
}

/* Bytes of the block behind a header. */
static uint64_t block(const struct counts *c, unsigned width)
{
	return (uint64_t)c->times * (width + 1) + (uint64_t)c->types * TYPE_SIZE + c->chars +
	       (uint64_t)c->leaps * (width + 4) + c->std + c->ut;
}

static bool indexes_hold(const struct tzif *z)
{
	for (size_t i = 0; i < z->transitions; i++)
		if (z->indexes[i] >= z->kinds)
			return false;
	return true;
}

/* The line between two line feeds that ends the file. */
static void last_line(const uint8_t *p, size_t n, struct tzif *z)
{
	const uint8_t *end = n > 1 && p[0] == '\n' ? memchr(p + 1, '\n', n - 1) : NULL;

	if (end == NULL)
		return;
	z->text = (struct bytes){ p + 1, (size_t)(end - p) - 1 };
	tzif_rule_parse(z->text, &z->rule);
}

bool tzif_parse(const void *data, size_t n, struct tzif *z)
{
	const uint8_t *p = data;
	struct counts c;
	bool wide;

	*z = (struct tzif){ .width = 4 };
	if (!header(p, n, &c))
		return false;
	wide = p[4] >= '2';
	p += HEADER;
	n -= HEADER;
	if (block(&c, 4) > n)
		return false;
	if (wide) {
		n -= (size_t)block(&c, 4);
		p += block(&c, 4);
		if (!header(p, n, &c) || block(&c, 8) > n - HEADER)
			return false;
		p += HEADER;
		n -= HEADER;
		z->width = 8;
	}
	if (c.types == 0)
		return false;
	z->times = p;
	z->transitions = c.times;
	z->indexes = p + (size_t)c.times * z->width;
	z->types = z->indexes + c.times;
	z->kinds = c.types;
	if (wide)
		last_line(p + block(&c, 8), n - (size_t)block(&c, 8), z);
	return indexes_hold(z);
}

static int64_t time_at(const struct tzif *z, size_t i)
{
	uint64_t v = binary_get(z->times + i * z->width, z->width, true);

	return z->width == 8 ? (int64_t)v : (int32_t)(uint32_t)v;
}

static int32_t written_offset(const struct tzif *z, size_t kind)
{
	return (int32_t)(uint32_t)binary_get(z->types + kind * TYPE_SIZE, 4, true);
}

static bool is_near(int32_t offset)
{
	return offset > -25 * 3600 && offset < 26 * 3600;
}

static int32_t offset_of(const struct tzif *z, size_t kind)
{
	int32_t v = written_offset(z, kind);

	return is_near(v) ? v : 0;
}

/* By the rule it is what the last transition says at the time of that. */
static bool rule_fits(const struct tzif *z)
{
	int64_t last;

	if (!z->rule.set || z->transitions == 0)
		return true;
	last = time_at(z, z->transitions - 1);
	/* "-2^59" of some is for the beginning of time. */
	return last < -TZIF_TIME_MAX || last > TZIF_TIME_MAX ||
	       tzif_rule_offset(&z->rule, last) == offset_of(z, z->indexes[z->transitions - 1]);
}

const char *tzif_flaw(const struct tzif *z)
{
	for (size_t i = 0; i < z->kinds; i++)
		if (!is_near(written_offset(z, i)))
			return "an offset from UTC of more than a day";
	for (size_t i = 1; i < z->transitions; i++)
		if (time_at(z, i) <= time_at(z, i - 1))
			return "transitions that are not in the order of time";
	if (z->text.len > 0 && !z->rule.set)
		return "a last line that is no rule";
	if (!rule_fits(z))
		return "a last line that contradicts the last transition";
	return NULL;
}

int32_t tzif_offset(const struct tzif *z, int64_t utc)
{
	size_t low = 0, high = z->transitions;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (time_at(z, middle) <= utc)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == z->transitions && z->rule.set)
		return tzif_rule_offset(&z->rule, utc);
	return offset_of(z, low == 0 ? 0 : z->indexes[low - 1]);
}

/* No two changes of a zone are closer than a day to each other and to this time, so what was in
 * force the day before and what is the day after are all there is to try. */
enum tzif_shown tzif_utc(const struct tzif *z, int64_t local, int64_t utc[2])
{
	int64_t first = local - tzif_offset(z, local - DAY);
	int64_t second = local - tzif_offset(z, local + DAY);
	bool is_first = first + tzif_offset(z, first) == local;
	bool is_second = second + tzif_offset(z, second) == local;

	if (is_first && is_second && first != second) {
		utc[0] = first < second ? first : second;
		utc[1] = first < second ? second : first;
		return TZIF_TWICE;
	}
	utc[0] = utc[1] = is_second && !is_first ? second : first;
	return is_first || is_second ? TZIF_ONCE : TZIF_NEVER;
}
