#include "workstation/parse/order.h"

#include "workstation/parse/scan.h"

bool order_is_big(struct bytes arch)
{
	static const char *const begin[] = { "s390", "sparc", "m68k", "parisc", "aarch64_be" };

	for (size_t i = 0; i < sizeof(begin) / sizeof(begin[0]); i++)
		if (scan_begins(arch, begin[i]))
			return true;
	if (scan_begins(arch, "ppc"))
		return !scan_ends(arch, "le");
	return scan_begins(arch, "armv") && scan_ends(arch, "b");
}

uint16_t order_u16(const uint8_t *p, bool big)
{
	return (uint16_t)(big ? p[0] << 8 | p[1] : p[1] << 8 | p[0]);
}

uint32_t order_u32(const uint8_t *p, bool big)
{
	uint32_t first = order_u16(p, big), second = order_u16(p + 2, big);

	return big ? first << 16 | second : second << 16 | first;
}

uint64_t order_u64(const uint8_t *p, bool big)
{
	uint64_t first = order_u32(p, big), second = order_u32(p + 4, big);

	return big ? first << 32 | second : second << 32 | first;
}
