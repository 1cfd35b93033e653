/*
 * bundle_box: a bundle written into memory, and read back by the read half.
 */
#ifndef EXHIBIT_TESTS_SUPPORT_BUNDLE_BOX_H
#define EXHIBIT_TESTS_SUPPORT_BUNDLE_BOX_H

#include <stddef.h>

#include "lib/base/buf.h"
#include "lib/bundle/bundle_read.h"
#include "lib/bundle/bundle_write.h"

#define BUNDLE_BOX_SEALS 64
#define BUNDLE_BOX_MEMBERS 256

struct bundle_box {
	struct bundle_write *b;
	struct sink *to;
	struct err e;
	struct buf out;				/* the archive so far */
	size_t seals;
	size_t sealed_at[BUNDLE_BOX_SEALS];	/* archive bytes after each seal */
	size_t fail_at;				/* out fails beyond so many bytes; 0: never */
	unsigned checksums;			/* kinds that are taken */
	const struct age_recipient *recipient;	/* to whom it is encrypted; NULL: to nobody */
	void (*meanwhile)(void *ctx);		/* as in bundle_write_options, with its ctx */
	void *meanwhile_ctx;
	uint8_t fingerprint[DIGEST_LEN];
	uint8_t root[DIGEST_LEN];
};

/* Open with a session member already written.  Asserts that it works. */
void bundle_box_open(struct bundle_box *x, struct compress_options c, uint64_t seal_bytes);

/* Close as complete; forget everything. */
void bundle_box_close(struct bundle_box *x);
void bundle_box_release(struct bundle_box *x);

/* An item of the host with plausible metadata; a whole file through the sink. */
struct item bundle_box_item(const char *path, enum item_type type, uint64_t promise);
int bundle_box_put(struct bundle_box *x, const struct item *it, const void *data, size_t n,
		   enum gap gap);

/* One member as it was read back; content as logical bytes, holes as zeros. */
struct bundle_box_member {
	struct pax_member m;		/* its pointers are not valid */
	enum bundle_kind kind;
	struct buf name, link, content;
};

struct bundle_box_back {
	struct bundle_facts facts;
	struct bundle_box_member members[BUNDLE_BOX_MEMBERS];
	size_t count;
	struct buf lines;		/* all manifest lines, each with its LF */
	struct buf findings;		/* texts of all findings */
	uint64_t content_max;		/* of a member kept in memory; set by the caller */
};

/* Read ${n} bytes of archive back; returns what bundle_read returned. */
int bundle_box_read(struct bundle_box_back *back, const void *archive, size_t n);
void bundle_box_back_release(struct bundle_box_back *back);

/* The member of that name, or NULL; the manifest line whose path it is, or NULL. */
const struct bundle_box_member *bundle_box_find(const struct bundle_box_back *back,
						const char *name);
const char *bundle_box_line(struct bundle_box_back *back, const char *path);

#endif
