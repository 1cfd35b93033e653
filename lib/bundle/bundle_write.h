/*
 * bundle_write: the write half of the evidence format.
 *
 * One pass: every item that enters by the sink is hashed, archived and
 * recorded here and nowhere else, so that bytes hashed = bytes archived =
 * bytes recorded.  Behind it: tar bytes → running hash → compressor → encryption, if
 * there are recipients → output.
 *
 * A segment ends with its manifest, its SHA256SUMS and a seal: when
 * seal_bytes of tar, seal_seconds, or MANIFEST_MAX of manifest have gathered,
 * and at every category end.  Memory does not depend on the number of items.
 *
 * State: OPEN → (items, texts, seals)* → CLOSED.  After any -1 only
 * bundle_write_free may be called; what was sealed before stays verifiable.
 *
 * What becomes of an item (FORMAT.md sections 3 and 5):
 * - depth CONTENT makes a member of everything but a socket: "[root]" and its
 *   path, or "live/" and its path without leading slashes.  A file of which
 *   nothing came, because it was skipped or refused, has a manifest line only.
 * - depth DIGEST hashes the written bytes and makes no member; META takes none.
 * - The header is written with the first byte.  If nothing comes, the member is
 *   empty, whatever was promised; if less comes than promised, zeros follow.
 *   While they do, meanwhile is called.
 * - A file of the host that promises more than ITEM_CONTENT_MAX gets no member, its gap is
 *   SIZE_LIMIT: nobody waits for hours.  An answer of the kernel may (an image of memory);
 *   it ends the bundle if more than ITEM_CONTENT_MAX of it is missing in the end.
 * - A file of unknown size is kept in memory until its end, at most item.cap and
 *   BUNDLE_SPOOL_MAX bytes; if more is written, the gap is SPOOL_LIMIT.
 * - More or fewer bytes than promised without a gap is a fault of the source: the
 *   excess is dropped and the gap is INTERNAL with EPROTO.
 */
#ifndef EXHIBIT_BUNDLE_BUNDLE_WRITE_H
#define EXHIBIT_BUNDLE_BUNDLE_WRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/archive/compress.h"
#include "lib/base/err.h"
#include "lib/crypt/age_recipient.h"
#include "lib/hash/checksum.h"
#include "lib/hash/digest.h"
#include "lib/item/sink.h"
#include "lib/seal/key.h"

#define BUNDLE_SEGMENT_MANIFEST_MAX (4u << 20)	/* bytes of manifest that make a seal due */
#define BUNDLE_SPOOL_MAX (16u << 20)		/* bytes of an item of unknown size */

struct bundle_write_options {
	struct compress_options compress;
	uint64_t seal_bytes;		/* tar bytes in a segment */
	uint64_t seal_seconds;
	uint8_t session[16];		/* session id */
	struct key *first_key;		/* passes to the bundle, even if opening fails */
	/* To whom the archive is encrypted (age_write.h), read while opening; 0: to nobody. */
	const struct age_recipient *recipients;
	size_t recipient_count;
	/* Kinds (CHECKSUM_BIT) noted too for a file of the host that is hashed as a whole and not
	 * kept: nobody can make them later.  For comparison with package databases alone. */
	unsigned checksums;
	/* Takes archive bytes in order, at most some 1 MiB at a time; 0, or -1 with errno. */
	int (*out)(void *ctx, const void *data, size_t n);
	/* Called after each seal, when out has got it or most of it; may start write-back.
	 * NULL: none. */
	int (*sealed)(void *ctx);
	void *ctx;
	/* Called at least ten times a second while zeros take long; may call bundle_write_tick
	 * and bundle_write_counts, nothing else of the bundle.  NULL: none. */
	void (*meanwhile)(void *ctx);
	void *meanwhile_ctx;
};

/* Running totals, for progress and the summary. */
struct bundle_counts {
	uint64_t objects;		/* manifest lines */
	uint64_t members;		/* evidence members of the tar */
	uint64_t bytes_read;		/* evidence bytes read and hashed */
	uint64_t bytes_stored;		/* evidence bytes in members */
	uint64_t bytes_tar;		/* tar bytes so far */
	uint64_t bytes_out;		/* archive bytes so far */
	uint64_t seals;
	uint64_t by_gap[GAP_COUNT];	/* objects by gap; GAP_NONE counts the whole ones */
	uint64_t by_result[RESULT_COUNT];
};

struct bundle_write;

/**
 * bundle_write_open(o, e):
 * Open a bundle; digest_start must have been called.  NULL with ${e}.  ${e} is kept:
 * every later failure is described there.
 */
struct bundle_write *bundle_write_open(const struct bundle_write_options *o, struct err *e);

/* Forget it.  An archive that was not closed stays without an end. */
void bundle_write_free(struct bundle_write *b);

/* The sink in front of it; owned by the bundle. */
struct sink *bundle_write_sink(struct bundle_write *b);

/**
 * bundle_write_text(b, member, data, n):
 * Add a member of our own ("CUSTODY/session.txt").  It is listed in SHA256SUMS.
 */
int bundle_write_text(struct bundle_write *b, const char *member, const void *data, size_t n);

/* Hand to out what has been compressed; then, unless an item is open, seal if the
 * interval of time has passed since the first thing was added (${monotonic_ns}:
 * clock_monotonic_ns()).  Call it several times a second: the bytes of a seal leave by
 * it, or pushed by those that follow.  Seal now in any case, if anything was added, and
 * wait until all of it was handed out (category end); not while an item is open.  Of an
 * encrypted archive up to one chunk waits all the same, until more comes (age_write.h). */
int bundle_write_tick(struct bundle_write *b, uint64_t monotonic_ns);
int bundle_write_seal(struct bundle_write *b);

/**
 * bundle_write_close(b, complete, root):
 * Write the final seal (status complete or incomplete) and the end of the
 * archive and of its encryption.  ${root} receives the SHA-256 of the final seal's text.
 */
int bundle_write_close(struct bundle_write *b, bool complete, uint8_t root[DIGEST_LEN]);

const struct bundle_counts *bundle_write_counts(const struct bundle_write *b);

#endif
