/*
 * Verbs over what was typed, logged and asked for: command, log, web.
 */
#include "workstation/show/show_groups.h"

static const struct show_column history_columns[] = {
	{ "user", SHOW_TEXT },
	{ "time", SHOW_TIME },
	{ "source", SHOW_TEXT },
	{ "text", SHOW_TEXT },
	{ "path", SHOW_TEXT | SHOW_MORE },
	{ NULL, 0 },
};

/* What is set where no history comes from is of no order among commands: it stands behind them. */
static const char history_sql[] =
	"SELECT c.host, c.object, c.pos, c.line, c.id, user, time, source, text, o.path AS path "
	"FROM command c LEFT JOIN object o ON o.id = c.object "
	"UNION ALL SELECT n.host, n.object, n.pos, n.line, n.id, NULL, NULL, 'setting', n.text, "
	"o.path FROM note n LEFT JOIN object o ON o.id = n.object WHERE n.kind IN ('history-off', "
	"'history-moved') "
	"UNION ALL SELECT p.host, p.object, NULL, NULL, p.id, (SELECT a.name FROM account a WHERE "
	"a.host = p.host AND a.uid = p.euid AND a.container IS NULL LIMIT 1), p.start, 'environ', "
	"substr(p.all_of, instr(p.all_of, '\\x0a' || w.word) + 4, instr(substr(p.all_of, "
	"instr(p.all_of, '\\x0a' || w.word) + 4), '\\x0a') - 1), p.exe FROM (SELECT 'HISTFILE=' AS "
	"word UNION ALL SELECT 'HISTSIZE=' UNION ALL SELECT 'HISTFILESIZE=' UNION ALL SELECT "
	"'SAVEHIST=') w JOIN (SELECT *, '\\x0a' || environ || '\\x0a' AS all_of FROM process WHERE "
	"environ IS NOT NULL) p ON instr(p.all_of, '\\x0a' || w.word) > 0";

static const struct show_option history_options[] = {
	{ "source", "WORD", SHOW_STRING, "v.source = :source",
	  "only what this kept: bash, zsh, sudo, audit, cron, setting, environ ...", NULL },
	{ "grep", "TEXT", SHOW_STRING, "instr(v.text, :grep) > 0", "only commands that hold TEXT",
	  NULL },
	{ NULL, NULL, SHOW_FLAG, NULL, NULL, NULL },
};

static const struct show_column log_columns[] = {
	{ "time", SHOW_TIME },
	{ "source", SHOW_TEXT },
	{ "program", SHOW_TEXT },
	{ "pid", SHOW_INT },
	{ "text", SHOW_TEXT },
	{ "origin", SHOW_TEXT | SHOW_MORE },
	{ "priority", SHOW_INT | SHOW_MORE },
	{ "time_from", SHOW_TEXT | SHOW_MORE },
	{ "path", SHOW_TEXT | SHOW_MORE },
	{ NULL, 0 },
};

static const struct show_option log_options[] = {
	{ "program", "NAME", SHOW_STRING, "v.program = :program", "only what this program wrote",
	  NULL },
	{ "grep", "TEXT", SHOW_STRING, "instr(v.text, :grep) > 0", "only lines that hold TEXT",
	  NULL },
	{ "source", "WORD", SHOW_STRING, "v.source = :source",
	  "only this kind of log: syslog, journal, audit, dpkg, ...", NULL },
	{ "priority", "N", SHOW_NUMBER, "v.priority <= :priority",
	  "only what is as grave: 0 emergency to 7 debug", NULL },
	{ NULL, NULL, SHOW_FLAG, NULL, NULL, NULL },
};

#define LOG_SQL                                                                            \
	"SELECT l.host, l.object, l.pos, l.line, l.id, time, source, program, pid, text, " \
	"origin, priority, time_from, o.path AS path FROM log l LEFT JOIN object o "       \
	"ON o.id = l.object"

static const struct show_column web_columns[] = {
	{ "time", SHOW_TIME },
	{ "address", SHOW_TEXT },
	{ "status", SHOW_INT },
	{ "method", SHOW_TEXT },
	{ "url", SHOW_TEXT },
	{ "agent", SHOW_TEXT },
	{ "text", SHOW_TEXT },
	{ "kind", SHOW_TEXT | SHOW_MORE },
	{ "script", SHOW_TEXT | SHOW_MORE },
	{ "bytes", SHOW_INT | SHOW_MORE },
	{ "referer", SHOW_TEXT | SHOW_MORE },
	{ "vhost", SHOW_TEXT | SHOW_MORE },
	{ "user", SHOW_TEXT | SHOW_MORE },
	{ "path", SHOW_TEXT | SHOW_MORE },
	{ NULL, 0 },
};

