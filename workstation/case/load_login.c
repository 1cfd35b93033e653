#include "workstation/case/load_login.h"

#include <arpa/inet.h>
#include <string.h>

#include "workstation/parse/scan.h"

#define NS 1000000000
#define ADDRESS_MAX 64u

struct utmp_layout load_login_layout(const struct case_host *facts)
{
	static const char *const wide[] = { "aarch64", "arm64", "riscv64",
					    "alpha",   "ia64",  "loongarch64" };
	static const char *const big[] = { "s390",  "s390x",   "ppc",        "ppc64",
					   "sparc", "sparc64", "mips",       "mips64",
					   "m68k",  "parisc",  "aarch64_be", "armeb" };
	struct utmp_layout l = { false, false };

	for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++)
		l.wide = l.wide || scan_is(facts->arch, wide[i]);
	for (size_t i = 0; i < sizeof(big) / sizeof(big[0]); i++)
		l.big = l.big || scan_is(facts->arch, big[i]);
	return l;
}

struct bytes load_login_address(struct bytes origin)
{
	struct bytes none = { NULL, 0 };
	char text[ADDRESS_MAX];
	struct in6_addr a;

	if (origin.len == 0 || origin.len >= sizeof(text) ||
	    memchr(origin.p, '\0', origin.len) != NULL)
		return none;
	memcpy(text, origin.p, origin.len);
	text[origin.len] = '\0';
	text[strcspn(text, "%")] = '\0';
	return inet_pton(AF_INET, text, &a) == 1 || inet_pton(AF_INET6, text, &a) == 1 ? origin
										       : none;
}

int64_t load_login_ns(int64_t sec)
{
	return sec < INT64_MIN / NS + 1 || sec > INT64_MAX / NS ? CASE_NULL : sec * NS;
}

static int read_rows(struct loading *l, struct foreign *f, load_login_put *put)
{
	int r;

	while ((r = foreign_step(f)) > 0)
		if (put(l, f) != 0)
			return -1;
	if (r == 0)
		return 0;
	return case_note(l, CASE_NULL, CASE_NULL, "unreadable",
			 "the database cannot be read on: %s", foreign_why(f));
}

int load_login_rows(struct loading *l, const void *p, size_t n, const char *sql,
		    load_login_put *put)
{
	struct foreign *f = foreign_open(p, n);
	int r;

	if (f == NULL)
		return err_set(l->e, 0, "no memory to read a database of the host");
	if (foreign_ask(f, sql))
		r = read_rows(l, f, put);
	else
		r = case_note(l, CASE_NULL, CASE_NULL, "unreadable", "no such database: %s",
			      foreign_why(f));
	foreign_close(f);
	return r;
}
