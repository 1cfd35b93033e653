#include "lib/base/clock.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define DAY_SECONDS 86400
#define ERA_DAYS 146097		/* 400 Gregorian years */
#define EPOCH_DAYS 719468	/* from 0000-03-01 to 1970-01-01 */
#define YEAR_MAX 292277026595	/* the last whole year of 64-bit seconds */

struct civil {
	int64_t year;
	unsigned month, day, hour, minute, second;
};

static struct instant read_one(clockid_t id)
{
	struct timespec ts;

	if (clock_gettime(id, &ts) != 0)
		return (struct instant){ 0, 0 };
	return (struct instant){ ts.tv_sec, (uint32_t)ts.tv_nsec };
}

struct clocks clock_read(void)
{
	struct clocks c;

	c.realtime = read_one(CLOCK_REALTIME);
	c.monotonic = read_one(CLOCK_MONOTONIC);
	c.boottime = read_one(CLOCK_BOOTTIME);
	c.tai = read_one(CLOCK_TAI);
	return c;
}

struct instant clock_realtime(void)
{
	return read_one(CLOCK_REALTIME);
}

uint64_t clock_monotonic_ns(void)
{
	struct instant t = read_one(CLOCK_MONOTONIC);

	return (uint64_t)t.sec * 1000000000u + t.nsec;
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* The year is counted from 1 March, so that the leap day is its last day and
 * the lengths of the months before it follow one rule (153 days in 5 months). */
static struct civil civil_of(int64_t sec)
{
	int64_t days = floor_div(sec, DAY_SECONDS);
	unsigned in_day = (unsigned)((sec % DAY_SECONDS + DAY_SECONDS) % DAY_SECONDS);
	int64_t era = floor_div(days + EPOCH_DAYS, ERA_DAYS);
	unsigned doe = (unsigned)(days + EPOCH_DAYS - era * ERA_DAYS);
	unsigned yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	unsigned mp = (5 * doy + 2) / 153;
	struct civil c;

	c.day = doy - (153 * mp + 2) / 5 + 1;
	c.month = mp < 10 ? mp + 3 : mp - 9;
	c.year = era * 400 + yoe + (c.month <= 2);
	c.hour = in_day / 3600;
	c.minute = in_day / 60 % 60;
	c.second = in_day % 60;
	return c;
}

/* A sign as ISO 8601 wants it for years that do not fit in four digits. */
static int put_year(char *out, int64_t year)
{
	uint64_t plain = year < 0 ? 0 - (uint64_t)year : (uint64_t)year;
	const char *sign = year < 0 ? "-" : year > 9999 ? "+" : "";

	return snprintf(out, CLOCK_UTC_LEN, "%s%04llu", sign, (unsigned long long)plain);
}

char *clock_utc(char *out, struct instant t)
{
	struct civil c = civil_of(t.sec);
	int n = put_year(out, c.year);

	snprintf(out + n, (size_t)(CLOCK_UTC_LEN - n), "-%02u-%02uT%02u:%02u:%02u.%09uZ",
		 c.month, c.day, c.hour, c.minute, c.second, t.nsec);
	return out;
}

/* Inverse of civil_of for the date alone; false if there is no such day. */
static bool days_of(const struct civil *c, int64_t *days)
{
	int64_t year = c->year - (c->month <= 2);
	int64_t era = floor_div(year, 400);
	int64_t yoe = year - era * 400;
	int64_t doy = (153 * (c->month > 2 ? c->month - 3 : c->month + 9) + 2) / 5 + c->day - 1;
	struct civil back;

	*days = era * ERA_DAYS + yoe * 365 + yoe / 4 - yoe / 100 + doy - EPOCH_DAYS;
	back = civil_of(*days * DAY_SECONDS);
	return back.month == c->month && back.day == c->day;
}

int clock_of_date(int year, unsigned month, unsigned day, int64_t *sec)
{
	struct civil c = { .year = year, .month = month, .day = day };

	if (year < -9999 || year > 9999 || month < 1 || month > 12 || day < 1 || day > 31 ||
	    !days_of(&c, sec))
		return -1;
	*sec *= DAY_SECONDS;
	return 0;
}

/* ${digits} decimal digits at ${s}; false if one is none. */
static bool read_digits(const char *s, size_t digits, uint64_t *out)
{
	*out = 0;
	for (size_t i = 0; i < digits; i++) {
		if (s[i] < '0' || s[i] > '9')
			return false;
		*out = *out * 10 + (uint64_t)(s[i] - '0');
	}
	return true;
}

/* What follows the year: -MM-DDTHH:MM:SS.nnnnnnnnnZ */
static bool read_rest(const char *s, struct civil *c, uint32_t *nsec)
{
	static const char shape[] = "-00-00T00:00:00.000000000Z";
	unsigned *const fields[] = { &c->month, &c->day, &c->hour, &c->minute, &c->second };
	uint64_t v;

	for (size_t i = 0; i < sizeof(shape) - 1; i++)
		if (shape[i] != '0' && s[i] != shape[i])
			return false;
	for (size_t i = 0; i < 5; i++) {
		if (!read_digits(s + 1 + 3 * i, 2, &v))
			return false;
		*fields[i] = (unsigned)v;
	}
	if (!read_digits(s + 16, 9, &v))
		return false;
	*nsec = (uint32_t)v;
	return c->month >= 1 && c->month <= 12 && c->day >= 1 && c->hour < 24 &&
	       c->minute < 60 && c->second < 60;
}

int clock_parse_utc(const char *s, size_t n, struct instant *out)
{
	const size_t rest = 26;		/* characters after the year */
	size_t sign = n > 0 && (*s == '-' || *s == '+');
	char again[CLOCK_UTC_LEN];
	struct civil c;
	uint64_t year;
	int64_t days;

	/* twelve digits hold every year of 64-bit seconds and overflow nothing */
	if (n < sign + 4 + rest || n > sign + 12 + rest || n >= CLOCK_UTC_LEN)
		return -1;
	if (!read_digits(s + sign, n - rest - sign, &year) || year > YEAR_MAX)
		return -1;
	c.year = *s == '-' ? -(int64_t)year : (int64_t)year;
	if (!read_rest(s + n - rest, &c, &out->nsec) || !days_of(&c, &days))
		return -1;
	out->sec = days * DAY_SECONDS + c.hour * 3600 + c.minute * 60 + c.second;
	/* one instant has one written form */
	clock_utc(again, *out);
	return strlen(again) == n && memcmp(again, s, n) == 0 ? 0 : -1;
}

char *clock_utc_basic(char *out, struct instant t)
{
	struct civil c = civil_of(t.sec);
	int n = put_year(out, c.year);

	snprintf(out + n, (size_t)(CLOCK_UTC_LEN - n), "%02u%02uT%02u%02u%02uZ",
		 c.month, c.day, c.hour, c.minute, c.second);
	return out;
}
