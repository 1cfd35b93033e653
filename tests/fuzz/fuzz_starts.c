/*
 * What is started by time or event: tables of cron, units, keys, rules; parts lie inside.
 */
#include <stdint.h>
#include <stdlib.h>

#include "workstation/parse/crontab.h"
#include "workstation/parse/keyline.h"
#include "workstation/parse/starts.h"
#include "workstation/parse/unitfile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static struct bytes all;

static void inside(struct bytes part)
{
	const char *p = part.p;

	if (part.len > 0 &&
	    (p < (const char *)all.p || p + part.len > (const char *)all.p + all.len))
		abort();
}

static void check_line(struct bytes b)
{
	struct crontab_line c;
	struct starts_line l;
	struct keyline k;
	uint64_t number, minutes;
	size_t at = 0, before;

	for (int form = CRONTAB_USER; form <= CRONTAB_ANACRON; form++) {
		if (crontab_parse(form, b.p, b.len, &c) != CRONTAB_JOB)
			continue;
		inside(c.schedule);
		inside(c.user);
		inside(c.command);
	}
	if (keyline_parse(b.p, b.len, &k) == KEYLINE_KEY) {
		inside(k.options);
		inside(k.key);
		inside(k.comment);
	}
	if (starts_pam(b.p, b.len, b.len & 1, &l)) {
		inside(l.when);
		inside(l.command);
	}
	if (starts_modprobe(b.p, b.len, &l))
		inside(l.command);
	starts_at(b, &number, &minutes);
	do {
		before = at;
		if (starts_udev(b.p, b.len, &at, &l))
			inside(l.command);
		if (at > b.len || at < before)
			abort();
	} while (at < b.len && at > before);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct scan s = scan_begin(data, n);
	struct bytes line;
	struct unitfile u;

	all = (struct bytes){ data, n };
	while (scan_line(&s, &line))
		check_line(line);
	unitfile_begin(&u, data, n);
	while (unitfile_next(&u)) {
		inside(u.section);
		inside(u.value);
	}
	return 0;
}
