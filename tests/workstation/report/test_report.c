#include "workstation/report/report.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/buf.h"
#include "lib/base/fd.h"
#include "lib/base/text.h"
#include "lib/hash/digest.h"
#include "tests/support/case_box.h"
#include "workstation/report/rules.h"

#define HOST                                                                        \
	"UPDATE host SET archive = 'a.tar.zst', verdict = 'COMPLETE', \"begin\" = " \
	"1700000000000000000,"                                                      \
	" \"end\" = 1700000100000000000, sha256 = x'aa', fingerprint = x'bb', root = x'cc';"
/* Everywhere where text of the evidence can come from. */
#define EVIL "<img src=x onerror=alert(1)>\"''><script>alert(2)</script>&amp;"

static struct case_box box;
static struct buf page;

static void open_box(void)
{
	case_box_open(&box);
	buf_init(&page, 64u << 20);
}

static void close_box(void)
{
	case_box_close(&box);
	buf_release(&page);
}

/* The page of what is in the box. */
static const char *make(void)
{
	char name[] = "/tmp/exhibit-report-XXXXXX", chunk[65536];
	struct err e = { 0 };
	int fd = mkstemp(name);
	ssize_t n;

	ck_assert_int_ge(fd, 0);
	unlink(name);
	ck_assert_msg(rules_run(box.db, &e) == 0, "%s", e.what);
	ck_assert_msg(report_write(box.db, fd, "case.db", &e) == 0, "%s", e.what);
	lseek(fd, 0, SEEK_SET);
	while ((n = fd_read_full(fd, chunk, sizeof(chunk))) > 0)
		buf_add(&page, chunk, (size_t)n);
	close(fd);
	return buf_cstr(&page);
}

static bool has(const char *text)
{
	return strstr(buf_cstr(&page), text) != NULL;
}

START_TEST(test_an_empty_case_is_a_page)
{
	make();
	ck_assert(has("</html>"));
	ck_assert(!has("Nothing that a rule looks for."));
	ck_assert(has("<b>Not asked</b>: nothing of this in the archive: records of logins"));
}
END_TEST

/* Of a question the rules of which had nothing to ask, nothing was found is no answer. */
START_TEST(test_a_question_says_which_of_its_rules_were_not_asked)
{
	case_box_sql(&box,
		     HOST "INSERT INTO process (host, object, pid, name) VALUES (1, 1, 1, 'init');"
			  "INSERT INTO socket (host, object, protocol) VALUES (1, 1, 'tcp');"
			  "INSERT INTO session (host, line, name, value) VALUES (1, 2, 'profile', "
			  "'live')");
	make();
	ck_assert(has("<dt>Profile</dt><dd>live</dd>"));
	ck_assert(
		has("Nothing that a rule looks for. <span class=\"want\"><b>Not asked</b>, 4 of 7 "
		    "rules, for want of records of logins, records of failed logins, histories of "
		    "commands, package databases.</span>"));
	ck_assert(has("<td>Connection to a port of IRC</td><td class=\"n\">55</td><td "
		      "class=\"n\">0</td><td></td>"));
	ck_assert(has("<td>Many failed logins from one address</td><td class=\"n\">30</td><td "
		      "class=\"n\"></td><td>records of failed logins</td>"));
}
END_TEST

/* "Not of every host" is read as of none. */
START_TEST(test_rules_not_asked_of_some_hosts_are_told_from_those_of_none)
{
	case_box_sql(&box, HOST "INSERT INTO host (id, name, verdict, plan) VALUES (2, 'web02', "
				"'COMPLETE', 'completed');"
				"INSERT INTO process (host, object, pid, name) VALUES (1, 1, 1, "
				"'init')");
	make();
	ck_assert(has("<b>Not asked</b> of one host or more, 10 of 10 rules, for want of "));
}
END_TEST

START_TEST(test_the_first_screen_has_verdict_custody_and_the_five_questions)
{
	case_box_sql(&box, HOST "INSERT INTO session (host, line, name, value) VALUES (1, 2, "
				"'case', '2026-1'), (1, 3, 'exhibit', 'E-1'),"
				" (1, 4, 'examiner-name', 'examiner');"
				"INSERT INTO object (id, host, path, type, gap, result) VALUES (1, "
				"1, '/x', 'file', 'size-limit', 'skipped')");
	make();
	ck_assert(has("<strong>COMPLETE</strong>"));
	ck_assert(has("<dt>Case</dt><dd>2026-1</dd>"));
	ck_assert(has("<dt>Examiner</dt><dd>examiner</dd>"));
	ck_assert(has("<b>1</b> size-limit"));
	for (int i = 0; i < QUESTION_COUNT; i++)
		ck_assert(has(rules_question_title((enum question)i)));
}
END_TEST

