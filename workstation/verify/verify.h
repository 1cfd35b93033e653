/*
 * verify: reads an archive to its end, keeps what an examiner must know of it,
 * and compares it with what was written down at the host.
 */
#ifndef EXHIBIT_VERIFY_VERIFY_H
#define EXHIBIT_VERIFY_VERIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/bundle/bundle_read.h"
#include "workstation/verify/planned.h"

#define VERIFY_FINDINGS_MAX 20u		/* findings that are kept; the others are counted */

/* What the user gave to compare; NULL: nothing. */
struct verify_expect {
	const char *key;		/* fingerprint or root: 64 hex digits or short form */
	const char *root;
	const char *session;		/* 32 hex digits */
	const char *nonce;
};

/* What became of one of them. */
enum verify_match { VERIFY_NOT_GIVEN, VERIFY_HOLDS, VERIFY_DIFFERS, VERIFY_NOT_COMPARED };

struct verify_finding {
	struct finding f;		/* f.member points into name */
	struct buf name;
};

struct verify;

/*
 * Somebody who is told while the reading goes on; each may be NULL, and returns 0, or -1 to
 * end it as an error.  v->facts is what is known by then.
 */
struct verify_watch {
	int (*session)(void *ctx, const struct verify *v);	/* v->session was read */
	int (*sealed)(void *ctx, const struct verify *v, const struct seal *s);
};

struct verify {
	const struct verify_watch *watch;	/* NULL: nobody */
	void *watch_ctx;
	enum bundle_verdict verdict;	/* the archive's, and what was given */
	struct bundle_facts facts;
	struct finding first;		/* first finding with the severity of the verdict */
	struct planned plan;		/* what was planned, and done of it */
	bool plan_broken;		/* the finding PLAN was made */
	struct buf session;		/* CUSTODY/session.txt; empty if there was none */
	struct instant first_seal;	/* its utc, if facts.has_seal */
	struct verify_finding findings[VERIFY_FINDINGS_MAX];
	size_t finding_count;
	uint64_t more;			/* findings beyond those */
	enum verify_match key, root, session_id, nonce;
};

/**
 * verify_check_expect(x, e):
 * Check that what was typed has a form that can be compared.  Return 0, or -1 with a
 * sentence in ${e}: a usage error (a wrong check letter is a typing error, not a finding).
 */
int verify_check_expect(const struct verify_expect *x, struct err *e);

/**
 * verify_run(v, in, in_ctx, x, e):
 * Read the archive and fill ${v}.  Return 0, or -1 with ${e} if it could not be read.
 * verify_release is due in both cases.
 */
int verify_run(struct verify *v, decompress_in *in, void *in_ctx, const struct verify_expect *x,
	       struct err *e);

/**
 * verify_begin(v, watch, ctx) / verify_read(v, in, in_ctx, e) / verify_compare(v, x):
 * The parts of verify_run, for who learns only after the reading what to compare with.
 */
void verify_begin(struct verify *v, const struct verify_watch *watch, void *ctx);
int verify_read(struct verify *v, decompress_in *in, void *in_ctx, struct err *e);
void verify_compare(struct verify *v, const struct verify_expect *x);

void verify_release(struct verify *v);

#endif
