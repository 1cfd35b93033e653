/* manifest_read: one hostile line. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/text.h"
#include "lib/custody/manifest_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct manifest_read *r = manifest_read_new();
	struct manifest_line l;
	struct err e = { 0 };
	struct buf b;

	if (r == NULL)
		return 0;
	if (manifest_read_line(r, (const char *)data, n, &l, &e) == 0) {
		buf_init(&b, 64u << 20);
		text_escape(&b, l.path.p, l.path.len);
		text_escape(&b, l.member.p, l.member.len);
		text_escape(&b, l.link.p, l.link.len);
		if (b.failed || !text_is_plain(l.category, strlen(l.category)) ||
		    l.gap > GAP_COUNT || l.type >= ITEM_TYPE_COUNT)
			abort();
		buf_release(&b);
	} else if (!e.set) {
		abort();
	}
	manifest_read_free(r);
	return 0;
}
