/* config: whatever a configuration holds, it becomes options, each a text of its own, or a
 * sentence. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/custody/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct err e = { 0 };
	struct config c;

	if (config_parse(&c, (const char *)data, n, "exhibit-config", &e) != 0 && !e.set)
		abort();
	for (size_t i = 0; i < c.argc; i++) {
		if (strncmp(c.argv[i], "--", 2) != 0 || c.argv[i][2] == '-')
			abort();
	}
	config_release(&c);
	return 0;
}
