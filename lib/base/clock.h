/*
 * clock: the host's clocks and their written form.
 *
 * Everything is UTC.  No call here reads a time zone file: musl's localtime
 * would map /etc/localtime of the host (reference: musl src/time/__tz.c).
 */
#ifndef EXHIBIT_BASE_CLOCK_H
#define EXHIBIT_BASE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

/* A point in time: seconds since the epoch of its clock, and nanoseconds
 * 0..999999999 that count forward from it, before 1970 too. */
struct instant {
	int64_t sec;
	uint32_t nsec;
};

/* The four clocks read one after the other (clock_gettime(2)). */
struct clocks {
	struct instant realtime;	/* CLOCK_REALTIME */
	struct instant monotonic;	/* CLOCK_MONOTONIC: since boot, without suspend */
	struct instant boottime;	/* CLOCK_BOOTTIME (2.6.39): with suspend; zero if absent */
	struct instant tai;		/* CLOCK_TAI (3.10); zero if absent */
};

/* Bytes that clock_utc needs, terminating NUL included. */
#define CLOCK_UTC_LEN 48

/* Read all clocks of struct clocks, in the order of its fields. */
struct clocks clock_read(void);

/* Read CLOCK_REALTIME; CLOCK_MONOTONIC in nanoseconds. */
struct instant clock_realtime(void);
uint64_t clock_monotonic_ns(void);

/**
 * clock_utc(out, t):
 * Write ${t} as RFC 3339 with nine decimals and Z into ${out} of CLOCK_UTC_LEN
 * bytes: 2026-11-23T10:53:00.123456789Z.  Proleptic Gregorian calendar; years
 * beyond 9999 or before 0 are written with a sign.  Returns ${out}.
 */
char *clock_utc(char *out, struct instant t);

/**
 * clock_parse_utc(s, n, out):
 * Read the form that clock_utc writes from the ${n} characters at ${s}, which
 * may come from anyone.  Return 0, or -1 if it is another form or no date.
 */
int clock_parse_utc(const char *s, size_t n, struct instant *out);

/**
 * clock_of_date(year, month, day, sec):
 * Seconds since 1970 of the midnight that begins a day of the proleptic Gregorian calendar.
 * Return 0, or -1: there is no such day, or ${year} is not in -9999..9999.
 */
int clock_of_date(int year, unsigned month, unsigned day, int64_t *sec);

/**
 * clock_utc_basic(out, t):
 * The short form for file names, 20261123T105300Z, into CLOCK_UTC_LEN bytes.
 */
char *clock_utc_basic(char *out, struct instant t);

#endif
