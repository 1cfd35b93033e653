/*
 * chain: the seals of one run, each checked against the one before it.
 */
#ifndef EXHIBIT_BUNDLE_CHAIN_H
#define EXHIBIT_BUNDLE_CHAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/bundle/finding.h"
#include "lib/seal/seal.h"

/* What a seal must agree with; filled by the reader of the bundle. */
struct chain_facts {
	uint64_t segment;
	uint64_t stream_bytes;
	uint8_t stream_sha256[SEAL_HASH_LEN];
	uint8_t manifest_sha256[SEAL_HASH_LEN];
	uint64_t objects, members, gaps;
};

struct chain {
	uint8_t session[SEAL_SESSION_LEN];
	uint8_t key[KEY_PUBLIC_LEN];		/* must sign the next seal */
	uint8_t prev_sha256[SEAL_HASH_LEN];	/* of the last seal's text */
	bool ended;				/* the final seal was checked */
};

/* Begin with the session and first key of CUSTODY/session.txt. */
void chain_begin(struct chain *c, const uint8_t session[SEAL_SESSION_LEN],
		 const uint8_t key[KEY_PUBLIC_LEN]);

/**
 * chain_check(c, text, sig, facts, out):
 * Check the seal of which ${text} is seal.txt and ${sig} its signature.  Returns
 * FINDING_NONE and moves ${c} on, or the first thing that is wrong and leaves ${c} as it
 * is.  ${out} is filled unless the finding is FINDING_BAD_SEAL.
 */
enum finding_id chain_check(struct chain *c, struct bytes text, struct bytes sig,
			    const struct chain_facts *facts, struct seal *out);

#endif