/* Within :window seconds, 300 without it. */
#define NEAR(time) "abs(" time " - v.time) <= ifnull(:window, 300) * 1000000000"

static const struct show_option web_options[] = {
	{ "address", "ADDRESS", SHOW_STRING, "v.address = :address", "only from this address",
	  NULL },
	{ "grep", "TEXT", SHOW_STRING,
	  "instr(ifnull(v.url, '') || ' ' || ifnull(v.agent, '') || ' ' || ifnull(v.text, ''), "
	  ":grep) > 0",
	  "only lines whose request, agent or message holds TEXT", NULL },
	{ "script", "PATH", SHOW_STRING, "v.script = :script",
	  "only requests for this path, decoded", NULL },
	{ "status", "N", SHOW_NUMBER, "v.status = :status", "only with this status", NULL },
	{ "downloads", NULL, SHOW_FLAG,
	  "v.agent LIKE 'wget%' OR v.agent LIKE 'curl%' OR v.agent LIKE 'python%' OR v.agent LIKE "
	  "'go-http%' "
	  "OR v.agent LIKE 'libwww%' OR v.url LIKE '%wget%' OR v.url LIKE '%curl%' OR v.url LIKE "
	  "'%fetch%'",
	  "only by wget, curl and their like, or that name them", NULL },
	{ "posts", NULL, SHOW_FLAG, "v.method IN ('POST', 'PUT', 'PATCH')",
	  "only what sent something in", NULL },
	{ "uploads", NULL, SHOW_FLAG,
	  "v.method = 'PUT' OR (v.method IN ('POST', 'PATCH') AND v.url LIKE '%upload%')",
	  "only PUT, and POST to paths of uploads", NULL },
	{ "first-hits", NULL, SHOW_FLAG,
	  "v.id IN (SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY host, script ORDER "
	  "BY time, id) "
	  "AS n FROM web WHERE kind = 'access' AND script IS NOT NULL) WHERE n = 1)",
	  "only the first request for each path", NULL },
	{ "errors", NULL, SHOW_FLAG, "v.kind = 'error'", "only the logs of errors", NULL },
	{ "around", "TIME", SHOW_WHEN, NEAR(":around"), "only within five minutes of TIME", NULL },
	{ "around-file", "PATH", SHOW_STRING,
	  "EXISTS (SELECT 1 FROM object o WHERE o.host = v.host AND o.path = :around_file AND "
	  "(" NEAR("o.mtime") " OR " NEAR("o.ctime") " OR " NEAR("o.btime") "))",
	  "only within five minutes of a time of this file: made, changed", NULL },
	{ "window", "SECONDS", SHOW_NUMBER, NULL, "instead of five minutes", NULL },
	{ NULL, NULL, SHOW_FLAG, NULL, NULL, NULL },
};

const struct show_verb show_logs_verbs[] = {
	{ .name = "history",
	  .of = "commands",
	  .typed = "cat ~/.bash_history",
	  .what = "Commands of all users: of histories of shells and programs, sudo, audit and "
		  "cron; and what switches a history off or moves it, of startup files (setting) "
		  "and processes (environ).",
	  .sql = history_sql,
	  .order = "v.host, v.object, v.id",
	  .columns = history_columns,
	  .options = history_options },
	{ .name = "log",
	  .of = "logs",
	  .typed = "grep sshd /var/log/auth.log, journalctl",
	  .what = "Lines of system logs, of the journal, of auditd and of package managers.",
	  .sql = LOG_SQL,
	  .order = "v.host, v.time NULLS LAST, v.id",
	  .columns = log_columns,
	  .options = log_options },
	{ .name = "package-log",
	  .of = "logs",
	  .typed = "cat /var/log/dpkg.log /var/log/apt/history.log, dnf history",
	  .what = "What package managers wrote about what they did.",
	  .sql = LOG_SQL " WHERE source IN ('dpkg', 'apt', 'dnf', 'pacman', 'zypper')",
	  .order = "v.host, v.time NULLS LAST, v.id",
	  .columns = log_columns,
	  .options = log_options },
	{ .name = "web",
	  .of = "weblogs",
	  .typed = "grep wget access_log",
	  .what = "Requests and errors of web servers.",
	  .sql = "SELECT w.host, w.object, w.pos, w.line, w.id, kind, time, vhost, address, user, "
		 "method, url, "
		 "script, status, bytes, referer, agent, text, o.path AS path FROM web w "
		 "LEFT JOIN object o ON o.id = w.object",
	  .order = "v.host, v.time NULLS LAST, v.id",
	  .columns = web_columns,
	  .options = web_options },
	{ .name = NULL },
};
