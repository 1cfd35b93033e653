/*
 * Everything that meets an encrypted archive before its key is known to fit, and after.
 *
 * The input as a header; the input as a file, read with a key; and the input as the plain
 * text of a file that is made of it and then damaged where the input says.  What comes
 * out must be a prefix of what went in, and the whole only if nothing was damaged.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/crypt/age_header.h"
#include "lib/crypt/age_read.h"
#include "lib/crypt/age_write.h"
#include "lib/crypt/base64.h"

#define KEY "AGE-SECRET-KEY-1E55A4R2867RZU65EL56GY9W7M03RY9UPEDSLRLQMW2MW6V07EGWSG8W75F"
#define REPEAT 3u		/* times that the input is written, so that there are chunks */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

struct source {
	const uint8_t *p;
	size_t left, piece;
};

static ssize_t give(void *ctx, void *data, size_t n)
{
	struct source *s = ctx;

	n = n < s->left ? n : s->left;
	n = n < s->piece ? n : s->piece;
	memcpy(data, s->p, n);
	s->p += n;
	s->left -= n;
	return (ssize_t)n;
}

static int take(void *ctx, const void *data, size_t n)
{
	buf_add(ctx, data, n);
	return 0;
}

/* What is accepted as a header is so in one form: its parts give it back. */
static void check_header(const uint8_t *data, size_t n)
{
	static struct age_header h;
	struct buf b;

	if (age_header_parse(&h, (const char *)data, n) != AGE_HEADER_WHOLE || h.others > 0)
		return;
	buf_init(&b, AGE_HEADER_MAX);
	buf_puts(&b, age_header_intro);
	for (size_t i = 0; i < h.count; i++) {
		buf_puts(&b, "-> X25519 ");
		base64_add(&b, h.x25519[i].share, sizeof(h.x25519[i].share));
		buf_putc(&b, '\n');
		base64_add(&b, h.x25519[i].body, sizeof(h.x25519[i].body));
		buf_putc(&b, '\n');
	}
	buf_puts(&b, "--- ");
	base64_add(&b, h.mac, sizeof(h.mac));
	buf_putc(&b, '\n');
	if (b.len != h.length || memcmp(b.p, data, b.len) != 0)
		abort();
	buf_release(&b);
}

/* Read it all into ${plain}; 0, enum age_read_end, or -1. */
static int read_all(const struct age_identities *ids, const void *file, size_t n, struct buf *plain)
{
	struct source s = { file, n, n % 5 == 0 ? 1000 : 200000 };
	struct age_read *a = age_read_new(ids, give, &s, NULL);
	char bytes[4096];
	ssize_t got;

	if (a == NULL)
		return -1;
	while ((got = age_read_bytes(a, bytes, sizeof(bytes))) > 0)
		buf_add(plain, bytes, (size_t)got);
	age_read_free(a);
	return (int)got;
}

/* Cut it, flip a bit of it, add to it, or leave it as it is. */
static bool damage(struct buf *file, const uint8_t *how)
{
	size_t at = ((size_t)how[1] << 16 | (size_t)how[2] << 8 | how[3]) % file->len;

	switch (how[0] % 4) {
	case 0:
		file->len = at;
		return true;
	case 1:
		file->p[at] ^= (char)(1 << how[0] / 4 % 8);
		return true;
	case 2:
		buf_add(file, how, 4);
		return true;
	default:
		return false;
	}
}

static void check_payload(const struct age_identities *ids, const uint8_t *data, size_t n)
{
	struct age_recipient r;
	struct buf file, plain;
	struct age_write *w;
	bool damaged;
	int end;

	age_recipient_of(&r, ids->p[0].public);
	buf_init(&file, 4u << 20);
	buf_init(&plain, 4u << 20);
	w = age_write_new(&r, 1, take, &file, NULL);
	for (unsigned i = 0; i < REPEAT; i++)
		age_write_add(w, data + 4, n - 4);
	age_write_end(w);
	age_write_free(w);
	damaged = damage(&file, data);
	end = read_all(ids, file.p, file.len, &plain);
	if ((end == 0) == damaged || plain.len > REPEAT * (n - 4))
		abort();
	for (size_t i = 0; i < plain.len; i++) {
		if ((uint8_t)plain.p[i] != data[4 + i % (n - 4)])
			abort();
	}
	buf_release(&file);
	buf_release(&plain);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct age_identities *ids;
	struct buf plain;

	if (ids == NULL)
		ids = age_identity_parse(KEY, strlen(KEY), NULL);
	check_header(data, n);
	buf_init(&plain, 4u << 20);
	read_all(ids, data, n, &plain);
	buf_release(&plain);
	age_identity_free(age_identity_parse((const char *)data, n, NULL));
	if (n > 4)
		check_payload(ids, data, n);
	return 0;
}
