#include "workstation/case/live.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/fd.h"
#include "tests/support/case_box.h"
#include "workstation/case/case_query.h"

Suite *suite_live(void);

#define STAT " 1 20 20 34816 -1 4194560 9 8 7 6 "	/* ppid to cmajflt */
#define TAIL " 1 2 20 0 3 0 2150 4096 9"		/* cutime to rss; it began at tick 2150 */

static struct case_box box;
static struct buf answer;	/* of the last question */

static void setup(void)
{
	buf_init(&answer, 1u << 20);
	case_box_open(&box);
	box.facts.arch = (struct bytes){ "x86_64", 6 };
	box.facts.btime = INT64_C(1000000000000000000);
	box.facts.ticks = 100;
}

static void teardown(void)
{
	case_box_close(&box);
	buf_release(&answer);
}

static void give_bytes(const char *path, const void *p, size_t n)
{
	ck_assert_msg(case_box_give(&box, path, p, n) > 0, "nobody reads %s", path);
}

static void give(const char *path, const char *text)
{
	give_bytes(path, text, strlen(text));
}

/* A symbolic link of the manifest. */
static void link_to(const char *path, const char *target)
{
	struct case_object row;

	case_init_object(&row);
	row.path = (struct bytes){ path, strlen(path) };
	row.type = "symlink";
	row.link = (struct bytes){ target, strlen(target) };
	ck_assert_int_eq(case_put_object(box.db, &row, &box.e), 0);
}

static int64_t put_object(const char *path)
{
	struct case_object row;

	case_init_object(&row);
	row.path = (struct bytes){ path, strlen(path) };
	row.type = "file";
	ck_assert_int_eq(case_put_object(box.db, &row, &box.e), 0);
	return case_last(box.db);
}

static void finish(void)
{
	case_box_finish(&box);
}

/* What a query gives, its columns with | between and its rows with ; between. */
static const char *ask(const char *sql)
{
	struct case_query *q CLEANUP(case_query_close) = NULL;
	struct bytes b;

	buf_clear(&answer);
	ck_assert_msg(case_query_open(&q, box.db, sql, &box.e) == 0, "%s", box.e.what);
	while (case_query_step(q, &box.e) > 0) {
		buf_puts(&answer, answer.len > 0 ? ";" : "");
		for (int i = 0; i < case_query_columns(q); i++) {
			b = case_query_text(q, i);
			buf_puts(&answer, i > 0 ? "|" : "");
			buf_add(&answer, b.p != NULL ? b.p : "-", b.p != NULL ? b.len : 1);
		}
	}
	ck_assert_msg(!box.e.set, "%s", box.e.what);
	return buf_cstr(&answer);
}

START_TEST(test_a_process_is_put_together_from_all_that_tells_of_it)
{
	char pass[600];
	int64_t held = put_object("live/exe/8-1-77");

	snprintf(pass, sizeof(pass),
		 "20 stat 50.000000000 %zu\n20 (sh) S" STAT "30 12" TAIL "\n",
		 strlen("20 (sh) S" STAT "30 12" TAIL));
	give("live/task/first", pass);
	give("/proc/20/status", "Name:\tsh\nUid:\t1000\t0\t0\t0\nVmRSS:\t 8 kB\nTracerPid:\t0\n");
	give("live/exe/index", "{\"pid\":20,\"start\":[2150,2150],\"link\":\"/tmp/.x/sh (deleted)\","
			       "\"ino\":77,\"deleted\":true,\"at_path\":\"absent\","
			       "\"object\":\"live/exe/8-1-77\"}\n");
	give_bytes("/proc/20/cmdline", "sh\0-c\0id\0", 9);
	give_bytes("/proc/20/environ", "A=1\0B=2\0", 8);
	give("/proc/20/cgroup", "0::/system.slice/docker-0123456789abcdef.scope\n");
	give("/proc/20/loginuid", "1000");
	snprintf(pass, sizeof(pass),
		 "20 stat 52.000000000 %zu\n20 (sh) R" STAT "90 52" TAIL "\n",
		 strlen("20 (sh) R" STAT "90 52" TAIL));
	give("live/task/last", pass);
	link_to("/proc/20/cwd", "/tmp");
	link_to("/proc/20/root", "/");
	link_to("/proc/20/ns/net", "net:[4026531840]");
	finish();
	ck_assert_str_eq(ask("SELECT pid, ppid, start_ticks, start, name, state, uid, euid, tty, cmdline, "
			     "argv, environ, rss FROM process"),
			 "20|1|2150|1000000021500000000|sh|S|1000|0|pts/0|sh -c id|"
			 "sh\\x00-c\\x00id\\x00|A=1\\x0aB=2\\x0a|8192");
	ck_assert_str_eq(ask("SELECT exe, exe_deleted, exe_kind, cwd, root, container, loginuid, utime, "
			     "stime, window_ticks, window_ns, ns_net, tracer FROM process"),
			 "/tmp/.x/sh|1|deleted|/tmp|/|docker 0123456789abcdef|1000|90|52|100|"
			 "2000000000|4026531840|0");
	snprintf(pass, sizeof(pass), "%lld", (long long)held);
	ck_assert_str_eq(ask("SELECT exe_object FROM process"), pass);
	ck_assert_str_eq(ask("SELECT count(*) FROM note"), "0");
}
END_TEST

