/*
 * arrival_note: what the log of its arrival says of an archive, for the custody record: when
 * it came, and the clock of the host against ours as an interval.
 */
#ifndef EXHIBIT_CMD_ARRIVAL_NOTE_H
#define EXHIBIT_CMD_ARRIVAL_NOTE_H

#include "lib/base/clock.h"
#include "lib/base/err.h"
#include "workstation/custody/ledger.h"

#define ARRIVAL_NOTE_SECONDS 32u	/* bytes of "+1.203456789", NUL included */

/* Texts of the entry; "" where the log says nothing of it. */
struct arrival_note {
	char when[CLOCK_UTC_LEN];			/* the last byte came */
	char sent[CLOCK_UTC_LEN], host[CLOCK_UTC_LEN], received[CLOCK_UTC_LEN];
	char from[ARRIVAL_NOTE_SECONDS], to[ARRIVAL_NOTE_SECONDS];
};

/**
 * arrival_note_read(n, log, observed, e):
 * Read the file ${log}, whose chain must hold.  ${observed} is the SHA-256 of the archive in hex;
 * "": it was not read.  Return 0, or -1 with ${e}: it cannot be read, was changed, or is of
 * another archive.
 */
int arrival_note_read(struct arrival_note *n, const char *log, const char *observed,
		      struct err *e);

/* Put it into ${entry}, which points into ${n} from then on.  What the caller has set stays. */
void arrival_note_say(const struct arrival_note *n, struct ledger_entry *entry);

#endif
