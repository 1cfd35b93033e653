/*
 * Verbs over accounts and groups.
 */
#include "workstation/show/show_groups.h"

static const struct show_column accounts_columns[] = {
	{ "user", SHOW_TEXT },
	{ "uid", SHOW_INT },
	{ "gid", SHOW_INT },
	{ "password", SHOW_TEXT },
	{ "scheme", SHOW_TEXT },
	{ "changed", SHOW_TEXT },
	{ "home", SHOW_TEXT },
	{ "shell", SHOW_TEXT },
	{ "gecos", SHOW_TEXT },
	{ "container", SHOW_TEXT },
	{ NULL, 0 },
};

static const struct show_option accounts_options[] = {
	{ "login", NULL, SHOW_FLAG,
	  "v.shell NOT GLOB '*nologin' AND v.shell NOT GLOB '*/false' AND v.shell NOT GLOB "
	  "'*/sync'",
	  "only accounts with a shell that lets them in", NULL },
	{ "superuser", NULL, SHOW_FLAG, "v.uid = 0",
	  "only accounts with the rights of root (uid 0)", NULL },
	{ NULL, NULL, SHOW_FLAG, NULL, NULL, NULL },
};

static const struct show_column groups_columns[] = {
	{ "name", SHOW_TEXT },      { "gid", SHOW_INT }, { "members", SHOW_TEXT },
	{ "container", SHOW_TEXT }, { NULL, 0 },
};

const struct show_verb show_accounts_verbs[] = {
	{ .name = "accounts",
	  .of = "accounts",
	  .typed = "cat /etc/passwd, passwd -S -a, chage -l",
	  .what = "Users, their shells, and the state of their passwords (never the hash).",
	  .sql = "SELECT host, object, pos, line, id, name AS user, uid, gid, password, scheme, "
		 "date(changed_day * 86400, 'unixepoch') AS changed, home, shell, gecos, container "
		 "FROM account",
	  .order = "v.host, v.container, v.id",
	  .columns = accounts_columns,
	  .options = accounts_options },
	{ .name = "groups",
	  .of = "accounts",
	  .typed = "cat /etc/group",
	  .what = "Groups and who is in them beside those whose main group it is.",
	  .sql = "SELECT host, object, pos, line, id, name, gid, members, container FROM "
		 "user_group",
	  .order = "v.host, v.container, v.id",
	  .columns = groups_columns },
	{ .name = NULL },
};
