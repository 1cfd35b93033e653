/*
 * Verbs over who came in: the table `login`.
 */
#include "workstation/show/show_groups.h"

static const struct show_column logins_columns[] = {
	{ "user", SHOW_TEXT },
	{ "tty", SHOW_TEXT },
	{ "origin", SHOW_TEXT },
	{ "time", SHOW_TIME },
	{ "until", SHOW_TIME },
	{ "length", SHOW_TEXT },
	{ "how", SHOW_TEXT },
	{ "kind", SHOW_TEXT },
	{ "source", SHOW_TEXT },
	{ "detail", SHOW_TEXT },
	{ "address", SHOW_TEXT | SHOW_MORE },
	{ "pid", SHOW_INT | SHOW_MORE },
	{ "sid", SHOW_INT | SHOW_MORE },
	{ "container", SHOW_TEXT | SHOW_MORE },
	{ NULL, 0 },
};

/* As last(1) writes it: days+HH:MM. */
#define LENGTH                                                                            \
	"CASE WHEN \"end\" IS NULL THEN NULL WHEN \"end\" - time >= 86400000000000 THEN " \
	"printf('%d+%02d:%02d', (\"end\" - time) / 86400000000000, "                      \
	"(\"end\" - time) / 3600000000000 % 24, (\"end\" - time) / 60000000000 % 60) "    \
	"ELSE printf('%02d:%02d', (\"end\" - time) / 3600000000000, "                     \
	"(\"end\" - time) / 60000000000 % 60) END AS length"

#define LOGIN_SQL                                                                          \
	"SELECT l.host, l.object, l.pos, l.line, l.id, user, tty, origin, address, time, " \
	"\"end\" AS until, " LENGTH ", end_kind AS how, kind, source, detail, pid, sid, "  \
	"o.container AS container FROM login l LEFT JOIN object o ON o.id = l.object WHERE "

static const struct show_option logins_options[] = {
	{ "address", "ADDRESS", SHOW_STRING, "v.address = :address", "only from this address",
	  NULL },
	{ "source", "WORD", SHOW_STRING, "v.source = :source", "only what this says",
	  "wtmp wtmpdb log" },
	{ "still", NULL, SHOW_FLAG, "v.how IN ('still', 'gone')",
	  "only what nothing ended (gone: nor is its process there)", NULL },
	{ NULL, NULL, SHOW_FLAG, NULL, NULL, NULL },
};

static const struct show_option failed_options[] = {
	{ "address", "ADDRESS", SHOW_STRING, "v.address = :address", "only from this address",
	  NULL },
	{ "source", "WORD", SHOW_STRING, "v.source = :source", "only what this says", "btmp log" },
	{ NULL, NULL, SHOW_FLAG, NULL, NULL, NULL },
};

static const struct show_column failed_columns[] = {
	{ "user", SHOW_TEXT },
	{ "tty", SHOW_TEXT },
	{ "origin", SHOW_TEXT },
	{ "time", SHOW_TIME },
	{ "kind", SHOW_TEXT },
	{ "source", SHOW_TEXT },
	{ "detail", SHOW_TEXT },
	{ "address", SHOW_TEXT | SHOW_MORE },
	{ "pid", SHOW_INT | SHOW_MORE },
	{ "container", SHOW_TEXT | SHOW_MORE },
	{ NULL, 0 },
};

static const struct show_column lastlog_columns[] = {
	{ "user", SHOW_TEXT },   { "uid", SHOW_INT },   { "tty", SHOW_TEXT },
	{ "origin", SHOW_TEXT }, { "time", SHOW_TIME }, { "source", SHOW_TEXT },
	{ "detail", SHOW_TEXT }, { NULL, 0 },
};

/* A login that two sources tell counts once: the one that has more of an address. */
#define CAME_FROM                                                       \
	"address IS NOT NULL AND address NOT IN ('0.0.0.0', '::') AND " \
	"(kind IN ('login', 'failed') OR (kind = 'invalid' AND source = 'log'))"

