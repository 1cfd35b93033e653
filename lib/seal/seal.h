/*
 * seal: the text of a seal, docs/FORMAT.md section 6.
 *
 * A seal is a fixed list of lines.  One set of values has one text: seal_parse
 * accepts nothing that seal_format would not write, so a hash or signature of
 * the text is a hash or signature of the values.
 */
#ifndef EXHIBIT_SEAL_SEAL_H
#define EXHIBIT_SEAL_SEAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/buf.h"
#include "lib/base/clock.h"
#include "lib/seal/key.h"

#define SEAL_SESSION_LEN 16u		/* bytes */
#define SEAL_HASH_LEN 32u		/* SHA-256, bytes */
#define SEAL_TEXT_MAX 1200u		/* no seal's text is longer, bytes */

enum seal_status {
	SEAL_RUNNING,		/* not final */
	SEAL_COMPLETE,		/* final, the plan was finished */
	SEAL_INCOMPLETE,	/* final, the run ended before its plan */
	SEAL_STATUS_COUNT
};

struct seal {
	uint8_t session[SEAL_SESSION_LEN];
	uint64_t seq;				/* number of the segment, from 0 */
	uint64_t stream_bytes;			/* tar bytes before the seal's header */
	uint8_t stream_sha256[SEAL_HASH_LEN];	/* of those */
	uint8_t manifest_sha256[SEAL_HASH_LEN];	/* of all manifest lines so far */
	uint8_t prev_sha256[SEAL_HASH_LEN];	/* of the seal before; zeros for the first */
	uint64_t objects;			/* manifest lines so far */
	uint64_t members;			/* evidence members so far */
	uint64_t gaps;				/* objects so far that are not ok */
	struct instant utc;			/* CLOCK_REALTIME */
	struct instant boottime;		/* CLOCK_BOOTTIME, never negative */
	bool final;				/* then there is no next key */
	uint8_t next_key[KEY_PUBLIC_LEN];	/* signs the next seal; ignored if final */
	enum seal_status status;		/* SEAL_RUNNING exactly if not final */
};

/**
 * seal_format(out, s):
 * Append the text of ${s}.  ${out} is marked if there is no room, or if final
 * and status contradict each other.
 */
void seal_format(struct buf *out, const struct seal *s);

/**
 * seal_parse(text, n, out):
 * Read ${n} bytes that may come from an attacker.  Return 0, or -1 if they are
 * not exactly what seal_format writes for some seal.
 */
int seal_parse(const void *text, size_t n, struct seal *out);

#endif
