#include <check.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/fd.h"
#include "tests/support/case_box.h"
#include "workstation/case/case_query.h"
#include "workstation/show/show_groups.h"

Suite *suite_show_live(void);

static struct case_box box;

static void setup(void)
{
	case_box_open(&box);
	case_box_sql(&box, "INSERT INTO account (host, name, uid) VALUES (1, 'root', 0), (1, 'web', 33)");
}

static void teardown(void)
{
	case_box_close(&box);
}

static const struct show_verb *verb_of(const char *name)
{
	const struct show_verb *v = show_find(name);

	ck_assert_msg(v != NULL, "no verb %s", name);
	return v;
}

static struct case_query *query(const char *verb, const char *columns)
{
	const struct show_verb *v = verb_of(verb);
	struct case_query *q = NULL;
	char sql[8192];
	int n = snprintf(sql, sizeof(sql), "SELECT %s FROM (%s) v ORDER BY %s", columns, v->sql, v->order);

	ck_assert(n > 0 && (size_t)n < sizeof(sql));
	ck_assert_msg(case_query_open(&q, box.db, sql, &box.e) == 0, "%s: %s", verb, box.e.what);
	return q;
}

/* Rows of a verb: columns with | between, rows with ; between. */
static const char *rows(const char *verb, const char *columns)
{
	struct case_query *q CLEANUP(case_query_close) = query(verb, columns);
	static char out[4096];
	struct bytes b;
	size_t n = 0;

	out[0] = '\0';
	while (case_query_step(q, &box.e) > 0)
		for (int i = 0; i < case_query_columns(q); i++) {
			b = case_query_text(q, i);
			n += (size_t)snprintf(out + n, sizeof(out) - n, "%s%.*s",
					      n == 0 ? "" : i == 0 ? ";" : "|",
					      b.p != NULL ? (int)b.len : 1,
					      b.p != NULL ? (const char *)b.p : "-");
			ck_assert_uint_lt(n, sizeof(out));
		}
	ck_assert_msg(!box.e.set, "%s: %s", verb, box.e.what);
	return out;
}

START_TEST(test_each_verb_has_the_columns_that_it_lists)
{
	static const char *const names[] = {
		"processes", "top",	   "sockets",	 "open",      "waits",	"modules", "bpf",
		"views",     "containers", "namespaces", "mounts",    "interfaces", "neighbours",
		"routes",    "connections",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		for (const struct show_column *c = verb_of(names[i])->columns; c->name != NULL; c++) {
			struct case_query *q = query(names[i], c->name);

			ck_assert_int_eq(case_query_step(q, &box.e), 0);
			case_query_close(&q);
		}
		ck_assert_str_eq(rows(names[i], "v.host, v.object"), "");
	}
}
END_TEST

START_TEST(test_a_socket_is_shown_once_with_who_holds_it)
{
	case_box_sql(&box,
		"INSERT INTO socket (host, netns, source, protocol, state, local, local_port, remote, "
		"remote_port, ino, uid) VALUES "
		"(1, 7, 'proc', 'tcp', 'ESTABLISHED', '192.0.2.1', 22, '203.0.113.7', 40000, 50, 0), "
		"(1, 7, 'diag', 'tcp', 'ESTABLISHED', '192.0.2.1', 22, '203.0.113.7', 40000, 50, 0), "
		"(1, NULL, 'proc', 'tcp', 'ESTABLISHED', '192.0.2.1', 22, '203.0.113.7', 40000, 50, 0), "
		"(1, NULL, 'proc', 'tcp6', 'LISTEN', '::', 80, '::', 0, 51, 33), "
		"(1, 7, 'diag', 'tcp', 'TIME_WAIT', '192.0.2.1', 22, '203.0.113.8', 1, 0, 0), "
		"(1, 7, 'diag', 'tcp', 'TIME_WAIT', '192.0.2.1', 22, '203.0.113.8', 2, 0, 0), "
		"(1, 7, 'diag', 'unix', 'LISTEN', '/run/x', NULL, NULL, NULL, 52, 0)");
	case_box_sql(&box,
		"INSERT INTO open_file (host, pid, fd, kind, ino) VALUES (1, 300, 3, 'socket', 51), "
		"(1, 301, 3, 'socket', 51)");
	case_box_sql(&box, "INSERT INTO process (host, pid, name, exe) VALUES (1, 300, 'old', '/o'), "
			   "(1, 300, 'nginx', '/usr/sbin/nginx')");
	ck_assert_str_eq(rows("sockets", "v.protocol, v.local_end, v.remote_end, v.state, v.user, v.pid, "
			      "v.name, v.exe, v.pids, v.source"),
			 "tcp6|[::]:80|[::]:0|LISTEN|web|300|nginx|/usr/sbin/nginx|300,301|proc;"
			 "tcp|192.0.2.1:22|203.0.113.7:40000|ESTABLISHED|root|-|-|-|-|diag;"
			 "tcp|192.0.2.1:22|203.0.113.8:1|TIME_WAIT|root|-|-|-|-|diag;"
			 "tcp|192.0.2.1:22|203.0.113.8:2|TIME_WAIT|root|-|-|-|-|diag");
}
END_TEST

