/*
 * Tables of cron and anacron.
 */
#include "lib/base/buf.h"
#include "workstation/case/load_job.h"
#include "workstation/case/loaders.h"
#include "workstation/parse/crontab.h"
#include "workstation/parse/line.h"
#include "workstation/parse/userpath.h"

static enum crontab_form form_of(struct bytes name)
{
	if (scan_ends(name, "/anacrontab"))
		return CRONTAB_ANACRON;
	return scan_begins(name, "/etc/") && !scan_begins(name, "/etc/crontabs/") ? CRONTAB_SYSTEM
										  : CRONTAB_USER;
}

#define SCHEDULE_MAX 4096u /* bytes; a longer one stays as it is written */

/* The fields of a schedule with one blank between them, whatever stands there. */
static struct bytes even(struct bytes schedule, struct buf *out)
{
	struct scan s = scan_begin(schedule.p, schedule.len);

	for (struct bytes word = line_word(&s); word.len > 0; word = line_word(&s)) {
		if (out->len > 0)
			buf_putc(out, ' ');
		buf_add(out, word.p, word.len);
	}
	return out->failed || out->len == 0 ? schedule : (struct bytes){ out->p, out->len };
}

int load_crontab(struct loading *l, const char *s, size_t n, uint64_t pos, uint64_t line)
{
	enum crontab_form form = form_of(l->name);
	struct crontab_line c;
	struct load_job job = { .kind = form == CRONTAB_ANACRON ? "anacron" : "cron" };
	struct buf schedule;
	int r;

	switch (crontab_parse(form, s, n, &c)) {
	case CRONTAB_NOTHING:
		return 0;
	case CRONTAB_DAMAGED:
		return case_note(l, (int64_t)pos, (int64_t)line, "unreadable",
				 "this is no line of a crontab");
	case CRONTAB_VARIABLE:
		job.kind = "variable";
		break;
	default:
		break;
	}
	job.name = c.name;
	job.owner = c.user;
	if (form == CRONTAB_USER)
		job.owner = scan_begins(l->name, "/etc/crontabs/") ? line_last(l->name)
								   : userpath_user(l->name);
	if (form == CRONTAB_ANACRON)
		job.owner = (struct bytes){ "root", 4 };
	buf_init(&schedule, SCHEDULE_MAX);
	job.schedule = even(c.schedule, &schedule);
	job.command = c.command;
	r = load_job_put(l, pos, line, &job);
	buf_release(&schedule);
	return r;
}
