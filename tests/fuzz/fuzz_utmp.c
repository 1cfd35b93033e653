/*
 * Records of utmp and lastlog in every layout, and sessions of what was read.
 *
 * No field may reach beyond the input, the positions only rise, and a session that ends was
 * opened before.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "workstation/parse/lastlog.h"
#include "workstation/parse/utmp_join.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static size_t input_len;

static void inside(const uint8_t *data, struct bytes b)
{
	const uint8_t *p = b.p;

	if (p < data || p + b.len > data + input_len)
		abort();
}

static int ended(void *ctx, int64_t tag, int64_t end_ns, const char *how)
{
	(void)end_ns;
	if (tag > *(int64_t *)ctx || strlen(how) < 4)
		abort();
	return 0;
}

static void check_utmp(const uint8_t *data, size_t n, struct utmp_layout hint)
{
	int64_t newest = -1;
	struct utmp_join *j = utmp_join_new(ended, &newest);
	struct utmp_record r;
	struct utmp u;
	char address[UTMP_ADDRESS_LEN];

	utmp_begin(&u, data, n, hint);
	while (utmp_next(&u, &r)) {
		if ((int64_t)r.pos <= newest || r.time_ns < 0)
			abort();
		newest = (int64_t)r.pos;
		inside(data, r.line);
		inside(data, r.id);
		inside(data, r.user);
		inside(data, r.host);
		utmp_address(address, &r);
		utmp_join_add(j, utmp_join_kind_of(&r), r.line, r.time_ns, newest);
	}
	if (utmp_left(&u) >= utmp_size(u.layout))
		abort();
	utmp_join_free(j);
}

static void check_lastlog(const uint8_t *data, size_t n, struct utmp_layout hint)
{
	struct lastlog_record r;
	struct lastlog l;

	lastlog_begin(&l, data, n, hint);
	while (lastlog_next(&l, &r)) {
		inside(data, r.line);
		inside(data, r.host);
	}
	if (lastlog_left(&l) >= 296)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct utmp_layout hint = { n & 1, n >> 1 & 1 };

	input_len = n;
	check_utmp(data, n, hint);
	check_lastlog(data, n, hint);
	return 0;
}
