/*
 * marks: a file as its package says that it was, held against the file as it was found, in the
 * notation of rpm -V: "S.5....T.".
 *
 * rpm(8), "VERIFY OPTIONS", and lib/verify.c: S size, M mode, 5 digest, D device number, L link,
 * U user, G group, T time of change, P capabilities; '.' agrees, or does not apply to a file of
 * this type; '?' was not compared.  Pure.
 */
#ifndef EXHIBIT_PARSE_MARKS_H
#define EXHIBIT_PARSE_MARKS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/bytes.h"

#define MARKS_LEN 10u        /* nine letters and a NUL */
#define MARKS_NOT_KNOWN (-1) /* a number that nobody told */

/* Bit of each letter, in its order: that of rpm's verify flags is another. */
enum marks_bit {
	MARKS_SIZE = 1 << 0,
	MARKS_MODE = 1 << 1,
	MARKS_DIGEST = 1 << 2,
	MARKS_RDEV = 1 << 3,
	MARKS_LINK = 1 << 4,
	MARKS_USER = 1 << 5,
	MARKS_GROUP = 1 << 6,
	MARKS_MTIME = 1 << 7,
	MARKS_CAPS = 1 << 8,
	MARKS_ALL = (1 << 9) - 1
};

/* One side.  Of the package's a number may be MARKS_NOT_KNOWN, a digest have no bytes. */
struct marks_file {
	int64_t mode; /* with type bits; of a package they may be absent */
	int64_t size; /* bytes */
	int64_t uid, gid;
	int64_t mtime;       /* seconds since 1970 */
	struct bytes digest; /* bytes, both sides by the same algorithm; empty: not known */
	struct bytes link;   /* target of a symbolic link */
	bool caps;           /* has capabilities */
};

/* What the package wants compared, and how. */
struct marks_rules {
	unsigned said;    /* what its database says at all: the rest is '?' */
	unsigned wanted;  /* of that, what counts: the rest is '.' */
	bool ghost;       /* not of the package's own making: its content may be anything */
	bool link_digest; /* the digest of a link is of its target (apk) */
};

/* What came of it. */
enum marks_verdict {
	MARKS_AGREE,
	MARKS_DIFFER,      /* a letter is there */
	MARKS_NOT_COMPARED /* no letter, but the content that counts was not compared: the package
			    * or the archive has no digest of it */
};

/**
 * marks_compare(rules, said, found, out):
 * Compare; the nine letters go into ${out}.
 */
enum marks_verdict marks_compare(const struct marks_rules *rules, const struct marks_file *said,
				 const struct marks_file *found, char out[MARKS_LEN]);

#endif
