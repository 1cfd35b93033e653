/*
 * utmp: the records of utmp, wtmp and btmp (utmp(5); glibc's bits/types/struct_utmp.h).
 *
 * A file does not say how its records look.  Two lengths are in use: 384 bytes, where the
 * session and the time have 32 bits (x86 of both widths, 32-bit ARM, POWER, s390x), and 400
 * bytes, where they have 64 (aarch64, riscv64, alpha); both in either byte order.  The one
 * under which most records make sense is taken.
 *
 * Read from the front: last(1) reads from the end, where one byte too many blinds it.
 */
#ifndef EXHIBIT_PARSE_UTMP_H
#define EXHIBIT_PARSE_UTMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/bytes.h"

enum utmp_type {		/* ut_type */
	UTMP_EMPTY, UTMP_RUN_LVL, UTMP_BOOT_TIME, UTMP_NEW_TIME, UTMP_OLD_TIME, UTMP_INIT_PROCESS,
	UTMP_LOGIN_PROCESS, UTMP_USER_PROCESS, UTMP_DEAD_PROCESS, UTMP_ACCOUNTING,
	UTMP_TYPES
};

struct utmp_layout {
	bool wide;		/* 400 bytes, else 384 */
	bool big;		/* most significant byte first */
};

/* What an examiner wants to look at; none is a failure. */
#define UTMP_UNKNOWN_TYPE 1u	/* no ut_type: the record is damaged, or none */
#define UTMP_TIME_BACK 2u	/* earlier than the record before, by a second or more (less is
				 * usual where several processes write at once) */
#define UTMP_CLOCK_UNSET 4u	/* January 1970: a host without a clock that runs */
#define UTMP_BAD_FRACTION 8u	/* a million or more microseconds: not counted */
#define UTMP_RESIDUE 16u	/* a login whose name is empty, with bytes behind the NUL */

struct utmp_record {
	uint64_t pos;			/* of its first byte */
	int type;			/* as written, enum utmp_type if it is one */
	int32_t pid;
	int64_t session;
	int16_t termination, exit;
	int64_t time_ns;		/* since 1970 UTC */
	struct bytes line, id, user, host;	/* up to the NUL, in the file */
	uint8_t address[16];		/* network order; the last twelve zero: IPv4 */
	unsigned flags;
};

struct utmp {
	const uint8_t *p;
	size_t n, at;
	struct utmp_layout layout;
	int64_t last_ns;
	bool any;			/* a record was seen */
};

/* Room for an address as text. */
#define UTMP_ADDRESS_LEN 48u

/**
 * utmp_begin(u, p, n, hint):
 * Read ${n} bytes; ${hint} is what the host's architecture uses and wins where the content
 * fits several.
 */
void utmp_begin(struct utmp *u, const void *p, size_t n, struct utmp_layout hint);

/**
 * utmp_next(u, out):
 * The next record; false at the end.  Records of zeros alone are stepped over.
 */
bool utmp_next(struct utmp *u, struct utmp_record *out);

/* Bytes at the end that are no whole record; length of a record. */
size_t utmp_left(const struct utmp *u);
size_t utmp_size(struct utmp_layout layout);

/**
 * utmp_address(out, r):
 * Write the address of ${r} into ${out} of UTMP_ADDRESS_LEN bytes.  False: there is none.
 */
bool utmp_address(char *out, const struct utmp_record *r);

/* The name of a type ("USER_PROCESS"), static; "?" if it is none. */
const char *utmp_type_name(int type);

#endif
