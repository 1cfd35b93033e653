#include "workstation/case/load_message.h"

#include <check.h>
#include <string.h>

#include "tests/support/case_box.h"
#include "tests/support/samples.h"
#include "workstation/case/zones.h"

Suite *suite_load_message(void);

#define UTC_2021_06_01 1622505600000000000

static struct case_box box;

static void setup(void)
{
	case_box_open(&box);
}

static void teardown(void)
{
	case_box_close(&box);
}

static void give(const char *path, const char *text)
{
	ck_assert_msg(case_box_give_at(&box, path, UTC_2021_06_01, text, strlen(text)) >= 1, "%s",
		      path);
}

START_TEST(test_what_sshd_and_sudo_say_becomes_logins_and_commands)
{
	give("/var/log/auth.log.1",
	     "May 30 10:00:00 web1 sshd[5]: Failed password for root from 6.6.6.6 port 4000 ssh2\n"
	     "May 30 10:00:01 web1 sshd[5]: Accepted publickey for bob from 6.6.6.6 port 4001 "
	     "ssh2: RSA SHA256:xyz\n"
	     "May 30 10:00:02 web1 sudo:   bob : TTY=pts/0 ; PWD=/tmp ; USER=root ; "
	     "COMMAND=/bin/cat /etc/shadow\n"
	     "\tcontinued\n");
	ck_assert_int_eq(case_box_int(&box, "SELECT count(*) FROM log"), 4);
	ck_assert_str_eq(case_box_text(&box, "SELECT kind || user || address || detail || line "
					     "FROM login WHERE kind = 'failed'"),
			 "failedroot6.6.6.6sshd password port 40001");
	ck_assert_str_eq(
		case_box_text(
			&box,
			"SELECT user || detail || pid || time FROM login WHERE kind = 'login'"),
		"bobsshd publickey port 4001 key RSA SHA256:xyz51622368801000000000");
	ck_assert_str_eq(case_box_text(&box, "SELECT source || user || text || pos FROM command"),
			 "sudobob/bin/cat /etc/shadow184");
	ck_assert_str_eq(case_box_text(&box, "SELECT time_from || text FROM log WHERE line = 4"),
			 "none\\x09continued");
}
END_TEST

START_TEST(test_years_go_back_over_new_year)
{
	give("/var/log/auth.log",
	     "Nov  2 00:00:00 h sudo: a : TTY=t ; PWD=/ ; USER=root ; COMMAND=x\n"
	     "Feb 29 00:00:00 h p: two years before\n"
	     "Dec 31 23:59:59 h p: one year before\n"
	     "2021-01-01T00:00:00+00:00 h p: with a year\n"
	     "Jan  1 00:00:01 h p: this year\n"
	     "May 31 00:00:00 h p: last\n");
	ck_assert_int_eq(case_box_int(&box, "SELECT time FROM command"), 1572652800000000000);
	ck_assert_int_eq(case_box_int(&box, "SELECT time FROM log WHERE line = 1"),
			 1572652800000000000);
	ck_assert_int_eq(case_box_int(&box, "SELECT time FROM log WHERE line = 3"),
			 1609459199000000000);
	ck_assert_int_eq(case_box_int(&box, "SELECT time FROM log WHERE line = 4"),
			 1609459200000000000);
	ck_assert_int_eq(case_box_int(&box, "SELECT time FROM log WHERE line = 5"),
			 1609459201000000000);
	ck_assert_int_eq(case_box_int(&box, "SELECT time FROM log WHERE line = 6"),
			 1622419200000000000);
	ck_assert_str_eq(case_box_text(&box, "SELECT time_from FROM log WHERE line = 3"),
			 "year-assumed");
	ck_assert_str_eq(case_box_text(&box, "SELECT time_from FROM log WHERE line = 4"), "exact");
}
END_TEST

START_TEST(test_a_zone_that_is_not_known_is_assumed)
{
	box.facts.tz = (struct bytes){ "/usr/share/zoneinfo/Europe/Berlin", 33 };
	give("/var/log/dpkg.log", "2021-05-30 10:00:00 install sudo:amd64 <none> 1.9\nno time\n");
	ck_assert_str_eq(
		case_box_text(&box, "SELECT source || time_from || text FROM log WHERE line = 1"),
		"dpkgzone-assumedinstall sudo:amd64 <none> 1.9");
	ck_assert_str_eq(case_box_text(&box, "SELECT time_from || text FROM log WHERE line = 2"),
			 "noneno time");
}
END_TEST

