/*
 * Lines of web servers: parts lie inside the line, and a path is never longer than its URL.
 */
#include <stdint.h>
#include <stdlib.h>

#include "workstation/parse/scan.h"
#include "workstation/parse/weblog.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void inside(struct bytes line, struct bytes part)
{
	const char *p = part.p;

	if (part.len > 0 &&
	    (p < (const char *)line.p || p + part.len > (const char *)line.p + line.len))
		abort();
}

static void check(struct bytes line, const struct weblog_line *l)
{
	struct buf b;

	inside(line, l->vhost);
	inside(line, l->address);
	inside(line, l->user);
	inside(line, l->url);
	inside(line, l->referer);
	inside(line, l->agent);
	inside(line, l->text);
	buf_init(&b, line.len + 1);
	weblog_script(l->url, &b);
	if (b.failed || b.len > l->url.len)
		abort();
	buf_release(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct scan s = scan_begin(data, n);
	struct weblog_line l;
	struct bytes line;

	while (scan_line(&s, &line)) {
		if (weblog_access(line.p, line.len, &l))
			check(line, &l);
		if (weblog_error(line.p, line.len, &l))
			check(line, &l);
	}
	return 0;
}
