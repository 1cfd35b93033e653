/*
 * Verbs over what starts by time or event, and keys that may log in: job, authkey.
 */
#include "workstation/show/show_groups.h"

static const struct show_column jobs_columns[] = {
	{ "kind", SHOW_TEXT },
	{ "user", SHOW_TEXT },
	{ "schedule", SHOW_TEXT },
	{ "enabled", SHOW_TEXT },
	{ "command", SHOW_TEXT },
	{ "name", SHOW_TEXT },
	{ "time", SHOW_TIME },
	{ "path", SHOW_TEXT },
	{ "ctime", SHOW_TIME | SHOW_MORE },
	{ "btime", SHOW_TIME | SHOW_MORE },
	{ "container", SHOW_TEXT | SHOW_MORE },
	{ NULL, 0 },
};

static const struct show_option jobs_options[] = {
	{ "kind", "WORD", SHOW_STRING, "v.kind = :kind",
	  "only this kind: cron, timer, service, ...", NULL },
	{ "enabled", NULL, SHOW_FLAG, "v.enabled = 'yes'", "only what is started", NULL },
	{ "grep", "TEXT", SHOW_STRING, "instr(v.command, :grep) > 0",
	  "only commands that hold TEXT", NULL },
	{ NULL, NULL, SHOW_FLAG, NULL, NULL, NULL },
};

static const struct show_column keys_columns[] = {
	{ "user", SHOW_TEXT },
	{ "type", SHOW_TEXT },
	{ "fingerprint", SHOW_TEXT },
	{ "comment", SHOW_TEXT },
	{ "options", SHOW_TEXT },
	{ "time", SHOW_TIME },
	{ "path", SHOW_TEXT },
	{ "container", SHOW_TEXT | SHOW_MORE },
	{ NULL, 0 },
};

const struct show_verb show_jobs_verbs[] = {
	{ .name = "jobs",
	  .of = "jobs",
	  .typed = "crontab -l, systemctl list-timers, ls /etc/cron.d, cat /etc/rc.local",
	  .what = "What is started by time or event, with when its file was changed: cron, at, "
		  "systemd, "
		  "init, profiles, PAM, udev, modprobe, ld.so.preload.",
	  .sql = "SELECT j.host, j.object, j.pos, j.line, j.id, kind, name, owner AS user, "
		 "schedule, command, "
		 "CASE enabled WHEN 1 THEN 'yes' WHEN 0 THEN 'no' END AS enabled, o.mtime AS time, "
		 "o.path AS path, "
		 "o.ctime AS ctime, o.btime AS btime, o.container AS container FROM job j "
		 "LEFT JOIN object o ON o.id = j.object",
	  .order = "v.host, v.kind, v.path, v.id",
	  .columns = jobs_columns,
	  .options = jobs_options },
	{ .name = "keys",
	  .of = "accounts",
	  .typed = "cat ~/.ssh/authorized_keys, ssh-keygen -lf",
	  .what = "Keys that may log in, with when their file was changed.",
	  .sql = "SELECT k.host, k.object, k.pos, k.line, k.id, user, k.type AS type, fingerprint, "
		 "comment, options, "
		 "o.mtime AS time, o.path AS path, o.container AS container FROM authkey k "
		 "LEFT JOIN object o ON o.id = k.object",
	  .order = "v.host, v.path, v.id",
	  .columns = keys_columns },
	{ .name = NULL },
};
