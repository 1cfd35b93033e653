#include "workstation/case/load_job.h"

#include <check.h>
#include <string.h>

#include "lib/hash/digest.h"
#include "tests/support/case_box.h"

Suite *suite_load_job(void);

/* ssh-keygen -lf */
#define KEY_PRINT "SHA256:ZkAslGjFiUHdGf/WUL8rQvkib4PTvQatUV0OUQSncCA"

static struct case_box box;

static void setup(void)
{
	case_box_open(&box);
	digest_start();
}

static void teardown(void)
{
	case_box_close(&box);
}

static void give(const char *path, const char *text)
{
	ck_assert_msg(case_box_give(&box, path, text, strlen(text)) >= 1, "%s", path);
}

static const struct {
	const char *path, *text, *row; /* kind|name|owner|schedule|command, of the first job */
} rows[] = {
	{ "/var/spool/cron/crontabs/root", "* * * * * /var/tmp/.x/r\n",
	  "cron||root|* * * * *|/var/tmp/.x/r" },
	{ "/etc/crontabs/bob", "@reboot x\n", "cron||bob|@reboot|x" },
	{ "/etc/cron.d/e2scrub", "30 3 * * 0 root test -e /run\n",
	  "cron||root|30 3 * * 0|test -e /run" },
	{ "/etc/crontab", "17 *\t* * *\troot\trun-parts x\n", "cron||root|17 * * * *|run-parts x" },
	{ "/etc/anacrontab", "7 10 cron.weekly run-parts\n",
	  "anacron|cron.weekly|root|7 10|run-parts" },
	{ "/etc/systemd/system/evil.service", "[Service]\nUser=bob\nExecStart=/tmp/x -y\n",
	  "service|evil.service|bob|ExecStart|/tmp/x -y" },
	{ "/usr/lib/systemd/system/a.timer", "[Timer]\nOnCalendar=daily\nUnit=b.service\n",
	  "timer|a.timer||OnCalendar=daily|b.service" },
	{ "/etc/systemd/system/ssh.service.d/x.conf",
	  "[Service]\nExecStartPre=\nExecStartPre=-/tmp/y\n",
	  "service|ssh.service||ExecStartPre|-/tmp/y" },
	{ "/home/bob/.config/autostart/z.desktop", "[Desktop Entry]\nExec=/tmp/z\n",
	  "xdg|z.desktop|bob|Exec|/tmp/z" },
	{ "/etc/pam.d/sshd", "auth optional pam_exec.so /tmp/log\n",
	  "pam|pam_exec.so|root|auth optional|/tmp/log" },
	{ "/etc/udev/rules.d/99-x.rules", "ACTION==\"add\", RUN+=\"/tmp/u\"\n",
	  "udev|RUN|root||/tmp/u" },
	{ "/etc/modprobe.d/x.conf", "install dccp /bin/false\n",
	  "modprobe|dccp|root|install|/bin/false" },
	{ "/etc/ld.so.preload", "# x\n/lib/evil.so:/lib/b.so\n", "preload|evil.so|||/lib/evil.so" },
	{ "/var/spool/cron/atjobs/a0000101b2c3d4", "#!/bin/sh\n# atrun uid=0 gid=0\ncd /\nid\n",
	  "at|a0000101b2c3d4|0|2024-03-04T15:16:00.000000000Z|id" },
	{ "/etc/update-motd.d/00-x", "#!/bin/sh\n",
	  "motd|00-x|root|login|/etc/update-motd.d/00-x" },
	{ "/home/bob/.bashrc", "x\n", "profile|.bashrc|bob|login|/home/bob/.bashrc" },
	{ "/etc/cron.daily/apt", "x\n", "cron|apt|root|daily|/etc/cron.daily/apt" },
};

START_TEST(test_what_starts_is_a_job)
{
	give(rows[_i].path, rows[_i].text);
	ck_assert_str_eq(
		case_box_text(
			&box,
			"SELECT kind || '|' || ifnull(name, '') || '|' || ifnull(owner, '') || '|' "
			"|| "
			"ifnull(schedule, '') || '|' || ifnull(command, '') FROM job ORDER BY id"),
		rows[_i].row);
	ck_assert_int_eq(case_box_int(&box, "SELECT count(*) FROM note"), 0);
}
END_TEST

START_TEST(test_a_line_that_is_none_is_noted)
{
	give("/etc/crontab", "SHELL=/bin/sh\nwhat is this\n");
	ck_assert_str_eq(case_box_text(&box, "SELECT kind || name || command FROM job"),
			 "variableSHELL/bin/sh");
	ck_assert_int_eq(case_box_int(&box, "SELECT line FROM note WHERE parser = 'crontab'"), 2);
}
END_TEST

