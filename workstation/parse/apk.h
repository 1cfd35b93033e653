/*
 * apk: /lib/apk/db/installed, the packages of Alpine and their files.
 *
 * Format (apk-tools, doc/apk-v2.5 and src/database.c): lines of a letter, a colon and a value;
 * an empty line ends a package.  P name, V version, A architecture, T description, m maintainer,
 * t time of the build; F a directory, M its owner, group and mode; R a file in the last
 * directory, a its owner, group and mode, Z its checksum: Q1 and the SHA-1, or Q2 and the
 * SHA-256, in base64.  Of a link the checksum is of its target.  M absent is 0:0:0755, a 0:0:0644.
 * Pure and hostile; nothing is allocated or copied.
 */
#ifndef EXHIBIT_PARSE_APK_H
#define EXHIBIT_PARSE_APK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/bytes.h"
#include "workstation/parse/scan.h"

enum apk_kind { APK_PACKAGE, APK_DIRECTORY, APK_FILE };

struct apk_package {
	struct bytes name, version, arch, summary, maintainer;
};

/* What apk_next gives: a package when it is complete but for its files, then these. */
struct apk_row {
	enum apk_kind kind;
	struct apk_package package;	/* of the row, whatever its kind */
	struct bytes dir, base;		/* relative to the root; of a directory base is empty */
	uint32_t uid, gid, mode;	/* mode without type bits */
	uint8_t digest[32];
	size_t digest_len;		/* 20: SHA-1, 32: SHA-256, 0: none */
	uint64_t pos, line;		/* of its first line: offset in bytes, line from 1 */
};

struct apk {
	struct scan s;
	const char *text;	/* its beginning */
	uint64_t line;		/* that was read last */
	uint64_t bad;		/* lines that are none */
	struct apk_package package;
	struct bytes dir;
	uint64_t package_pos, package_line;	/* where it begins */
	bool told;		/* it was given out, or has no name yet */
};

struct apk apk_begin(const void *p, size_t n);

/**
 * apk_next(a, out):
 * The next package, directory or file.  False at the end.
 */
bool apk_next(struct apk *a, struct apk_row *out);

#endif
