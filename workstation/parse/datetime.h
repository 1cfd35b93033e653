/*
 * datetime: the written forms of a time that logs use.
 *
 * A form is read into fields first, because what is missing differs: RFC 3164 has no year,
 * most have no time zone.  Whoever knows the host supplies both.
 */
#ifndef EXHIBIT_PARSE_DATETIME_H
#define EXHIBIT_PARSE_DATETIME_H

#include <stdbool.h>
#include <stdint.h>

#include "workstation/parse/line.h"
#include "workstation/parse/tzif.h"

struct datetime {
	int year;			/* 0: not written */
	unsigned month, day;		/* from 1 */
	unsigned hour, minute, second;	/* second 60: a leap second, read as the next one */
	uint32_t nsec;			/* decimals as nanoseconds */
	int offset;			/* seconds east of UTC */
	bool has_offset;		/* the offset is written */
};

/* Each takes one form, or nothing.
 *   iso    2020-05-31T00:00:45.698463+00:00, RFC 3339 and ISO 8601; also with a blank for the T,
 *          a comma for the dot, Z, +0000, or no zone
 *   slash  2020/05/31 00:00:45, nginx
 *   bsd    Jan  5 12:34:56, RFC 3164
 *   clf    10/Oct/2000:13:55:36 -0700, the common log format
 *   ctime  Wed Oct 11 14:32:52.123456 2000, ctime(3) and Apache */
bool datetime_iso(struct scan *s, struct datetime *t);
bool datetime_slash(struct scan *s, struct datetime *t);
bool datetime_bsd(struct scan *s, struct datetime *t);
bool datetime_clf(struct scan *s, struct datetime *t);
bool datetime_ctime(struct scan *s, struct datetime *t);

/* What a written time says. */
enum datetime_found {
	DATETIME_NONE,		/* no such day, or no year */
	DATETIME_OFFSET,	/* its offset is written */
	DATETIME_ONCE,		/* one time on the clocks of the zone */
	DATETIME_TWICE,		/* clocks were put back: one of two */
	DATETIME_SKIPPED	/* clocks were put forward over it: as if that came later */
};

/**
 * datetime_ns(t, zone, before, ns):
 * Nanoseconds since 1970 UTC; ${zone} (NULL: UTC) is where the clocks are that were read, if
 * no offset is written.  Of two times it is the first, unless that is more than a minute older
 * than ${before}, the time of the line before (INT64_MIN: none).
 */
enum datetime_found datetime_ns(const struct datetime *t, const struct tzif *zone, int64_t before,
				int64_t *ns);

#endif
