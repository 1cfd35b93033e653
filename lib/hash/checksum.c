#include "lib/hash/checksum.h"

#include <openssl/evp.h>
#include <stdlib.h>

static const uint8_t zeros[4096];

static const struct {
	const char *word, *algorithm;
	size_t len;
} kinds[CHECKSUM_COUNT] = {
	[CHECKSUM_MD5] = { "md5", "MD5", 16 },
	[CHECKSUM_SHA1] = { "sha1", "SHA1", 20 },
};

struct checksum {
	EVP_MD *md;
	EVP_MD_CTX *running;
};

/* A wrong checksum would accuse a file that is whole. */
static void must(int ok)
{
	if (ok != 1)
		abort();
}

struct checksum *checksum_new(enum checksum_kind kind)
{
	struct checksum *c = calloc(1, sizeof(*c));

	if (c == NULL)
		goto err0;
	c->md = EVP_MD_fetch(NULL, kinds[kind].algorithm, NULL);
	c->running = EVP_MD_CTX_new();
	if (c->md == NULL || c->running == NULL ||
	    EVP_DigestInit_ex2(c->running, c->md, NULL) != 1)
		goto err1;
	return c;
err1:
	checksum_free(c);
err0:
	return NULL;
}

void checksum_free(struct checksum *c)
{
	if (c == NULL)
		return;
	EVP_MD_CTX_free(c->running);
	EVP_MD_free(c->md);
	free(c);
}

size_t checksum_len(enum checksum_kind kind)
{
	return kinds[kind].len;
}

const char *checksum_word(enum checksum_kind kind)
{
	return kinds[kind].word;
}

void checksum_add(struct checksum *c, const void *data, size_t n)
{
	must(EVP_DigestUpdate(c->running, data, n));
}

void checksum_add_zeros(struct checksum *c, uint64_t n)
{
	while (n > 0) {
		size_t part = n < sizeof(zeros) ? (size_t)n : sizeof(zeros);

		checksum_add(c, zeros, part);
		n -= part;
	}
}

void checksum_finish(struct checksum *c, uint8_t out[CHECKSUM_MAX])
{
	must(EVP_DigestFinal_ex(c->running, out, NULL));
	must(EVP_DigestInit_ex2(c->running, NULL, NULL));
}
