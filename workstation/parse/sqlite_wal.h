/*
 * sqlite_wal: what a SQLite database's write-ahead log holds that its file does not yet.
 *
 * Format (sqlite.org/fileformat2.html, section 4): a header of 32 bytes; frames of 24 bytes and a
 * page each.  A frame counts if its salts are the header's and its checksum, which goes on from
 * frame to frame, holds; a transaction counts if its last frame, the commit, does.  What a reader
 * on the host would have seen is the file with the pages of these frames put over it.
 * Pure and hostile; nothing is allocated.
 */
#ifndef EXHIBIT_PARSE_SQLITE_WAL_H
#define EXHIBIT_PARSE_SQLITE_WAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sqlite_wal {
	const uint8_t *p;
	uint32_t page_size;	/* bytes */
	uint64_t frames;	/* that are committed */
	uint32_t pages;		/* of the database after the last commit */
};

/**
 * sqlite_wal_open(w, p, n):
 * Look at the ${n} bytes of a log.  False if it is none; w->frames is 0 if it holds nothing that
 * counts.
 */
bool sqlite_wal_open(struct sqlite_wal *w, const void *p, size_t n);

/**
 * sqlite_wal_apply(w, image, n):
 * Put the pages over the ${n} bytes at ${image}, which should be w->pages * w->page_size: what
 * lies behind is left out.
 */
void sqlite_wal_apply(const struct sqlite_wal *w, uint8_t *image, size_t n);

#endif
