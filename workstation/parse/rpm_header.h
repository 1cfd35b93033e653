/*
 * rpm_header: one package of rpm's database, as the header that is kept of it.
 *
 * Format (docs/manual/format_header.md of rpm, lib/header.c): two 32-bit numbers, entries and
 * bytes of data; the entries, of 16 bytes: tag, type, offset in the data, count; the data.  All
 * numbers have the high byte first, on every host.  A database holds it without the magic number
 * that stands before it in a package file.
 *
 * Pure and hostile: every offset and count is held against what is there, nothing is allocated,
 * what is given out points into the header.  Bounds: RPM_ENTRIES_MAX entries, and files whose
 * directories jump to and fro cost RPM_STEPS_MAX in all.
 */
#ifndef EXHIBIT_PARSE_RPM_HEADER_H
#define EXHIBIT_PARSE_RPM_HEADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/bytes.h"

#define RPM_ENTRIES_MAX 65536u		/* rpm's own bound */
#define RPM_STEPS_MAX 50000000u		/* names of directories stepped over, of one package;
					 * one more for each 64 bytes of a name */

/* Tags (include/rpm/rpmtag.h) of a package. */
enum rpm_tag {
	RPM_NAME = 1000, RPM_VERSION = 1001, RPM_RELEASE = 1002, RPM_EPOCH = 1003,
	RPM_SUMMARY = 1004, RPM_INSTALLTIME = 1008, RPM_VENDOR = 1011, RPM_ARCH = 1022
};

/* Bits of fileflags and of fileverifyflags; states of filestates (rpmfiles.h, rpmvf.h). */
enum rpm_flag {
	RPM_CONFIG = 1 << 0, RPM_DOC = 1 << 1, RPM_MISSINGOK = 1 << 3, RPM_GHOST = 1 << 6,
	RPM_LICENSE = 1 << 7, RPM_README = 1 << 8, RPM_PUBKEY = 1 << 11, RPM_ARTIFACT = 1 << 12
};
enum rpm_verify {
	RPM_VERIFY_DIGEST = 1 << 0, RPM_VERIFY_SIZE = 1 << 1, RPM_VERIFY_LINK = 1 << 2,
	RPM_VERIFY_USER = 1 << 3, RPM_VERIFY_GROUP = 1 << 4, RPM_VERIFY_MTIME = 1 << 5,
	RPM_VERIFY_MODE = 1 << 6, RPM_VERIFY_RDEV = 1 << 7, RPM_VERIFY_CAPS = 1 << 8
};
enum rpm_state { RPM_NORMAL = 0, RPM_REPLACED = 1, RPM_NOT_INSTALLED = 2, RPM_NET_SHARED = 3,
		 RPM_WRONG_COLOUR = 4 };

struct rpm_header {
	const uint8_t *index;	/* entries */
	const uint8_t *data;
	uint32_t entries, size;	/* how many; bytes of data */
};

/**
 * rpm_header_open(h, p, n):
 * Look at ${n} bytes.  False if they are no header, or one that is cut.
 */
bool rpm_header_open(struct rpm_header *h, const void *p, size_t n);

/* A value of a tag: the text, the first one of an array or of translations; the first number.
 * False if the tag is absent, of another kind, or broken. */
bool rpm_header_text(const struct rpm_header *h, uint32_t tag, struct bytes *out);
bool rpm_header_number(const struct rpm_header *h, uint32_t tag, uint64_t *out);

/* A file of the package. */
struct rpm_file {
	struct bytes dir, base;		/* path: one behind the other */
	struct bytes user, group;	/* names */
	struct bytes digest;		/* hex, empty: none */
	struct bytes link;		/* target of a symbolic link, or empty */
	struct bytes caps;		/* capabilities as text, or empty */
	uint64_t size;
	uint32_t mode;			/* with type bits */
	uint32_t mtime;			/* seconds since 1970 */
	uint32_t flags, verify, state;	/* bits of enum rpm_flag, enum rpm_verify; enum rpm_state */
	uint32_t rdev;
	uint32_t algorithm;		/* of the digest, RFC 4880 9.4: 1 MD5, 2 SHA-1, 8 SHA-256,
					 * 9 SHA-384, 10 SHA-512 */
};

/* Values of a tag that has one for each file. */
struct rpm_column {
	const uint8_t *p, *end;		/* the next one; NULL: the tag is absent */
	uint32_t width;			/* bytes of a number; 0: texts */
	uint32_t left;			/* values that are left */
};

struct rpm_files {
	struct rpm_column base, dir, dirs, user, group, digest, link, caps;
	struct rpm_column size, mode, mtime, flags, verify, state, rdev;
	const struct rpm_header *h;	/* must outlive the walk */
	struct bytes dir_name;		/* directory dir_at of the list */
	uint32_t dir_at, algorithm, steps;
	bool broken;			/* columns shorter than they say: files are missing */
};

/* Files of the header, in its order: begin, then next until false. */
void rpm_files_begin(struct rpm_files *f, const struct rpm_header *h);
bool rpm_files_next(struct rpm_files *f, struct rpm_file *out);

#endif
