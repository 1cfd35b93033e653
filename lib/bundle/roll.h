/*
 * roll: the members of one segment, called up by its manifest and its SHA256SUMS.
 *
 * Memory is bounded by ROLL_MEMBERS_MAX and ROLL_NAMES_MAX whatever arrives.
 */
#ifndef EXHIBIT_BUNDLE_ROLL_H
#define EXHIBIT_BUNDLE_ROLL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/bundle/finding.h"
#include "lib/custody/manifest_read.h"
#include "lib/hash/digest.h"
#include "lib/item/item.h"

#define ROLL_MEMBERS_MAX 262144u	/* FORMAT.md section 3 */
#define ROLL_NAMES_MAX (32u << 20)	/* bytes of names and link targets */

/* A member as it came out of the tar. */
struct roll_member {
	struct bytes name;		/* raw, a directory without its slash */
	struct bytes link;		/* target of a symbolic or hard link */
	enum item_type type;
	bool hardlink;
	bool text;			/* one of our own: in SHA256SUMS only */
	bool sparse;
	bool has_hash;			/* hash is filled: not for too many holes */
	uint64_t data;			/* bytes in the archive */
	uint8_t hash[DIGEST_LEN];	/* of the logical content */
	uint8_t data_hash[DIGEST_LEN];	/* sparse: of the data alone */
};

struct roll;

struct roll *roll_new(void);		/* NULL: no memory */
void roll_free(struct roll *r);

/* Forget all members, for the next segment. */
void roll_clear(struct roll *r);

/**
 * roll_add(r, m):
 * Note a member; its strings are copied.  Return FINDING_NONE, FINDING_DUPLICATE or
 * FINDING_LIMIT (then it is not noted), or ROLL_NO_MEMORY.
 */
#define ROLL_NO_MEMORY (-1)
int roll_add(struct roll *r, const struct roll_member *m);

/**
 * roll_line(r, l):
 * Call up the member that a manifest line names.  Nothing to do for a line
 * without member.  Returns what is wrong: MISSING, LISTED_TWICE, ORDER (not in
 * the order of the tar), DIFFERS, HASH, or NONE.
 */
enum finding_id roll_line(struct roll *r, const struct manifest_line *l);

/**
 * roll_sum(r, name, hash):
 * Call up the member that a line of SHA256SUMS names: SUM_MISSING, SUM or NONE.
 */
enum finding_id roll_sum(struct roll *r, struct bytes name, const uint8_t hash[DIGEST_LEN]);

/**
 * roll_unlisted(r, name), roll_unsummed(r, name):
 * First member, in the order of the tar, that no manifest line or no line of
 * SHA256SUMS called up though one must.  True with its name, or false.
 */
bool roll_unlisted(const struct roll *r, struct bytes *name);
bool roll_unsummed(const struct roll *r, struct bytes *name);

/* Members of evidence (texts do not count). */
uint64_t roll_evidence(const struct roll *r);

#endif
