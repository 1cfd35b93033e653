/*
 * Access and error logs of web servers.
 */
#include "workstation/case/load_login.h"
#include "workstation/case/load_message.h"
#include "workstation/case/loaders.h"
#include "workstation/parse/line.h"
#include "workstation/parse/weblog.h"

static int put(struct loading *l, const struct weblog_line *w, const char *kind, uint64_t pos,
	       uint64_t line)
{
	struct case_web row;
	struct buf script;
	int r;

	buf_init(&script, LOADER_LINE_MAX + 1);
	weblog_script(w->url, &script);
	case_init_web(&row);
	row.object = l->object;
	row.pos = (int64_t)pos;
	row.line = (int64_t)line;
	row.kind = kind;
	row.time_from = load_message_time(l, &w->when, &row.time);
	row.vhost = load_message_some(w->vhost);
	row.address = load_message_some(w->address);
	row.user = load_message_some(w->user);
	row.method = load_message_some(w->method);
	row.url = load_message_some(w->url);
	row.script = load_message_some((struct bytes){ script.p, script.len });
	row.status = w->status < 0 ? CASE_NULL : w->status;
	row.bytes = w->bytes < 0 ? CASE_NULL : w->bytes;
	row.referer = load_message_some(w->referer);
	row.agent = load_message_some(w->agent);
	row.text = load_message_some(w->text);
	r = case_put_web(l->db, &row, l->e);
	buf_release(&script);
	return r;
}

int load_weblog(struct loading *l, const char *s, size_t n, uint64_t pos, uint64_t line)
{
	struct weblog_line w;
	struct case_web row;

	if (n == 0)
		return 0;
	if (weblog_access(s, n, &w))
		return put(l, &w, "access", pos, line);
	if (weblog_error(s, n, &w))
		return put(l, &w, "error", pos, line);
	/* what a script writes goes into the error log as it is */
	case_init_web(&row);
	row.object = l->object;
	row.pos = (int64_t)pos;
	row.line = (int64_t)line;
	row.kind = line_holds(line_last(l->name), "access") ? "access" : "error";
	row.time_from = "none";
	row.text = (struct bytes){ s, n };
	return case_put_web(l->db, &row, l->e);
}
