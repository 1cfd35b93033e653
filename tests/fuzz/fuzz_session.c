/* session_read: every value it gives lies inside the text and can be shown. */
#include <stdint.h>
#include <stdlib.h>

#include "lib/base/text.h"
#include "lib/custody/session_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct session_read r;

	if (session_read_begin(&r, data, n) != 0)
		return 0;
	while (session_read_next(&r)) {
		const uint8_t *v = r.value.p;

		if (r.name.len == 0 || v < data || v + r.value.len > data + n ||
		    !text_is_shown(r.value.p, r.value.len))
			abort();
	}
	return 0;
}
