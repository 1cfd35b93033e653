#include "workstation/case/load_message.h"

#include "lib/base/buf.h"
#include "workstation/case/load_login.h"
#include "workstation/case/zones.h"
#include "workstation/parse/authlog.h"
#include "workstation/parse/line.h"
#include "workstation/parse/syslog.h"

#define DETAIL_MAX 4096u

struct bytes load_message_some(struct bytes b)
{
	return b.len > 0 ? b : (struct bytes){ NULL, 0 };
}

const char *load_message_from(const struct loading *l, enum datetime_found found, bool yearless)
{
	switch (found) {
	case DATETIME_NONE:
		return "none";
	case DATETIME_TWICE:
		return "zone-ambiguous";
	case DATETIME_SKIPPED:
		return "zone-skipped";
	case DATETIME_OFFSET:
	case DATETIME_ONCE:
		break;
	}
	if (yearless)
		return "year-assumed";
	return found == DATETIME_OFFSET ? "exact" : l->zone->known ? "zone" : "zone-assumed";
}

const char *load_message_time(struct loading *l, const struct datetime *when, int64_t *ns)
{
	enum datetime_found found = datetime_ns(when, &l->zone->clock, l->before_ns, ns);

	if (found == DATETIME_NONE)
		*ns = CASE_NULL;
	else
		l->before_ns = *ns;
	return load_message_from(l, found, false);
}

static void add(struct buf *b, const char *before, struct bytes value)
{
	if (value.len == 0)
		return;
	if (b->len > 0)
		buf_putc(b, ' ');
	buf_puts(b, before);
	buf_add(b, value.p, value.len);
}

static int put_login(struct loading *l, const struct load_message *m, const struct authlog *a,
		     const char *kind)
{
	struct case_login row;
	struct buf detail;
	int r;

	buf_init(&detail, DETAIL_MAX);
	add(&detail, "", m->program);
	add(&detail, "", a->method);
	add(&detail, "port ", a->port);
	add(&detail, "key ", a->key);
	add(&detail, "by ", a->by);
	case_init_login(&row);
	row.object = l->object;
	row.pos = m->pos;
	row.line = m->line;
	row.source = "log";
	row.kind = kind;
	row.user = load_message_some(a->user);
	row.tty = load_message_some(a->tty);
	row.origin = load_message_some(a->address);
	row.address = load_login_address(a->address);
	row.pid = m->pid;
	row.time = m->time;
	row.time_from = m->time_from;
	row.detail = load_message_some((struct bytes){ detail.p, detail.len });
	r = case_put_login(l->db, &row, l->e);
	buf_release(&detail);
	return r;
}

static int put_command(struct loading *l, const struct load_message *m, const struct authlog *a)
{
	struct case_command row;

	case_init_command(&row);
	row.object = l->object;
	row.pos = m->pos;
	row.line = m->line;
	row.source = scan_is(m->program, "sudo")   ? "sudo"
		     : scan_is(m->program, "doas") ? "doas"
						   : "cron";
	row.user = load_message_some(a->user);
	row.time = m->time;
	row.time_from = m->time_from;
	row.text = a->command;
	return case_put_command(l->db, &row, l->e);
}

static int put_meaning(struct loading *l, const struct load_message *m)
{
	static const char *const kinds[] = {
		[AUTHLOG_LOGIN] = "login",
		[AUTHLOG_FAILED] = "failed",
		[AUTHLOG_INVALID] = "invalid",
		[AUTHLOG_LOGOUT] = "logout",
	};
	struct authlog a;

	if (!authlog_parse(m->program, m->text, &a))
		return 0;
	if (a.kind == AUTHLOG_COMMAND)
		return put_command(l, m, &a);
	return put_login(l, m, &a, kinds[a.kind]);
}

int load_message_put(struct loading *l, const struct load_message *m)
{
	struct case_log row;

	case_init_log(&row);
	row.object = l->object;
	row.pos = m->pos;
	row.line = m->line;
	row.source = m->source;
	row.time = m->time;
	row.time_from = m->time_from;
	row.origin = load_message_some(m->host);
	row.program = load_message_some(m->program);
	row.pid = m->pid;
	row.priority = m->priority;
	row.text = m->text;
	if (case_put_log(l->db, &row, l->e) != 0)
		return -1;
	return put_meaning(l, m);
}

/* The word for `source`, by the name of the file. */
static const char *source_of(struct bytes name)
{
	static const struct {
		const char *has, *source;
	} rows[] = {
		{ "dpkg", "dpkg" },         { "/apt/", "apt" },
		{ "dnf", "dnf" },           { "yum", "dnf" },
		{ "hawkey", "dnf" },        { "pacman", "pacman" },
		{ "zypp", "zypper" },       { "vsftpd", "vsftpd" },
		{ "fail2ban", "fail2ban" }, { "cloud-init", "cloud-init" },
		{ "alternatives", "dpkg" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (line_holds(name, rows[i].has))
			return rows[i].source;
	return "log";
}

/* Time of a line, with the year of the file's last change where none is written. */
static int64_t time_of(struct loading *l, struct datetime *when, const char **from)
{
	struct syslog_year year;
	int64_t ns;

	if (when->year != 0) {
		*from = load_message_time(l, when, &ns);
		return ns;
	}
	syslog_year_begin(&year, l->mtime_ns != CASE_NULL ? l->mtime_ns : 0, &l->zone->clock);
	syslog_year_next(&year, when, &ns);
	if (ns != CASE_NULL && syslog_year_shift(&year, 0) != 0) {
		when->year--;
		year.found = datetime_ns(when, year.zone, INT64_MIN, &ns);
		if (year.found == DATETIME_NONE)
			ns = CASE_NULL;
	}
	*from = load_message_from(l, year.found, true);
	return ns;
}

int load_message_timed(struct loading *l, int64_t pos, int64_t line, struct datetime *when,
		       struct bytes text)
{
	struct load_message m = {
		.pos = pos,
		.line = line,
		.source = source_of(l->name),
		.time = CASE_NULL,
		.time_from = "none",
		.text = text,
		.pid = CASE_NULL,
		.priority = CASE_NULL,
	};

	if (when != NULL)
		m.time = time_of(l, when, &m.time_from);
	return load_message_put(l, &m);
}