START_TEST(test_what_was_not_entered_is_named_where_nothing_was_found)
{
	case_box_sql(&box, HOST "INSERT INTO object (id, host, path, type, gap, result) VALUES"
				" (1, 1, '/usr', 'unknown', 'hung-mount', 'skipped'),"
				" (2, 1, '/etc/x', 'file', 'no-answer', 'partial'),"
				" (3, 1, '/proc/7/task', 'directory', 'no-answer', 'partial'),"
				" (4, 1, '/etc/y', 'file', 'open-failed', 'error'),"
				" (5, 1, '/mnt', 'directory', 'open-failed', 'error')");
	make();
	ck_assert(has("<b>2</b> paths"));
	ck_assert(has("<li>/usr</li>"));
	ck_assert(has("<li>/mnt</li>"));
	ck_assert(has(" Not all folders were entered."));
	case_box_sql(&box, "DELETE FROM object WHERE id IN (1, 5)");
	buf_clear(&page);
	make();
	ck_assert(!has("Not entered"));
	ck_assert(!has("Not all folders"));
}
END_TEST

/* In the evidence of an observation, and in the timeline. */
START_TEST(test_a_login_of_an_hour_that_came_twice_says_so)
{
	case_box_sql(&box, HOST "INSERT INTO login (host, source, kind, user, address, origin, time, "
				"time_from) VALUES (1, 'log', 'login', 'root', '192.0.2.9', "
				"'192.0.2.9', 1700000000000000000, 'zone-ambiguous');"
				"INSERT INTO command (host, source, user, text, time, time_from) "
				"VALUES (1, 'sudo', 'bob', 'id', 1700000000000000000, "
				"'zone-skipped')");
	make();
	ck_assert(has("log: login root  192.0.2.9 (clocks showed this time twice)"));
	ck_assert(has(">root  192.0.2.9 (clocks showed this time twice)"));
	ck_assert(has("bob: id (clocks never showed this time)"));
}
END_TEST

#define PLAN                                                                                   \
	"INSERT INTO planned (host, number, category, state) VALUES (1, 1, 'config', 'done')," \
	" (1, 2, 'logs', 'begun'), (1, 3, 'web', 'not-reached'), (1, 4, 'package', "           \
	"'not-reached');"

/* Green alone would be read as: all that was planned is here. */
START_TEST(test_a_plan_that_was_not_completed_stands_under_the_verdict)
{
	case_box_sql(&box, HOST PLAN "UPDATE host SET completed = 0, plan = 'stopped', stopped = "
				     "'the deadline of the run was reached'");
	make();
	ck_assert(has("class=\"host complete unfinished\""));
	ck_assert(
		has("up to the final seal.</p>\n<p class=\"verdict plan\"><strong>PLAN NOT "
		    "COMPLETED</strong> the deadline of the run was reached. Not reached <b>2</b> "
		    "of 4 categories of the plan: web, package."));
	ck_assert(has("Begun and not finished <b>1</b> of 4 categories of the plan: logs."));
	ck_assert(has("<b>2</b> whole categories of the plan"));
	ck_assert(has(" The plan was not completed."));
	case_box_sql(&box, "UPDATE planned SET state = 'done'; UPDATE host SET stopped = NULL");
	buf_clear(&page);
	make();
	ck_assert(has("PLAN NOT COMPLETED</strong> Its log does not say why. All categories of"));
	case_box_sql(&box, "UPDATE host SET completed = 1, plan = 'unknown', stopped = '<b>'; UPDATE "
			   "planned SET state = 'not-seen' WHERE number = 3");
	buf_clear(&page);
	make();
	ck_assert(has("<strong>PLAN NOT KNOWN</strong> The final seal says that the plan was "
		      "completed, and the archive does not show it"));
	ck_assert(has(" It says why the run ended: &lt;b&gt;. Nothing is seen of <b>1</b> of 4 "
		      "categories of the plan: web.</p>"));
	ck_assert(has(" Whether the plan was completed is not known."));
	ck_assert(has("class=\"host complete unfinished\""));
	case_box_sql(&box, "UPDATE planned SET state = 'done'; UPDATE host SET stopped = NULL");
	case_box_sql(&box, "UPDATE host SET completed = 1, plan = 'completed'");
	buf_clear(&page);
	make();
	ck_assert(!has("PLAN NOT") && !has("unfinished\"") && !has("categories of the plan"));
	ck_assert(!has("The plan was not completed"));
}
END_TEST

