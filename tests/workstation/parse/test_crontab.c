#include "workstation/parse/crontab.h"

#include <check.h>
#include <string.h>

#include "workstation/parse/scan.h"

Suite *suite_crontab(void);

static const struct {
	enum crontab_form form;
	const char *line;
	enum crontab_kind kind;
	const char *schedule, *user, *name, *command;
} rows[] = {
	{ CRONTAB_USER, "*/5 * * * * /var/tmp/.x/run >/dev/null", CRONTAB_JOB, "*/5 * * * *", "",
	  "", "/var/tmp/.x/run >/dev/null" },
	{ CRONTAB_USER, " @reboot\t/tmp/x ", CRONTAB_JOB, "@reboot", "", "", "/tmp/x" },
	{ CRONTAB_SYSTEM, "17 *  * * * root  cd / && run", CRONTAB_JOB, "17 *  * * *", "root", "",
	  "cd / && run" },
	{ CRONTAB_SYSTEM, "@daily bob x=1 y", CRONTAB_JOB, "@daily", "bob", "", "x=1 y" },
	{ CRONTAB_USER, "0 4 * jan-mar sun a=b c", CRONTAB_JOB, "0 4 * jan-mar sun", "", "",
	  "a=b c" },
	{ CRONTAB_ANACRON, "7 10 cron.weekly run-parts x", CRONTAB_JOB, "7 10", "", "cron.weekly",
	  "run-parts x" },
	{ CRONTAB_ANACRON, "@monthly 45 cron.monthly nice x", CRONTAB_JOB, "@monthly 45", "",
	  "cron.monthly", "nice x" },
	{ CRONTAB_USER, "MAILTO = \"\"", CRONTAB_VARIABLE, "", "", "MAILTO", "\"\"" },
	{ CRONTAB_USER, "", CRONTAB_NOTHING, "", "", "", "" },
	{ CRONTAB_USER, "  # x", CRONTAB_NOTHING, "", "", "", "" },
	{ CRONTAB_USER, "* * * *", CRONTAB_DAMAGED, NULL, "", "", "" },
	{ CRONTAB_USER, "* * * * *", CRONTAB_DAMAGED, NULL, "", "", "" },
	{ CRONTAB_SYSTEM, "* * * * * root", CRONTAB_DAMAGED, NULL, NULL, "", "" },
	{ CRONTAB_USER, "(x) y z a b c", CRONTAB_DAMAGED, NULL, "", "", "" },
	{ CRONTAB_ANACRON, "7", CRONTAB_DAMAGED, NULL, "", "", "" },
};

START_TEST(test_lines_are_cut_into_their_parts)
{
	struct crontab_line l;

	ck_assert_msg(crontab_parse(rows[_i].form, rows[_i].line, strlen(rows[_i].line), &l) ==
			      rows[_i].kind,
		      "%s", rows[_i].line);
	if (rows[_i].kind == CRONTAB_DAMAGED)
		return;
	ck_assert_msg(scan_is(l.schedule, rows[_i].schedule), "%s", rows[_i].line);
	ck_assert_msg(scan_is(l.user, rows[_i].user), "%s", rows[_i].line);
	ck_assert_msg(scan_is(l.name, rows[_i].name), "%s", rows[_i].line);
	ck_assert_msg(scan_is(l.command, rows[_i].command), "%s", rows[_i].line);
}
END_TEST

Suite *suite_crontab(void)
{
	Suite *s = suite_create("workstation/parse/crontab");
	TCase *tc = tcase_create("crontab");

	tcase_add_loop_test(tc, test_lines_are_cut_into_their_parts, 0,
			    sizeof(rows) / sizeof(rows[0]));
	suite_add_tcase(s, tc);
	return s;
}
