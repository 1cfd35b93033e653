/*
 * cat_out: the content of a member on its way to standard output: as it is, or unpacked (gzip,
 * xz, zstd), all of it, or the one line at an offset.
 *
 * Offsets are those of the column `pos` of a case and of a report: of packed content in the
 * unpacked text.
 */
#ifndef EXHIBIT_CMD_CAT_OUT_H
#define EXHIBIT_CMD_CAT_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"

#define CAT_OUT_LINE_MAX 65536u	/* bytes of a line that come out: as many as loaders look at */

/* What is wanted of the member. */
struct cat_out_how {
	bool unpacked;
	bool line;		/* only the one at the offset ${at}, of packed content
				 * unpacked, or its first CAT_OUT_LINE_MAX bytes */
	uint64_t at;
	bool escaped;		/* the line as text_escape writes it, for a terminal */
};

struct unpack;

struct cat_out {
	int fd;
	struct cat_out_how how;
	uint64_t pos;		/* plain bytes that came */
	bool found, done;	/* the offset was reached; the line ended, or was cut */
	bool cut;		/* it was too long; escaped, a line feed stands there instead */
	size_t written;		/* bytes of it that came out */
	struct unpack *unpack;	/* NULL: content is written as it is */
	struct err *e;
};

/**
 * cat_out_begin(o, fd, how, e):
 * Write to ${fd}.  Return 0, or -1 with ${e}.  cat_out_release in any case.
 */
int cat_out_begin(struct cat_out *o, int fd, const struct cat_out_how *how, struct err *e);
void cat_out_release(struct cat_out *o);

/* The next bytes of the member.  Return 0, or -1 with the error: it could not be written. */
int cat_out_add(struct cat_out *o, const void *data, size_t n);

/**
 * cat_out_end(o):
 * The member is over.  Return 0, or -1 with the error: it could not be written, it is damaged
 * where it is packed (what was before came out), or ends before the offset.
 */
int cat_out_end(struct cat_out *o);

#endif