static const struct show_column addresses_columns[] = {
	{ "address", SHOW_TEXT }, { "failed", SHOW_INT },  { "logins", SHOW_INT },
	{ "web", SHOW_INT },      { "sockets", SHOW_INT }, { "users", SHOW_TEXT },
	{ "time", SHOW_TIME },    { "last", SHOW_TIME },   { NULL, 0 },
};

const struct show_verb show_logins_verbs[] = {
	{ .name = "logins",
	  .of = "logins",
	  .typed = "last",
	  .what = "Sessions, boots and shutdowns, of wtmp with all its rotated files, wtmpdb, and "
		  "what logs say of logins.",
	  .sql = LOGIN_SQL
	  "source IN ('wtmp', 'wtmpdb', 'log') AND kind IN ('login', 'boot', 'shutdown')",
	  .order = "v.host, v.time DESC, v.id DESC",
	  .columns = logins_columns,
	  .options = logins_options },
	{ .name = "failed",
	  .of = "failures",
	  .typed = "lastb, grep Failed auth.log",
	  .what = "Logins that failed, of btmp and of logs.",
	  .sql = LOGIN_SQL "kind = 'failed' OR (kind = 'invalid' AND source = 'log')",
	  .order = "v.host, v.time DESC, v.id DESC",
	  .columns = failed_columns,
	  .options = failed_options },
	{ .name = "lastlog",
	  .of = "lastlog",
	  .typed = "lastlog",
	  .what = "The last login of each user, of lastlog or lastlog2.",
	  .sql = "SELECT host, object, pos, line, id, user, uid, tty, origin, time, source, detail "
		 "FROM login WHERE source IN ('lastlog', 'lastlog2')",
	  .order = "v.host, v.uid, v.id",
	  .columns = lastlog_columns },
	{ .name = "who",
	  .of = "utmp",
	  .typed = "who",
	  .what = "Who was there when the archive was made, of utmp.",
	  .sql = LOGIN_SQL "source = 'utmp' AND kind = 'login'",
	  .order = "v.host, v.id",
	  .columns = failed_columns },
	{ .name = "addresses",
	  .of = "logins|weblogs|sockets",
	  .typed = "lastb -i | awk '{print $3}' | sort | uniq -c",
	  .what = "Addresses that came in, failed, asked the web server or are connected, and as "
		  "whom.",
	  .sql = "SELECT n.host, n.address, max(n.failed) AS failed, max(n.logins) AS logins, "
		 "sum(n.web) AS web, sum(n.sockets) AS sockets, u.users, min(n.time) AS time, "
		 "max(n.last) AS last FROM ("
		 "SELECT host, address, sum(kind <> 'login') AS failed, "
		 "sum(kind = 'login') AS logins, 0 AS web, 0 AS sockets, min(time) AS time, "
		 "max(time) AS last FROM login WHERE " CAME_FROM " GROUP BY host, address, source "
		 "UNION ALL SELECT host, address, 0, 0, count(*), 0, min(time), max(time) "
		 "FROM web WHERE address IS NOT NULL GROUP BY host, address "
		 "UNION ALL SELECT host, remote, 0, 0, 0, count(*), NULL, NULL FROM socket "
		 "WHERE remote IS NOT NULL AND remote_port > 0 "
		 "AND remote NOT IN ('0.0.0.0', '::', '127.0.0.1', '::1') GROUP BY host, remote) n "
		 "LEFT JOIN (SELECT host, address, group_concat(DISTINCT user) AS users "
		 "FROM login WHERE " CAME_FROM " GROUP BY host, address) u "
		 "ON u.host = n.host AND u.address = n.address GROUP BY n.host, n.address",
	  .order = "v.host, v.failed + v.logins DESC, v.web DESC, v.address",
	  .columns = addresses_columns },
	{ .name = NULL },
};
