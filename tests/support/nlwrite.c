#include "tests/support/nlwrite.h"

#include <check.h>
#include <string.h>

void nlwrite_begin(struct nlwrite *a, bool big)
{
	a->n = 0;
	a->big = big;
}

static void put_at(struct nlwrite *a, size_t at, uint64_t v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		a->p[at + i] = (uint8_t)(v >> 8 * (a->big ? n - 1 - i : i));
}

void nlwrite_bytes(struct nlwrite *a, const void *p, size_t n)
{
	ck_assert_uint_le(n, sizeof(a->p) - a->n);
	memcpy(a->p + a->n, p, n);
	a->n += n;
}

void nlwrite_number(struct nlwrite *a, uint64_t v, size_t n)
{
	static const uint8_t zeros[8];

	nlwrite_bytes(a, zeros, n);
	put_at(a, a->n - n, v, n);
}

static void pad(struct nlwrite *a)
{
	while (a->n % 4 != 0)
		nlwrite_number(a, 0, 1);
}

size_t nlwrite_open(struct nlwrite *a, uint16_t type)
{
	size_t at = a->n;

	nlwrite_number(a, 0, 4);
	nlwrite_number(a, type, 2);
	nlwrite_number(a, 2, 2);
	nlwrite_number(a, 7, 4);
	nlwrite_number(a, 1, 4);
	return at;
}

void nlwrite_close(struct nlwrite *a, size_t at)
{
	put_at(a, at, a->n - at, 4);
	pad(a);
}

size_t nlwrite_nest(struct nlwrite *a, uint16_t type)
{
	size_t at = a->n;

	nlwrite_number(a, 0, 2);
	nlwrite_number(a, type, 2);
	return at;
}

void nlwrite_nest_end(struct nlwrite *a, size_t at)
{
	put_at(a, at, a->n - at, 2);
	pad(a);
}

void nlwrite_attribute(struct nlwrite *a, uint16_t type, const void *value, size_t n)
{
	size_t at = nlwrite_nest(a, type);

	nlwrite_bytes(a, value, n);
	nlwrite_nest_end(a, at);
}

void nlwrite_attribute_u32(struct nlwrite *a, uint16_t type, uint32_t v)
{
	size_t at = nlwrite_nest(a, type);

	nlwrite_number(a, v, 4);
	nlwrite_nest_end(a, at);
}