START_TEST(test_a_number_that_is_used_again_is_another_process)
{
	give("/proc/20/stat", "20 (a) S" STAT "1 1 1 2 20 0 1 0 100 4096 9");
	give("/proc/20/cmdline", "first");
	give("/proc/20/stat", "20 (b) S" STAT "1 1 1 2 20 0 1 0 200 4096 9");
	give("/proc/20/cmdline", "second");
	give("live/exe/index", "{\"pid\":20,\"start\":[100,null],\"link\":\"/bin/a\"}");
	finish();
	ck_assert_str_eq(ask("SELECT start_ticks, name, cmdline, exe FROM process ORDER BY start_ticks"),
			 "100|a|first|/bin/a;200|b|second|-");
}
END_TEST

START_TEST(test_processes_stand_in_the_order_of_their_tree)
{
	static const struct {
		int pid, ppid, start;
	} rows[] = {
		{ 9, 5, 40 }, { 1, 0, 1 }, { 5, 1, 20 }, { 4, 1, 10 }, { 7, 4, 30 },
		{ 70, 71, 50 }, { 71, 70, 50 }, { 72, 71, 60 }, { 8, 8, 5 },
		{ 6, 99, 7 },
		{ 10, 11, 70 }, { 11, 1, 80 }, { 12, 11, 90 },
	};
	char text[200];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(text, sizeof(text), "%d (p) S %d 1 1 0 -1 0 0 0 0 0 1 1 0 0 20 0 1 0 %d 0 0",
			 rows[i].pid, rows[i].ppid, rows[i].start);
		snprintf(text + 100, 100, "/proc/%d/stat", rows[i].pid);
		give(text + 100, text);
	}
	finish();
	ck_assert_str_eq(ask("SELECT group_concat(pid || ':' || depth, ' ') FROM "
			     "(SELECT * FROM process ORDER BY id)"),
			 "1:0 4:1 7:2 5:1 9:2 11:1 12:2 6:0 8:0 10:0 71:0 70:1 72:1");
}
END_TEST

START_TEST(test_executables_are_of_a_kind)
{
	static const struct {
		const char *line, *kind;
	} rows[] = {
		{ "\"errno\":2", "absent" },
		{ "\"errno\":13", "unknown" },
		{ "\"link\":\"/memfd:x (deleted)\",\"memfd\":true,\"deleted\":true", "memfd" },
		{ "\"link\":\"/bin/a (deleted)\",\"deleted\":true,\"at_path\":\"other\",\"own_root\":true",
		  "replaced" },
		{ "\"link\":\"/bin/a\",\"deleted\":false,\"at_path\":\"other\",\"own_root\":false", "file" },
		{ "\"link\":\"/bin/a (deleted)\",\"deleted\":false", "file" },
	};
	char line[200];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(line, sizeof(line), "{\"pid\":%zu,\"start\":[1,1],%s}", i + 1, rows[i].line);
		give("live/exe/index", line);
	}
	give("/proc/9/stat", "9 (kthreadd) S 0 0 0 0 -1 2129984 0 0 0 0 0 0 0 0 20 0 1 0 21 0 0");
	finish();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(line, sizeof(line), "SELECT exe_kind FROM process WHERE pid = %zu", i + 1);
		ck_assert_str_eq(ask(line), rows[i].kind);
	}
	ck_assert_str_eq(ask("SELECT exe_kind FROM process WHERE pid = 9"), "kernel");
	ck_assert_str_eq(ask("SELECT exe FROM process WHERE pid = 6"), "/bin/a (deleted)");
}
END_TEST