START_TEST(test_an_attempt_that_two_sources_tell_counts_once)
{
	case_box_sql(&box, "INSERT INTO login (host, source, kind, user, address, time) VALUES"
			   " (1, 'btmp', 'failed', 'a', '192.0.2.1', 1),"
			   " (1, 'btmp', 'failed', 'b', '192.0.2.1', 2),"
			   " (1, 'log', 'invalid', 'a', '192.0.2.1', 1),"
			   " (1, 'wtmp', 'login', 'a', '192.0.2.1', 3),"
			   " (1, 'wtmp', 'invalid', 'a', '192.0.2.3', 3),"
			   " (1, 'log', 'login', 'a', '192.0.2.1', 3);"
			   "INSERT INTO web (host, kind, address, time) VALUES"
			   " (1, 'access', '192.0.2.1', 9), (1, 'access', '192.0.2.2', 8)");
	ck_assert_str_eq(rows("addresses", "v.address, v.failed, v.logins, v.web, v.users, v.last"),
			 "192.0.2.1|2|1|1|a,b|9;192.0.2.2|0|0|1|-|8");
}
END_TEST

START_TEST(test_what_could_not_be_compared_is_shown_last)
{
	case_box_sql(&box, "INSERT INTO package (id, host, name) VALUES (1, 1, 'p');"
			   "INSERT INTO package_file (id, host, package, path) VALUES"
			   " (1, 1, 1, '/a'), (2, 1, 1, '/b');"
			   "INSERT INTO verification (host, package_file, path, marks) VALUES"
			   " (1, 1, '/a', '\?\?\?\?\?\?\?\?\?'), (1, 2, '/b', '..5......')");
	ck_assert_str_eq(rows("verify", "v.path"), "/b;/a");
}
END_TEST

START_TEST(test_processes_are_shown_as_a_tree)
{
	case_box_sql(&box,
		"INSERT INTO process (host, pid, depth, name, cmdline, euid, utime, stime, environ, start, "
		"window_ticks, window_ns) VALUES "
		"(1, 1, 0, 'init', '/sbin/init', 0, 250, 50, 'A=1', 0, 0, 2000000000), "
		"(1, 9, 1, 'sh', 'sh -c id', 33, 0, 50, NULL, 0, 100, 2000000000), "
		"(1, 2, 0, 'kthreadd', NULL, 0, 0, 0, NULL, 0, 0, 2000000000)");
	case_box_sql(&box, "UPDATE host SET begin = 10000000000, ticks = 100");
	ck_assert_str_eq(rows("processes", "v.user, v.pid, v.cpu, v.command"),
			 "root|1|3|/sbin/init;web|9|0|  sh -c id;root|2|0|[kthreadd]");
	ck_assert_str_eq(rows("top", "v.pid, v.window, v.mean"), "9|50.0|5.0;1|0.0|30.0;2|0.0|0.0");
}
END_TEST

START_TEST(test_waits_tell_what_the_call_is_about)
{
	case_box_sql(&box,
		"INSERT INTO thread (host, pid, tid, syscall_name, fd, stack) VALUES "
		"(1, 9, 9, 'read', 0, '[<0>] a\\x0a[<0>] b'), (1, 9, 10, 'accept', 3, '[<0>] c'), "
		"(1, 9, 11, 'write', 8, NULL)");
	case_box_sql(&box,
		"INSERT INTO open_file (host, pid, fd, kind, target, ino) VALUES "
		"(1, 9, 0, 'device', '/dev/pts/0', NULL), (1, 9, 3, 'socket', 'socket:[5]', 5)");
	case_box_sql(&box, "INSERT INTO socket (host, source, protocol, local, local_port, remote, "
			   "remote_port, ino) VALUES (1, 'diag', 'tcp', '0.0.0.0', 80, '0.0.0.0', 0, 5)");
	ck_assert_str_eq(rows("waits", "v.tid, v.syscall_name, v.about, v.top"),
			 "9|read|0 /dev/pts/0|[<0>] a;10|accept|3 tcp 0.0.0.0:80 0.0.0.0:0|[<0>] c;"
			 "11|write|8|-");
}
END_TEST

