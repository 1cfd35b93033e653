#include "workstation/parse/utmp_join.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/samples.h"
#include "workstation/parse/scan.h"

Suite *suite_utmp_join(void);

#define NS 1000000000

static struct utmp_join *join;
static struct buf said;

static int ended(void *ctx, int64_t tag, int64_t end_ns, const char *how)
{
	(void)ctx;
	buf_printf(&said, "%lld %s %lld\n", (long long)tag, how, (long long)(end_ns / NS));
	return 0;
}

static void setup(void)
{
	buf_init(&said, 1u << 20);
	join = utmp_join_new(ended, NULL);
}

static void teardown(void)
{
	utmp_join_free(join);
	buf_release(&said);
}

static void add(enum utmp_join_kind kind, const char *line, int64_t sec, int64_t tag)
{
	struct bytes b = { line, strlen(line) };

	ck_assert_int_eq(utmp_join_add(join, kind, b, sec * NS, tag), 0);
}

START_TEST(test_a_session_ends_with_the_next_record_on_its_line)
{
	add(UTMP_JOIN_LOGIN, "pts/0", 10, 1);
	add(UTMP_JOIN_LOGIN, "pts/1", 11, 2);
	add(UTMP_JOIN_LOGIN, "pts/0", 12, 3);
	add(UTMP_JOIN_LOGOUT, "pts/0", 13, 4);
	add(UTMP_JOIN_LOGOUT, "pts/0", 14, 5);
	add(UTMP_JOIN_OTHER, "pts/1", 15, 6);
	ck_assert_str_eq(buf_cstr(&said), "1 logout 12\n3 logout 13\n");
}
END_TEST

START_TEST(test_a_shutdown_and_a_crash_end_everything)
{
	add(UTMP_JOIN_BOOT, "~", 1, 1);
	add(UTMP_JOIN_LOGIN, "pts/0", 10, 2);
	add(UTMP_JOIN_SHUTDOWN, "~", 20, 3);
	add(UTMP_JOIN_BOOT, "~", 30, 4);
	add(UTMP_JOIN_LOGIN, "pts/0", 40, 5);
	add(UTMP_JOIN_RUNLEVEL, "~", 41, 6);
	add(UTMP_JOIN_BOOT, "~", 50, 7);
	ck_assert_str_eq(buf_cstr(&said), "2 down 20\n1 down 20\n5 crash 50\n4 crash 50\n");
}
END_TEST

START_TEST(test_more_lines_than_are_kept_forget_the_oldest)
{
	char line[32];

	for (unsigned i = 0; i <= UTMP_JOIN_LINES; i++) {
		snprintf(line, sizeof(line), "pts/%u", i);
		add(UTMP_JOIN_LOGIN, line, i, i);
	}
	add(UTMP_JOIN_LOGOUT, "pts/0", 1, 0);
	ck_assert_uint_eq(said.len, 0);
	add(UTMP_JOIN_LOGOUT, "pts/1", 9, 0);
	ck_assert_str_eq(buf_cstr(&said), "1 logout 9\n");
}
END_TEST

static int stop(void *ctx, int64_t tag, int64_t end_ns, const char *how)
{
	(void)ctx;
	(void)tag;
	(void)end_ns;
	(void)how;
	return 5;
}

START_TEST(test_the_caller_can_stop_it)
{
	struct utmp_join *j = utmp_join_new(stop, NULL);
	struct bytes line = { "pts/0", 5 };

	ck_assert_int_eq(utmp_join_add(j, UTMP_JOIN_LOGIN, line, 1, 1), 0);
	ck_assert_int_eq(utmp_join_add(j, UTMP_JOIN_LOGOUT, line, 2, 2), 5);
	utmp_join_free(j);
}
END_TEST

static void add_sample(const char *name)
{
	struct buf sample;
	struct utmp_record r;
	struct utmp u;

	if (!samples_read(name, &sample))
		return;
	utmp_begin(&u, sample.p, sample.len, (struct utmp_layout){ false, false });
	while (utmp_next(&u, &r))
		ck_assert_int_eq(utmp_join_add(join, utmp_join_kind_of(&r), r.line, r.time_ns,
					       (int64_t)(r.pos / 384)),
				 0);
	buf_release(&sample);
}

/* utillinux-expected-last-nodns: IPv4 13:00-14:00, down at 15:00 for the one of 12:00, the boots
 * 16:00-17:00 and 18:00 still running, rick until 2038. */
START_TEST(test_sessions_of_util_linux_end_as_last_says)
{
	add_sample("utmp/utillinux-wtmp-a.LE");
	if (said.len == 0)
		return;
	ck_assert_ptr_nonnull(strstr(buf_cstr(&said), "\n10 logout 1377698400\n"));
	ck_assert_ptr_nonnull(strstr(buf_cstr(&said), "\n13 down 1377709200\n"));
	ck_assert_ptr_nonnull(strstr(buf_cstr(&said), "\n17 logout 2147483647\n"));
	ck_assert_ptr_null(strstr(buf_cstr(&said), "\n15 "));
	ck_assert_ptr_null(strstr(buf_cstr(&said), "\n16 "));
}
END_TEST

Suite *suite_utmp_join(void)
{
	Suite *s = suite_create("workstation/parse/utmp_join");
	TCase *tc = tcase_create("utmp_join");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_a_session_ends_with_the_next_record_on_its_line);
	tcase_add_test(tc, test_a_shutdown_and_a_crash_end_everything);
	tcase_add_test(tc, test_more_lines_than_are_kept_forget_the_oldest);
	tcase_add_test(tc, test_the_caller_can_stop_it);
	tcase_add_test(tc, test_sessions_of_util_linux_end_as_last_says);
	suite_add_tcase(s, tc);
	return s;
}