START_TEST(test_open_files_join_link_fdinfo_and_content)
{
	int64_t held = put_object("live/open/8-1-5");
	char text[64];

	link_to("/proc/20/fd/0", "/dev/null");
	link_to("/proc/20/fd/3", "socket:[4711]");
	link_to("/proc/20/fd/4", "/tmp/gone (deleted)");
	link_to("/proc/20/fd/5", "/var/log");
	give("/proc/20/fdinfo/0", "pos:\t0\nflags:\t0100002\nmnt_id:\t9\n");
	give("/proc/20/fdinfo/4", "pos:\t12\nflags:\t0100001\nmnt_id:\t9\nino:\t5\n");
	give("/proc/20/fdinfo/5", "pos:\t0\nflags:\t02300000\n");
	give("/proc/20/maps", "1000-2000 r-xp 0 08:01 5 /tmp/gone (deleted)\n"
			      "2000-3000 rwxp 0 00:00 0\nx\n");
	give("live/open/index", "{\"pid\":20,\"fd\":4,\"ino\":5,\"object\":\"live/open/8-1-5\"}\n");
	finish();
	ck_assert_str_eq(ask("SELECT fd, kind, target, ino, flags, offset, deleted, access FROM open_file "
			     "WHERE fd IS NOT NULL ORDER BY fd"),
			 "0|device|/dev/null|-|0100002|0|0|rw;3|socket|socket:[4711]|4711|-|-|0|-;"
			 "4|file|/tmp/gone|5|0100001|12|1|w;5|directory|/var/log|-|02300000|0|0|r");
	ck_assert_str_eq(ask("SELECT kind, target, ino, deleted, access FROM open_file "
			     "WHERE fd IS NULL ORDER BY id"),
			 "map|/tmp/gone|5|1|r-xp;map|[anonymous]|-|0|rwxp");
	snprintf(text, sizeof(text), "%lld;%lld", (long long)held, (long long)held);
	ck_assert_str_eq(ask("SELECT held FROM open_file WHERE held IS NOT NULL"), text);
	ck_assert_str_eq(ask("SELECT kind, text FROM note"), "unreadable|1 lines are no mappings");
}
END_TEST

START_TEST(test_threads_say_what_they_wait_for)
{
	give("/proc/20/task/21/comm", "worker\n");
	give("/proc/20/task/21/stat", "21 (worker) D" STAT "1 1" TAIL);
	give("/proc/20/task/21/syscall", "0 0x3 0x7f 0x400 0x0 0x0 0x0 0x7fff00000000 0x7f0000000000\n");
	give("/proc/20/task/21/wchan", "pipe_read");
	give("/proc/20/task/21/stack", "[<0>] pipe_read+0x1\n[<0>] vfs_read+0x2\n");
	give("/proc/20/wchan", "0");
	give("/proc/20/syscall", "running\n");
	finish();
	ck_assert_str_eq(ask("SELECT group_concat(fd) FROM thread"), "3");
	ck_assert_str_eq(ask("SELECT pid, tid, name, state, syscall_name, wchan, stack FROM thread "
			     "ORDER BY tid"),
			 "20|20|-|-|running|-|-;20|21|worker|D|read|pipe_read|"
			 "[<0>] pipe_read+0x1\\x0a[<0>] vfs_read+0x2");
}
END_TEST

/* What /proc/PID shows is the first thread's. */
START_TEST(test_a_thread_may_be_elsewhere_than_its_process)
{
	give("/proc/20/task/21/wchan", "pipe_read");
	give("live/task/threads",
	     "{\"pid\":20,\"start\":5,\"tid\":21,\"own\":[\"files\",\"fs\"],"
	     "\"ns/net\":[\"net:[1]\",\"net:[2]\"],\"cwd\":[\"/\",null]}\n"
	     "{\"pid\":20,\"start\":5,\"tid\":22,\"own\":[],\"cwd\":[\"/\",\"/a\\\\x0ab\"]}\n"
	     "{\"pid\":-1,\"tid\":5}\nno JSON\n");
	finish();
	ck_assert_str_eq(ask("SELECT tid, own, elsewhere, wchan FROM thread ORDER BY tid"),
			 "21|files fs|ns/net net:[1] -> net:[2]; cwd / -> ?|pipe_read;"
			 "22|-|cwd / -> /a\\x0ab|-");
	ck_assert_str_eq(ask("SELECT kind, line FROM note"), "unreadable|4");
}
END_TEST

