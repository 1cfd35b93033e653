/*
 * lastlog: when each user logged in last (lastlog(8); glibc's bits/utmp.h, struct lastlog).
 *
 * The n-th record belongs to the user of number n.  292 bytes with a time of 32 bits, 296
 * with one of 64 (aarch64, riscv64), in either byte order; told by the content as utmp is.
 * Most of the file is a hole.  Fields end at their first NUL: what follows is residue.
 */
#ifndef EXHIBIT_PARSE_LASTLOG_H
#define EXHIBIT_PARSE_LASTLOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/bytes.h"
#include "workstation/parse/utmp.h"

struct lastlog_record {
	uint64_t pos;			/* of its first byte */
	uint64_t uid;
	int64_t time;			/* seconds since 1970 UTC */
	struct bytes line, host;	/* in the file */
};

struct lastlog {
	const uint8_t *p;
	size_t n, at;
	struct utmp_layout layout;	/* wide: 296 bytes */
};

/**
 * lastlog_begin(l, p, n, hint):
 * Read ${n} bytes; ${hint} as in utmp_begin.
 */
void lastlog_begin(struct lastlog *l, const void *p, size_t n, struct utmp_layout hint);

/**
 * lastlog_next(l, out):
 * The next record that is not of zeros alone; false at the end.
 */
bool lastlog_next(struct lastlog *l, struct lastlog_record *out);

/* Bytes at the end that are no whole record. */
size_t lastlog_left(const struct lastlog *l);

#endif
