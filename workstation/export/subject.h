/*
 * subject: what the observations of a case are about, as others can look for it on their hosts:
 * addresses, and files by their hash.
 *
 * An address is one that an observation names, or that stands in the lines of logs and the
 * sockets that are its evidence.  A file is one that an observation names, or that is itself its
 * evidence, whole: of a line in a log the log is not.  What the kernel makes up in /proc and /sys
 * is no file here, and one that was read in part has no hash that others could find.
 */
#ifndef EXHIBIT_EXPORT_SUBJECT_H
#define EXHIBIT_EXPORT_SUBJECT_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/buf.h"
#include "workstation/case/case_query.h"

/* Columns of the query of files: HASH is SHA-256 in hex, times are nanoseconds since 1970. */
enum {
	SUBJECT_OBJECT, SUBJECT_PATH, SUBJECT_HASH, SUBJECT_SIZE, SUBJECT_MTIME, SUBJECT_ATIME,
	SUBJECT_CTIME, SUBJECT_BTIME
};

/* Of one observation; or of one host; or of all, with CASE_NULL twice. */
struct subject_of {
	int64_t observation, host;
};

/**
 * subject_find(db, e):
 * Find them, once, after rules_run; kept for this connection alone.  Return 0, or -1.
 */
int subject_find(struct case_db *db, struct err *e);

/**
 * subject_addresses(q, db, of, e) / subject_files(q, db, of, e):
 * Queries; of the first column 0 is an address as the evidence has it, to be given to
 * subject_address; the second has each path with each of its hashes once, the files of one
 * directory one after the other.  Return 0, or -1.
 */
int subject_addresses(struct case_query **q, struct case_db *db, struct subject_of of,
		      struct err *e);
int subject_files(struct case_query **q, struct case_db *db, struct subject_of of, struct err *e);

/**
 * subject_address(out, text, v6):
 * Append the usual form of the address ${text} to ${out}, and tell whether it is of IPv6; an
 * IPv4 address in the form of IPv6 becomes one of IPv4.  Return false if it is none, or nobody's:
 * unspecified or of a loopback.
 */
bool subject_address(struct buf *out, struct bytes text, bool *v6);

#endif
