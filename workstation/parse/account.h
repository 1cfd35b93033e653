/*
 * account: lines of passwd(5), shadow(5) and group(5).
 *
 * Each function reads one line without its LF and gives out bytes that point into it.  A line
 * is refused if it has not the fields of its file, or a number that is none.  Empty lines and
 * comments are for the caller.  glibc takes lines with leading blanks, and those of NIS, which
 * begin with + or -, and so may leave fields out: ACCOUNT_NIS.
 */
#ifndef EXHIBIT_PARSE_ACCOUNT_H
#define EXHIBIT_PARSE_ACCOUNT_H

#include <stdint.h>

#include "lib/base/bytes.h"

enum account_line {
	ACCOUNT_READ,
	ACCOUNT_EMPTY,		/* nothing but blanks, or a comment */
	ACCOUNT_NIS,		/* + or - in front: only the name was read */
	ACCOUNT_BAD		/* not of the form */
};

struct account_passwd {
	struct bytes name, gecos, home, shell;
	uint32_t uid, gid;
	int no_password;	/* 1: the password field is empty: anyone may log in */
};

enum account_line account_passwd(const char *s, size_t n, struct account_passwd *out);

/* The state of a password, never the hash.  Words are static. */
struct account_shadow {
	struct bytes name;
	const char *state;	/* set: a hash; locked: "!" before one, or alone; none: empty, no
				 * password is asked for; never: "*" and what can be no hash */
	const char *scheme;	/* of a hash, by its prefix (crypt(5)); NULL: there is none */
	int64_t changed_day;	/* days since 1970; -1: not there */
};

enum account_line account_shadow(const char *s, size_t n, struct account_shadow *out);

struct account_group {
	struct bytes name, members;
	uint32_t gid;
};

enum account_line account_group(const char *s, size_t n, struct account_group *out);

#endif
