/*
 * ledger: the custody record as a file: custody.jsonl beside the archive, outside of it
 * (docs/FORMAT.md section 11).  Lines are only ever appended.
 *
 * Whoever adds a line locks the file (flock(2)), reads and checks all of it, and writes one
 * line behind it, synced to the disk before the call returns.  Nothing is added to a record
 * that does not hold: the flaw would be buried under good lines.
 *
 *	struct ledger_entry entry = { .event = LEDGER_EVENT_STORED };
 *	struct ledger_added added;
 *
 *	entry.value[LEDGER_BY] = "N. N.";
 *	entry.value[LEDGER_LOCATION] = "safe 3, shelf B";
 *	fd = ledger_open("custody.jsonl", true, &e);
 *	...				rights may be given up here
 *	if (ledger_add(fd, "custody.jsonl", &entry, &added, &e) != 0)
 *		...
 */
#ifndef EXHIBIT_CUSTODY_LEDGER_H
#define EXHIBIT_CUSTODY_LEDGER_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "workstation/custody/ledger_check.h"

#define LEDGER_FILE_MAX (16u << 20)	/* bytes of a record, some ten thousand lines */

/* What a caller wants to have written.  Raw text of any origin; NULL or "": nothing to say.
 * LEDGER_EVENT, LEDGER_UTC, LEDGER_LOCAL and LEDGER_TOOL are put in by the ledger and
 * ignored here; LEDGER_TIME_SOURCE says, unless it is given, what the kernel says of its
 * clock (adjtimex(2)). */
struct ledger_entry {
	enum ledger_event event;
	const char *value[LEDGER_FIELD_COUNT];
};

/* The line that was written. */
struct ledger_added {
	uint64_t n;				/* its number */
	uint8_t sha256[DIGEST_LEN];		/* what has to be written down elsewhere */
};

/**
 * ledger_start(path, entry, added, e):
 * Make the file, which must not exist (mode 0600), with its first line, and sync its
 * directory.  Return 0, or -1 with a sentence: then there is no such file.
 */
int ledger_start(const char *path, const struct ledger_entry *entry,
		 struct ledger_added *added, struct err *e);

/**
 * ledger_open(path, append, e):
 * Open a record, to ${append} to it or to read it; "-" is standard input, to be read alone.  To
 * append, the zone in which this computer stands is learned here, so that ledger_add(), whose line
 * tells it, opens nothing.  Return a descriptor of the caller's, or -1 with a sentence.
 */
int ledger_open(const char *path, bool append, struct err *e);

/**
 * ledger_add(fd, path, entry, added, e):
 * Append a line to the record ${path} that ledger_open() opened, once for each time it was opened.
 * Waits for a lock that another program holds.  Return 0, or -1 with a sentence: a field is
 * missing that this event needs; the record does not hold, or is another file by now; the disk
 * is full, and what had been written of the line is taken back.
 */
int ledger_add(int fd, const char *path, const struct ledger_entry *entry,
	       struct ledger_added *added, struct err *e);

/* A record in memory. */
struct ledger {
	char *text;			/* owned */
	size_t len;
	struct ledger_check check;	/* its lines, and what is wrong with them */
};

/**
 * ledger_load(l, path, e):
 * Read a record, "-" for standard input, and check it.  Return 0, whatever is wrong with it
 * (l->check.worst), or -1: it cannot be read, or is larger than LEDGER_FILE_MAX.  Give it
 * back with ledger_unload in both cases.
 */
int ledger_load(struct ledger *l, const char *path, struct err *e);
void ledger_unload(struct ledger *l);

/* The same of a record that ledger_open() opened; ${path} is for the sentence. */
int ledger_read(struct ledger *l, int fd, const char *path, struct err *e);

/**
 * ledger_value(l, f):
 * The last value of ${f} in the record, escaped text, or NULL: what is known of the item.
 * Lines that do not belong to the record, or cannot be read, do not count.  PLAN and
 * PLAN_MISSING are of one line, the last with a PLAN that is not of an archive with another hash.
 */
const char *ledger_value(const struct ledger *l, enum ledger_field f);

/**
 * ledger_first(l, f):
 * The first value of ${f}.  The acquisition hash is the first hash_observed; all later ones
 * are verification hashes.  A fingerprint or root that was misheard, and corrected by a later
 * line, does not count.
 */
const char *ledger_first(const struct ledger *l, enum ledger_field f);

/**
 * ledger_lacks(entry, out):
 * Append the labels of the fields that the entry's event needs and does not have; nothing
 * if none is missing.
 */
void ledger_lacks(const struct ledger_entry *entry, struct buf *out);

#endif
