/*
 * Packed logs, in pieces: however the input is cut, the same bytes come out, and never more
 * than the limit.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/buf.h"
#include "workstation/parse/unpack.h"

#define LIMIT 300000u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static int take(void *ctx, const void *data, size_t n)
{
	buf_add(ctx, data, n);
	return 0;
}

static enum unpack_end unpack(const uint8_t *data, size_t n, size_t piece, struct buf *out)
{
	struct unpack *u = unpack_new(LIMIT, take, out);
	enum unpack_end end;

	for (size_t i = 0; i < n; i += piece)
		unpack_add(u, data + i, n - i < piece ? n - i : piece);
	unpack_finish(u, &end);
	if (unpack_bytes(u) != out->len || out->len > LIMIT)
		abort();
	unpack_free(u);
	return end;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct buf whole, pieces;

	buf_init(&whole, LIMIT + 1);
	buf_init(&pieces, LIMIT + 1);
	if (unpack(data, n, n + 1, &whole) != UNPACK_DAMAGED &&
	    (unpack(data, n, 17, &pieces),
	     whole.len != pieces.len ||
		     (whole.len > 0 && memcmp(whole.p, pieces.p, whole.len) != 0)))
		abort();
	buf_release(&whole);
	buf_release(&pieces);
	return 0;
}
