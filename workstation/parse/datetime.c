#include "workstation/parse/datetime.h"

#include <string.h>

#include "lib/base/clock.h"

#define NS 1000000000
#define DISORDER 60 /* seconds that lines of one log may be out of order */

static bool month_name(struct scan *s, unsigned *month)
{
	static const char names[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
					   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

	for (unsigned i = 0; i < 12; i++) {
		if (line_text(s, names[i])) {
			*month = i + 1;
			return true;
		}
	}
	return false;
}

/* HH:MM:SS */
static bool clock_time(struct scan *s, struct datetime *t)
{
	return line_digits(s, 2, &t->hour) && line_char(s, ':') && line_digits(s, 2, &t->minute) &&
	       line_char(s, ':') && line_digits(s, 2, &t->second) && t->hour < 24 &&
	       t->minute < 60 && t->second <= 60;
}

/* Digits behind a dot or a comma; those beyond the ninth count nothing. */
static void decimals(struct scan *s, struct datetime *t)
{
	uint32_t unit = NS / 10;
	struct scan at = *s;

	if (!line_char(&at, '.') && !line_char(&at, ','))
		return;
	if (line_ended(&at) || *at.p < '0' || *at.p > '9')
		return;
	for (; !line_ended(&at) && *at.p >= '0' && *at.p <= '9'; at.p++) {
		t->nsec += (uint32_t)(*at.p - '0') * unit;
		unit /= 10;
	}
	*s = at;
}

/* Z, +HH:MM, +HHMM, +HH */
static void zone_offset(struct scan *s, struct datetime *t)
{
	struct scan at = *s;
	unsigned hours, minutes = 0;
	bool west;

	if (line_char(&at, 'Z')) {
		t->has_offset = true;
		*s = at;
		return;
	}
	west = line_char(&at, '-');
	if ((!west && !line_char(&at, '+')) || !line_digits(&at, 2, &hours))
		return;
	line_char(&at, ':');
	line_digits(&at, 2, &minutes);
	if (hours > 15 || minutes > 59)
		return;
	t->offset = (int)(hours * 3600 + minutes * 60) * (west ? -1 : 1);
	t->has_offset = true;
	*s = at;
}

static bool date_numbers(struct scan *s, struct datetime *t, char between)
{
	unsigned year;

	if (!line_digits(s, 4, &year) || !line_char(s, between) || !line_digits(s, 2, &t->month) ||
	    !line_char(s, between) || !line_digits(s, 2, &t->day))
		return false;
	t->year = (int)year;
	return true;
}

bool datetime_iso(struct scan *s, struct datetime *t)
{
	struct scan at = *s;

	memset(t, 0, sizeof(*t));
	if (!date_numbers(&at, t, '-') || (!line_char(&at, 'T') && !line_char(&at, ' ')))
		return false;
	line_blanks(&at);
	if (!clock_time(&at, t))
		return false;
	decimals(&at, t);
	zone_offset(&at, t);
	*s = at;
	return true;
}

bool datetime_slash(struct scan *s, struct datetime *t)
{
	struct scan at = *s;

	memset(t, 0, sizeof(*t));
	if (!date_numbers(&at, t, '/') || !line_char(&at, ' ') || !clock_time(&at, t))
		return false;
	*s = at;
	return true;
}

/* One or two digits, with a blank for the first one where there is one. */
static bool day_number(struct scan *s, unsigned *day)
{
	uint64_t v;

	line_blanks(s);
	if (!line_u64(s, &v) || v > 31)
		return false;
	*day = (unsigned)v;
	return true;
}

bool datetime_bsd(struct scan *s, struct datetime *t)
{
	struct scan at = *s;

	memset(t, 0, sizeof(*t));
	if (!month_name(&at, &t->month) || !line_char(&at, ' ') || !day_number(&at, &t->day) ||
	    !line_char(&at, ' ') || !clock_time(&at, t))
		return false;
	decimals(&at, t);
	*s = at;
	return true;
}

bool datetime_clf(struct scan *s, struct datetime *t)
{
	struct scan at = *s;
	unsigned year;

	memset(t, 0, sizeof(*t));
	if (!line_digits(&at, 2, &t->day) || !line_char(&at, '/') || !month_name(&at, &t->month) ||
	    !line_char(&at, '/') || !line_digits(&at, 4, &year) || !line_char(&at, ':') ||
	    !clock_time(&at, t))
		return false;
	t->year = (int)year;
	line_char(&at, ' ');
	zone_offset(&at, t);
	*s = at;
	return true;
}

bool datetime_ctime(struct scan *s, struct datetime *t)
{
	struct scan at = *s;
	struct datetime day;
	unsigned year;

	if (line_until(&at, " ").len != 3 || !line_char(&at, ' ') || !datetime_bsd(&at, &day) ||
	    !line_char(&at, ' ') || !line_digits(&at, 4, &year))
		return false;
	*t = day;
	t->year = (int)year;
	*s = at;
	return true;
}

/* The clock time ${sec} of ${zone} in UTC. */
static enum datetime_found by_zone(const struct tzif *zone, int64_t before, int64_t *sec)
{
	static const enum datetime_found found[] = {
		[TZIF_NEVER] = DATETIME_SKIPPED,
		[TZIF_ONCE] = DATETIME_ONCE,
		[TZIF_TWICE] = DATETIME_TWICE,
	};
	int64_t utc[2];
	enum tzif_shown shown = tzif_utc(zone, *sec, utc);

	*sec = utc[utc[0] < before / NS - DISORDER];
	return found[shown];
}

enum datetime_found datetime_ns(const struct datetime *t, const struct tzif *zone, int64_t before,
				int64_t *ns)
{
	enum datetime_found found = t->has_offset ? DATETIME_OFFSET : DATETIME_ONCE;
	int64_t sec;

	/* what fits into 64 bits of nanoseconds, with days to spare */
	if (t->year < 1678 || t->year > 2261 || clock_of_date(t->year, t->month, t->day, &sec) != 0)
		return DATETIME_NONE;
	sec += (int64_t)t->hour * 3600 + (int64_t)t->minute * 60 + t->second;
	if (t->has_offset)
		sec -= t->offset;
	else if (zone != NULL)
		found = by_zone(zone, before, &sec);
	*ns = sec * NS + t->nsec;
	return found;
}
