#include "lib/hash/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>

#include "lib/base/fault.h"
#include "lib/hash/spare.h"

/* Long enough that the call costs nothing, short enough for the first cache. */
static const uint8_t zeros[16384];

struct digest {
	EVP_MD *md;
	EVP_MD_CTX *running;
	EVP_MD_CTX *scratch;	/* takes the copy that digest_peek finishes */
};

/* A seal over a wrong hash would be worse than no archive. */
static void must(int ok)
{
	if (ok != 1)
		fault_end();
}

int digest_start(void)
{
	const uint64_t quiet = OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT |
			       OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS;
	struct digest *d;

	/* Refused once libcrypto has memory: that is a second start. */
	(void)CRYPTO_set_mem_functions(spare_malloc, spare_realloc, spare_free);
	if (OPENSSL_init_crypto(quiet, NULL) != 1)
		return -1;
	d = digest_new();
	if (d == NULL)
		return -1;
	digest_free(d);
	return 0;
}

struct digest *digest_new(void)
{
	struct digest *d = calloc(1, sizeof(*d));

	if (d == NULL)
		goto err0;
	d->md = EVP_MD_fetch(NULL, "SHA256", NULL);
	d->running = EVP_MD_CTX_new();
	d->scratch = EVP_MD_CTX_new();
	if (d->md == NULL || d->running == NULL || d->scratch == NULL)
		goto err1;
	/* from here on libcrypto allocates nothing: both states exist */
	if (EVP_DigestInit_ex2(d->running, d->md, NULL) != 1 ||
	    EVP_MD_CTX_copy_ex(d->scratch, d->running) != 1)
		goto err1;
	return d;
err1:
	digest_free(d);
err0:
	return NULL;
}

void digest_free(struct digest *d)
{
	if (d == NULL)
		return;
	EVP_MD_CTX_free(d->scratch);
	EVP_MD_CTX_free(d->running);
	EVP_MD_free(d->md);
	free(d);
}

void digest_reset(struct digest *d)
{
	must(EVP_DigestInit_ex2(d->running, NULL, NULL));
}

void digest_add(struct digest *d, const void *data, size_t n)
{
	must(EVP_DigestUpdate(d->running, data, n));
}

void digest_add_zeros(struct digest *d, uint64_t n)
{
	while (n > 0) {
		size_t part = n < sizeof(zeros) ? (size_t)n : sizeof(zeros);

		digest_add(d, zeros, part);
		n -= part;
	}
}

void digest_peek(const struct digest *d, uint8_t out[DIGEST_LEN])
{
	must(EVP_MD_CTX_copy_ex(d->scratch, d->running));
	must(EVP_DigestFinal_ex(d->scratch, out, NULL));
}

void digest_finish(struct digest *d, uint8_t out[DIGEST_LEN])
{
	must(EVP_DigestFinal_ex(d->running, out, NULL));
	digest_reset(d);
}

void digest_of(const void *data, size_t n, uint8_t out[DIGEST_LEN])
{
	struct digest *d = digest_new();

	must(d != NULL);
	digest_add(d, data, n);
	digest_finish(d, out);
	digest_free(d);
}

char *digest_hex(char out[DIGEST_HEX_LEN], const uint8_t hash[DIGEST_LEN])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < DIGEST_LEN; i++) {
		out[2 * i] = digits[hash[i] >> 4];
		out[2 * i + 1] = digits[hash[i] & 15];
	}
	out[2 * DIGEST_LEN] = '\0';
	return out;
}
