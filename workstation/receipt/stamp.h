/*
 * stamp: time stamps of RFC 3161 over the tag manifest of a bag.  The request leaves the
 * house with nothing in it but a hash and a random number; scripts/timestamp.sh sends it.
 */
#ifndef EXHIBIT_RECEIPT_STAMP_H
#define EXHIBIT_RECEIPT_STAMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/buf.h"
#include "lib/base/clock.h"
#include "lib/base/err.h"
#include "lib/hash/digest.h"
#include "workstation/receipt/trust.h"

#define STAMP_MAX (1u << 20)		/* bytes of a request or response that are looked at */

/**
 * stamp_request(hash, out, e):
 * Append a request for the SHA-256 ${hash}, DER: with a nonce of 64 random bits, and asking for
 * the certificates.  Return 0 or -1.
 */
int stamp_request(const uint8_t hash[DIGEST_LEN], struct buf *out, struct err *e);

/* What a response turned out to be, the first of these that applies. */
enum stamp_state {
	STAMP_HOLDS,		/* see trust for whose it is */
	STAMP_NONE,		/* no response of this format */
	STAMP_REFUSED,		/* the authority refused */
	STAMP_BAD,		/* its signature does not hold */
	STAMP_FOREIGN,		/* it stamps other bytes */
	STAMP_NONCE,		/* it answers another request */
	STAMP_OUTSIDE,		/* its authority's certificate was not valid at its time */
	STAMP_FUTURE		/* its time is yet to come by our clock; all else holds */
};

/* Does all hold but for what our clock says of its time? */
bool stamp_is_whole(enum stamp_state s);

#define STAMP_AHEAD 300		/* seconds that the authority's clock may be ahead of ours */

struct stamp_checked {
	enum stamp_state state;
	enum trust_state trust;		/* of the authority at x->at, if the stamp holds */
	const char *why;		/* static */
	struct instant time;		/* that it claims, whole seconds */
	int64_t accuracy_s;		/* -1: it does not say */
	struct buf authority;		/* subject, to be shown */
	bool kept;			/* its root is among x->own */
	enum trust_list list;		/* on revocation, of its issuer */
	bool asked;			/* it was compared with a request */
};

struct stamp_expect {
	const struct trust *anchors, *helpers, *own;	/* own: roots of the bag */
	time_t at, now;			/* for certificates; of our clock */
	const void *request;		/* DER, or NULL: the nonce is not compared */
	size_t request_len;
};

/**
 * stamp_check(der, len, hash, x, out):
 * Check ${len} hostile bytes as a response for ${hash}.  out->authority must be released.
 */
void stamp_check(const void *der, size_t len, const uint8_t hash[DIGEST_LEN],
		 const struct stamp_expect *x, struct stamp_checked *out);

#endif
