#include "tests/support/age_box.h"

#include <check.h>
#include <errno.h>
#include <string.h>

#include "lib/crypt/bech32.h"

#define ROOM (16u << 20)

static int take(void *ctx, const void *data, size_t n)
{
	struct age_box *x = ctx;

	if (x->fail_at != 0 && x->file.len + n > x->fail_at) {
		errno = ENOSPC;
		return -1;
	}
	buf_add(&x->file, data, n);
	return x->file.failed ? -1 : 0;
}

void age_box_open(struct age_box *x)
{
	const uint8_t secret[PRIM_KEY_LEN] = { 7, 7, 7 };
	char text[BECH32_MAX + 1];
	struct err e = { 0 };

	memset(x, 0, sizeof(*x));
	buf_init(&x->file, ROOM);
	buf_init(&x->plain, ROOM);
	bech32_write(text, "age-secret-key-", secret, sizeof(secret));
	x->ids = age_identity_parse(text, strlen(text), &e);
	ck_assert_msg(x->ids != NULL, "%s", e.what);
	age_recipient_of(&x->recipient, x->ids->p[0].public);
	x->w = age_write_new(&x->recipient, 1, take, x, &e);
	ck_assert_msg(x->w != NULL, "%s", e.what);
}

void age_box_release(struct age_box *x)
{
	age_write_free(x->w);
	age_identity_free(x->ids);
	buf_release(&x->file);
	buf_release(&x->plain);
}

uint8_t age_box_byte(size_t at)
{
	return (uint8_t)(at * 2654435761u >> 13);
}

/* A ck_assert for each byte would write a mark for each. */
void age_box_assert(const void *p, size_t n)
{
	const uint8_t *bytes = p;
	size_t same = 0;

	while (same < n && bytes[same] == age_box_byte(same))
		same++;
	ck_assert_uint_eq(same, n);
}

void age_box_fill(struct age_box *x, size_t n, size_t piece)
{
	static uint8_t bytes[1 << 20];

	for (size_t at = 0; at < n;) {
		size_t part = n - at < piece ? n - at : piece;

		for (size_t i = 0; i < part; i++)
			bytes[i] = age_box_byte(at + i);
		ck_assert_int_eq(age_write_add(x->w, bytes, part), 0);
		at += part;
	}
	ck_assert_int_eq(age_write_end(x->w), 0);
}

struct source {
	const char *p;
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

int age_box_read(struct age_box *x, const void *file, size_t n, size_t piece)
{
	struct source s = { file, n, piece };
	struct err e = { 0 };
	struct age_read *a = age_read_new(x->ids, give, &s, &e);
	char bytes[10007];
	ssize_t got;

	buf_clear(&x->plain);
	if (a == NULL)
		return -1;
	while ((got = age_read_bytes(a, bytes, sizeof(bytes))) > 0)
		buf_add(&x->plain, bytes, (size_t)got);
	/* an end stays the end */
	ck_assert_int_eq((int)age_read_bytes(a, bytes, 1), (int)got);
	age_read_free(a);
	return (int)got;
}
