#include "workstation/parse/audit.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/samples.h"
#include "workstation/parse/timedlog.h"

Suite *suite_audit(void);

static struct buf said;
static unsigned events, executions;

static void setup(void)
{
	buf_init(&said, 1u << 20);
	events = executions = 0;
}

static void teardown(void)
{
	buf_release(&said);
}

static int emit(void *ctx, const struct audit_event *ev)
{
	(void)ctx;
	events++;
	executions += ev->executes;
	buf_printf(&said, "\n%llu@%llu %s", (unsigned long long)ev->serial,
		   (unsigned long long)ev->line, ev->type);
	for (unsigned k = 0; k < AUDIT_FIELDS; k++) {
		if (ev->field[k].len == 0)
			continue;
		buf_printf(&said, " %s=", audit_name(k));
		buf_add(&said, ev->field[k].p, ev->field[k].len);
	}
	buf_putc(&said, '\n');
	return 0;
}

/* Feed a text; returns how many lines were no record. */
static unsigned feed(const char *text, size_t n)
{
	struct scan s = scan_begin(text, n);
	struct bytes line;
	static struct audit a;
	unsigned others = 0;
	uint64_t number = 0;

	audit_begin(&a, emit, NULL);
	while (scan_line(&s, &line)) {
		int r = audit_line(&a, line.p, line.len, 0, ++number);

		ck_assert_int_ge(r, 0);
		others += r == 1;
	}
	ck_assert_int_eq(audit_finish(&a), 0);
	audit_release(&a);
	return others;
}

START_TEST(test_records_of_a_serial_are_one_event)
{
	static const char text[] =
		"type=SYSCALL msg=audit(1700000000.123:7): syscall=59 pid=5 auid=1000 comm=7368 "
		"exe=\"/bin/sh\"\x1d"
		"AUID=\"bob\"\n"
		"type=USER_CMD msg=audit(1700000000.124:8): pid=6 msg='cwd=\"/\" cmd=6C73202D6C "
		"terminal=? res=success'\n"
		"type=EXECVE msg=audit(1700000000.123:7): argc=3 a0=\"sh\" a1=\"-c\" a2_len=9 "
		"a2[0]=6563686F a2[1]=\"x y\"\n"
		"type=PATH msg=audit(1700000000.123:7): item=0 name=\"/bin/sh\"\n"
		"type=PATH msg=audit(1700000000.123:7): item=1 name=(null)\n"
		"type=PROCTITLE msg=audit(1700000000.123:7): proctitle=7368002D63\n"
		"node=web1 type=LOGIN msg=audit(1700000001.000:9): old-auid=1 auid=0 ses=3\n"
		"nothing\n";

	ck_assert_uint_eq(feed(text, strlen(text)), 1);
	ck_assert_uint_eq(events, 3);
	ck_assert_uint_eq(executions, 1);
	ck_assert_ptr_nonnull(strstr(
		buf_cstr(&said),
		"\n7@1 SYSCALL exe=/bin/sh comm=sh syscall=59 auid=1000 pid=5 proctitle=sh -c "
		"name=/bin/sh AUID=bob argv=sh -c echo x y\n"));
	ck_assert_ptr_nonnull(
		strstr(buf_cstr(&said), "\n8@2 USER_CMD cmd=ls -l cwd=/ res=success pid=6\n"));
	ck_assert_ptr_nonnull(strstr(buf_cstr(&said), "\n9@7 LOGIN auid=0 ses=3\n"));
}
END_TEST

START_TEST(test_more_open_events_than_are_kept_end_the_oldest)
{
	char line[80];
	static struct audit a;

	audit_begin(&a, emit, NULL);
	for (unsigned i = 0; i <= AUDIT_OPEN; i++) {
		snprintf(line, sizeof(line), "type=SYSCALL msg=audit(1700000000.000:%u): pid=%u", i,
			 i);
		ck_assert_int_eq(audit_line(&a, line, strlen(line), i, i), 0);
		ck_assert_uint_eq(events, i < AUDIT_OPEN ? 0 : 1);
	}
	ck_assert_int_eq(audit_finish(&a), 0);
	ck_assert_uint_eq(events, AUDIT_OPEN + 1);
	audit_release(&a);
}
END_TEST

static int stop(void *ctx, const struct audit_event *ev)
{
	(void)ctx;
	(void)ev;
	return 3;
}

START_TEST(test_the_caller_can_stop_it)
{
	static const char line[] =
		"type=PROCTITLE msg=audit(1700000000.123:7): proctitle=7368002D63";
	static struct audit a;

	audit_begin(&a, stop, NULL);
	ck_assert_int_eq(audit_line(&a, line, strlen(line), 0, 1), -3);
	ck_assert_int_eq(audit_finish(&a), 0);
	audit_release(&a);
}
END_TEST

