#include <stdint.h>
#include <stdlib.h>

#include "workstation/parse/idiom.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct idiom found;

	if (idiom_find((const char *)data, n, &found) != 0 &&
	    (found.len > n || found.pos > n - found.len))
		abort();
	return 0;
}
