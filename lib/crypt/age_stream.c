#include "lib/crypt/age_stream.h"

#include <stdlib.h>

#include "lib/base/keymem.h"

struct age_stream {
	struct prim_aead *aead;
	uint64_t count;		/* 2^64 chunks are more than there will ever be */
};

struct age_stream *age_stream_new(const uint8_t file_key[AGE_HEADER_FILE_KEY],
				  const uint8_t nonce[AGE_STREAM_NONCE])
{
	struct age_stream *s = calloc(1, sizeof(*s));
	uint8_t key[PRIM_KEY_LEN];

	if (s == NULL)
		return NULL;
	if (prim_hkdf(key, file_key, AGE_HEADER_FILE_KEY, nonce, AGE_STREAM_NONCE, "payload") == 0)
		s->aead = prim_aead_new(key);
	keymem_wipe(key, sizeof(key));
	if (s->aead != NULL)
		return s;
	age_stream_free(s);
	return NULL;
}

void age_stream_free(struct age_stream *s)
{
	if (s == NULL)
		return;
	prim_aead_free(s->aead);
	free(s);
}

static void make_nonce(uint8_t nonce[PRIM_NONCE_LEN], uint64_t count, bool last)
{
	for (unsigned i = 0; i < PRIM_NONCE_LEN - 1; i++)
		nonce[i] = i < 3 ? 0 : (uint8_t)(count >> 8 * (10 - i));
	nonce[PRIM_NONCE_LEN - 1] = last;
}

int age_stream_seal(struct age_stream *s, const void *in, size_t n, bool last, void *out)
{
	uint8_t nonce[PRIM_NONCE_LEN];

	make_nonce(nonce, s->count, last);
	if (prim_aead_seal(s->aead, nonce, in, n, out) != 0)
		return -1;
	s->count++;
	return 0;
}

int age_stream_open(struct age_stream *s, const void *in, size_t n, bool last, void *out)
{
	uint8_t nonce[PRIM_NONCE_LEN];

	make_nonce(nonce, s->count, last);
	if (prim_aead_open(s->aead, nonce, in, n, out) != 0)
		return -1;
	s->count++;
	return 0;
}

uint64_t age_stream_count(const struct age_stream *s)
{
	return s->count;
}
