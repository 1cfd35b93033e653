#include "workstation/parse/procstat.h"

#include <check.h>
#include <string.h>

#include "workstation/parse/scan.h"

Suite *suite_procstat(void);

static struct procstat stat;

static bool read_text(const char *text)
{
	return procstat_read(text, strlen(text), &stat);
}

START_TEST(test_a_line_of_stat_is_read)
{
	ck_assert(read_text("4711 (sshd) S 1 4700 4701 34819 -1 4194560 9 8 7 6 250 31 1 2 20 -5 3 0 "
			    "987654 53370880 5079 18446744073709551615 1 1 0\n"));
	ck_assert_int_eq(stat.pid, 4711);
	ck_assert(scan_is(stat.name, "sshd"));
	ck_assert_int_eq(stat.state, 'S');
	ck_assert_int_eq(stat.ppid, 1);
	ck_assert_int_eq(stat.pgrp, 4700);
	ck_assert_int_eq(stat.session, 4701);
	ck_assert_int_eq(stat.tty, 34819);
	ck_assert_uint_eq(stat.flags, 4194560);
	ck_assert_int_eq(stat.utime, 250);
	ck_assert_int_eq(stat.stime, 31);
	ck_assert_int_eq(stat.nice, -5);
	ck_assert_int_eq(stat.threads, 3);
	ck_assert_int_eq(stat.start, 987654);
	ck_assert_int_eq(stat.vsize, 53370880);
}
END_TEST

START_TEST(test_a_name_cannot_pretend_to_be_fields)
{
	ck_assert(read_text("7 (a) R 1 1 1 (\n) S 2 3 4 0 -1 0 0 0 0 0 5 6 0 0 20 0 1 0 9 10 11"));
	ck_assert(scan_is(stat.name, "a) R 1 1 1 (\n"));
	ck_assert_int_eq(stat.ppid, 2);
	ck_assert_int_eq(stat.start, 9);
}
END_TEST

START_TEST(test_what_is_no_line_of_stat_is_refused)
{
	static const char *const bad[] = {
		"", ")", "7", "7 (a", ")(", "(a) S 2", "7 (a)", "7 (a) S", "7 (a) SS 2 3 4 0 -1 0 0 0",
		"x (a) S 2 3 4 0 -1 0 0 0 0 0 5 6 0 0 20 0 1 0 9 10 11",
		"7 (a) S 2 3 4 0 -1 0 0 0 0 0 5 6 0 0 20 0 1 0 9",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(!read_text(bad[i]), "%s", bad[i]);
}
END_TEST

START_TEST(test_terminals_have_their_names)
{
	static const struct {
		int64_t tty;
		const char *name;
	} rows[] = {
		{ 0, "" }, { 34816, "pts/0" }, { 34819, "pts/3" }, { 1025, "tty1" }, { 1088, "ttyS0" },
		{ 0x501, "console" }, { 0x108800, "pts/256" }, { 0x0701, "7:1" }, { 0xe500, "hvc0" },
	};
	char out[PROCSTAT_TTY_LEN];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ck_assert_str_eq(procstat_tty(rows[i].tty, out), rows[i].name);
}
END_TEST

START_TEST(test_status_gives_users_memory_and_rights)
{
	static const char text[] =
		"Name:\tsudo\nUmask:\t0022\nTgid:\t8\nPPid:\t5\nTracerPid:\t3\n"
		"Uid:\t1000\t0\t0\t0\nGid:\t1001\t0\t0\t0\nVmRSS:\t    4096 kB\nThreads:\t2\n"
		"CapEff:\t000001ffffffffff\nSeccomp:\t2\nSeccomp_filters:\t9\n";
	struct procstatus st;

	ck_assert(procstat_status(text, strlen(text), &st));
	ck_assert_int_eq(st.tgid, 8);
	ck_assert_int_eq(st.ppid, 5);
	ck_assert_int_eq(st.tracer, 3);
	ck_assert_int_eq(st.uid, 1000);
	ck_assert_int_eq(st.euid, 0);
	ck_assert_int_eq(st.gid, 1001);
	ck_assert_int_eq(st.rss, 4096 * 1024);
	ck_assert_int_eq(st.threads, 2);
	ck_assert_int_eq(st.seccomp, 2);
	ck_assert(scan_is(st.cap_eff, "000001ffffffffff"));
}
END_TEST

START_TEST(test_what_status_does_not_say_is_not_known)
{
	static const char text[] = "Name:\tkthreadd\nUid:\tx\nVmRSS: 99999999999999999999 kB\nTgid:\t-4\n"
				   "Threads:\t9223372036854775807\nVmRSS: 9223372036854775807 kB\n\n:";
	struct procstatus st;

	ck_assert(procstat_status(text, strlen(text), &st));
	ck_assert_int_eq(st.uid, -1);
	ck_assert_int_eq(st.rss, -1);
	ck_assert_int_eq(st.tgid, -1);
	ck_assert_int_eq(st.seccomp, -1);
	ck_assert_ptr_null(st.cap_eff.p);
	ck_assert(!procstat_status("Tgid:\t8\n", 8, &st));
	ck_assert(!procstat_status(NULL, 0, &st));
}
END_TEST

Suite *suite_procstat(void)
{
	Suite *s = suite_create("workstation/parse/procstat");
	TCase *t = tcase_create("procstat");

	tcase_add_test(t, test_a_line_of_stat_is_read);
	tcase_add_test(t, test_a_name_cannot_pretend_to_be_fields);
	tcase_add_test(t, test_what_is_no_line_of_stat_is_refused);
	tcase_add_test(t, test_terminals_have_their_names);
	tcase_add_test(t, test_status_gives_users_memory_and_rights);
	tcase_add_test(t, test_what_status_does_not_say_is_not_known);
	suite_add_tcase(s, t);
	return s;
}
