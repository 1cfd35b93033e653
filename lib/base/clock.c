#include "lib/base/clock.h"

#include <stdio.h>
#include <time.h>

#define DAY_SECONDS 86400
#define ERA_DAYS 146097		/* 400 Gregorian years */
#define EPOCH_DAYS 719468	/* from 0000-03-01 to 1970-01-01 */

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
	unsigned in_day = (unsigned)(sec - days * DAY_SECONDS);
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

char *clock_utc_basic(char *out, struct instant t)
{
	struct civil c = civil_of(t.sec);
	int n = put_year(out, c.year);

	snprintf(out + n, (size_t)(CLOCK_UTC_LEN - n), "%02u%02uT%02u%02u%02uZ",
		 c.month, c.day, c.hour, c.minute, c.second);
	return out;
}
