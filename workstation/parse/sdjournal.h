/*
 * sdjournal: entries of a journal file of systemd (systemd.io/JOURNAL_FILE_FORMAT).
 *
 * The objects are walked one behind the other, as they lie: no list of the file is followed,
 * so a damaged or forged one leads nowhere, and entries that no list names are found as well.
 * Fields may be compressed by LZ4, zstd or xz.
 */
#ifndef EXHIBIT_PARSE_SDJOURNAL_H
#define EXHIBIT_PARSE_SDJOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/buf.h"
#include "lib/base/bytes.h"

#define SDJOURNAL_FIELD_MAX 262144u	/* bytes of a compressed field; the rest is left out */

enum sdjournal_begin {
	SDJOURNAL_OK,
	SDJOURNAL_NO_JOURNAL,	/* not the first bytes of one, or too short */
	SDJOURNAL_UNKNOWN	/* of a newer version (incompatible flags that are not known) */
};

struct sdjournal {
	const uint8_t *p;
	size_t n;
	size_t at;		/* of the next object */
	bool compact;		/* offsets of 32 bits in entries */
	uint8_t state;		/* 0 offline, 1 online: it was not closed, 2 archived */
	uint64_t entries;	/* how many the header counts */
	bool damaged;		/* an object was no object: nothing behind it was read */
	struct buf text;	/* of the last field, if it was compressed */
};

struct sdjournal_entry {
	size_t pos;		/* of the object */
	uint64_t seqnum;
	uint64_t realtime;	/* microseconds since 1970 */
	uint64_t monotonic;	/* microseconds since the boot */
	uint8_t boot[16];
	size_t items;		/* offset of the first */
	size_t count;		/* fields */
};

/**
 * sdjournal_open(j, p, n):
 * Look at the header.  Only after SDJOURNAL_OK may the others be called; close in any case.
 */
enum sdjournal_begin sdjournal_open(struct sdjournal *j, const void *p, size_t n);
void sdjournal_close(struct sdjournal *j);

/* The next entry; false at the end. */
bool sdjournal_next(struct sdjournal *j, struct sdjournal_entry *out);

/**
 * sdjournal_field(j, entry, i, name, value):
 * The i-th field of an entry.  False: it cannot be read.  Valid until the next call.
 */
bool sdjournal_field(struct sdjournal *j, const struct sdjournal_entry *entry, size_t i,
		     struct bytes *name, struct bytes *value);

#endif
