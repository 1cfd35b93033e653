/*
 * arrival: what the log of a receipt (journal.h, docs/FORMAT.md section 13) says: when the
 * nonce was issued, when which seal came, what was read back, how it ended.
 *
 * A log is hostile bytes: whoever had it could make its chain anew.  What does not fit
 * together within it is found here; what the archive denies, by who has the archive.
 */
#ifndef EXHIBIT_RECEIVE_ARRIVAL_H
#define EXHIBIT_RECEIVE_ARRIVAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/clock.h"
#include "lib/hash/digest.h"
#include "workstation/receive/journal.h"
#include "workstation/receive/offset.h"

#define ARRIVAL_SEALS_MAX (1u << 20)	/* of one log */
#define ARRIVAL_TEXT 260u		/* bytes of what was typed or issued, NUL included */

/* A seal whose arrival was noted.  Its number is its place. */
struct arrival_seal {
	struct instant arrived, host_time;
	uint64_t file_bytes;		/* of the file that had come by then */
	uint64_t tar_bytes;
	uint8_t sha256[DIGEST_LEN];	/* of seal.txt */
	bool final;
};

struct arrival {
	const char *fault;		/* what is wrong with the log, static; NULL: nothing */
	uint64_t line;			/* from 1, of the fault */
	bool cut;			/* its last line has no end */

	bool began;
	char nonce[ARRIVAL_TEXT];	/* that was given to the collector; "" if none is known */
	bool has_issued;
	struct instant issued;

	bool has_session;
	struct instant session_arrived, session_host;	/* the second zero: not said */
	uint64_t session_bytes;		/* of the file */
	char session[33], fingerprint[DIGEST_HEX_LEN];	/* hex */
	char answer[ARRIVAL_TEXT];	/* the nonce of the session, "" if it has none */

	struct arrival_seal *seals;	/* owned */
	size_t count;

	char key[ARRIVAL_TEXT], root[ARRIVAL_TEXT];	/* typed; "" if not */
	bool differed;			/* one of them was not what came */

	bool ended;
	struct instant arrived;		/* of the last byte */
	uint64_t file_bytes;
	char sha256[DIGEST_HEX_LEN];	/* of the file, hex */
	char verdict[16];		/* "" if the archive was not seen */
	char end_root[DIGEST_HEX_LEN];	/* hex, or "" */
	int64_t proven_bytes, seal_count;	/* -1: not said */
	struct offset offset;		/* of the host's clock, as the end says */
};

/**
 * arrival_read(a, text, n):
 * Take ${n} hostile bytes apart.  What came before a fault is kept.  Give it back with
 * arrival_release.
 */
void arrival_read(struct arrival *a, const char *text, size_t n);

/* How far the host's clock was off, from what the lines say of session and seals. */
void arrival_offset(const struct arrival *a, struct offset *o);
void arrival_release(struct arrival *a);

#endif