START_TEST(test_containers_and_namespaces_are_listed)
{
	give("live/container/77.json",
	     "{\"pid\":77,\"start\":9,\"processes\":3,\"mnt\":4026532999,\"root_dev\":\"0:44\","
	     "\"root_ino\":2,\"runtime\":\"docker\",\"id\":\"ab12\",\"cgroup\":\"0::/x\","
	     "\"host_root\":false,\"private\":true}");
	give("live/namespaces",
	     "{\"type\":\"net\",\"ns\":4026531840,\"own\":true,\"of_init\":true,\"mounted\":false,"
	     "\"user\":4026531837,\"pids\":[1,2,77],\"threads\":[[2,3]]}\n"
	     "{\"type\":\"strange\",\"ns\":5}\n");
	ck_assert_str_eq(ask("SELECT pid, processes, runtime, cid, ns_mnt, root_dev, host_root, cgroup "
			     "FROM container"),
			 "77|3|docker|ab12|4026532999|0:44|0|0::/x");
	ck_assert_str_eq(ask("SELECT type, ns, of_init, pids, threads, pid, user_ns FROM namespace"),
			 "net|4026531840|1|3|1|1|4026531837;-|5|0|0|0|-|-");
}
END_TEST

START_TEST(test_what_cannot_be_read_is_a_note)
{
	static const struct {
		const char *path, *content;
	} rows[] = {
		{ "live/task/first", "no record\n" },
		{ "live/task/last", "20 stat 1.000000000 9\n1 (x" },
		{ "live/task/first", "20 stat 1.000000000 3\nabc\n" },
		{ "live/exe/index", "no JSON\n" },
		{ "/proc/20/status", "abc" },
		{ "/proc/20/stat", "21 (other) S" STAT "1 1" TAIL },
		{ "/proc/20/loginuid", "x" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char count[24];

		give(rows[i].path, rows[i].content);
		snprintf(count, sizeof(count), "%zu", i + 1);
		ck_assert_msg(strcmp(ask("SELECT count(*) FROM note"), count) == 0, "%s", rows[i].path);
	}
	finish();
}
END_TEST

START_TEST(test_sockets_belong_to_the_namespace_of_their_path)
{
	static const char line[] = "  sl  local_address\n   0: 0100007F:0016 00000000:0000 0A 0:0 0:0 0 0 0 9\nx\n";

	give("live/net/4026532999/proc/tcp", line);
	give("/proc/1/net/tcp", line);
	give("/proc/1/net/snmp", line);
	give("live/net/4026532999/socket_diag/tcp4.json", line);
	link_to("/proc/1/ns/net", "net:[4026531840]");
	finish();
	ck_assert_str_eq(ask("SELECT netns, source, protocol, state, local, local_port, ino, pos, line "
			     "FROM socket ORDER BY id"),
			 "4026532999|proc|tcp|LISTEN|127.0.0.1|22|9|20|2;"
			 "4026531840|proc|tcp|LISTEN|127.0.0.1|22|9|20|2");
	ck_assert_str_eq(ask("SELECT count(*) FROM note"), "2");
}
END_TEST

Suite *suite_live(void)
{
	Suite *s = suite_create("workstation/case/live");
	TCase *t = tcase_create("live");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, test_a_process_is_put_together_from_all_that_tells_of_it);
	tcase_add_test(t, test_a_number_that_is_used_again_is_another_process);
	tcase_add_test(t, test_processes_stand_in_the_order_of_their_tree);
	tcase_add_test(t, test_executables_are_of_a_kind);
	tcase_add_test(t, test_open_files_join_link_fdinfo_and_content);
	tcase_add_test(t, test_threads_say_what_they_wait_for);
	tcase_add_test(t, test_a_thread_may_be_elsewhere_than_its_process);
	tcase_add_test(t, test_containers_and_namespaces_are_listed);
	tcase_add_test(t, test_what_cannot_be_read_is_a_note);
	tcase_add_test(t, test_sockets_belong_to_the_namespace_of_their_path);
	suite_add_tcase(s, t);
	return s;
}
