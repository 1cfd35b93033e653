/*
 * syslog: one line of a system log as time, host, program, process and message.
 *
 * The forms that rsyslog, syslog-ng, busybox and systemd write:
 *
 *	Jan  5 12:34:56 host sshd[123]: message				RFC 3164, without a year
 *	2020-05-31T00:00:45.698463+00:00 host sshd[123]: message	rsyslog's file format
 *	<34>1 2003-10-11T22:14:15.003Z host su - ID47 [sd] message	RFC 5424
 *	Jan  5 12:34:56 host auth.info sshd[123]: message		busybox
 *
 * with or without <PRI>, and the ones of the kernel and of repeated lines, which lack a part.
 */
#ifndef EXHIBIT_PARSE_SYSLOG_H
#define EXHIBIT_PARSE_SYSLOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/bytes.h"
#include "workstation/parse/datetime.h"

struct syslog_line {
	struct datetime when;
	struct bytes host;	/* empty: not written */
	struct bytes program;	/* without its folder; empty: not written */
	struct bytes text;	/* message */
	int64_t pid;		/* -1: not written */
	int priority;		/* 0 emerg to 7 debug; -1: not written */
};

/**
 * syslog_parse(s, n, out):
 * False if the line does not begin as one of the forms: the rest of a message of several
 * lines, or damage.
 */
bool syslog_parse(const char *s, size_t n, struct syslog_line *out);

/*
 * Which year a line without one is of.  The last line was written in the year before the file
 * was changed last; going back from there, each step from January to December is a year.  A
 * log is read from the front, so what comes first is a guess, and the caller moves the parts
 * when the end is known.
 */
struct syslog_year {
	int year;		/* that all lines get first: of the file's last change */
	int64_t limit_ns;	/* last change and a day, for clocks that differ */
	const struct tzif *zone;	/* of the clocks; NULL: UTC */
	unsigned month, day;	/* of the line before; 0: there is none */
	int64_t last_ns;	/* of it, in ${year} */
	int64_t before_ns;	/* of the line before, whatever is written; INT64_MIN: none */
	enum datetime_found found;	/* how that came about */
};

void syslog_year_begin(struct syslog_year *y, int64_t mtime_ns, const struct tzif *zone);

/**
 * syslog_year_next(y, t, ns):
 * The next line: give ${t} the year, unless one is written, and ${ns} its time (INT64_MIN: there
 * is no such day), with y->found.  True if a new year began before this line.
 */
bool syslog_year_next(struct syslog_year *y, struct datetime *t, int64_t *ns);

/**
 * syslog_year_shift(y, after):
 * Years to add (0 or less) to the lines of a part behind which ${after} more new years came.
 */
int syslog_year_shift(const struct syslog_year *y, unsigned after);

#endif
