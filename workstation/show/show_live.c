#include "workstation/show/show_groups.h"

/* Who an uid is: the name of an account of the host itself, or the number. */
#define USER(t, column)                                                                            \
	"ifnull((SELECT a.name FROM account a WHERE a.host = " t ".host AND a.uid = " t "." column \
	" AND a.container IS NULL LIMIT 1), " t "." column ")"

/* Of processes that had one number the last one. */
#define PROCESS_OF(t)                                                                \
	"LEFT JOIN process p ON p.id = (SELECT max(id) FROM process WHERE host = " t \
	".host AND pid = " t ".pid) "

/* Arguments; a name in brackets for who has none, as ps(1) has it. */
#define COMMAND "ifnull(p.cmdline, '[' || p.name || ']')"

#define PID_OPTION                                                                    \
	{                                                                             \
		"pid", "N", SHOW_NUMBER, "v.pid = :pid", "only of this process", NULL \
	}

/* ===== processes ===== */

/* The rows are in the order of the tree already. */
static const char processes_sql[] = "SELECT p.*, p.start AS time, p.exe AS path, " USER(
	"p", "euid") " AS user, "
		     "(p.utime + p.stime) / h.ticks AS cpu, "
		     "printf('%*s', 2 * min(ifnull(p.depth, 0), 20), '') || " COMMAND " || "
		     "CASE WHEN :environ THEN ' ' || ifnull(p.environ, '') ELSE '' END AS command "
		     "FROM process p JOIN host h ON h.id = p.host";

static const struct show_column processes_columns[] = {
	{ "user", SHOW_TEXT },
	{ "pid", SHOW_INT },
	{ "ppid", SHOW_INT },
	{ "start", SHOW_TIME },
	{ "state", SHOW_TEXT },
	{ "tty", SHOW_TEXT },
	{ "cpu", SHOW_INT },
	{ "rss", SHOW_SIZE },
	{ "exe_kind", SHOW_TEXT },
	{ "cwd", SHOW_TEXT },
	{ "container", SHOW_TEXT },
	{ "command", SHOW_TEXT },
	{ "name", SHOW_TEXT | SHOW_MORE },
	{ "uid", SHOW_INT | SHOW_MORE },
	{ "euid", SHOW_INT | SHOW_MORE },
	{ "gid", SHOW_INT | SHOW_MORE },
	{ "loginuid", SHOW_INT | SHOW_MORE },
	{ "sid", SHOW_INT | SHOW_MORE },
	{ "cmdline", SHOW_TEXT | SHOW_MORE },
	{ "argv", SHOW_TEXT | SHOW_MORE },
	{ "environ", SHOW_TEXT | SHOW_MORE },
	{ "exe", SHOW_TEXT | SHOW_MORE },
	{ "exe_deleted", SHOW_INT | SHOW_MORE },
	{ "root", SHOW_TEXT | SHOW_MORE },
	{ "cgroup", SHOW_TEXT | SHOW_MORE },
	{ "start_ticks", SHOW_INT | SHOW_MORE },
	{ "vsize", SHOW_INT | SHOW_MORE },
	{ "threads", SHOW_INT | SHOW_MORE },
	{ "nice", SHOW_INT | SHOW_MORE },
	{ "ns_mnt", SHOW_INT | SHOW_MORE },
	{ "ns_net", SHOW_INT | SHOW_MORE },
	{ "ns_pid", SHOW_INT | SHOW_MORE },
	{ "ns_user", SHOW_INT | SHOW_MORE },
	{ "cap_eff", SHOW_TEXT | SHOW_MORE },
	{ "tracer", SHOW_INT | SHOW_MORE },
	{ "seccomp", SHOW_INT | SHOW_MORE },
	{ NULL, 0 },
};

static const struct show_option processes_options[] = {
	PID_OPTION,
	{ "exe", "KIND", SHOW_STRING, "v.exe_kind = :exe", "only with an executable of this kind",
	  "file deleted replaced memfd kernel absent unknown" },
	{ "environ", NULL, SHOW_FLAG, NULL, "show the environment behind the command", NULL },
	{ NULL, NULL, SHOW_FLAG, NULL, NULL, NULL },
};

