#include "workstation/export/uuid.h"

#include <stdint.h>

#include "lib/base/text.h"
#include "lib/hash/checksum.h"

#define UUID_BYTES 16u

void uuid_put(struct buf *b, enum uuid_space space, const struct buf *name)
{
	static const uint8_t spaces[][UUID_BYTES] = {
		[UUID_STIX] = { 0x00, 0xab, 0xed, 0xb4, 0xaa, 0x42, 0x46, 0x6c, 0x9c, 0x01, 0xfe,
				0xd2, 0x33, 0x15, 0xa9, 0xb7 },
		[UUID_OURS] = { 0x3a, 0x1f, 0x9d, 0x52, 0x7c, 0x0e, 0x4b, 0x6b, 0x9a, 0x35, 0x5d,
				0x1c, 0x86, 0xe2, 0xf0, 0x47 },
	};
	struct checksum *c = name->failed ? NULL : checksum_new(CHECKSUM_SHA1);
	uint8_t hash[CHECKSUM_MAX];

	if (c == NULL) {
		b->failed = true;
		return;
	}
	checksum_add(c, spaces[space], UUID_BYTES);
	checksum_add(c, name->p, name->len);
	checksum_finish(c, hash);
	checksum_free(c);
	hash[6] = (uint8_t)((hash[6] & 0x0f) | 0x50); /* version 5 */
	hash[8] = (uint8_t)((hash[8] & 0x3f) | 0x80); /* variant of the RFC */
	for (unsigned i = 0; i < UUID_BYTES; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			buf_putc(b, '-');
		text_hex(b, hash + i, 1);
	}
}
