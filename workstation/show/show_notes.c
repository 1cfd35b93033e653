/*
 * Verbs about the case itself: what was loaded, and what could not be read.
 */
#include "workstation/show/show_groups.h"

static const struct show_column hosts_columns[] = {
	{ "id", SHOW_INT },
	{ "name", SHOW_TEXT },
	{ "verdict", SHOW_TEXT },
	{ "plan", SHOW_TEXT },
	{ "begin", SHOW_TIME },
	{ "end", SHOW_TIME },
	{ "os", SHOW_TEXT },
	{ "kernel", SHOW_TEXT },
	{ "arch", SHOW_TEXT },
	{ "objects", SHOW_INT },
	{ "archive", SHOW_TEXT },
	{ "stopped", SHOW_TEXT },
	{ "not_reached", SHOW_TEXT },
	{ "not_seen", SHOW_TEXT },
	{ "begun", SHOW_TEXT },
	{ "forced", SHOW_INT | SHOW_MORE },
	{ "archive_sha256", SHOW_HASH | SHOW_MORE },
	{ "session", SHOW_TEXT | SHOW_MORE },
	{ "fingerprint", SHOW_HASH | SHOW_MORE },
	{ "root", SHOW_HASH | SHOW_MORE },
	{ "tz", SHOW_TEXT | SHOW_MORE },
	{ "btime", SHOW_TIME | SHOW_MORE },
	{ "machine_id", SHOW_TEXT | SHOW_MORE },
	{ "mode", SHOW_TEXT | SHOW_MORE },
	{ "tool_version", SHOW_TEXT | SHOW_MORE },
	{ "members", SHOW_INT | SHOW_MORE },
	{ "unsealed", SHOW_INT | SHOW_MORE },
	{ NULL, 0 },
};

static const struct show_column zones_columns[] = {
	{ "root", SHOW_TEXT },
	{ "path", SHOW_TEXT },
	{ "source", SHOW_TEXT },
	{ "rule", SHOW_TEXT },
	{ "member", SHOW_TEXT | SHOW_MORE },
	{ "sha256", SHOW_HASH | SHOW_MORE },
	{ NULL, 0 },
};

static const struct show_column session_columns[] = {
	{ "name", SHOW_TEXT },
	{ "value", SHOW_TEXT },
	{ "line", SHOW_INT | SHOW_MORE },
	{ NULL, 0 },
};

static const struct show_column findings_columns[] = {
	{ "severity", SHOW_TEXT }, { "word", SHOW_TEXT }, { "text", SHOW_TEXT },
	{ "member", SHOW_TEXT },   { NULL, 0 },
};

static const struct show_column notes_columns[] = {
	{ "parser", SHOW_TEXT },
	{ "kind", SHOW_TEXT },
	{ "text", SHOW_TEXT },
	{ "path", SHOW_TEXT },
	{ "pos", SHOW_INT },
	{ "line", SHOW_INT },
	{ NULL, 0 },
};

const struct show_verb show_notes_verbs[] = {
	{ .name = "hosts",
	  .typed = "hostname, uname -a, uptime",
	  .what = "The archives of the case, what they are worth, and the hosts they are of.",
	  .sql = "SELECT id AS host, *, sha256 AS archive_sha256, "
		 "(SELECT group_concat(category, ' ') FROM (SELECT category FROM planned p WHERE "
		 "p.host = h.id "
		 "AND state = 'not-reached' ORDER BY number)) AS not_reached, "
		 "(SELECT group_concat(category, ' ') FROM (SELECT category FROM planned p WHERE "
		 "p.host = h.id "
		 "AND state = 'not-seen' ORDER BY number)) AS not_seen, "
		 "(SELECT group_concat(category, ' ') FROM (SELECT category FROM planned p WHERE "
		 "p.host = h.id "
		 "AND state = 'begun' ORDER BY number)) AS begun FROM host h",
	  .order = "v.id",
	  .columns = hosts_columns },
	{ .name = "zones",
	  .typed = "date, timedatectl",
	  .what = "The time zones by which local times in logs are read: file, name (UTC), or "
		  "none.",
	  .sql = "SELECT z.host, z.id, z.object, z.root, z.path, z.source, z.rule, o.member, "
		 "o.sha256 FROM zone z LEFT JOIN object o ON o.id = z.object",
	  .order = "v.host, v.id",
	  .columns = zones_columns },
	{ .name = "session",
	  .typed = "(what the collector says of itself and of the host)",
	  .what = "The lines of CUSTODY/session.txt.",
	  .sql = "SELECT host, id, name, value, line FROM session",
	  .order = "v.host, v.line",
	  .columns = session_columns },
	{ .name = "findings",
	  .typed = "(what is wrong with the archive)",
	  .what = "What verification found; exhibit verify says the same.",
	  .sql = "SELECT host, id, severity, word, text, member FROM finding",
	  .order = "v.host, v.id",
	  .columns = findings_columns },
	{ .name = "notes",
	  .typed = "(what could not be read)",
	  .what = "What a parser could not read, or wants looked at.",
	  .sql = "SELECT n.host, n.id, n.object, n.pos, n.line, n.parser, n.kind, n.text, "
		 "(SELECT path FROM object o WHERE o.id = n.object) AS path FROM note n",
	  .order = "v.host, v.id",
	  .columns = notes_columns },
	{ .name = NULL },
};
