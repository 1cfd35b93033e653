#include "workstation/show/show_groups.h"

/* A module that only one of the lists has is no accident: the kernel keeps both. */
static const char modules_sql[] =
	"SELECT m.*, EXISTS (SELECT 1 FROM module o WHERE o.host = m.host AND o.name = m.name "
	"AND o.source = 'modules') AS in_modules, EXISTS (SELECT 1 FROM module o "
	"WHERE o.host = m.host AND o.name = m.name AND o.source = 'sysfs') AS in_sysfs FROM module "
	"m "
	"WHERE m.source = 'modules' OR NOT EXISTS (SELECT 1 FROM module o WHERE o.host = m.host "
	"AND o.name = m.name AND o.source = 'modules')";

static const struct show_column modules_columns[] = {
	{ "name", SHOW_TEXT },      { "size", SHOW_SIZE },    { "refs", SHOW_INT },
	{ "users", SHOW_TEXT },     { "state", SHOW_TEXT },   { "taint", SHOW_TEXT },
	{ "in_modules", SHOW_INT }, { "in_sysfs", SHOW_INT }, { NULL, 0 },
};

static const struct show_option modules_options[] = {
	{ "tainted", NULL, SHOW_FLAG, "v.taint <> ''", "only those that taint the kernel", NULL },
	{ "hidden", NULL, SHOW_FLAG, "v.in_modules = 0 OR v.in_sysfs = 0",
	  "only those that one of the lists lacks", NULL },
	{ NULL, NULL, SHOW_FLAG, NULL, NULL, NULL },
};

static const char bpf_sql[] =
	"SELECT p.*, ifnull((SELECT a.name FROM account a WHERE a.host = p.host AND a.uid = p.uid "
	"AND a.container IS NULL LIMIT 1), p.uid) AS user FROM bpf p";

static const struct show_column bpf_columns[] = {
	{ "kind", SHOW_TEXT },   { "number", SHOW_INT },
	{ "name", SHOW_TEXT },   { "type", SHOW_TEXT },
	{ "user", SHOW_TEXT },   { "time", SHOW_TIME },
	{ "detail", SHOW_TEXT }, { NULL, 0 },
};

static const struct show_option bpf_options[] = {
	{ "kind", "KIND", SHOW_STRING, "v.kind = :kind", "only of this kind",
	  "prog map link pin attached" },
	{ NULL, NULL, SHOW_FLAG, NULL, NULL, NULL },
};

static const char views_sql[] = "SELECT d.* FROM disagreement d";

static const struct show_column views_columns[] = {
	{ "view", SHOW_TEXT }, { "kind", SHOW_TEXT }, { "subject", SHOW_TEXT },
	{ "text", SHOW_TEXT }, { NULL, 0 },
};

/* What was taken below the root directory of process ${pid}. */
#define TAKEN(pid)                                                                             \
	"(SELECT group_concat(category || ' ' || n, ', ') FROM (SELECT category, count(*) "    \
	"AS n FROM object o WHERE o.host = c.host AND o.path >= printf('/proc/%d/root/', " pid \
	") AND o.path < printf('/proc/%d/root0', " pid ") GROUP BY category))"

/* A container is what the control group of its processes says, or what was looked into: a root
 * directory or a mount namespace of its own. */
static const char containers_sql[] = "SELECT c.*, k.pid AS read_through, k.host_root, " TAKEN(
	"k.pid") " AS taken FROM ("
		 "SELECT p.host, min(p.object) AS object, p.container, count(*) AS processes, "
		 "min(p.pid) AS pid, min(p.start) AS time, min(p.start) AS start, "
		 "group_concat(DISTINCT p.ns_mnt) AS ns_mnt, group_concat(DISTINCT p.ns_net) AS "
		 "ns_net, "
		 "group_concat(DISTINCT p.ns_user) AS ns_user, (SELECT ifnull(q.cmdline, q.name) "
		 "FROM "
		 "process q "
		 "WHERE q.host = p.host AND q.container = p.container ORDER BY q.pid LIMIT 1) AS "
		 "command "
		 "FROM process p WHERE p.container IS NOT NULL GROUP BY p.host, p.container) c "
		 "LEFT JOIN container k ON k.id = (SELECT min(m.id) FROM container m JOIN process "
		 "p ON "
		 "p.host = m.host AND p.pid = m.pid WHERE m.host = c.host AND p.container = "
		 "c.container) "
		 "UNION ALL SELECT c.host, c.object, NULL, c.processes, c.pid, p.start, p.start, "
		 "c.ns_mnt, "
		 "p.ns_net, p.ns_user, ifnull(p.cmdline, p.name), c.pid, c.host_root, " TAKEN(
			 "c.pid") " FROM container c LEFT JOIN process p ON p.id = (SELECT max(id) "
				  "FROM "
				  "process WHERE host = c.host AND pid = c.pid) WHERE p.container "
				  "IS NULL";