/* Shares of one processor, in percent; of a process that ended before the last pass the
 * second is not known. */
static const char top_sql[] = "SELECT p.*, p.start AS time, p.exe AS path, " USER(
	"p",
	"euid") " AS user, "
		"printf('%.1f', r.now) AS window, printf('%.1f', r.mean) AS mean, r.now, r.mean "
		"AS mean_share, " COMMAND " AS command FROM process p JOIN (SELECT p.id, "
		"1e11 * p.window_ticks / h.ticks / p.window_ns AS now, "
		"1e11 * (p.utime + p.stime) / h.ticks / max(h.begin - p.start, 1) AS mean "
		"FROM process p JOIN host h ON h.id = p.host) r ON r.id = p.id";

static const struct show_column top_columns[] = {
	{ "pid", SHOW_INT },
	{ "user", SHOW_TEXT },
	{ "state", SHOW_TEXT },
	{ "window", SHOW_TEXT },
	{ "mean", SHOW_TEXT },
	{ "rss", SHOW_SIZE },
	{ "vsize", SHOW_SIZE },
	{ "threads", SHOW_INT },
	{ "command", SHOW_TEXT },
	{ "utime", SHOW_INT | SHOW_MORE },
	{ "stime", SHOW_INT | SHOW_MORE },
	{ "window_ticks", SHOW_INT | SHOW_MORE },
	{ "window_ns", SHOW_INT | SHOW_MORE },
	{ NULL, 0 },
};

/* ===== sockets ===== */

#define WITH_PORT(address, port)                                                      \
	"CASE WHEN s.protocol IN ('unix', 'packet', 'xdp') OR " port                  \
	" IS NULL THEN ifnull(" address ", '') WHEN instr(" address                   \
	", ':') > 0 THEN '[' || " address " || ']:' || " port " ELSE ifnull(" address \
	", '') || ':' || " port " END"

/* sock_diag and the files of /proc/net list the same sockets, and those of process 1 may be
 * there twice: what an earlier, or a better, row says already is left out. */
static const char sockets_sql[] =
	"SELECT s.*, " WITH_PORT("s.local", "s.local_port") " AS local_end, " WITH_PORT(
		"s.remote",
		"s.remote_port") " AS remote_end, o.pid, p.name, p.exe, p.exe_kind, "
				 "p.exe AS path, " USER(
					 "s",
					 "uid") " AS user, p.cmdline, p.container, "
						"(SELECT group_concat(DISTINCT pid) FROM "
						"open_file WHERE host = s.host AND kind = "
						"'socket' "
						"AND ino = s.ino) AS pids, "
						"s.protocol IN ('unix', 'netlink') AS family, "
						"CASE WHEN s.state = 'LISTEN' OR (s.state = "
						"'UNCONN' AND s.local_port > 0) THEN 0 "
						"WHEN s.state = 'ESTABLISHED' THEN 1 ELSE 2 END "
						"AS rank "
						"FROM socket s LEFT JOIN open_file o ON o.id = "
						"(SELECT min(id) FROM open_file "
						"WHERE host = s.host AND ino = s.ino AND kind = "
						"'socket') " PROCESS_OF(
							"o") "WHERE (:all OR s.protocol NOT IN "
							     "('unix', 'netlink')) AND NOT "
							     "EXISTS (SELECT 1 FROM socket b "
							     "WHERE b.host = s.host AND b.ino = "
							     "s.ino AND b.local_port IS "
							     "s.local_port "
							     "AND (b.remote_port IS "
							     "s.remote_port OR s.protocol = "
							     "'netlink') AND b.protocol = "
							     "s.protocol "
							     "AND (b.netns IS s.netns OR s.netns "
							     "IS NULL) AND (s.protocol = 'unix' "
							     "OR "
							     "(b.local IS s.local AND b.remote "
							     "IS s.remote) OR s.protocol = "
							     "'netlink') "
							     "AND s.source = 'proc' AND "
							     "(b.source = 'diag' OR b.id < "
							     "s.id))";

