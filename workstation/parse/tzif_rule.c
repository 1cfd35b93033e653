/*
 * The last line of a zone file: TZ of POSIX.
 */
#include "lib/base/clock.h"
#include "workstation/parse/line.h"
#include "workstation/parse/tzif.h"

#define DAY 86400
#define YEAR_SECONDS 31556952 /* of the Gregorian calendar, on the average */

/* CEST or <+0330>. */
static bool name(struct scan *s)
{
	const char *from = s->p;

	if (line_char(s, '<'))
		return line_until(s, ">").len > 0 && line_char(s, '>');
	while (!line_ended(s) && ((*s->p | 0x20) >= 'a' && (*s->p | 0x20) <= 'z'))
		s->p++;
	return s->p - from >= 3;
}

static bool number(struct scan *s, unsigned max, int *out)
{
	uint64_t v;

	if (!line_u64(s, &v) || v > max)
		return false;
	*out = (int)v;
	return true;
}

/* [+-]hh[:mm[:ss]] in seconds. */
static bool span(struct scan *s, unsigned hours_max, int32_t *out)
{
	int hours, minutes = 0, seconds = 0;
	bool negative = line_char(s, '-');

	if (!negative)
		line_char(s, '+');
	if (!number(s, hours_max, &hours))
		return false;
	if (line_char(s, ':') &&
	    (!number(s, 59, &minutes) || (line_char(s, ':') && !number(s, 59, &seconds))))
		return false;
	*out = (hours * 3600 + minutes * 60 + seconds) * (negative ? -1 : 1);
	return true;
}

static bool day(struct scan *s, struct tzif_change *c)
{
	if (line_char(s, 'M')) {
		c->kind = TZIF_WEEKDAY;
		return number(s, 12, &c->month) && line_char(s, '.') && number(s, 5, &c->week) &&
		       line_char(s, '.') && number(s, 6, &c->day) && c->month > 0 && c->week > 0;
	}
	c->kind = line_char(s, 'J') ? TZIF_JULIAN : TZIF_ORDINAL;
	return number(s, 365, &c->day) && (c->kind == TZIF_ORDINAL || c->day > 0);
}

/* ,day[/time] */
static bool change(struct scan *s, struct tzif_change *c)
{
	c->time = 2 * 3600;
	return line_char(s, ',') && day(s, c) && (!line_char(s, '/') || span(s, 167, &c->time));
}

bool tzif_rule_parse(struct bytes text, struct tzif_rule *out)
{
	struct scan s = line_of(text);
	struct tzif_rule r = { .set = true };

	*out = (struct tzif_rule){ .set = false };
	if (!name(&s) || !span(&s, 24, &r.standard))
		return false;
	r.standard = -r.standard;
	r.other = r.standard + 3600;
	if (!line_ended(&s)) {
		r.summer = true;
		if (!name(&s))
			return false;
		if (!line_ended(&s) && *s.p != ',') {
			if (!span(&s, 24, &r.other))
				return false;
			r.other = -r.other;
		}
		if (!change(&s, &r.begin) || !change(&s, &r.end) || !line_ended(&s))
			return false;
	}
	*out = r;
	return true;
}

static bool is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int64_t midnight(int year, unsigned month)
{
	int64_t sec = 0;

	clock_of_date(year, month, 1, &sec);
	return sec;
}

static int year_of(int64_t sec)
{
	int year = 1970 + (int)(sec / YEAR_SECONDS);

	while (midnight(year, 1) > sec)
		year--;
	while (midnight(year + 1, 1) <= sec)
		year++;
	return year;
}

/* Seconds since 1970 on the clock that is in force before the change. */
static int64_t when(const struct tzif_change *c, int year)
{
	int64_t first = midnight(year, 1), next;
	int weekday, days;

	if (c->kind == TZIF_ORDINAL)
		return first + (int64_t)c->day * DAY + c->time;
	if (c->kind == TZIF_JULIAN)
		return first + (int64_t)(c->day - 1 + (is_leap(year) && c->day >= 60)) * DAY +
		       c->time;
	first = midnight(year, (unsigned)c->month);
	next = c->month == 12 ? midnight(year + 1, 1) : midnight(year, (unsigned)c->month + 1);
	/* 1 January 1970 was a Thursday */
	weekday = (int)(((first / DAY + 4) % 7 + 7) % 7);
	days = (c->day - weekday + 7) % 7 + (c->week - 1) * 7;
	while (first + (int64_t)days * DAY >= next)
		days -= 7;
	return first + (int64_t)days * DAY + c->time;
}

int32_t tzif_rule_offset(const struct tzif_rule *r, int64_t utc)
{
	int64_t begin, end;
	int year;

	if (!r->summer)
		return r->standard;
	year = year_of(utc + r->standard);
	begin = when(&r->begin, year) - r->standard;
	end = when(&r->end, year) - r->other;
	if (begin <= end)
		return utc >= begin && utc < end ? r->other : r->standard;
	return utc >= begin || utc < end ? r->other : r->standard;
}