START_TEST(test_links_and_modes_say_what_is_enabled)
{
	give("/etc/systemd/system/on.service", "[Service]\nExecStart=x\n");
	give("/etc/systemd/system/off.service", "[Service]\nExecStart=x\n");
	give("/etc/init.d/on", "x\n");
	give("/etc/init.d/off", "x\n");
	give("/etc/rc.local", "x\n");
	give("/etc/update-motd.d/00-off", "x\n");
	case_box_sql(&box,
		     "INSERT INTO object (host, path, type) VALUES "
		     "(1, '/etc/systemd/system/multi-user.target.wants/on.service', 'symlink'), "
		     "(1, '/etc/rc2.d/S01on', 'symlink'), (1, '/etc/rc2.d/K01off', 'symlink')");
	case_box_sql(&box, "UPDATE object SET mode = 33261 WHERE path = '/etc/rc.local'");
	case_box_sql(&box, "UPDATE object SET mode = 33188 WHERE path LIKE '%motd%'");
	case_box_finish(&box);
	ck_assert_str_eq(
		case_box_text(
			&box,
			"SELECT group_concat(kind || ' ' || name || ' ' || enabled, ',') FROM job"),
		"service on.service 1,service off.service 0,init on 1,init off 0,rc rc.local "
		"1,motd 00-off 0");
}
END_TEST

START_TEST(test_a_key_has_the_fingerprint_of_ssh_keygen)
{
	give("/root/.ssh/authorized_keys",
	     "from=\"10.0.0.*\" ssh-ed25519 "
	     "AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f a@b c\n"
	     "ssh-rsa !!! x\nbroken\n");
	ck_assert_str_eq(case_box_text(&box, "SELECT user || '|' || type || '|' || options || '|' "
					     "|| comment FROM authkey"),
			 "root|ssh-ed25519|from=\"10.0.0.*\"|a@b c");
	ck_assert_str_eq(case_box_text(&box, "SELECT fingerprint FROM authkey WHERE line = 1"),
			 KEY_PRINT);
	ck_assert_str_eq(case_box_text(&box, "SELECT fingerprint FROM authkey WHERE line = 2"),
			 "NULL");
	ck_assert_int_eq(case_box_int(&box, "SELECT line FROM note"), 3);
}
END_TEST

START_TEST(test_histories_belong_to_somebody)
{
	give("/root/.bash_history", "#1700000000\nid\n");
	give("/srv/dora/.zsh_history", ": 1700000001:0;ls\n");
	give("/etc/passwd", "dora:x:2:2::/srv/dora:/bin/sh\neve:x:3:3::/home/eve:/bin/sh\n");
	case_box_sql(&box, "INSERT INTO object (host, path, type, link, size) VALUES "
			   "(1, '/home/x/.bash_history', 'symlink', '/dev/null', 9), "
			   "(1, '/home/eve/.bash_history', 'file', NULL, 0)");
	case_box_sql(&box, "INSERT INTO login (host, user, kind) VALUES (1, 'eve', 'login')");
	case_box_finish(&box);
	ck_assert_str_eq(
		case_box_text(
			&box,
			"SELECT user || source || time || text FROM command WHERE source = 'bash'"),
		"rootbash1700000000000000000id");
	ck_assert_str_eq(
		case_box_text(&box, "SELECT user || text FROM command WHERE source = 'zsh'"),
		"dorals");
	ck_assert_int_eq(case_box_int(&box, "SELECT count(*) FROM note WHERE kind = 'history-off'"),
			 1);
	ck_assert_int_eq(
		case_box_int(&box, "SELECT count(*) FROM note WHERE kind = 'history-empty'"), 1);
}
END_TEST

Suite *suite_load_job(void)
{
	Suite *s = suite_create("workstation/case/load_job");
	TCase *tc = tcase_create("load_job");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, test_what_starts_is_a_job, 0, sizeof(rows) / sizeof(rows[0]));
	tcase_add_test(tc, test_a_line_that_is_none_is_noted);
	tcase_add_test(tc, test_links_and_modes_say_what_is_enabled);
	tcase_add_test(tc, test_a_key_has_the_fingerprint_of_ssh_keygen);
	tcase_add_test(tc, test_histories_belong_to_somebody);
	suite_add_tcase(s, tc);
	return s;
}
