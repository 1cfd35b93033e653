/*
 * bundle_read: the read half of the evidence format (docs/FORMAT.md section 8).
 *
 * One pass from the first byte to the last, in memory that does not depend on
 * the size of the archive.  Everything that the archive contains and everything
 * that is wrong with it is told to a visitor, in the order of the bytes; at the
 * end there is a verdict.  Input is hostile throughout.
 *
 * What a visitor is told of a segment is unproven until its seal was told.
 */
#ifndef EXHIBIT_BUNDLE_BUNDLE_READ_H
#define EXHIBIT_BUNDLE_BUNDLE_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/archive/decompress.h"
#include "lib/archive/pax_read.h"
#include "lib/base/err.h"
#include "lib/bundle/finding.h"
#include "lib/custody/manifest_read.h"
#include "lib/hash/digest.h"
#include "lib/seal/seal.h"

#define BUNDLE_SESSION_MAX (1u << 20)		/* bytes of CUSTODY/session.txt */
#define BUNDLE_MANIFEST_MAX (8u << 20)		/* bytes of one segment's manifest or SHA256SUMS */
#define BUNDLE_HOLES_HASHED ITEM_HOLES_HASHED

/* What a member is, by its name. */
enum bundle_kind {
	BUNDLE_SESSION, BUNDLE_README,
	BUNDLE_EVIDENCE,	/* [root]/... and live/... */
	BUNDLE_TEXT,		/* actions.jsonl, footprint.json, summary.txt */
	BUNDLE_MANIFEST, BUNDLE_SUMS, BUNDLE_SEAL, BUNDLE_SIG,
	BUNDLE_OTHER,		/* no name of this format */
	BUNDLE_KIND_COUNT
};

enum bundle_verdict { BUNDLE_COMPLETE, BUNDLE_TRUNCATED, BUNDLE_ALTERED };

/* Return value of a visitor's function: go on, or stop here (no error). */
#define BUNDLE_GO 0
#define BUNDLE_STOP 1

/*
 * Functions of a visitor; each may be NULL, and each returns BUNDLE_GO,
 * BUNDLE_STOP, or -1 with its own error set.  Pointers are valid during the call.
 */
struct bundle_visitor {
	/* The whole text of CUSTODY/session.txt. */
	int (*session)(void *ctx, const char *text, size_t n);
	/* A member begins; its content in order, without holes; it ended whole, with
	 * the SHA-256 of its logical content, or NULL if that has too many holes. */
	int (*member)(void *ctx, const struct pax_member *m, enum bundle_kind kind);
	int (*data)(void *ctx, const void *data, size_t n, uint64_t offset);
	int (*member_end)(void *ctx, const uint8_t *sha256);
	/* A line of a manifest, parsed and as it is (without LF). */
	int (*line)(void *ctx, const struct manifest_line *l, const char *text, size_t n);
	/* A seal that holds: all that was told before it is proven. */
	int (*sealed)(void *ctx, const struct seal *s);
	/* Something is wrong. */
	int (*finding)(void *ctx, const struct finding *f);
};

/* Totals and facts, filled as the reading goes on. */
struct bundle_facts {
	enum bundle_verdict verdict;
	struct finding first;		/* first one with the severity of the verdict; its
					 * member points into first_member */
	char first_member[512];		/* raw, cut if longer */
	size_t first_member_len;
	uint64_t findings;		/* of severity ALTERED */
	enum compress_kind compression;
	uint64_t archive_bytes;		/* compressed bytes read */
	uint64_t tar_bytes;		/* tar bytes read */
	uint64_t proven_bytes;		/* stream-bytes of the last seal that holds */
	uint64_t seals;			/* that hold, without one missing before them */
	uint64_t objects;		/* manifest lines */
	uint64_t members;		/* evidence members that their manifest listed */
	uint64_t unsealed;		/* evidence members after the last seal that holds */
	uint64_t bytes;			/* evidence bytes in members */
	uint64_t by_gap[GAP_COUNT + 1];	/* objects by gap; the last: words not known here */
	uint64_t by_result[RESULT_COUNT];
	bool has_key;			/* session.txt was read */
	uint8_t session[SEAL_SESSION_LEN];
	uint8_t fingerprint[DIGEST_LEN];
	bool has_seal;			/* last_seal is the last one that holds */
	struct seal last_seal;
	bool has_root;			/* the final seal holds */
	uint8_t root[DIGEST_LEN];
	bool names_forgotten;		/* duplicates were looked for in a window only */
};

/**
 * bundle_read(in, in_ctx, v, ctx, facts, e):
 * Read the archive that ${in} gives.  Return 0 if it was read to its end or to
 * where nothing more can be read (the verdict is in ${facts}), BUNDLE_STOP if a visitor
 * stopped (then the verdict is of what was read), or -1 with ${e}: input failed, no memory,
 * or the visitor failed.
 */
int bundle_read(decompress_in *in, void *in_ctx, const struct bundle_visitor *v, void *ctx,
		struct bundle_facts *facts, struct err *e);

/* What a member of this name is; ${segment} for the four of a seal group. */
enum bundle_kind bundle_read_kind(struct bytes name, uint64_t *segment);

/* "COMPLETE", "TRUNCATED", "ALTERED". */
const char *bundle_read_verdict_word(enum bundle_verdict v);

#endif
