/*
 * Journal files: objects are walked once, each field lies in the file or in the buffer of the
 * decoder, and the walk ends.
 */
#include <stdint.h>
#include <stdlib.h>

#include "workstation/parse/sdjournal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct sdjournal j;
	struct sdjournal_entry e;
	struct bytes name, value;
	size_t last = 0;

	if (sdjournal_open(&j, data, n) == SDJOURNAL_OK) {
		while (sdjournal_next(&j, &e)) {
			if (e.pos <= last || e.pos >= n)
				abort();
			last = e.pos;
			for (size_t i = 0; i < e.count && i < 64; i++)
				if (sdjournal_field(&j, &e, i, &name, &value) &&
				    name.len + value.len > SDJOURNAL_FIELD_MAX + n)
					abort();
		}
	}
	sdjournal_close(&j);
	return 0;
}
