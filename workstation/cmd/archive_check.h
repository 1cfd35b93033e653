/*
 * archive_check: an archive read anew for the custody record: the hash of the file as it
 * lies there, and what its seals prove.
 */
#ifndef EXHIBIT_CMD_ARCHIVE_CHECK_H
#define EXHIBIT_CMD_ARCHIVE_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/hash/digest.h"
#include "lib/seal/seal.h"
#include "workstation/custody/ledger.h"
#include "workstation/verify/verify.h"

struct archive_check {
	/* Texts of the entry, in the order of the fields. */
	char bytes[24], session[2 * SEAL_SESSION_LEN + 1], expected[DIGEST_HEX_LEN];
	char observed[DIGEST_HEX_LEN], proven[24], fingerprint[DIGEST_HEX_LEN];
	char root[DIGEST_HEX_LEN];
	const char *plan;		/* planned_end_word, if they were read */
	char missing[4096];		/* of the plan, in words; "": nothing */
	bool sealed;			/* its seals were read: not encrypted, or a key fits */
	bool differs;			/* from the hash or the seals that were to be expected */
	enum bundle_verdict verdict;	/* if its seals were read */
};

/**
 * archive_check_run(c, l, name, identity, e):
 * Read the file ${name} twice: as it lies there, and, unless it is encrypted and there is no
 * ${identity}, as an archive.  What the record ${l} says of hash, nonce, fingerprint and root
 * is what must be found.  Return 0, or -1 with ${e} if it could not be read.
 */
int archive_check_run(struct archive_check *c, const struct ledger *l, const char *name,
		      const char *identity, struct err *e);

/**
 * archive_check_say(c, name, entry):
 * Put what was found into ${entry}, which points into ${c} and ${name} from then on.  What
 * the caller has set of it already stays.
 */
void archive_check_say(const struct archive_check *c, const char *name,
		       struct ledger_entry *entry);

#endif
