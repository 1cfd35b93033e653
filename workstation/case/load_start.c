/*
 * Single lines, or whole files, that make something run: PAM, udev, modprobe, ld.so.preload,
 * at, and scripts that lie in a folder of such.
 */
#include <string.h>

#include "lib/base/clock.h"
#include "workstation/case/load_job.h"
#include "workstation/case/loaders.h"
#include "workstation/parse/line.h"
#include "workstation/parse/starts.h"
#include "workstation/parse/userpath.h"

static const struct bytes root = { "root", 4 };

int load_start_pam(struct loading *l, const char *s, size_t n, uint64_t pos, uint64_t line)
{
	bool service = scan_ends(l->name, "/pam.conf");
	struct starts_line p;

	if (!starts_pam(s, n, service, &p))
		return 0;
	return load_job_put(l, pos, line,
			    &(struct load_job){ "pam", p.name, root, p.when, p.command });
}

int load_start_udev(struct loading *l, const char *s, size_t n, uint64_t pos, uint64_t line)
{
	struct starts_line u;
	size_t at = 0;

	while (at < n && starts_udev(s, n, &at, &u)) {
		const struct load_job job = { "udev", u.name, root, { NULL, 0 }, u.command };

		if (load_job_put(l, pos, line, &job) != 0)
			return -1;
	}
	return 0;
}

int load_start_modprobe(struct loading *l, const char *s, size_t n, uint64_t pos, uint64_t line)
{
	struct starts_line m;

	if (!starts_modprobe(s, n, &m))
		return 0;
	return load_job_put(l, pos, line,
			    &(struct load_job){ "modprobe", m.name, root, m.when, m.command });
}

/* Names with blanks or colons between, # begins a comment (ld.so(8)). */
int load_start_preload(struct loading *l, const char *text, size_t n, uint64_t pos, uint64_t line)
{
	struct scan s = scan_begin(text, n);
	struct load_job job = { .kind = "preload" };

	while (!line_ended(&s) && *s.p != '#') {
		job.command = line_until(&s, " \t:\r#");
		job.name = line_last(job.command);
		if (job.command.len > 0 && load_job_put(l, pos, line, &job) != 0)
			return -1;
		if (!line_ended(&s) && *s.p != '#')
			s.p++;
	}
	return 0;
}

/* The environment comes first in a job of at; what is to be run stands last. */
static struct bytes last_line(const uint8_t *p, size_t n, uint64_t *number)
{
	struct scan s = scan_begin(p, n);
	struct bytes line, last = { NULL, 0 };

	for (uint64_t i = 1; scan_line(&s, &line); i++) {
		if (line_trim(line).len == 0)
			continue;
		last = line;
		*number = i;
	}
	return last;
}

int load_start_at(struct loading *l, const uint8_t *p, size_t n)
{
	struct bytes file = line_last(l->name), uid, command;
	struct scan s = scan_begin(p, n);
	uint64_t number, minutes, line = 0;
	char when[CLOCK_UTC_LEN];
	struct load_job job = { .kind = "at", .name = file };

	if (!starts_at(file, &number, &minutes))
		return 0;
	command = last_line(p, n, &line);
	if (command.p == NULL)
		return 0;
	clock_utc(when, (struct instant){ (int64_t)minutes * 60, 0 });
	job.schedule = (struct bytes){ when, strlen(when) };
	if (line_to(&s, "# atrun uid=", NULL)) {
		uid = line_until(&s, " \n");
		job.owner = uid;
	}
	job.command = command;
	return load_job_put(l, (uint64_t)((const uint8_t *)command.p - p), line, &job);
}

/* A script that runs because it lies where it lies. */
int load_start_script(struct loading *l, const uint8_t *p, size_t n)
{
	static const struct {
		const char *begins, *kind, *schedule;
	} rows[] = {
		{ "/etc/cron.hourly/", "cron", "hourly" },
		{ "/etc/cron.daily/", "cron", "daily" },
		{ "/etc/cron.weekly/", "cron", "weekly" },
		{ "/etc/cron.monthly/", "cron", "monthly" },
		{ "/etc/periodic/15min/", "cron", "15min" },
		{ "/etc/periodic/hourly/", "cron", "hourly" },
		{ "/etc/periodic/daily/", "cron", "daily" },
		{ "/etc/periodic/weekly/", "cron", "weekly" },
		{ "/etc/periodic/monthly/", "cron", "monthly" },
		{ "/etc/init.d/", "init", "start" },
		{ "/etc/rc.local", "rc", "start" },
		{ "/etc/rc.d/rc.local", "rc", "start" },
		{ "/etc/local.d/", "rc", "start" },
		{ "/etc/update-motd.d/", "motd", "login" },
		{ "/etc/profile.d/", "profile", "login" },
		{ "/usr/lib/systemd/system-generators/", "generator", "start" },
		{ "/etc/systemd/system-generators/", "generator", "start" },
		{ "/etc/network/if-", "network", "interface" },
		{ "/etc/NetworkManager/dispatcher.d/", "network", "interface" },
	};
	struct bytes schedule, user = userpath_user(l->name);
	struct load_job job = { .kind = "profile", .name = line_last(l->name), .command = l->name };

	(void)p;
	if (n == 0 || scan_is(job.name, ".placeholder") || scan_is(job.name, "README"))
		return 0;
	job.owner = user.p != NULL ? user : root;
	job.schedule = (struct bytes){ "login", 5 };
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!scan_begins(l->name, rows[i].begins))
			continue;
		schedule = (struct bytes){ rows[i].schedule, strlen(rows[i].schedule) };
		job.kind = rows[i].kind;
		job.schedule = schedule;
	}
	return load_job_put(l, 0, 1, &job);
}
