#include "workstation/parse/authlog.h"

#include <check.h>
#include <string.h>

#include "tests/support/samples.h"
#include "workstation/parse/scan.h"
#include "workstation/parse/syslog.h"

Suite *suite_authlog(void);

static const struct {
	const char *program, *text;
	enum authlog_kind kind;
	const char *user, *by, *address, *port, *tty, *method, *key, *folder, *command;
} rows[] = {
	{ "sshd", "Accepted publickey for root from 10.0.0.1 port 59229 ssh2: RSA SHA256:5xy",
	  AUTHLOG_LOGIN, "root", "", "10.0.0.1", "59229", "", "publickey", "RSA SHA256:5xy", "",
	  "" },
	{ "sshd-session", "Accepted password for a from fe80::1%eth0 port 2 ssh2", AUTHLOG_LOGIN,
	  "a", "", "fe80::1%eth0", "2", "", "password", "", "", "" },
	{ "sshd",
	  "Failed password for invalid user x from 1.1.1.1 port 1 ssh2 from 6.6.6.6 port 4444 ssh2",
	  AUTHLOG_FAILED, "x from 1.1.1.1 port 1 ssh2", "", "6.6.6.6", "4444", "", "password", "",
	  "", "" },
	{ "sshd", "Failed password for root from 6.6.6.6 port 4444 ssh2", AUTHLOG_FAILED, "root",
	  "", "6.6.6.6", "4444", "", "password", "", "", "" },
	{ "sshd", "Invalid user  from 6.6.6.6 port 4444", AUTHLOG_INVALID, "", "", "6.6.6.6",
	  "4444", "", "", "", "", "" },
	{ "sshd", "Disconnected from user a 1.2.3.4 port 5", AUTHLOG_LOGOUT, "a", "", "1.2.3.4",
	  "5", "", "", "", "", "" },
	{ "sudo", "    alice : TTY=pts/0 ; PWD=/home/alice ; USER=root ; COMMAND=/bin/sh -c id ; x",
	  AUTHLOG_COMMAND, "alice", "root", "", "", "pts/0", "", "", "/home/alice",
	  "/bin/sh -c id ; x" },
	{ "sudo", "bob : user NOT in sudoers ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/sh",
	  AUTHLOG_FAILED, "bob", "root", "", "", "pts/0", "user NOT in sudoers", "", "/",
	  "/bin/sh" },
	{ "su", "(to root) alice on pts/0", AUTHLOG_LOGIN, "root", "alice", "", "", "pts/0", "", "",
	  "", "" },
	{ "su", "FAILED SU (to root) alice on pts/0", AUTHLOG_FAILED, "root", "alice", "", "",
	  "pts/0", "", "", "", "" },
	{ "login", "FAILED LOGIN (1) on '/dev/tty1' FOR 'root', Authentication failure",
	  AUTHLOG_FAILED, "root", "", "", "", "/dev/tty1", "Authentication", "", "", "" },
	{ "CRON", "(root) CMD (sleep $(( 1 * 60 )); touch /tmp/x)", AUTHLOG_COMMAND, "root", "", "",
	  "", "", "", "", "", "sleep $(( 1 * 60 )); touch /tmp/x" },
	{ "dropbear", "Bad password attempt for 'root' from 1.2.3.4:555", AUTHLOG_FAILED, "root",
	  "", "1.2.3.4", "555", "", "", "", "", "" },
	{ "doas", "alice ran command /bin/sh -c echo as b as root from /tmp", AUTHLOG_COMMAND,
	  "alice", "root", "", "", "", "", "", "/tmp", "/bin/sh -c echo as b" },
};

START_TEST(test_messages_say_who_came_from_where)
{
	struct authlog a;

	ck_assert_msg(authlog_parse((struct bytes){ rows[_i].program, strlen(rows[_i].program) },
				    (struct bytes){ rows[_i].text, strlen(rows[_i].text) }, &a),
		      "%s", rows[_i].text);
	ck_assert_int_eq(a.kind, rows[_i].kind);
	ck_assert_msg(scan_is(a.user, rows[_i].user), "%s", rows[_i].text);
	ck_assert_msg(scan_is(a.by, rows[_i].by), "%s", rows[_i].text);
	ck_assert_msg(scan_is(a.address, rows[_i].address), "%s", rows[_i].text);
	ck_assert_msg(scan_is(a.port, rows[_i].port), "%s", rows[_i].text);
	ck_assert_msg(scan_is(a.tty, rows[_i].tty), "%s", rows[_i].text);
	ck_assert_msg(scan_is(a.method, rows[_i].method), "%s", rows[_i].text);
	ck_assert_msg(scan_is(a.key, rows[_i].key), "%s", rows[_i].text);
	ck_assert_msg(scan_is(a.folder, rows[_i].folder), "%s", rows[_i].text);
	ck_assert_msg(scan_is(a.command, rows[_i].command), "%s", rows[_i].text);
}
END_TEST

START_TEST(test_other_messages_say_nothing)
{
	static const char *const bad[][2] = {
		{ "sshd", "Server listening on 0.0.0.0 port 22." },
		{ "sshd", "Accepted password for root" },
		{ "sshd", "" },
		{ "other", "Accepted password for root from 1.2.3.4 port 5 ssh2" },
		{ "", "" },
	};
	struct authlog a;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert(!authlog_parse((struct bytes){ bad[i][0], strlen(bad[i][0]) },
					 (struct bytes){ bad[i][1], strlen(bad[i][1]) }, &a));
}
END_TEST

START_TEST(test_the_sample_of_sshd_has_its_logins)
{
	struct buf sample;
	struct syslog_line l;
	struct authlog a;
	struct bytes line;
	struct scan s;
	unsigned came[AUTHLOG_COMMAND + 1] = { 0 }, key = 0;

	if (!samples_read("syslog/syslog_ssh.log", &sample))
		return;
	s = scan_begin(sample.p, sample.len);
	while (scan_line(&s, &line)) {
		if (!syslog_parse(line.p, line.len, &l) || !authlog_parse(l.program, l.text, &a))
			continue;
		came[a.kind]++;
		key += scan_is(a.key, "RSA 00:aa:bb:cc:dd:ee:ff:11:22:33:44:55:66:77:88:99");
		if (a.kind == AUTHLOG_FAILED && scan_is(a.user, "plaso"))
			ck_assert(scan_is(a.address, "001:db8:a0b:12f0::1") &&
				  scan_is(a.port, "8759"));
	}
	ck_assert_uint_eq(came[AUTHLOG_LOGIN], 5);
	ck_assert_uint_eq(came[AUTHLOG_FAILED], 2);
	ck_assert_uint_eq(key, 1);
	buf_release(&sample);
}
END_TEST

Suite *suite_authlog(void)
{
	Suite *s = suite_create("workstation/parse/authlog");
	TCase *tc = tcase_create("authlog");

	tcase_add_loop_test(tc, test_messages_say_who_came_from_where, 0,
			    sizeof(rows) / sizeof(rows[0]));
	tcase_add_test(tc, test_other_messages_say_nothing);
	tcase_add_test(tc, test_the_sample_of_sshd_has_its_logins);
	suite_add_tcase(s, tc);
	return s;
}