START_TEST(test_the_sample_has_the_events_of_ausearch)
{
	struct buf sample;

	if (!samples_read("auditd/plaso-audit_enriched.log", &sample))
		return;
	ck_assert_uint_eq(feed(sample.p, sample.len), 0);
	ck_assert_uint_eq(events, 12);
	ck_assert_uint_eq(executions, 3);
	ck_assert_ptr_nonnull(strstr(buf_cstr(&said), "\n485@12 SYSCALL exe=/usr/bin/id comm=id "));
	ck_assert_ptr_nonnull(
		strstr(buf_cstr(&said), " auid=0 pid=2219 ppid=2176 ses=8 key=specimen_exec "));
	ck_assert_ptr_nonnull(strstr(buf_cstr(&said), " SYSCALL=execve UID=root AUID=root "));
	ck_assert_ptr_nonnull(
		strstr(buf_cstr(&said),
		       "\n441@4 USER_AUTH exe=/usr/libexec/openssh/sshd-session acct=root "
		       "addr=172.23.112.1 "
		       "terminal=ssh op=pubkey res=failed uid=0 auid=4294967295 pid=2124 "));
	buf_release(&sample);
}
END_TEST

START_TEST(test_older_records_have_brackets)
{
	struct buf sample;

	if (!samples_read("auditd/test.log", &sample))
		return;
	ck_assert_uint_eq(feed(sample.p, sample.len), 0);
	ck_assert_uint_eq(events, 7);
	ck_assert_ptr_nonnull(
		strstr(buf_cstr(&said),
		       "USER_END exe=/usr/sbin/crond acct=root terminal=cron res=success uid=0 "));
	buf_release(&sample);
}
END_TEST

static const struct {
	const char *line, *text;
	int year;
} timed[] = {
	{ "2016-08-06 17:35:39 install base-passwd:amd64 <none> 3.5.33",
	  "install base-passwd:amd64 <none> 3.5.33", 2016 },
	{ "[2023-01-01T00:00:00+0000] [ALPM] installed x (1)", "[ALPM] installed x (1)", 2023 },
	{ "Jan 05 12:34:56 Installed: x", "Installed: x", 0 },
	{ "Mon Jun  6 18:43:28 2016 [pid 2] CONNECT", "[pid 2] CONNECT", 2016 },
	{ "2024-01-01 00:00:00,123 fail2ban.actions [1]: NOTICE Ban 1.2.3.4",
	  "fail2ban.actions [1]: NOTICE Ban 1.2.3.4", 2024 },
};

START_TEST(test_a_time_and_what_follows)
{
	struct datetime when;
	struct bytes text;

	ck_assert(timedlog_parse(timed[_i].line, strlen(timed[_i].line), &when, &text));
	ck_assert(scan_is(text, timed[_i].text));
	ck_assert_int_eq(when.year, timed[_i].year);
	ck_assert(!timedlog_parse("[2023-01-01T00:00:00 x", 22, &when, &text));
	ck_assert(!timedlog_parse("x", 1, &when, &text));
}
END_TEST

START_TEST(test_stanzas_of_apt_are_joined)
{
	struct buf sample;
	struct timedlog_stanza t;
	struct bytes line;
	struct scan s;
	unsigned n = 0;
	uint64_t number = 0;

	if (!samples_read("pkg/plaso-apt_history.log", &sample))
		return;
	s = scan_begin(sample.p, sample.len);
	timedlog_begin(&t);
	while (scan_line(&s, &line)) {
		if (!timedlog_line(&t, line.p, line.len, 0, ++number))
			continue;
		n++;
		ck_assert(t.has_start && t.start.year == 2019);
		ck_assert(scan_begins((struct bytes){ t.text.p, t.text.len }, "Commandline: apt"));
	}
	n += timedlog_finish(&t);
	ck_assert_uint_eq(n, 10);
	timedlog_release(&t);
	buf_release(&sample);
}
END_TEST

Suite *suite_audit(void)
{
	Suite *s = suite_create("workstation/parse/audit");
	TCase *tc = tcase_create("audit");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_records_of_a_serial_are_one_event);
	tcase_add_test(tc, test_more_open_events_than_are_kept_end_the_oldest);
	tcase_add_test(tc, test_the_caller_can_stop_it);
	tcase_add_test(tc, test_the_sample_has_the_events_of_ausearch);
	tcase_add_test(tc, test_older_records_have_brackets);
	tcase_add_loop_test(tc, test_a_time_and_what_follows, 0, sizeof(timed) / sizeof(timed[0]));
	tcase_add_test(tc, test_stanzas_of_apt_are_joined);
	suite_add_tcase(s, tc);
	return s;
}