static const struct show_column sockets_columns[] = {
	{ "protocol", SHOW_TEXT },
	{ "rx", SHOW_INT },
	{ "tx", SHOW_INT },
	{ "local_end", SHOW_TEXT },
	{ "remote_end", SHOW_TEXT },
	{ "state", SHOW_TEXT },
	{ "user", SHOW_TEXT },
	{ "pid", SHOW_INT },
	{ "name", SHOW_TEXT },
	{ "exe", SHOW_TEXT },
	{ "exe_kind", SHOW_TEXT },
	{ "uid", SHOW_INT | SHOW_MORE },
	{ "pids", SHOW_TEXT | SHOW_MORE },
	{ "cmdline", SHOW_TEXT | SHOW_MORE },
	{ "container", SHOW_TEXT | SHOW_MORE },
	{ "local", SHOW_TEXT | SHOW_MORE },
	{ "local_port", SHOW_INT | SHOW_MORE },
	{ "remote", SHOW_TEXT | SHOW_MORE },
	{ "remote_port", SHOW_INT | SHOW_MORE },
	{ "ino", SHOW_INT | SHOW_MORE },
	{ "netns", SHOW_INT | SHOW_MORE },
	{ "interface", SHOW_TEXT | SHOW_MORE },
	{ "source", SHOW_TEXT | SHOW_MORE },
	{ NULL, 0 },
};

static const struct show_option sockets_options[] = {
	PID_OPTION,
	{ "listening", NULL, SHOW_FLAG, "v.rank = 0", "only those that wait for somebody", NULL },
	{ "established", NULL, SHOW_FLAG, "v.state = 'ESTABLISHED'",
	  "only those that are connected", NULL },
	{ "address", "ADDRESS", SHOW_STRING, ":address IN (v.local, v.remote)",
	  "only with this address, or path, at either end", NULL },
	{ "port", "N", SHOW_NUMBER, ":port IN (v.local_port, v.remote_port)",
	  "only with this port at either end", NULL },
	{ "all", NULL, SHOW_FLAG, NULL, "unix and netlink sockets too", NULL },
	{ NULL, NULL, SHOW_FLAG, NULL, NULL, NULL },
};

/* ===== what is open ===== */

static const char open_sql[] = "SELECT o.*, o.target AS path, p.name, " USER(
	"p", "euid") " AS user, "
		     "CASE WHEN o.fd IS NULL THEN o.kind ELSE o.fd END AS slot, "
		     "b.member AS recovered, b.size AS recovered_size, lower(hex(b.sha256)) AS "
		     "recovered_sha256 "
		     "FROM open_file o " PROCESS_OF("o") "LEFT JOIN object b ON b.id = o.held";

static const struct show_column open_columns[] = {
	{ "name", SHOW_TEXT },
	{ "pid", SHOW_INT },
	{ "user", SHOW_TEXT },
	{ "slot", SHOW_TEXT },
	{ "access", SHOW_TEXT },
	{ "kind", SHOW_TEXT },
	{ "deleted", SHOW_INT },
	{ "target", SHOW_TEXT },
	{ "recovered", SHOW_TEXT },
	{ "fd", SHOW_INT | SHOW_MORE },
	{ "ino", SHOW_INT | SHOW_MORE },
	{ "offset", SHOW_INT | SHOW_MORE },
	{ "flags", SHOW_TEXT | SHOW_MORE },
	{ "recovered_size", SHOW_INT | SHOW_MORE },
	{ "recovered_sha256", SHOW_TEXT | SHOW_MORE },
	{ NULL, 0 },
};

static const struct show_option open_options[] = {
	PID_OPTION,
	{ "deleted", NULL, SHOW_FLAG, "v.deleted = 1", "only what has no name any more", NULL },
	{ "kind", "KIND", SHOW_STRING, "v.kind = :kind", "only of this kind",
	  "file directory pipe socket anon device memfd cwd root exe map unknown" },
	{ NULL, NULL, SHOW_FLAG, NULL, NULL, NULL },
};

/* ===== what threads wait for ===== */