static const struct zone *berlin(void)
{
	static struct zone z = { .known = true };

	ck_assert(
		tzif_rule_parse((struct bytes){ "CET-1CEST,M3.5.0,M10.5.0/3", 26 }, &z.clock.rule));
	return &z;
}

START_TEST(test_local_times_are_read_by_the_zone_of_the_host)
{
	box.zone = berlin();
	give("/var/log/dpkg.log", "2020-10-25 02:30:00 a\n2020-10-25 02:59:00 b\n"
				  "2020-10-25 02:10:00 c\n2020-10-25 03:00:00 d\n"
				  "2020-03-29 02:30:00 e\n");
	ck_assert_str_eq(case_box_text(&box, "SELECT group_concat(text || (time / 1000000000) || "
					     "time_from, ' ') FROM log"),
			 "a1603585800zone-ambiguous b1603587540zone-ambiguous "
			 "c1603588200zone-ambiguous d1603591200zone e1585445400zone-skipped");
}
END_TEST

/* A year before, clocks changed on another day. */
START_TEST(test_years_that_go_back_keep_the_time_on_the_clocks)
{
	box.zone = berlin();
	give("/var/log/syslog", "Mar 28 12:00:00 h p: a\nMar 30 12:00:00 h p: b\n"
				"Oct 26 12:00:00 h p: c\nFeb  1 12:00:00 h p: d\n");
	ck_assert_str_eq(case_box_text(&box, "SELECT group_concat(text || datetime(time / "
					     "1000000000, 'unixepoch') || time_from, ' ') FROM "
					     "log"),
			 "a2020-03-28 11:00:00year-assumed b2020-03-30 10:00:00year-assumed "
			 "c2020-10-26 11:00:00year-assumed d2021-02-01 11:00:00year-assumed");
}
END_TEST

/* In 2020, not in 2021, clocks were put back on 25 October: it is known once all was read. */
START_TEST(test_logins_and_commands_of_an_hour_that_came_twice_are_marked)
{
	box.zone = berlin();
	give("/var/log/auth.log",
	     "Oct 25 02:30:00 h sshd[5]: Accepted password for bob from 6.6.6.6 port 40 ssh2\n"
	     "Oct 25 02:40:00 h sudo:   bob : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/id\n"
	     "Oct 25 12:00:00 h sshd[6]: Accepted password for eve from 6.6.6.6 port 41 ssh2\n"
	     "Feb  1 12:00:00 h p: d\n");
	ck_assert_str_eq(case_box_text(&box, "SELECT group_concat(user || time_from, ' ') FROM "
					     "login"),
			 "bobzone-ambiguous eveyear-assumed");
	ck_assert_str_eq(case_box_text(&box, "SELECT user || time_from FROM command"),
			 "bobzone-ambiguous");
	ck_assert_str_eq(case_box_text(&box, "SELECT group_concat(subject || time_from, ' ') FROM "
					     "event WHERE kind IN ('login', 'command')"),
			 "bobzone-ambiguous eveyear-assumed bobzone-ambiguous");
}
END_TEST

START_TEST(test_errors_of_a_web_server_are_in_local_time)
{
	box.zone = berlin();
	give("/var/log/apache2/error.log",
	     "[Sun May 30 12:00:00.000000 2021] [core:error] [pid 1] x\n");
	give("/var/log/apache2/access.log",
	     "1.2.3.4 - - [30/May/2021:12:00:00 +0000] \"GET / HTTP/1.1\" 200 5\n");
	ck_assert_str_eq(case_box_text(&box, "SELECT group_concat(kind || (time / 1000000000) || "
					     "time_from, ' ') FROM web"),
			 "error1622368800zone access1622376000exact");
}
END_TEST

START_TEST(test_runs_of_apt_are_one_row_each)
{
	give("/var/log/apt/history.log", "\nStart-Date: 2021-05-30  10:00:00\nCommandline: apt "
					 "install nmap\nInstall: nmap:amd64 (7)\n"
					 "End-Date: 2021-05-30  10:00:09\n\nStart-Date: 2021-05-31 "
					 " 10:00:00\nCommandline: apt remove auditd\n");
	ck_assert_int_eq(case_box_int(&box, "SELECT count(*) FROM log"), 2);
	ck_assert_str_eq(
		case_box_text(&box, "SELECT source || time || text FROM log WHERE line = 2"),
		"apt1622368800000000000Commandline: apt install nmap; Install: nmap:amd64 (7)");
}
END_TEST

