/*
 * ledger_check: is a custody record still what was written?  Pure: bytes to findings.
 *
 * What the chain alone proves: no line was edited, removed, moved or put in, unless
 * everything behind it was made anew as well.  It cannot prove its own end: whoever cuts
 * lines off, or rewrites the file from some line on, leaves a chain that holds.  For that
 * the hash of a later line must be known from elsewhere: from the printed form, a receipt,
 * a signature (ledger_check_head).
 */
#ifndef EXHIBIT_CUSTODY_LEDGER_CHECK_H
#define EXHIBIT_CUSTODY_LEDGER_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/clock.h"
#include "workstation/custody/ledger_line.h"

#define LEDGER_CHECK_FLAWS 64u		/* more are only counted */

/* What can be wrong: ledger_flaw.def. */
enum ledger_flaw {
#define FLAW(id, word, severity, text) LEDGER_FLAW_##id,
#include "workstation/custody/ledger_flaw.def"
#undef FLAW
	LEDGER_FLAW_COUNT
};

enum ledger_severity { LEDGER_NOTE, LEDGER_TORN, LEDGER_BROKEN };

struct ledger_finding {
	enum ledger_flaw flaw;
	uint64_t place;		/* of the line in the file, from 1; 0: the whole file */
	uint64_t from, to;	/* REMOVED: numbers of the lines that are missing */
};

/* One line of the file. */
struct ledger_row {
	const char *text;	/* into the text that was checked */
	size_t len;		/* without its LF */
	bool readable;		/* then t is set */
	struct ledger_text t;
	struct instant utc;	/* when it was written, as it says; zero: it does not */
	uint64_t corrected;	/* number of the last line behind it that corrects it, or 0 */
};

struct ledger_check {
	struct ledger_row *rows;	/* owned */
	size_t count;			/* whole lines, readable or not */
	bool cut;			/* bytes without an LF follow them */
	struct ledger_finding flaws[LEDGER_CHECK_FLAWS];
	uint64_t flaw_count;		/* found, kept or not */
	enum ledger_severity worst;	/* LEDGER_NOTE: the chain holds */
};

/**
 * ledger_check_run(c, text, n, e):
 * Look at ${n} hostile bytes; ${text} must live as long as ${c}.  Return 0, with what is
 * wrong in ${c}, or -1: no memory.  Give it back with ledger_check_release in both cases.
 */
int ledger_check_run(struct ledger_check *c, const char *text, size_t n, struct err *e);
void ledger_check_release(struct ledger_check *c);

/**
 * ledger_check_head(c, typed):
 * Compare with the hash of a line that was written down elsewhere: in hex or in the short
 * form (lib/seal/key.h).  Return the place of that line; 0, and a finding, if there is none;
 * -1 if ${typed} is neither form.
 */
int64_t ledger_check_head(struct ledger_check *c, const char *typed);

/**
 * ledger_check_superseded(row):
 * Was this what somebody heard and typed of the host's screen, and does a later line say that
 * it is wrong?  Then what was typed counts for nothing; what a program measured is not undone by
 * a person's word, so all other lines count whoever corrects them.
 */
bool ledger_check_superseded(const struct ledger_row *row);

/* Add a finding that somebody else made, about a signature, say. */
void ledger_check_add(struct ledger_check *c, enum ledger_flaw flaw, uint64_t place);

/* Word, sentence and severity of a flaw.  Static strings. */
const char *ledger_check_word(enum ledger_flaw f);
const char *ledger_check_text(enum ledger_flaw f);
enum ledger_severity ledger_check_severity(enum ledger_flaw f);

/**
 * ledger_check_sentence(out, f):
 * Append one finding as a sentence: "line 3 was edited: ...".
 */
void ledger_check_sentence(struct buf *out, const struct ledger_finding *f);

#endif