START_TEST(test_a_module_that_one_list_lacks_is_seen)
{
	case_box_sql(&box, "INSERT INTO module (host, source, name) VALUES (1, 'modules', 'a'), "
			   "(1, 'sysfs', 'a'), (1, 'sysfs', 'hidden'), (1, 'modules', 'b')");
	ck_assert_str_eq(rows("modules", "v.name, v.in_modules, v.in_sysfs"),
			 "a|1|1;b|1|0;hidden|0|1");
}
END_TEST

START_TEST(test_namespaces_and_containers_are_counted)
{
	case_box_sql(&box,
		"INSERT INTO process (host, pid, name, ns_net, container) VALUES (1, 1, 'init', 100, NULL), "
		"(1, 5, 'a', 200, 'docker 1'), (1, 6, 'b', 200, 'docker 1')");
	ck_assert_str_eq(rows("namespaces", "v.type, v.ns, v.processes, v.pid, v.of_init, v.command"),
			 "net|100|1|1|1|[init];net|200|2|5|0|[a]");
	ck_assert_str_eq(rows("containers", "v.container, v.processes, v.pid, v.ns_net"),
			 "docker 1|2|5|200");
	/* What the collector says goes before what processes tell; a chroot has no control group. */
	case_box_sql(&box,
		"INSERT INTO namespace (host, type, ns, of_init, pids, pid) VALUES (1, 'uts', 7, 0, 2, 5), "
		"(1, 'uts', 7, 0, 1, 9);"
		"INSERT INTO container (host, pid, processes, ns_mnt) VALUES (1, 6, 2, 300), (1, 1, 1, 301);"
		"INSERT INTO object (host, path, category) VALUES (1, '/proc/6/root/etc/passwd', 'account'), "
		"(1, '/proc/6/root/var/log/x', 'logs'), (1, '/proc/66/root/etc/passwd', 'account')");
	ck_assert_str_eq(rows("namespaces", "v.type, v.ns, v.processes, v.pid, v.command"), "uts|7|3|5|[a]");
	ck_assert_str_eq(rows("containers", "v.container, v.pid, v.read_through, v.taken"),
			 "-|1|1|-;docker 1|5|6|account 1, logs 1");
	case_box_sql(&box,
		"INSERT INTO interface (host, netns, number, name) VALUES (1, 100, 2, 'eth0'); "
		"INSERT INTO address (host, netns, interface, address, prefix) VALUES "
		"(1, 100, 2, '192.0.2.2', 24), (1, 100, 2, '2001:db8::2', 64); "
		"INSERT INTO neighbour (host, netns, interface, address) VALUES (1, 100, 2, '192.0.2.1'), "
		"(1, 200, 2, '192.0.2.9')");
	ck_assert_str_eq(rows("interfaces", "v.name, v.addresses"), "eth0|192.0.2.2/24 2001:db8::2/64");
	ck_assert_str_eq(rows("neighbours", "v.address, v.dev"), "192.0.2.1|eth0;192.0.2.9|2");
}
END_TEST

Suite *suite_show_live(void)
{
	Suite *s = suite_create("workstation/show/show_live");
	TCase *t = tcase_create("show_live");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, test_each_verb_has_the_columns_that_it_lists);
	tcase_add_test(t, test_a_socket_is_shown_once_with_who_holds_it);
	tcase_add_test(t, test_an_attempt_that_two_sources_tell_counts_once);
	tcase_add_test(t, test_what_could_not_be_compared_is_shown_last);
	tcase_add_test(t, test_processes_are_shown_as_a_tree);
	tcase_add_test(t, test_waits_tell_what_the_call_is_about);
	tcase_add_test(t, test_a_module_that_one_list_lacks_is_seen);
	tcase_add_test(t, test_namespaces_and_containers_are_counted);
	suite_add_tcase(s, t);
	return s;
}
