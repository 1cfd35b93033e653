#include "workstation/parse/starts.h"

#include <check.h>
#include <string.h>

#include "lib/base/buf.h"
#include "workstation/parse/keyline.h"
#include "workstation/parse/unitfile.h"

Suite *suite_starts(void);

static const struct {
	const char *line;
	bool service, found;
	const char *name, *when, *command;
} pam[] = {
	{ "auth required pam_unix.so nullok", false, false, "", "", "" },
	{ "auth\toptional  pam_exec.so quiet /tmp/x", false, true, "pam_exec.so", "auth\toptional",
	  "quiet /tmp/x" },
	{ "auth [success=1 default=ignore] pam_evil.so", false, true, "pam_evil.so",
	  "auth [success=1 default=ignore]", "" },
	{ "session required /lib/security/pam_unix.so", false, true, "/lib/security/pam_unix.so",
	  "session required", "" },
	{ "sshd auth required pam_x.so", true, true, "pam_x.so", "auth required", "" },
	{ "auth include system-auth", false, false, "", "", "" },
	{ "@include common-auth", false, false, "", "", "" },
	{ "# auth required pam_x.so", false, false, "", "", "" },
	{ "auth required pam_unix.so.so", false, true, "pam_unix.so.so", "auth required", "" },
	{ "auth required pam_.so", false, true, "pam_.so", "auth required", "" },
	{ "", false, false, "", "", "" },
};

START_TEST(test_pam_loads_what_is_not_usual)
{
	struct starts_line l;

	ck_assert_msg(starts_pam(pam[_i].line, strlen(pam[_i].line), pam[_i].service, &l) ==
			      pam[_i].found,
		      "%s", pam[_i].line);
	if (!pam[_i].found)
		return;
	ck_assert_msg(scan_is(l.name, pam[_i].name), "%s", pam[_i].line);
	ck_assert_msg(scan_is(l.when, pam[_i].when), "%s", pam[_i].line);
	ck_assert_msg(scan_is(l.command, pam[_i].command), "%s", pam[_i].line);
}
END_TEST

START_TEST(test_udev_rules_run_programs)
{
	static const char rule[] = "SUBSYSTEM==\"net\", ACTION==\"add\", RUN+=\"/tmp/x %k\", "
				   "ENV{A}=\"RUN\", PROGRAM=\"/bin/y\"";
	struct starts_line l;
	size_t at = 0;

	ck_assert(starts_udev(rule, strlen(rule), &at, &l));
	ck_assert(scan_is(l.name, "RUN") && scan_is(l.command, "/tmp/x %k"));
	ck_assert(starts_udev(rule, strlen(rule), &at, &l));
	ck_assert(scan_is(l.name, "PROGRAM") && scan_is(l.command, "/bin/y"));
	ck_assert(!starts_udev(rule, strlen(rule), &at, &l));
	at = 0;
	ck_assert(!starts_udev("# RUN+=\"x\"", 10, &at, &l));
	at = 0;
	ck_assert(!starts_udev("RUN+=x", 6, &at, &l));
}
END_TEST

START_TEST(test_modprobe_installs_by_a_command)
{
	struct starts_line l;

	ck_assert(starts_modprobe("install usb /bin/sh -c x", 24, &l));
	ck_assert(scan_is(l.name, "usb") && scan_is(l.command, "/bin/sh -c x"));
	ck_assert(!starts_modprobe("options usb x", 13, &l));
	ck_assert(!starts_modprobe("install usb", 11, &l));
}
END_TEST

START_TEST(test_a_job_of_at_is_told_by_its_name)
{
	uint64_t number, minutes;

	ck_assert(starts_at((struct bytes){ "a0000c01b2c3d4", 14 }, &number, &minutes));
	ck_assert_uint_eq(number, 12);
	ck_assert_uint_eq(minutes, 0x01b2c3d4);
	ck_assert(!starts_at((struct bytes){ ".SEQ", 4 }, &number, &minutes));
	ck_assert(!starts_at((struct bytes){ "a0000c01b2c3dx", 14 }, &number, &minutes));
}
END_TEST

