/*
 * tzif: a file of the time zone database, and times on the clocks of that zone.
 *
 * RFC 9636 (versions 1 to 4; RFC 8536 before it): a header and a block of 32-bit times; from
 * version 2 on the same again in 64 bits, and a line in the form of TZ of POSIX (8.3 of its base
 * definitions, with the hours -167 to 167 of version 3) for what comes after the last
 * transition.  Only the widest block is read.  Nothing is copied: the file's bytes have to stay.
 *
 * Times here are seconds since 1970; those of the zone are what its clocks show, counted as if
 * it were UTC.  Leap seconds of a file of the "right" kind are not counted.
 */
#ifndef EXHIBIT_PARSE_TZIF_H
#define EXHIBIT_PARSE_TZIF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/bytes.h"

#define TZIF_FILE_MAX (256u << 10)	/* bytes; those of the database have at most 4 KiB */
#define TZIF_TIME_MAX 200000000000	/* seconds, either way, that the calls below are for */

/* A day of each year, as POSIX writes it. */
enum tzif_day {
	TZIF_JULIAN,		/* Jn: 1 to 365, 29 February is never counted */
	TZIF_ORDINAL,		/* n: 0 to 365 */
	TZIF_WEEKDAY		/* Mm.w.d: the w-th (5: the last) weekday d of month m */
};

struct tzif_change {
	enum tzif_day kind;
	int day, month, week;
	int32_t time;		/* seconds after midnight; may be of another day */
};

/* The last line. */
struct tzif_rule {
	bool set, summer;	/* there is one; it has summer time */
	int32_t standard, other;	/* seconds east of UTC: usually, and in summer */
	struct tzif_change begin, end;	/* of summer time */
};

struct tzif {
	struct bytes text;	/* the last line; empty: there is none */
	const uint8_t *times, *indexes, *types;
	size_t transitions, kinds;
	unsigned width;		/* bytes of a transition's time: 4 or 8 */
	struct tzif_rule rule;
};

/**
 * tzif_parse(p, n, z):
 * Look at a whole file.  False: it is none, or a count or an index of it leads outside; by a last
 * line that is not of the form no times are told.
 */
bool tzif_parse(const void *p, size_t n, struct tzif *z);

/**
 * tzif_flaw(z):
 * NULL, or in words why a file that could be read is one of nobody's clocks (RFC 9636): times of
 * transitions that do not rise, an offset that is not between -25 and 26 hours, both excluded
 * (section 3.2), a last line of another form, or one by which it is not what the last transition
 * says at the time of that (section 3.3).
 */
const char *tzif_flaw(const struct tzif *z);

/* Seconds east of UTC at ${utc}; of an offset that is a flaw, 0. */
int32_t tzif_offset(const struct tzif *z, int64_t utc);

/* How often the clocks of a zone show a time. */
enum tzif_shown { TZIF_NEVER, TZIF_ONCE, TZIF_TWICE };

/**
 * tzif_utc(z, local, utc):
 * When the clocks show ${local}: the earlier time in utc[0], the later in utc[1], which are the
 * same if there is one.  TZIF_NEVER: clocks were put forward over it; what it would be by the
 * offset before the change in both.
 */
enum tzif_shown tzif_utc(const struct tzif *z, int64_t local, int64_t utc[2]);

/**
 * tzif_rule_parse(text, out):
 * Read a line as TZ of POSIX: "CET-1CEST,M3.5.0,M10.5.0/3".  False: it is of another form, or
 * has summer time without saying when.
 */
bool tzif_rule_parse(struct bytes text, struct tzif_rule *out);

/* Seconds east of UTC at ${utc} by the rule. */
int32_t tzif_rule_offset(const struct tzif_rule *r, int64_t utc);

#endif