START_TEST(test_events_of_audit_are_logins_and_commands)
{
	give("/var/log/audit/audit.log",
	     "type=USER_LOGIN msg=audit(1622368800.100:7): pid=9 uid=0 auid=1000 ses=3 "
	     "msg='op=login acct=\"bob\" "
	     "exe=\"/usr/sbin/sshd\" hostname=? addr=6.6.6.6 terminal=ssh "
	     "res=failed'\x1dUID=\"root\" AUID=\"bob\"\n"
	     "type=SYSCALL msg=audit(1622368800.200:8): syscall=59 pid=10 auid=1000 comm=\"sh\" "
	     "exe=\"/bin/sh\"\x1d"
	     "AUID=\"bob\"\n"
	     "type=EXECVE msg=audit(1622368800.200:8): argc=2 a0=\"sh\" a1=2F746D702F78\n"
	     "garbage\n");
	ck_assert_str_eq(
		case_box_text(&box,
			      "SELECT source || kind || user || address || tty || time FROM login"),
		"logfailedbob6.6.6.6ssh1622368800100000000");
	ck_assert_str_eq(case_box_text(&box, "SELECT source || user || text || line FROM command"),
			 "auditbobsh /tmp/x2");
	ck_assert_int_eq(case_box_int(&box, "SELECT count(*) FROM log WHERE source = 'audit'"), 2);
	ck_assert_int_eq(case_box_int(&box, "SELECT count(*) FROM note WHERE line = 4"), 1);
}
END_TEST

START_TEST(test_the_sample_of_a_journal_is_log_lines)
{
	struct buf sample;

	if (!samples_read("journal/velociraptor-2004.journal", &sample))
		return;
	case_box_give(&box, "/var/log/journal/d63f/system.journal", sample.p, sample.len);
	ck_assert_int_eq(case_box_int(&box, "SELECT count(*) FROM log"), 3);
	ck_assert_str_eq(
		case_box_text(&box, "SELECT source || program || pid || priority || origin || time "
				    "|| text FROM log"),
		"journalsystemd-journald105669f5c084797a01780840860655847000Journal started");
	ck_assert_int_eq(case_box_int(&box, "SELECT count(*) FROM note"), 0);
	buf_release(&sample);
}
END_TEST

START_TEST(test_a_journal_that_is_none_is_noted)
{
	give("/var/log/journal/x/system.journal", "no journal");
	ck_assert_str_eq(case_box_text(&box, "SELECT text FROM note"), "this is no journal");
}
END_TEST

START_TEST(test_lines_of_web_servers)
{
	give("/var/log/nginx/access.log.2",
	     "6.6.6.6 - - [30/May/2021:10:00:00 +0200] \"POST /up%6coad.php?x=1 HTTP/1.1\" 200 5 "
	     "\"-\" \"Wget/1.2\"\n");
	give("/var/log/apache2/error.log",
	     "[Sun May 30 10:00:00 2021] [error] [client 6.6.6.6:5] bad\nPHP Warning: x\n");
	ck_assert_str_eq(case_box_text(&box, "SELECT kind || address || method || script || status "
					     "|| bytes || agent || time "
					     "FROM web WHERE method IS NOT NULL"),
			 "access6.6.6.6POST/upload.php2005Wget/1.21622361600000000000");
	ck_assert_str_eq(case_box_text(&box, "SELECT kind || address || text FROM web WHERE line = "
					     "1 AND method IS NULL"),
			 "error6.6.6.6[error] [client 6.6.6.6:5] bad");
	ck_assert_str_eq(case_box_text(&box, "SELECT kind || text FROM web WHERE line = 2"),
			 "errorPHP Warning: x");
}
END_TEST

Suite *suite_load_message(void)
{
	Suite *s = suite_create("workstation/case/load_message");
	TCase *tc = tcase_create("load_message");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_what_sshd_and_sudo_say_becomes_logins_and_commands);
	tcase_add_test(tc, test_years_go_back_over_new_year);
	tcase_add_test(tc, test_a_zone_that_is_not_known_is_assumed);
	tcase_add_test(tc, test_local_times_are_read_by_the_zone_of_the_host);
	tcase_add_test(tc, test_years_that_go_back_keep_the_time_on_the_clocks);
	tcase_add_test(tc, test_logins_and_commands_of_an_hour_that_came_twice_are_marked);
	tcase_add_test(tc, test_errors_of_a_web_server_are_in_local_time);
	tcase_add_test(tc, test_runs_of_apt_are_one_row_each);
	tcase_add_test(tc, test_events_of_audit_are_logins_and_commands);
	tcase_add_test(tc, test_the_sample_of_a_journal_is_log_lines);
	tcase_add_test(tc, test_a_journal_that_is_none_is_noted);
	tcase_add_test(tc, test_lines_of_web_servers);
	suite_add_tcase(s, tc);
	return s;
}
