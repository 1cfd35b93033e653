#include "workstation/parse/binary.h"

#include <string.h>

uint64_t binary_get(const void *p, unsigned width, bool big)
{
	const uint8_t *b = p;
	uint64_t v = 0;

	for (unsigned i = 0; i < width; i++)
		v = v << 8 | b[big ? i : width - 1 - i];
	return v;
}

uint16_t binary_u16(const void *p, bool big)
{
	return (uint16_t)binary_get(p, 2, big);
}

uint32_t binary_u32(const void *p, bool big)
{
	return (uint32_t)binary_get(p, 4, big);
}

uint64_t binary_u64(const void *p, bool big)
{
	return binary_get(p, 8, big);
}

uint16_t binary_le16(const void *p)
{
	return (uint16_t)binary_get(p, 2, false);
}

uint32_t binary_le32(const void *p)
{
	return (uint32_t)binary_get(p, 4, false);
}

uint64_t binary_le64(const void *p)
{
	return binary_get(p, 8, false);
}

struct bytes binary_text(const void *p, size_t n)
{
	return (struct bytes){ p, strnlen(p, n) };
}

bool binary_zero(const void *p, size_t n)
{
	const uint8_t *b = p;

	return n == 0 || (b[0] == 0 && memcmp(b, b + 1, n - 1) == 0);
}
