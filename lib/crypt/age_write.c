#include "lib/crypt/age_write.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/keymem.h"
#include "lib/crypt/age_header.h"
#include "lib/crypt/age_stream.h"

#define HEADER_ROOM 4096u	/* AGE_RECIPIENT_MAX stanzas of 98 bytes, intro and MAC */

struct age_write {
	age_write_out *out;
	void *ctx;
	struct err *e;
	struct age_stream *stream;
	struct buf header;		/* with the nonce; empty once it was handed out */
	size_t held;			/* bytes of plain */
	uint8_t plain[AGE_STREAM_CHUNK];
	uint8_t sealed[AGE_STREAM_SEALED];
};

/* Draw the keys of this file. */
static int begin(struct age_write *w, const struct age_recipient *r, size_t n, uint8_t *file_key)
{
	uint8_t nonce[AGE_STREAM_NONCE];

	if (keymem_random(file_key, AGE_HEADER_FILE_KEY) != 0 ||
	    keymem_random(nonce, sizeof(nonce)) != 0)
		return err_set(w->e, errno, "random numbers for the encryption");
	if (age_header_add(&w->header, r, n, file_key) != 0)
		return err_set(w->e, 0, "wrapping the key for the recipients");
	buf_add(&w->header, nonce, sizeof(nonce));
	w->stream = age_stream_new(file_key, nonce);
	if (w->stream == NULL || w->header.failed)
		return err_set(w->e, ENOMEM, "the encryption");
	return 0;
}

struct age_write *age_write_new(const struct age_recipient *r, size_t n, age_write_out *out,
				void *ctx, struct err *e)
{
	struct age_write *w = calloc(1, sizeof(*w));
	uint8_t *file_key;

	if (w == NULL) {
		err_set(e, ENOMEM, "the encryption");
		return NULL;
	}
	w->out = out;
	w->ctx = ctx;
	w->e = e;
	buf_init(&w->header, HEADER_ROOM);
	file_key = keymem_new(AGE_HEADER_FILE_KEY, NULL, e);
	if (file_key != NULL && begin(w, r, n, file_key) == 0) {
		keymem_free(file_key, AGE_HEADER_FILE_KEY);
		return w;
	}
	keymem_free(file_key, AGE_HEADER_FILE_KEY);
	age_write_free(w);
	return NULL;
}

void age_write_free(struct age_write *w)
{
	if (w == NULL)
		return;
	age_stream_free(w->stream);
	buf_release(&w->header);
	free(w);
}

static int hand_out_header(struct age_write *w)
{
	int r;

	if (w->header.len == 0)
		return 0;
	r = w->out(w->ctx, w->header.p, w->header.len);
	buf_release(&w->header);
	return r;
}

static int hand_out(struct age_write *w, const void *data, size_t n, bool last)
{
	if (age_stream_seal(w->stream, data, n, last, w->sealed) != 0)
		return err_set(w->e, 0, "encrypting: libcrypto failed");
	return w->out(w->ctx, w->sealed, n + PRIM_TAG_LEN);
}

/* Fill up the chunk that is held; if there is more than that, it leaves. */
static int fill(struct age_write *w, const uint8_t **p, size_t *n)
{
	size_t room = AGE_STREAM_CHUNK - w->held;
	size_t part = *n < room ? *n : room;

	memcpy(w->plain + w->held, *p, part);
	w->held += part;
	*p += part;
	*n -= part;
	if (*n == 0)
		return 0;
	w->held = 0;
	return hand_out(w, w->plain, AGE_STREAM_CHUNK, false);
}

int age_write_add(struct age_write *w, const void *data, size_t n)
{
	const uint8_t *p = data;

	if (n == 0)
		return 0;
	if (hand_out_header(w) != 0)
		return -1;
	if (w->held > 0 && fill(w, &p, &n) != 0)
		return -1;
	/* What is whole and not the end need not be copied. */
	for (; n > AGE_STREAM_CHUNK; p += AGE_STREAM_CHUNK, n -= AGE_STREAM_CHUNK) {
		if (hand_out(w, p, AGE_STREAM_CHUNK, false) != 0)
			return -1;
	}
	if (n > 0) {
		memcpy(w->plain, p, n);
		w->held = n;
	}
	return 0;
}

int age_write_end(struct age_write *w)
{
	if (hand_out_header(w) != 0)
		return -1;
	return hand_out(w, w->plain, w->held, true);
}
