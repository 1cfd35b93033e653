/*
 * bundle_write_state: what an open bundle holds.  Internal to the write half.
 *
 * bundle_write.c owns the stream, its segments and seals; bundle_write_item.c is
 * the sink in front of it and owns struct bundle_item.
 */
#ifndef EXHIBIT_BUNDLE_BUNDLE_WRITE_STATE_H
#define EXHIBIT_BUNDLE_BUNDLE_WRITE_STATE_H

#include "lib/archive/pax_write.h"
#include "lib/base/buf.h"
#include "lib/bundle/bundle_write.h"
#include "lib/bundle/seen.h"
#include "lib/crypt/age_write.h"

/* The item between its begin and its end. */
struct bundle_item {
	bool open;
	bool takes_data;	/* a file whose content was asked for */
	bool spools;		/* size unknown: kept in spool until the end */
	bool header;		/* written: the member has begun */
	bool excess;		/* more was written than may be kept */
	bool refused;		/* more promised than may be, nothing is kept */
	bool twice;		/* there is a member of its name already */
	bool holes_hashed;	/* sparse: sha256 is of the logical content */
	bool summed;		/* the checksums are taken too */
	struct item it;		/* copy; its pointers are the source's, but for: */
	struct buf name;	/* of the member; empty: the item has none */
	struct buf link;	/* hard link: name of the member that it leads to */
	uint64_t limit;		/* bytes that may be kept: promise, or cap */
	uint64_t read;		/* bytes kept so far */
	size_t extent;		/* sparse: the one that the next byte belongs to, */
	uint64_t in_extent;	/* how far it is filled, */
	uint64_t hashed;	/* and the logical offset up to which was hashed */
	char *spool;		/* BUNDLE_SPOOL_MAX bytes of address space, mapped once */
};

struct bundle_write {
	struct sink sink;	/* first, so that its address is ours */
	struct bundle_write_options o;
	struct err *e;
	bool failed, closed;
	struct pax_write *tar;
	struct compress *compress;
	struct age_write *age;		/* behind the compressor; NULL: not encrypted */
	struct digest *stream;		/* all tar bytes */
	struct digest *manifests;	/* all manifest lines of sealed segments */
	struct digest *content;		/* of the open item or text */
	struct checksum *checksum[CHECKSUM_COUNT]; /* of the open item; NULL: not asked for */
	struct seen *seen;		/* names of members of evidence, the last ones */
	struct key *key;		/* signs the next seal */
	uint8_t prev_sha256[DIGEST_LEN];
	struct buf manifest, sums;	/* of the present segment */
	bool dirty;			/* something was added since the last seal, */
	uint64_t dirty_ns;		/* the first of it at this CLOCK_MONOTONIC */
	uint64_t sealed_bytes;		/* tar bytes at the last seal */
	struct bundle_counts counts;
	struct bundle_item item;
};

/* Make the sink ready and release what it holds.  0, or -1 with the error. */
int bundle_write_item_init(struct bundle_write *b);
void bundle_write_item_release(struct bundle_write *b);

/* Note that something is being added; remember the failure and return -1. */
void bundle_write_touch(struct bundle_write *b);
int bundle_write_fail(struct bundle_write *b);

/* Seal if the bytes, the manifest or the sums of the segment ask for it. */
int bundle_write_seal_if_full(struct bundle_write *b);

#endif
