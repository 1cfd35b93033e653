/*
 * intake_state: what the two passes of an intake share.  Internal to intake*.c.
 */
#ifndef EXHIBIT_CASE_INTAKE_STATE_H
#define EXHIBIT_CASE_INTAKE_STATE_H

#include "lib/base/buf.h"
#include "workstation/case/intake.h"
#include "workstation/case/loader.h"
#include "workstation/verify/planned.h"

#define INTAKE_PROGRESS_EVERY 4096u	/* objects between two calls */

struct intake {
	struct case_db *db;
	const struct intake_source *source;
	const struct intake_options *options;
	struct intake_result *out;
	struct err *e;
	struct case_host host;		/* facts of the session; strings in text */
	struct buf text;		/* never moves once facts point into it */
	int64_t id;			/* row of the host */
	int64_t segment;		/* the one that is being read */
	uint64_t objects, findings;	/* put so far */
	struct loader_run run;		/* what loaders keep */
	struct planned plan;		/* what was planned, and done of it */
	enum bundle_verdict read;	/* by the bytes alone, without the plan */
	bool has_session;
	uint8_t sha256[DIGEST_LEN];	/* of the archive file */
};

/* Tell whoever waits what goes on. */
void intake_tell(struct intake *in, const char *what);

/* The first pass: rows of session, object and finding, and the facts of the host.  0 or -1. */
int intake_inventory(struct intake *in);

/* The second: members to loaders.  0 or -1. */
int intake_content(struct intake *in);

/* A time as a TIME column has it: what is beyond 1677 or 2262 becomes the nearest there is. */
int64_t intake_ns(struct instant t);

#endif