static const struct show_column containers_columns[] = {
	{ "container", SHOW_TEXT },
	{ "processes", SHOW_INT },
	{ "pid", SHOW_INT },
	{ "start", SHOW_TIME },
	{ "ns_mnt", SHOW_TEXT },
	{ "ns_net", SHOW_TEXT },
	{ "command", SHOW_TEXT },
	{ "taken", SHOW_TEXT },
	{ "read_through", SHOW_INT | SHOW_MORE },
	{ "host_root", SHOW_INT | SHOW_MORE },
	{ "ns_user", SHOW_TEXT | SHOW_MORE },
	{ NULL, 0 },
};

/* One kind of namespace, with the processes that are in it. */
#define NAMESPACES_OF(type, column)                                                        \
	"SELECT p.host, min(p.object) AS object, '" type "' AS type, p." column " AS ns, " \
	"count(*) AS processes, min(p.pid) AS pid, "                                       \
	"p." column " IS (SELECT i." column                                                \
	" FROM process i WHERE i.host = p.host AND i.pid = 1) "                            \
	"AS of_init, (SELECT ifnull(q.cmdline, '[' || q.name || ']') FROM process q "      \
	"WHERE q.host = p.host AND q." column " = p." column                               \
	" ORDER BY q.pid LIMIT 1) AS command, NULL AS mounted, NULL AS threads "           \
	"FROM process p WHERE p." column " IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "     \
	"namespace n WHERE n.host = p.host) GROUP BY p.host, p." column

/* The list that the collector made of them, or else what processes tell. */
static const char namespaces_sql[] = NAMESPACES_OF("mnt", "ns_mnt") " UNION ALL " NAMESPACES_OF(
	"net",
	"ns_net") " UNION ALL " NAMESPACES_OF("pid",
					      "ns_pid") " UNION ALL " NAMESPACES_OF("user",
										    "ns_user") " UN"
											       "ION"
											       " AL"
											       "L "
											       "SEL"
											       "ECT"
											       " n."
											       "hos"
											       "t, "
											       "n."
											       "obj"
											       "ect"
											       ", "
											       "n."
											       "typ"
											       "e, "
											       "n."
											       "ns,"
											       " n."
											       "pro"
											       "ces"
											       "ses"
											       ", "
											       "n."
											       "pid"
											       ", "
											       "n."
											       "of_"
											       "ini"
											       "t, "
											       "(SE"
											       "LEC"
											       "T "
											       "ifn"
											       "ull"
											       "(q."
											       "cmd"
											       "lin"
											       "e, "
											       "'['"
											       " ||"
											       " q."
											       "nam"
											       "e "
											       "|| "
											       "']'"
											       ") "
											       "FRO"
											       "M "
											       "pro"
											       "ces"
											       "s "
											       "q "
											       "WHE"
											       "RE "
											       "q."
											       "hos"
											       "t "
											       "= "
											       "n."
											       "hos"
											       "t "
											       "AND"
											       " q."
											       "pid"
											       " = "
											       "n."
											       "pid"
											       " LI"
											       "MIT"
											       " 1)"
											       ", "
											       "n."
											       "mou"
											       "nte"
											       "d, "
											       "n."
											       "thr"
											       "ead"
											       "s "
											       "FRO"
											       "M "
											       "(SE"
											       "LEC"
											       "T "
											       "hos"
											       "t, "
											       "min"
											       "(ob"
											       "jec"
											       "t) "
											       "AS "
											       "obj"
											       "ect"
											       ", "
											       "typ"
											       "e, "
											       "ns,"
											       " su"
											       "m("
											       "pid"
											       "s) "
											       "AS "
											       "pro"
											       "ces"
											       "ses"
											       ", "
											       "min"
											       "(pi"
											       "d) "
											       "AS "
											       "pid"
											       ", "
											       "max"
											       "(of"
											       "_in"
											       "it)"
											       " AS"
											       " of"
											       "_in"
											       "it,"
											       " "
											       "max"
											       "(mo"
											       "unt"
											       "ed)"
											       " AS"
											       " mo"
											       "unt"
											       "ed,"
											       " su"
											       "m("
											       "thr"
											       "ead"
											       "s) "
											       "AS "
											       "thr"
											       "ead"
											       "s "
											       "FRO"
											       "M "
											       "nam"
											       "esp"
											       "ace"
											       " GR"
											       "OUP"
											       " BY"
											       " ho"
											       "st,"
											       " ty"
											       "pe,"
											       " "
											       "ns)"
											       " n";

