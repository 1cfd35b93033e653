/*
 * rpm_bdb: Packages, the Berkeley DB hash of rpm before 4.16.
 *
 * Format (dbinc/db_page.h of Berkeley DB 4.7 to 5.3): pages, the first a description of the hash
 * with its magic number 0x061561, in the byte order of the host that wrote it.  Pages of the
 * hash (type 13, unsorted 2) hold keys and data in turn, from the end of the page down, with their
 * offsets behind the page's header; data that do not fit are a chain of overflow pages (7).  The
 * key is the number of a package, the data its header (rpm_header.h); key 0 holds the last number.
 * Read page by page and not by the hash: every package is found, whatever the chains say.
 * Pure and hostile: each chain is bounded by the length it claims, each page by the file.
 */
#ifndef EXHIBIT_PARSE_RPM_BDB_H
#define EXHIBIT_PARSE_RPM_BDB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/buf.h"
#include "lib/base/bytes.h"

#define RPM_BDB_BLOB_MAX (64u << 20)	/* bytes of one package's header */

struct rpm_bdb {
	const uint8_t *p;
	size_t n;
	bool big;			/* numbers have the high byte first */
	uint32_t page_size, pages;	/* bytes; pages that are there */
	uint32_t page, item;		/* the next one to look at */
	struct buf blob;		/* data that were gathered from a chain */
	uint64_t budget;		/* overflow pages that may still be read: each page of the file
					 * is of one chain, hostile ones are not */
	uint64_t bad;			/* data that could not be read */
};

/**
 * rpm_bdb_open(d, p, n):
 * Look at the ${n} bytes of a file.  False if it is no such hash, or is encrypted.  After true,
 * rpm_bdb_close frees what was gathered.
 */
bool rpm_bdb_open(struct rpm_bdb *d, const void *p, size_t n);
void rpm_bdb_close(struct rpm_bdb *d);

/**
 * rpm_bdb_next(d, out, pos):
 * The header of the next package, valid until the next call, and where in the file it begins.
 * False at the end.
 */
bool rpm_bdb_next(struct rpm_bdb *d, struct bytes *out, uint64_t *pos);

#endif
