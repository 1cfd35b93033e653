/* seal_parse: what it accepts must be exactly what seal_format writes. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/seal/seal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct seal s;
	struct buf b;

	if (seal_parse(data, n, &s) != 0)
		return 0;
	buf_init(&b, SEAL_TEXT_MAX);
	seal_format(&b, &s);
	if (b.failed || b.len != n || memcmp(b.p, data, n) != 0)
		abort();
	buf_release(&b);
	return 0;
}
