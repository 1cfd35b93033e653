#include "workstation/parse/syslog.h"

#include <check.h>
#include <string.h>

#include "tests/support/samples.h"
#include "workstation/parse/scan.h"

Suite *suite_syslog(void);

#define NS 1000000000
#define UTC_2021_06 (1622505600ll * NS) /* 2021-06-01 */

static const struct {
	const char *line, *host, *program, *text;
	int64_t pid;
	int priority, year;
} rows[] = {
	{ "Jan  5 12:34:56 web1 sshd[123]: hello world", "web1", "sshd", "hello world", 123, -1,
	  0 },
	{ "Jan 15 12:34:56 web1 /usr/sbin/cron[9]:  x", "web1", "cron", "x", 9, -1, 0 },
	{ "Jan 15 12:34:56 web1 Job `cron.daily' terminated", "web1", "",
	  "Job `cron.daily' terminated", -1, -1, 0 },
	{ "Feb 29 01:15:43: --- text ---", "", "", "--- text ---", -1, -1, 0 },
	{ "Nov 18 08:30:20 kernel: [997.3] x", "", "kernel", "[997.3] x", -1, -1, 0 },
	{ "Nov 18 08:30:20 web1 kernel: [997.3] x", "web1", "kernel", "[997.3] x", -1, -1, 0 },
	{ "Jan  1 00:00:10 box auth.info sshd[7]: x", "box", "sshd", "x", 7, 6, 0 },
	{ "<34>Oct 11 22:14:15 web1 su: 'su root' failed", "web1", "su", "'su root' failed", -1, 2,
	  0 },
	{ "<165>1 2003-10-11T22:14:15.003Z web1 su 77 ID47 [a b=\"\\]\"][c] msg", "web1", "su",
	  "msg", 77, 5, 2003 },
	{ "<165>1 2003-10-11T22:14:15Z - - - - - \xef\xbb\xbfmsg", "", "", "msg", -1, 5, 2003 },
	{ "2020-05-31T00:00:45.698463+00:00 localhost systemd[1]: Reloaded", "localhost", "systemd",
	  "Reloaded", 1, -1, 2020 },
	{ "2020-05-31 00:00:45 localhost app[x]: y", "localhost", "", "app[x]: y", -1, -1, 2020 },
	{ "Jan  5 12:34:56", "", "", "", -1, -1, 0 },
};

START_TEST(test_a_line_is_cut_into_its_parts)
{
	struct syslog_line l;

	ck_assert(syslog_parse(rows[_i].line, strlen(rows[_i].line), &l));
	ck_assert_msg(scan_is(l.host, rows[_i].host), "%s", rows[_i].line);
	ck_assert_msg(scan_is(l.program, rows[_i].program), "%s", rows[_i].line);
	ck_assert_msg(scan_is(l.text, rows[_i].text), "%s", rows[_i].line);
	ck_assert_int_eq(l.pid, rows[_i].pid);
	ck_assert_int_eq(l.priority, rows[_i].priority);
	ck_assert_int_eq(l.when.year, rows[_i].year);
}
END_TEST

START_TEST(test_what_has_no_time_is_no_line)
{
	static const char *const bad[] = { "",     "\tcontinued",   "MMM 22 07:54:32 x",
					   "<34>", "<999>Oct 11 x", "2020-05-31",
					   "Jan 5" };
	struct syslog_line l;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(!syslog_parse(bad[i], strlen(bad[i]), &l), "%s", bad[i]);
}
END_TEST

static int64_t feed(struct syslog_year *y, const char *line, bool *stepped)
{
	struct syslog_line l;
	int64_t ns;

	ck_assert(syslog_parse(line, strlen(line), &l));
	*stepped = syslog_year_next(y, &l.when, &ns);
	return ns == INT64_MIN ? ns : ns / NS;
}

