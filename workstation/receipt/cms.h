/*
 * cms: detached CMS signatures (RFC 5652) over the tag manifest of a bag, made and checked
 * so that `openssl cms` of version 3.0 agrees: RSA or ECDSA, SHA-256, CAdES attributes.
 */
#ifndef EXHIBIT_RECEIPT_CMS_H
#define EXHIBIT_RECEIPT_CMS_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "workstation/receipt/trust.h"

#define CMS_SIGNATURE_MAX (1u << 20)		/* bytes of a signature that are looked at */

struct cms_key;

/* Asked for a passphrase when one is needed: fills ${out} of ${n} bytes, returns its length,
 * or -1 with ${e}. */
typedef int cms_passphrase(void *ctx, char *out, int n, struct err *e);

struct cms_source {
	const char *signer;		/* file: certificates and key in PEM, or PKCS#12 */
	const char *key;		/* file of the key in PEM, or NULL: in signer */
	cms_passphrase *passphrase;	/* NULL: none is known */
	void *passphrase_ctx;
};

/**
 * cms_load(source, e):
 * The custodian's key with its certificate and what else was in the file for its chain.  NULL
 * with ${e}, which says which: the file cannot be read; no private key in it; the passphrase is
 * not to be had, or wrong; its cipher is not AES; no certificate of that key; a kind of key that
 * bookworm's openssl cannot verify; a signature that nobody should accept (trust_weakness).
 */
struct cms_key *cms_load(const struct cms_source *source, struct err *e);
void cms_free(struct cms_key *k);

/**
 * cms_make(k, data, n, out, e):
 * Append the signature over ${n} bytes, DER.  Return 0 or -1.
 */
int cms_make(const struct cms_key *k, const void *data, size_t n, struct buf *out,
	      struct err *e);

/* What a signature turned out to be. */
struct cms_checked {
	bool holds;			/* it is one, by its signer, over these bytes */
	struct buf signer;		/* subject, to be shown; of the first signer */
	enum trust_state trust;		/* of the worst signer */
	const char *why;		/* libcrypto's words for that, or for a signature that does
					 * not hold; static */
	const char *weak;		/* why it proves nothing though it holds; static, or NULL */
	bool may_sign;			/* the signers' certificates are for signatures */
	bool kept;			/* the roots of all signers are among x->own */
	enum trust_list list;		/* on revocation, of the worst signer's issuer */
	int64_t outside;		/* how many seconds before or after the time of its
					 * signer's certificate it was made, by its own word;
					 * 0: within it, or it does not say; of the worst signer */
	int64_t until;			/* Unix time: end of the first certificate that ends */
	bool expected;			/* the signer is the one that was expected, or none was */
};

/* How to check: what is trusted, when, and who must have signed (NULL: anybody). */
struct cms_expect {
	const struct trust *anchors, *helpers, *own;	/* own: roots of the bag */
	time_t at;
	X509 *signer;
};

/**
 * cms_check(der, len, data, n, x, out):
 * Check ${len} hostile bytes as a signature over ${n} bytes.  out->signer must be released.
 */
struct cms_bytes {
	const void *der;
	size_t len;
	const void *data;
	size_t n;
};
void cms_check(const struct cms_bytes *b, const struct cms_expect *x,
		struct cms_checked *out);

#endif