static const struct show_column namespaces_columns[] = {
	{ "type", SHOW_TEXT },
	{ "ns", SHOW_INT },
	{ "processes", SHOW_INT },
	{ "pid", SHOW_INT },
	{ "of_init", SHOW_INT },
	{ "command", SHOW_TEXT },
	{ "threads", SHOW_INT | SHOW_MORE },
	{ "mounted", SHOW_INT | SHOW_MORE },
	{ NULL, 0 },
};

static const struct show_option namespaces_options[] = {
	{ "type", "TYPE", SHOW_STRING, "v.type = :type", "only of this type",
	  "cgroup ipc mnt net pid time user uts" },
	{ NULL, NULL, SHOW_FLAG, NULL, NULL, NULL },
};

static const char mounts_sql[] = "SELECT m.*, m.point AS path FROM mount m";

static const struct show_column mounts_columns[] = {
	{ "point", SHOW_TEXT },
	{ "fstype", SHOW_TEXT },
	{ "source", SHOW_TEXT },
	{ "root", SHOW_TEXT },
	{ "dev", SHOW_TEXT },
	{ "options", SHOW_TEXT },
	{ "mnt", SHOW_INT | SHOW_MORE },
	{ "parent", SHOW_INT | SHOW_MORE },
	{ NULL, 0 },
};

static const struct show_option mounts_options[] = {
	{ "type", "TYPE", SHOW_STRING, "v.fstype = :type", "only of this type: ext4", NULL },
	{ NULL, NULL, SHOW_FLAG, NULL, NULL, NULL },
};

const struct show_verb show_kernel_verbs[] = {
	{ .name = "modules",
	  .of = "modules",
	  .typed = "lsmod",
	  .what = "Modules of the kernel, by /proc/modules and by /sys/module.",
	  .sql = modules_sql,
	  .order = "v.host, v.name, v.id",
	  .columns = modules_columns,
	  .options = modules_options },
	{ .name = "bpf",
	  .of = "bpf",
	  .typed = "bpftool prog, map, link",
	  .what = "What was loaded by bpf, who loaded it and where it hangs.",
	  .sql = bpf_sql,
	  .order = "v.host, v.kind, v.number, v.id",
	  .columns = bpf_columns,
	  .options = bpf_options },
	{ .name = "views",
	  .of = "views",
	  .typed = "unhide, rkhunter",
	  .what = "Where two ways of asking the kernel disagree: hidden processes, ports, modules, "
		  "files.",
	  .sql = views_sql,
	  .order = "v.host, v.view, v.id",
	  .columns = views_columns,
	  .options = NULL },
	{ .name = "containers",
	  .of = "processes",
	  .typed = "docker ps, machinectl",
	  .what = "Containers, as the control groups of processes tell them, and other root "
		  "directories; what was taken inside of each.",
	  .sql = containers_sql,
	  .order = "v.host, v.container",
	  .columns = containers_columns,
	  .options = NULL },
	{ .name = "namespaces",
	  .of = "processes",
	  .typed = "lsns",
	  .what = "Namespaces and how many processes are in each.",
	  .sql = namespaces_sql,
	  .order = "v.host, v.type, v.ns",
	  .columns = namespaces_columns,
	  .options = namespaces_options },
	{ .name = "mounts",
	  .of = "processes",
	  .typed = "mount, cat /proc/mounts",
	  .what = "Mounts as process 1 sees them, in the order in which they were made.",
	  .sql = mounts_sql,
	  .order = "v.host, v.mnt",
	  .columns = mounts_columns,
	  .options = mounts_options },
	{ .name = NULL },
};