START_TEST(test_units_give_their_keys_in_order)
{
	static const char text[] = "# x\nA=0\n[Unit]\nDescription = a b \n; "
				   "c\n[Service]\nbroken\nExecStart=/bin/x \\\n  -y\nUser=\n";
	struct unitfile u;
	struct buf b;

	buf_init(&b, 4096);
	unitfile_begin(&u, text, strlen(text));
	while (unitfile_next(&u)) {
		buf_printf(&b, "%d@%d ", (int)u.line, (int)u.pos);
		buf_add(&b, u.section.p, u.section.len);
		buf_putc(&b, '.');
		buf_add(&b, u.key.p, u.key.len);
		buf_putc(&b, '=');
		buf_add(&b, u.value.p, u.value.len);
		buf_putc(&b, '|');
	}
	ck_assert_str_eq(
		buf_cstr(&b),
		"2@4 .A=0|4@15 Unit.Description=a b|8@55 Service.ExecStart=/bin/x \\\n  -y|"
		"10@79 Service.User=|");
	buf_release(&b);
}
END_TEST

static const struct {
	const char *line;
	enum keyline_kind kind;
	const char *options, *type, *key, *comment;
} keys[] = {
	{ "ssh-ed25519 AAAAC3 me@host now", KEYLINE_KEY, "", "ssh-ed25519", "AAAAC3",
	  "me@host now" },
	{ "command=\"/bin/x \\\"ssh-rsa y\\\"\",no-pty ssh-rsa AAAAB3\r", KEYLINE_KEY,
	  "command=\"/bin/x \\\"ssh-rsa y\\\"\",no-pty", "ssh-rsa", "AAAAB3", "" },
	{ "sk-ssh-ed25519@openssh.com AAAAG c", KEYLINE_KEY, "", "sk-ssh-ed25519@openssh.com",
	  "AAAAG", "c" },
	{ "# ssh-rsa AAAA", KEYLINE_NOTHING, "", "", "", "" },
	{ "  ", KEYLINE_NOTHING, "", "", "", "" },
	{ "ssh-rsa", KEYLINE_DAMAGED, "", "", "", "" },
	{ "1024 35 1234567 rsa1", KEYLINE_DAMAGED, "", "", "", "" },
	{ "x=\"open ssh-rsa AAAA", KEYLINE_DAMAGED, "", "", "", "" },
};

START_TEST(test_keys_are_cut_into_their_parts)
{
	struct keyline k;

	ck_assert_msg(keyline_parse(keys[_i].line, strlen(keys[_i].line), &k) == keys[_i].kind,
		      "%s", keys[_i].line);
	if (keys[_i].kind != KEYLINE_KEY)
		return;
	ck_assert(scan_is(k.options, keys[_i].options) && scan_is(k.type, keys[_i].type));
	ck_assert(scan_is(k.key, keys[_i].key) && scan_is(k.comment, keys[_i].comment));
}
END_TEST

Suite *suite_starts(void)
{
	Suite *s = suite_create("workstation/parse/starts");
	TCase *tc = tcase_create("starts");

	tcase_add_loop_test(tc, test_pam_loads_what_is_not_usual, 0, sizeof(pam) / sizeof(pam[0]));
	tcase_add_test(tc, test_udev_rules_run_programs);
	tcase_add_test(tc, test_modprobe_installs_by_a_command);
	tcase_add_test(tc, test_a_job_of_at_is_told_by_its_name);
	tcase_add_test(tc, test_units_give_their_keys_in_order);
	tcase_add_loop_test(tc, test_keys_are_cut_into_their_parts, 0,
			    sizeof(keys) / sizeof(keys[0]));
	suite_add_tcase(s, tc);
	return s;
}
