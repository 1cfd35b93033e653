/*
 * load_login: what the loaders of logins share.
 */
#ifndef EXHIBIT_CASE_LOAD_LOGIN_H
#define EXHIBIT_CASE_LOAD_LOGIN_H

#include "workstation/case/foreign.h"
#include "workstation/case/loader.h"
#include "workstation/parse/utmp.h"

/**
 * load_login_layout(facts):
 * How records of utmp and lastlog look on a host of this architecture.
 */
struct utmp_layout load_login_layout(const struct case_host *facts);

/**
 * load_login_address(origin):
 * ${origin} if it is a numeric address (IPv4, or IPv6 with or without zone), else none.
 */
struct bytes load_login_address(struct bytes origin);

/* Nanoseconds of seconds; CASE_NULL if they do not fit. */
int64_t load_login_ns(int64_t sec);

/**
 * load_login_rows(l, p, n, sql, put):
 * Ask the ${n} bytes of an SQLite file and give each row of the answer to ${put}, which returns 0,
 * or -1 with l->e.  What cannot be asked is a note.
 */
typedef int load_login_put(struct loading *l, struct foreign *f);
int load_login_rows(struct loading *l, const void *p, size_t n, const char *sql,
		    load_login_put *put);

#endif
