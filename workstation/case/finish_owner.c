/*
 * What needs passwd, or other objects: whose a history or a key is where homes lie elsewhere,
 * what is enabled by a link, and histories that keep nothing.
 */
#include "lib/base/fd.h"
#include "workstation/case/case_query.h"
#include "workstation/case/loaders.h"

#define HOME_OF(table)                                                                            \
	"UPDATE " table " SET user = (SELECT a.name FROM account a, object o WHERE o.id = " table \
	".object "                                                                                \
	"AND a.host = :host AND a.container IS o.container AND a.home <> '/' AND a.home <> '' "   \
	"AND substr(o.path, 1, length(a.home) + 1) = a.home || '/' ORDER BY length(a.home) DESC " \
	"LIMIT 1) "                                                                               \
	"WHERE host = :host AND user IS NULL"

/* The name of what a link stands for: behind its last slash. */
#define LAST(path) "replace(" path ", rtrim(" path ", replace(" path ", '/', '')), '')"

static const char *const steps[] = {
	HOME_OF("command"),
	HOME_OF("authkey"),
	/* a unit is enabled by a link in the folder of who wants it */
	"UPDATE job SET enabled = name IN (SELECT " LAST(
		"path") " FROM object WHERE host = :host "
			"AND type = 'symlink' AND (path GLOB '*.wants/*' OR path GLOB "
			"'*.requires/*')) WHERE host = :host "
			"AND kind IN ('service', 'timer', 'socket', 'path', 'automount', 'unit')",
	/* a script of init by a link of its run level */
	"UPDATE job SET enabled = name IN (SELECT substr(" LAST("path") ", 4) FROM object "
	"WHERE host = :host AND type = 'symlink' AND path GLOB '/etc/rc[2-5].d/S[0-9][0-9]*') "
	"WHERE host = :host AND kind = 'init'",
	/* other scripts if they may be executed; what is read by a shell needs no such right */
	"UPDATE job SET enabled = (SELECT o.mode & 73 <> 0 FROM object o WHERE o.id = job.object) "
	"WHERE host = :host AND (kind IN ('rc', 'motd', 'generator', 'network') "
	"OR (kind = 'cron' AND command LIKE '/etc/%' AND schedule IN "
	"('hourly', 'daily', 'weekly', 'monthly', '15min')))",
	"UPDATE job SET enabled = 1 WHERE host = :host AND enabled IS NULL "
	"AND kind IN ('cron', 'anacron', 'at', 'preload', 'profile', 'pam', 'udev', 'modprobe', "
	"'xdg')",
	"INSERT INTO note (host, object, parser, kind, text) SELECT host, id, 'history', "
	"'history-off', "
	"'the history is a link to /dev/null: nothing was kept' FROM object WHERE host = :host "
	"AND type = 'symlink' AND link = '/dev/null' AND path GLOB '*_history'",
	/* who logged in typed something; CROSS JOIN: the inventory is walked once, not for each
	 * account (sqlite.org/optoverview.html, section 8.3) */
	"INSERT INTO note (host, object, parser, kind, text) SELECT o.host, o.id, 'history', "
	"'history-empty', 'the history is empty, though its user logged in' FROM object o "
	"CROSS JOIN account a WHERE o.host = :host AND o.type = 'file' AND o.size = 0 "
	"AND o.path GLOB '*/.*_history' "
	"AND a.host = :host AND a.container IS o.container "
	"AND substr(o.path, 1, length(a.home) + 1) = a.home || '/' AND instr(substr(o.path, "
	"length(a.home) + 2), '/') = 0 AND EXISTS (SELECT 1 FROM login l WHERE l.host = :host "
	"AND l.user = a.name AND l.kind IN ('login', 'last'))",
};

int finish_owner(const struct finishing *f)
{
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct case_query *q CLEANUP(case_query_close) = NULL;

		if (case_query_open(&q, f->db, steps[i], f->e) != 0)
			return -1;
		case_query_bind_as(q, ":host", f->host);
		if (case_query_step(q, f->e) < 0)
			return -1;
	}
	return 0;
}
