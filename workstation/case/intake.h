/*
 * intake: one archive into a case, in one transaction: all of it, or nothing.
 *
 * Two passes over the bytes.  The first verifies, as exhibit verify does, and puts the lines of
 * the manifest; an archive that is ALTERED is refused there.  The second gives the members to
 * the loaders of loaders.def, and joins what they put (finish.def).  An archive whose session
 * is in the case already takes the place of what is there, unless that says more.
 */
#ifndef EXHIBIT_CASE_INTAKE_H
#define EXHIBIT_CASE_INTAKE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/archive/decompress.h"
#include "lib/base/err.h"
#include "lib/bundle/bundle_read.h"
#include "workstation/case/db.h"
#include "workstation/verify/verify.h"

/* What verbs that take an archive in say of what it is compared with (intake_options.expect). */
#define INTAKE_KEY_HELP \
	"the fingerprint that the collector showed when it began: an archive that begins with " \
	"another key was made anew, and is ALTERED"
#define INTAKE_ROOT_HELP \
	"the root that it showed when it ended; both as exhibit verify takes them, of one archive"

/* The bytes of an archive, twice.  Functions return 0, or -1 with their error. */
struct intake_source {
	decompress_in *read;
	void *ctx;
	/* Behind the first pass: the SHA-256 and size of the file, its rest included, and
	 * whether it was decrypted. */
	int (*sum)(void *ctx, uint8_t sha256[DIGEST_LEN], uint64_t *bytes, bool *encrypted,
		   struct err *e);
	/* Back to the beginning. */
	int (*rewind)(void *ctx, struct err *e);
};

struct intake_options {
	const char *archive;		/* path, as it was given */
	bool force;			/* take one that is ALTERED, or says less, too */
	/* Fingerprint and root that were written down at the host: an archive that has others is
	 * ALTERED.  Checked by verify_check_expect; NULL: none are known. */
	const struct verify_expect *expect;
	/* Called once the database will open no file any more and before the first byte of
	 * the archive is read: the place to give up rights.  NULL: nothing is given up. */
	void (*enter)(void *ctx);
	/* Called now and then: what goes on ("verifying", "reading", "indexing"), and how many
	 * objects were met.  NULL: nobody. */
	void (*progress)(void *ctx, const char *what, uint64_t objects);
	void *ctx;
};

enum intake_end {
	INTAKE_LOADED,
	INTAKE_REFUSED,		/* it is ALTERED: facts.first says why */
	INTAKE_WORSE,		/* the case has the same session, and more of it: less, had */
	INTAKE_NOT_OURS		/* no session could be read: no archive of this format */
};

/* Why an archive says less than what the case has of its session; the first that holds. */
enum intake_less {
	INTAKE_NOT_LESS,
	INTAKE_OTHER_KEY,	/* another key made its first seal: it is of another run, whatever
				 * its session says */
	INTAKE_OTHER_ROOT,	/* both are COMPLETE, of one key, and differ: no run ends twice */
	INTAKE_LESS_WORTH,	/* its verdict is worse */
	/* Of one that is not COMPLETE, though its verdict be no worse: */
	INTAKE_LESS_PROVEN,	/* fewer bytes are under a seal */
	INTAKE_LESS_IN_IT	/* it has fewer objects or members, or fewer behind its last seal;
				 * or all of this is alike, and the file is shorter */
};

/* What is compared of two archives of one session. */
struct intake_measure {
	enum bundle_verdict verdict;
	int64_t proven_bytes, objects, members, unsealed;
	int64_t file_bytes;	/* 0: packed otherwise, so they say nothing */
};

#define INTAKE_PLAN 4096u	/* bytes, NUL included: the words of a whole plan fit */

struct intake_result {
	enum intake_end end;
	struct bundle_facts facts;
	int64_t host;		/* row of the host */
	bool replaced;		/* the session was in the case before */
	struct intake_measure had;	/* what of it was */
	enum intake_less less;		/* is this archive less? */
	char plan[INTAKE_PLAN];	/* planned_say; "": the plan was completed */
	uint64_t members, read;	/* of evidence, with content; read by some loader */
	uint64_t notes;		/* what loaders could not read */
};

/**
 * intake_run(db, source, options, out, e):
 * Load one archive.  Return 0 with *${out} filled, also if it was refused, or -1 with ${e}:
 * input failed, the database failed, no memory.  Whatever is not INTAKE_LOADED leaves the
 * case as it was.
 */
int intake_run(struct case_db *db, const struct intake_source *source,
	       const struct intake_options *options, struct intake_result *out, struct err *e);

#endif
