/*
 * rpm_ndb: Packages.db, rpm's own database of SUSE and others (lib/backend/ndb/rpmpkg.c of rpm).
 *
 * All numbers have the low byte first.  A header of 32 bytes: magic "RpmP", version 0,
 * generation, pages of slots, next package.  Then slots of 16 bytes up to the end of these pages
 * of 4096: magic "Slot", package, block of 16 bytes, count of blocks; block 0: free.  At the
 * block "BlbS", package, generation, length; the header (rpm_header.h) of the package.
 * Pure and hostile; nothing is allocated or copied.
 */
#ifndef EXHIBIT_PARSE_RPM_NDB_H
#define EXHIBIT_PARSE_RPM_NDB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/bytes.h"

struct rpm_ndb {
	const uint8_t *p;
	size_t n;
	size_t at, end;		/* the next slot; behind the last one */
	uint64_t bad;		/* slots that lead to no package */
};

/**
 * rpm_ndb_open(d, p, n):
 * Look at the ${n} bytes of a file.  False if it is no such database.
 */
bool rpm_ndb_open(struct rpm_ndb *d, const void *p, size_t n);

/**
 * rpm_ndb_next(d, out, pos):
 * The header of the next package, and where in the file it begins.  False at the end.
 */
bool rpm_ndb_next(struct rpm_ndb *d, struct bytes *out, uint64_t *pos);

#endif