START_TEST(test_years_are_counted_back_from_the_last_change)
{
	struct syslog_year y;
	bool stepped;

	syslog_year_begin(&y, UTC_2021_06, NULL);
	ck_assert_int_eq(y.year, 2021);
	feed(&y, "Nov 20 00:00:00 h p: x", &stepped);
	ck_assert(!stepped);
	feed(&y, "Nov 19 00:00:00 h p: a step back is no new year", &stepped);
	ck_assert(!stepped);
	feed(&y, "Jan  2 00:00:00 h p: x", &stepped);
	ck_assert(stepped);
	ck_assert_int_eq(feed(&y, "May 31 00:00:00 h p: x", &stepped), 1622419200);
	ck_assert_int_eq(syslog_year_shift(&y, 0), 0);
	ck_assert_int_eq(syslog_year_shift(&y, 1), -1);
}
END_TEST

START_TEST(test_a_last_line_behind_the_last_change_is_of_the_year_before)
{
	struct syslog_year y;
	bool stepped;

	syslog_year_begin(&y, UTC_2021_06, NULL);
	feed(&y, "Jun  1 12:00:00 h p: within a day", &stepped);
	ck_assert_int_eq(syslog_year_shift(&y, 0), 0);
	feed(&y, "Dec 30 00:00:00 h p: x", &stepped);
	ck_assert_int_eq(syslog_year_shift(&y, 0), -1);
}
END_TEST

START_TEST(test_29_february_is_in_a_leap_year)
{
	struct syslog_year y;
	bool stepped;

	syslog_year_begin(&y, UTC_2021_06, NULL);
	ck_assert_int_eq(feed(&y, "Feb 29 01:15:43: x", &stepped), 1582938943);
	ck_assert_int_eq(feed(&y, "Feb 30 01:15:43: x", &stepped), INT64_MIN);
	ck_assert_int_eq(feed(&y, "2020-05-31T00:00:45Z h p: x", &stepped), 1590883245);
}
END_TEST

START_TEST(test_the_zone_of_the_host_is_taken_off)
{
	struct tzif zone = { .width = 4 };
	struct syslog_year y;
	bool stepped;

	ck_assert(tzif_rule_parse((struct bytes){ "EET-2", 5 }, &zone.rule));
	syslog_year_begin(&y, UTC_2021_06, &zone);
	ck_assert_int_eq(feed(&y, "Jan  1 02:00:00 h p: x", &stepped), 1609459200);
}
END_TEST

static const struct {
	const char *sample;
	unsigned lines, others;
} samples[] = {
	/* one line continues another, one has no month */
	{ "syslog/syslog", 16, 2 },
	{ "syslog/syslog_cron.log", 9, 0 },
	{ "syslog/syslog_ssh.log", 9, 0 },
	{ "syslog/syslog_rsyslog", 5, 0 },
};

START_TEST(test_samples_have_the_lines_that_are_known)
{
	struct buf sample;
	struct syslog_line l;
	struct bytes line;
	struct scan s;
	unsigned lines = 0, others = 0;

	if (!samples_read(samples[_i].sample, &sample))
		return;
	s = scan_begin(sample.p, sample.len);
	while (scan_line(&s, &line)) {
		if (syslog_parse(line.p, line.len, &l))
			lines++;
		else
			others++;
	}
	ck_assert_uint_eq(lines, samples[_i].lines);
	ck_assert_uint_eq(others, samples[_i].others);
	buf_release(&sample);
}
END_TEST

Suite *suite_syslog(void)
{
	Suite *s = suite_create("workstation/parse/syslog");
	TCase *tc = tcase_create("syslog");

	tcase_add_loop_test(tc, test_a_line_is_cut_into_its_parts, 0,
			    sizeof(rows) / sizeof(rows[0]));
	tcase_add_test(tc, test_what_has_no_time_is_no_line);
	tcase_add_test(tc, test_years_are_counted_back_from_the_last_change);
	tcase_add_test(tc, test_a_last_line_behind_the_last_change_is_of_the_year_before);
	tcase_add_test(tc, test_29_february_is_in_a_leap_year);
	tcase_add_test(tc, test_the_zone_of_the_host_is_taken_off);
	tcase_add_loop_test(tc, test_samples_have_the_lines_that_are_known, 0,
			    sizeof(samples) / sizeof(samples[0]));
	suite_add_tcase(s, tc);
	return s;
}