START_TEST(test_of_what_came_after_a_cut_the_page_says_that_it_is_not_known)
{
	case_box_sql(&box,
		     HOST PLAN "UPDATE planned SET state = 'not-seen' WHERE number > 2;"
			       "UPDATE host SET verdict = 'TRUNCATED', root = NULL, completed = "
			       "0, plan = 'cut', unsealed = 6");
	make();
	ck_assert(has(
		"<strong>PLAN NOT KNOWN</strong> No final seal holds: what came after the cut is "
		"not known. Not seen under a seal <b>2</b> of 4 categories of the plan: web, "
		"package. Members under no seal, which may be of these: <b>6</b>. The cut is "
		"in logs or behind it."));
	ck_assert(has("<b>Not asked</b>: nothing of this is under a seal: records of logins"));
	ck_assert(!has("nothing of this in the archive"));
	ck_assert(has("What came <b>after the cut</b> is not known, and not counted here."));
	ck_assert(has(" What came after the cut is not known.</td>"));
}
END_TEST

START_TEST(test_an_altered_archive_is_called_that_first)
{
	case_box_sql(&box, HOST "UPDATE host SET verdict = 'ALTERED', forced = 1");
	make();
	ck_assert(has("<strong>ALTERED</strong>"));
	ck_assert(has("nothing on this page is proven by it"));
	/* Nor does it keep quiet about who collected it. */
	ck_assert(has("<dt>Examiner</dt><dd class=\"none\">not stated</dd>"));
}
END_TEST

START_TEST(test_an_observation_has_its_evidence)
{
	case_box_sql(
		&box, HOST
		"INSERT INTO object (id, host, path, member, type, sha256, gap) VALUES (7, 1, "
		"'/etc/passwd', '[root]/etc/passwd', 'file',"
		" x'00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff', 'none');"
		"INSERT INTO account (host, object, pos, line, name, uid, gid, home, shell) VALUES"
		" (1, 7, 812, 23, 'toor', 0, 0, '/', '/bin/sh')");
	make();
	ck_assert(has("toor has user number 0"));
	ck_assert(has("href=\"#o7\">[root]/etc/passwd</a>"));
	ck_assert(has("line 23"));
	ck_assert(has("offset 812"));
	ck_assert(has("00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"));
	ck_assert(has("toor:0:0:/:/bin/sh"));
	ck_assert(has("Why it is listed"));
	ck_assert(has("What else explains it"));
}
END_TEST

START_TEST(test_nothing_of_the_evidence_becomes_markup)
{
	const char *at;
	size_t scripts = 0;

	case_box_sql(&box,
		     "DELETE FROM host; INSERT INTO host (id, name, archive, verdict, os, kernel, "
		     "arch, tz, mode, "
		     "\"begin\") VALUES"
		     " (1, '" EVIL "', '" EVIL "', 'COMPLETE', '" EVIL "', '" EVIL "', '" EVIL
		     "', '" EVIL "', '" EVIL "', 1700000000000000000);"
		     "INSERT INTO session (host, line, name, value) VALUES (1, 2, 'case', '" EVIL
		     "'), (1, 3, '" EVIL "', '" EVIL "');"
		     "INSERT INTO finding (host, severity, word, member, text) VALUES (1, 'NOTE', "
		     "'x', '" EVIL "', '" EVIL "');"
		     "INSERT INTO object (id, host, path, member, type, mode, gap, result, "
		     "errname, btime, mtime) VALUES"
		     " (1, 1, '/tmp/." EVIL "', '" EVIL "', 'directory', 511, '" EVIL
		     "', 'partial', '" EVIL "', 1700000000000000000, 1);"
		     "INSERT INTO note (host, object, parser, kind, text) VALUES (1, 1, 'x', "
		     "'gap', '" EVIL "');"
		     "INSERT INTO login (host, object, source, kind, user, tty, origin, address, "
		     "time) VALUES"
		     " (1, 1, 'wtmp', 'login', 'root', '" EVIL "', '" EVIL "', '" EVIL
		     "', 1700000000000000000);"
		     "INSERT INTO command (host, object, source, user, time, text) VALUES (1, 1, "
		     "'bash', '" EVIL "', 1700000000000000000, 'history -c " EVIL "');"
		     "INSERT INTO process (host, object, pid, ppid, name, cmdline, exe, exe_kind, "
		     "start) VALUES"
		     " (1, 1, 9, 0, '" EVIL "', '" EVIL "', '/tmp/" EVIL
		     "', 'file', 1700000000000000000);"
		     "INSERT INTO socket (host, object, protocol, state, local, local_port, "
		     "remote, remote_port, ino) VALUES"
		     " (1, 1, 'tcp', 'ESTABLISHED', '" EVIL "', 1, '" EVIL "', 6667, 5);"
		     "INSERT INTO disagreement (host, object, line, view, kind, subject, text) "
		     "VALUES (1, 1, 2, '" EVIL "', '" EVIL "', '" EVIL "', '" EVIL "');"
		     "INSERT INTO job (host, object, kind, name, owner, schedule, command) VALUES "
		     "(1, 1, 'cron', '" EVIL "', '" EVIL "', '" EVIL "', '/tmp/" EVIL "');");
	make();
	ck_assert(!has("<img"));
	ck_assert(!has("alert(2)</script>"));
	ck_assert(has("&lt;img src=x onerror=alert(1)&gt;&quot;"));
	for (at = buf_cstr(&page); (at = strstr(at, "<script")) != NULL; at++)
		scripts++;
	ck_assert_uint_eq(scripts, 1);
}
END_TEST

