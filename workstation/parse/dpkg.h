/*
 * dpkg: the files of /var/lib/dpkg, record by record.
 *
 * Formats: dpkg(1), dpkg-divert(1), dpkg-statoverride(1), deb822(5), deb-conffiles(5),
 * deb-md5sums(5); lib/dpkg/parse.c, db-fsys-*.c of dpkg 1.21.  Nothing is allocated and nothing
 * copied: what is given out points into the text.  Paths are raw bytes; none is unescaped,
 * because dpkg escapes none.  A record that is no such record is stepped over and counted.
 */
#ifndef EXHIBIT_PARSE_DPKG_H
#define EXHIBIT_PARSE_DPKG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/bytes.h"
#include "workstation/parse/scan.h"

#define DPKG_MD5_LEN 32u	/* hex digits */

/* A text that is being read.  Zeroed by dpkg_begin. */
struct dpkg {
	struct scan s;
	const char *text;	/* its beginning */
	uint64_t line;		/* number of the line that was read last, from 1 */
	uint64_t bad;		/* records that are none */
};

struct dpkg dpkg_begin(const void *p, size_t n);

/* A stanza of status.  Fields that are absent are empty. */
struct dpkg_package {
	struct bytes name, version, arch, maintainer;
	struct bytes state;	/* last word of Status: installed, config-files, half-installed ... */
	struct bytes summary;	/* first line of Description */
	struct bytes conffiles;	/* lines of Conffiles, for dpkg_conffile */
	uint64_t pos, line;	/* where the stanza begins: offset in bytes, line from 1 */
	uint64_t conffiles_line; /* line of the first conffile */
};

/**
 * dpkg_package(d, out):
 * The next stanza that names a package.  False at the end.
 */
bool dpkg_package(struct dpkg *d, struct dpkg_package *out);

/* A line that says what a file of a package is. */
struct dpkg_file {
	struct bytes path;	/* absolute, but of md5sums: without the first slash */
	struct bytes md5;	/* DPKG_MD5_LEN hex digits of either case; empty: not known */
	bool obsolete;		/* (conffile) no longer of the package; dpkg -V leaves it out */
	uint64_t pos, line;	/* of the line */
};

/**
 * dpkg_conffile(d, out):
 * The next line of Conffiles: blank, path, MD5 or newconffile, and perhaps obsolete or
 * remove-on-upgrade.  A path may hold blanks.
 */
bool dpkg_conffile(struct dpkg *d, struct dpkg_file *out);

/**
 * dpkg_sum(d, out) / dpkg_listed(d, out):
 * The next line of info/PACKAGE.md5sums: MD5, two blanks, path; of info/PACKAGE.list: a path.
 */
bool dpkg_sum(struct dpkg *d, struct dpkg_file *out);
bool dpkg_listed(struct dpkg *d, struct dpkg_file *out);

/* Three lines of diversions: files of that path, of all packages but one, lie elsewhere. */
struct dpkg_diversion {
	struct bytes from, to;
	struct bytes package;	/* whose file keeps the path; ":" : nobody's */
};
bool dpkg_diversion(struct dpkg *d, struct dpkg_diversion *out);

/* A line of statoverride: owner, group, mode, path. */
struct dpkg_override {
	struct bytes user, group;	/* names, or #NUMBER */
	uint32_t mode;			/* without type bits */
	struct bytes path;
};
bool dpkg_override(struct dpkg *d, struct dpkg_override *out);

/**
 * dpkg_info(file, package, arch, kind):
 * Split the name of a file of info/: "libc6:amd64.md5sums" is package libc6, arch amd64, kind
 * md5sums; without a colon ${arch} is empty.  False if it is no such name.
 */
bool dpkg_info(struct bytes file, struct bytes *package, struct bytes *arch, struct bytes *kind);

#endif
