/*
 * archive_load: an archive on disk, loaded into a case.
 */
#ifndef EXHIBIT_CMD_ARCHIVE_LOAD_H
#define EXHIBIT_CMD_ARCHIVE_LOAD_H

#include <stdbool.h>

#include "lib/base/err.h"
#include "workstation/case/intake.h"
#include "workstation/verify/verify.h"

struct archive_load {
	const char *identity; /* file of the key of an encrypted archive, or NULL */
	bool force;           /* take one that is ALTERED */
	bool quiet;           /* no progress, even on a terminal */
	struct verify_expect expect; /* key and root of the archive, if they are known */
};

/**
 * archive_load_check(how, is_case, n, e):
 * Is what was given to compare of a form that can be compared, and is there one archive that it
 * can be of: ${n} operands, and no case?  Return 0, or -1 with ${e}: a usage error.
 */
int archive_load_check(const struct archive_load *how, bool is_case, size_t n, struct err *e);

/**
 * archive_load_run(db, name, how, out, e):
 * Read the file ${name} twice and put it into ${db}.  The process is locked down between
 * opening and reading, for good: it opens no file, makes no connection and executes nothing
 * from then on (lib/sandbox).  What can not be held is said on standard error.
 * Return 0 with *${out} filled, or -1 with ${e}.
 */
int archive_load_run(struct case_db *db, const char *name, const struct archive_load *how,
		     struct intake_result *out, struct err *e);

/**
 * archive_load_temporary(db, name, how, out, e):
 * The same into a new case without a name, in a file of $TMPDIR that is deleted while it is
 * open.  Returns as before; one that was refused is a failure, too.
 */
int archive_load_temporary(struct case_db **db, const char *name, const struct archive_load *how,
			   struct intake_result *out, struct err *e);

/* Say in ${e} why an archive was not loaded; -1. */
int archive_load_refused(const char *name, const struct intake_result *r, struct err *e);

#endif