/* The text between two marks, hashed as the policy names it. */
static void policy_names(const char *begin, const char *end)
{
	const char *from = strstr(buf_cstr(&page), begin), *to;
	uint8_t hash[DIGEST_LEN];
	struct buf source;

	ck_assert_ptr_nonnull(from);
	from += strlen(begin);
	to = strstr(from, end);
	digest_of(from, (size_t)(to - from), hash);
	buf_init(&source, 200);
	buf_puts(&source, "'sha256-");
	text_base64(&source, hash, sizeof(hash));
	buf_putc(&source, '\'');
	ck_assert_msg(has(buf_cstr(&source)), "no %s", buf_cstr(&source));
	buf_release(&source);
}

START_TEST(test_the_policy_allows_our_own_style_and_script_alone)
{
	make();
	ck_assert(has("content=\"default-src 'none'; style-src 'sha256-"));
	ck_assert(!has("unsafe"));
	policy_names("<style>", "</style>");
	policy_names("<script>", "</script>");
	ck_assert(!has(" style=\""));
	ck_assert(!has(" onclick="));
}
END_TEST

START_TEST(test_the_page_asks_for_nothing)
{
	case_box_sql(&box, HOST);
	make();
	ck_assert(!has(" src=") && !has("url(") && !has("@import") && !has("http:") &&
		  !has("https:"));
	ck_assert(!has("fetch(") && !has("XMLHttp") && !has("innerHTML") && !has("eval("));
}
END_TEST

START_TEST(test_a_large_case_makes_no_large_page)
{
	case_box_sql(
		&box, HOST
		"INSERT INTO object (host, path, member, type, mode, gap, result, mtime, btime, "
		"sha256)"
		" WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 100000)"
		" SELECT 1, printf('/tmp/.d%06d', i), 'x', 'directory', 511, 'size-limit', "
		"'skipped', i, i, zeroblob(32) FROM c;"
		"INSERT INTO process (host, object, pid, ppid, name, cmdline)"
		" WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 30000)"
		" SELECT 1, 1, i, i - 1, 'p', 'p' FROM c;");
	make();
	ck_assert_uint_lt(page.len, 2u << 20);
	ck_assert(has("99900 more are not on this page"));
	ck_assert(has("exhibit show files --hidden case.db"));
}
END_TEST

START_TEST(test_processes_in_a_ring_end)
{
	case_box_sql(&box, HOST "INSERT INTO process (host, object, pid, ppid, name, cmdline) "
				"VALUES (1, 1, 5, 6, 'a', 'first'), (1, 1, 6, 5, 'b', 'second'),"
				" (1, 1, 7, 7, 'c', 'third')");
	make();
	ck_assert(has("first") && has("second") && has("third"));
}
END_TEST

Suite *suite_report(void);
Suite *suite_report(void)
{
	Suite *s = suite_create("workstation/report/report");
	TCase *tc = tcase_create("report");

	digest_start();
	tcase_add_checked_fixture(tc, open_box, close_box);
	tcase_add_test(tc, test_an_empty_case_is_a_page);
	tcase_add_test(tc, test_a_question_says_which_of_its_rules_were_not_asked);
	tcase_add_test(tc, test_rules_not_asked_of_some_hosts_are_told_from_those_of_none);
	tcase_add_test(tc, test_the_first_screen_has_verdict_custody_and_the_five_questions);
	tcase_add_test(tc, test_what_was_not_entered_is_named_where_nothing_was_found);
	tcase_add_test(tc, test_a_login_of_an_hour_that_came_twice_says_so);
	tcase_add_test(tc, test_a_plan_that_was_not_completed_stands_under_the_verdict);
	tcase_add_test(tc, test_of_what_came_after_a_cut_the_page_says_that_it_is_not_known);
	tcase_add_test(tc, test_an_altered_archive_is_called_that_first);
	tcase_add_test(tc, test_an_observation_has_its_evidence);
	tcase_add_test(tc, test_nothing_of_the_evidence_becomes_markup);
	tcase_add_test(tc, test_the_policy_allows_our_own_style_and_script_alone);
	tcase_add_test(tc, test_the_page_asks_for_nothing);
	tcase_add_test(tc, test_a_large_case_makes_no_large_page);
	tcase_add_test(tc, test_processes_in_a_ring_end);
	suite_add_tcase(s, tc);
	return s;
}
