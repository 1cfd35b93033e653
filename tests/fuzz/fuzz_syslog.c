/*
 * Lines of logs: their parts lie inside the line, and times are those of some year.
 */
#include <stdint.h>
#include <stdlib.h>

#include "workstation/parse/authlog.h"
#include "workstation/parse/scan.h"
#include "workstation/parse/syslog.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void inside(struct bytes line, struct bytes part)
{
	const char *p = part.p;

	if (part.len > 0 &&
	    (p < (const char *)line.p || p + part.len > (const char *)line.p + line.len))
		abort();
}

static void check_line(struct syslog_year *y, struct bytes line)
{
	struct syslog_line l;
	struct authlog a;
	int64_t ns;

	if (!syslog_parse(line.p, line.len, &l))
		return;
	inside(line, l.host);
	inside(line, l.program);
	inside(line, l.text);
	syslog_year_next(y, &l.when, &ns);
	if (!authlog_parse(l.program, l.text, &a))
		return;
	inside(line, a.user);
	inside(line, a.address);
	inside(line, a.command);
	inside(line, a.key);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct scan s = scan_begin(data, n);
	struct syslog_year y;
	struct bytes line;

	syslog_year_begin(&y, 1622505600000000000, NULL);
	while (scan_line(&s, &line))
		check_line(&y, line);
	if (syslog_year_shift(&y, 0) > 0)
		abort();
	return 0;
}
