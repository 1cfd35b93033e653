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
