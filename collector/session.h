/*
 * session: the text of CUSTODY/session.txt, docs/FORMAT.md section 4.
 *
 * Every name of the table appears, in its order; what is not known is "-".
 * Pure: all that it says is in its input.
 */
#ifndef EXHIBIT_COLLECTOR_SESSION_H
#define EXHIBIT_COLLECTOR_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "collector/cmd/args.h"
#include "collector/facts.h"
#include "collector/host/glass.h"
#include "collector/host/sandbox.h"
#include "collector/host/self.h"
#include "collector/select/plan.h"
#include "collector/tool.h"
#include "lib/base/buf.h"
#include "lib/seal/key.h"

struct session {
	const uint8_t *id;		/* 16 random bytes */
	const struct args *args;
	const char *root;		/* of --root, as an absolute path; NULL: the live host */
	char *const *argv;		/* whole, ended by NULL */
	const struct tool *tool;
	const struct self *self;
	const struct facts *facts;
	const struct plan *plan;
	const struct glass *glass;
	const struct sandbox *sandbox;	/* SANDBOX_STAGES of them; NULL: nothing is known */
	const struct plan_facts *plan_facts;	/* for its full marks; may be NULL */
	const uint8_t *public_key;	/* KEY_PUBLIC_LEN bytes of the first seal key */
	bool key_locked;
};

/**
 * session_text(s, out):
 * Append the whole text.  Return 0, or -1 if ${out} is too small or memory ended.
 */
int session_text(const struct session *s, struct buf *out);

/* The profile in force: as given, or the default. */
const char *session_profile(const struct args *a);

#endif