/* What a call is about: the descriptor, and what it leads to; of a socket its ends. */
#define ABOUT                                                                                      \
	"ifnull((SELECT o.fd || ' ' || ifnull((SELECT s.protocol || ' ' || " WITH_PORT(            \
		"s.local",                                                                         \
		"s.local_port") " || ' ' || " WITH_PORT("s.remote",                                \
							"s.remote_port") " FROM socket s WHERE "   \
									 "s.host = o.host AND "    \
									 "s.ino = o.ino AND "      \
									 "o.kind = 'socket' "      \
									 "ORDER BY s.source "      \
									 "LIMIT 1), o.target) "    \
									 "FROM open_file o WHERE " \
									 "o.host = t.host "        \
									 "AND o.pid = t.pid AND "  \
									 "o.fd = t.fd LIMIT 1), "  \
									 "t.fd)"

static const char waits_sql[] = "SELECT t.*, p.exe AS path, " USER(
	"p", "euid") " AS user, " ABOUT " AS about, "
		     "ifnull(t.name, p.name) AS thread, ifnull(t.state, p.state) AS st, "
		     "CASE WHEN instr(t.stack, '\\x0a') > 0 "
		     "THEN substr(t.stack, 1, instr(t.stack, '\\x0a') - 1) ELSE t.stack END AS top "
		     "FROM thread t " PROCESS_OF("t");

static const struct show_column waits_columns[] = {
	{ "pid", SHOW_INT },
	{ "tid", SHOW_INT },
	{ "user", SHOW_TEXT },
	{ "thread", SHOW_TEXT },
	{ "st", SHOW_TEXT },
	{ "syscall_name", SHOW_TEXT },
	{ "about", SHOW_TEXT },
	{ "wchan", SHOW_TEXT },
	{ "top", SHOW_TEXT },
	{ "elsewhere", SHOW_TEXT },
	{ "own", SHOW_TEXT | SHOW_MORE },
	{ "syscall", SHOW_TEXT | SHOW_MORE },
	{ "stack", SHOW_TEXT | SHOW_MORE },
	{ NULL, 0 },
};

static const struct show_option waits_options[] = {
	PID_OPTION,
	{ "call", "NAME", SHOW_STRING, "v.syscall_name = :call", "only in this system call", NULL },
	{ "elsewhere", NULL, SHOW_FLAG, "v.elsewhere IS NOT NULL OR v.own IS NOT NULL",
	  "only threads that are not where their process is, or do not share its files", NULL },
	{ NULL, NULL, SHOW_FLAG, NULL, NULL, NULL },
};

const struct show_verb show_live_verbs[] = {
	{ .name = "processes",
	  .of = "processes",
	  .typed = "ps wauxef",
	  .what = "The tree of processes, with what they run and where.",
	  .sql = processes_sql,
	  .order = "v.host, v.id",
	  .columns = processes_columns,
	  .options = processes_options },
	{ .name = "top",
	  .of = "processes",
	  .typed = "top",
	  .what = "Processes by their share of a processor: while we looked, and since they began.",
	  .sql = top_sql,
	  .order = "v.now DESC, v.mean_share DESC, v.pid",
	  .columns = top_columns,
	  .options = (const struct show_option[]){ PID_OPTION,
						   { NULL, NULL, SHOW_FLAG, NULL, NULL, NULL } } },
	{ .name = "sockets",
	  .of = "sockets",
	  .typed = "netstat -natp, ss",
	  .what = "Sockets with process, executable and user; those that listen first.",
	  .sql = sockets_sql,
	  .order = "v.host, v.family, v.rank, v.protocol, v.local_port, v.local, v.remote, "
		   "v.remote_port, v.ino",
	  .columns = sockets_columns,
	  .options = sockets_options },
	{ .name = "open",
	  .of = "processes",
	  .typed = "lsof",
	  .what = "What is open or mapped; of deleted files the member that holds them.",
	  .sql = open_sql,
	  .order = "v.host, v.pid, v.fd IS NOT NULL, v.fd, v.id",
	  .columns = open_columns,
	  .options = open_options },
	{ .name = "waits",
	  .of = "processes",
	  .typed = "strace -p",
	  .what = "What each thread waits for: system call, wait channel, kernel stack; and where "
		  "it is elsewhere than its process: namespaces, directories.",
	  .sql = waits_sql,
	  .order = "v.host, v.pid, v.tid",
	  .columns = waits_columns,
	  .options = waits_options },
	{ .name = NULL },
};
