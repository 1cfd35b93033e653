/*
 * utmp_join: sessions out of the records of wtmp, as last(1) makes them.
 *
 * A session begins with USER_PROCESS on a line and ends with the next record on that line
 * (DEAD_PROCESS, or another login), with a shutdown ("down": a record of run level 0 or 6,
 * or of the user "shutdown") or with a boot before which nothing was shut down ("crash").
 * A boot is a session too.  Fed from the front, in the order of the file.
 *
 * Source of the rules: util-linux, login-utils/last.c, process_wtmp_file().
 */
#ifndef EXHIBIT_PARSE_UTMP_JOIN_H
#define EXHIBIT_PARSE_UTMP_JOIN_H

#include <stdint.h>

#include "workstation/parse/utmp.h"

/* Lines that are open at once; the oldest is forgotten when there are more (left open). */
#define UTMP_JOIN_LINES 4096u

/* What a record is, after last(1) has repaired the forms of older writers. */
enum utmp_join_kind {
	UTMP_JOIN_OTHER,	/* opens and closes nothing */
	UTMP_JOIN_LOGIN,
	UTMP_JOIN_LOGOUT,
	UTMP_JOIN_BOOT,
	UTMP_JOIN_SHUTDOWN,
	UTMP_JOIN_RUNLEVEL
};

/* The kind of a record by its type, line, user and pid. */
enum utmp_join_kind utmp_join_kind_of(const struct utmp_record *r);

struct utmp_join;

/* The session that was opened with ${tag} ended: ${how} is "logout", "down" or "crash".
 * Returns 0, or anything else to stop. */
typedef int utmp_join_ended(void *ctx, int64_t tag, int64_t end_ns, const char *how);

/* NULL: no memory.  utmp_join_free(NULL) is fine. */
struct utmp_join *utmp_join_new(utmp_join_ended *ended, void *ctx);
void utmp_join_free(struct utmp_join *j);

/**
 * utmp_join_add(j, kind, line, time_ns, tag):
 * The next record.  ${tag} comes back in ${ended} if the record opens a session.  Returns 0, or
 * what ${ended} returned to stop.
 */
int utmp_join_add(struct utmp_join *j, enum utmp_join_kind kind, struct bytes line, int64_t time_ns,
		  int64_t tag);

#endif
