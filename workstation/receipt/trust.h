/*
 * trust: certificates and revocation lists that somebody gave, and what follows from them
 * for a certificate (RFC 5280).  Hostile: a bag brings its own.
 */
#ifndef EXHIBIT_RECEIPT_TRUST_H
#define EXHIBIT_RECEIPT_TRUST_H

#include <openssl/x509.h>
#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"

#define TRUST_FILE_MAX (4u << 20)	/* bytes of one file of certificates */
#define TRUST_FILES_MAX 256u		/* files of a folder that are looked at */

struct trust {
	STACK_OF(X509) *certs;		/* all that were found */
	STACK_OF(X509_CRL) *crls;
};

/* Make it empty (-1: no memory); forget it. */
int trust_init(struct trust *t, struct err *e);
void trust_release(struct trust *t);

/**
 * trust_add(t, data, n):
 * Take the certificates and revocation lists out of ${n} bytes: PEM with anything between,
 * or one of either in DER.  Returns how many.
 */
size_t trust_add(struct trust *t, const void *data, size_t n);

/* Add a file; it is an error if it has none. */
int trust_add_file(struct trust *t, const char *path, struct err *e);

/**
 * trust_add_folder(t, dir, name, odd):
 * Add all files of the folder ${name} of ${dir}, if there is one.  The escaped name of one that has
 * none, or was not looked at, is appended to ${odd} (may be NULL).
 */
void trust_add_folder(struct trust *t, int dir, const char *name, struct buf *odd);

/* What is known of a certificate. */
enum trust_state {
	TRUST_ANCHORED,		/* its chain ends at one of the anchors */
	TRUST_EXPIRED,		/* it does, but for a certificate whose time was over then */
	TRUST_EARLY,		/* it does, but for one whose time had not come then */
	TRUST_REVOKED,		/* its issuer revoked it, at or before that time */
	TRUST_NONE		/* no chain of valid signatures leads to an anchor, one of them
				 * is too weak (112 bits), or it is not for this purpose */
};

/**
 * trust_check(cert, purpose, anchors, helpers, extra, at, why):
 * Check ${cert} for X509_PURPOSE_... at the time ${at}, with the chain taken from ${helpers} and
 * ${extra} (may be NULL).  Lists in ${helpers} count if their issuer's signature holds.
 * *${why} becomes libcrypto's words, static.
 */
struct trust_question {
	X509 *cert;
	int purpose;
	const struct trust *anchors, *helpers;
	STACK_OF(X509) *extra;
	time_t at;
};
enum trust_state trust_check(const struct trust_question *q, const char **why);

/* Let all but the validity of certificates be checked with ${param}. */
void trust_timeless(X509_VERIFY_PARAM *param);

/* What is known of the revocation of a certificate. */
enum trust_list {
	TRUST_LIST_NONE,	/* there is no list of its issuer */
	TRUST_LIST_OLD,		/* the next one was due before that time */
	TRUST_LIST_FRESH
};

/* The best list of the issuer of ${cert} among ${t} at the time ${at}. */
enum trust_list trust_list_of(const struct trust *t, X509 *cert, time_t at);

/* Does a chain from ${cert} end at a root of ${own}, valid at that time or not? */
bool trust_is_kept(const struct trust_question *q, const struct trust *own);

/* A word for it; static. */
const char *trust_list_word(enum trust_list l);

/**
 * trust_weakness(cert, digest):
 * Why a signature by this certificate with the digest of that NID is not accepted, static: a
 * digest other than SHA-2 of 256 bits and more, a key of less than 112 bits of strength (RSA
 * 2048).  NULL: nothing.
 */
const char *trust_weakness(X509 *cert, int digest);

/* Is the certificate for signatures, as far as its keyUsage says (RFC 5280, 4.2.1.3)? */
bool trust_may_sign(X509 *cert);

/* Only the self-signed ones of ${from}, as anchors of last resort; -1: no memory. */
int trust_roots_of(struct trust *to, const struct trust *from, struct err *e);

/* Subject as one line of text that can be shown, into ${out}. */
void trust_subject(struct buf *out, X509 *cert);

#endif
