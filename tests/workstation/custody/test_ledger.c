#include "workstation/custody/ledger.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/leftover.h"

Suite *suite_ledger(void);

static char folder[64], path[96];
static struct err e;

static void setup(void)
{
	strcpy(folder, "/tmp/exhibit-ledger.XXXXXX");
	leftover_dir(folder);
	snprintf(path, sizeof(path), "%s/custody.jsonl", folder);
	e = (struct err){ 0 };
}

static void teardown(void)
{
	unlink(path);
	rmdir(folder);
}

static struct ledger_entry planned(void)
{
	struct ledger_entry entry = { .event = LEDGER_EVENT_PLANNED };

	entry.value[LEDGER_CASE] = "2026-11";
	entry.value[LEDGER_EXHIBIT] = "A1";
	entry.value[LEDGER_BY] = "N. N.";
	return entry;
}

static struct ledger_entry noted(const char *text)
{
	struct ledger_entry entry = { .event = LEDGER_EVENT_NOTED };

	entry.value[LEDGER_BY] = "N. N.";
	entry.value[LEDGER_COMMENTS] = text;
	return entry;
}

static void start(struct ledger_added *added)
{
	struct ledger_entry entry = planned();

	ck_assert_msg(ledger_start(path, &entry, added, &e) == 0, "%s", e.what);
}

static int add(const struct ledger_entry *entry, struct ledger_added *added)
{
	int fd = ledger_open(path, true, &e);
	int r = ledger_add(fd, path, entry, added, &e);

	close(fd);
	return r;
}

START_TEST(test_lines_follow_each_other)
{
	struct ledger_entry entry = noted("first");
	struct ledger_added one, two, three;
	struct ledger l;
	struct stat st;

	start(&one);
	ck_assert_int_eq(add(&entry, &two), 0);
	entry = noted("second");
	ck_assert_int_eq(add(&entry, &three), 0);
	ck_assert_int_eq(ledger_load(&l, path, &e), 0);
	ck_assert_uint_eq(l.check.flaw_count, 0);
	ck_assert_uint_eq(l.check.count, 3);
	ck_assert_uint_eq(three.n, 3);
	ck_assert_mem_eq(l.check.rows[2].t.line.prev, two.sha256, DIGEST_LEN);
	ck_assert_mem_eq(l.check.rows[2].t.line.sha256, three.sha256, DIGEST_LEN);
	ck_assert_str_eq(ledger_value(&l, LEDGER_COMMENTS), "second");
	ck_assert_str_eq(ledger_first(&l, LEDGER_COMMENTS), "first");
	ck_assert_str_eq(ledger_value(&l, LEDGER_CASE), "2026-11");
	ck_assert_ptr_null(ledger_value(&l, LEDGER_SUSPECT));
	ck_assert_ptr_nonnull(ledger_value(&l, LEDGER_LOCAL));
	ledger_unload(&l);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_int_eq(st.st_mode & 0777, 0600);
}
END_TEST

/* Or the form says of an archive what is true of another, or two things that cannot both be. */
START_TEST(test_what_became_of_the_plan_is_of_one_line_and_of_the_first_archive)
{
	static const struct {
		const char *plan, *missing, *match, *want, *want_missing;
	} rows[] = {
		{ "cut", "no final seal", NULL, "cut", "no final seal" },
		{ "completed", NULL, "no", "cut", "no final seal" },
		{ NULL, NULL, "yes", "cut", "no final seal" },
		{ "completed", NULL, "yes", "completed", NULL },
	};
	struct ledger_added added;
	struct ledger l;

	start(&added);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ledger_entry entry = noted("looked at");

		entry.value[LEDGER_PLAN] = rows[i].plan;
		entry.value[LEDGER_PLAN_MISSING] = rows[i].missing;
		entry.value[LEDGER_MATCH] = rows[i].match;
		ck_assert_int_eq(add(&entry, &added), 0);
		ck_assert_int_eq(ledger_load(&l, path, &e), 0);
		ck_assert_pstr_eq(ledger_value(&l, LEDGER_PLAN), rows[i].want);
		ck_assert_pstr_eq(ledger_value(&l, LEDGER_PLAN_MISSING), rows[i].want_missing);
		ledger_unload(&l);
	}
}
END_TEST

START_TEST(test_existing_file_is_not_begun_again)
{
	struct ledger_entry entry = planned();
	struct ledger_added one;

	start(&one);
	ck_assert_int_ne(ledger_start(path, &entry, &one, &e), 0);
	ck_assert_int_eq(access(path, F_OK), 0);
}
END_TEST

START_TEST(test_missing_fields_are_named)
{
	struct ledger_entry entry = { .event = LEDGER_EVENT_TRANSFERRED };
	struct ledger_added one, two;

	start(&one);
	entry.value[LEDGER_RELEASED_BY] = "A";
	entry.value[LEDGER_PURPOSE] = "";
	ck_assert_int_ne(add(&entry, &two), 0);
	ck_assert_str_eq(e.what, "an event \"transferred\" needs received_by, purpose, method");
}
END_TEST

START_TEST(test_nothing_is_added_to_a_broken_record)
{
	struct ledger_entry entry = noted("first");
	struct ledger_added one;
	struct stat before, after;
	int fd;

	start(&one);
	ck_assert_int_eq(add(&entry, &one), 0);
	fd = open(path, O_WRONLY);
	ck_assert_int_eq(pwrite(fd, "X", 1, 20), 1);
	close(fd);
	ck_assert_int_eq(stat(path, &before), 0);
	ck_assert_int_ne(add(&entry, &one), 0);
	ck_assert_ptr_nonnull(strstr(e.what, "line 1 is no line of a custody record"));
	ck_assert_int_eq(stat(path, &after), 0);
	ck_assert_int_eq(before.st_size, after.st_size);
}
END_TEST

START_TEST(test_nothing_is_added_behind_a_torn_line)
{
	struct ledger_entry entry = noted("first");
	struct ledger_added one;
	struct stat st;

	start(&one);
	ck_assert_int_eq(add(&entry, &one), 0);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_int_eq(truncate(path, st.st_size - 1), 0);
	ck_assert_int_ne(add(&entry, &one), 0);
	ck_assert_ptr_nonnull(strstr(e.what, "line 2 has no end"));
}
END_TEST

/* A full disk leaves the record as it was. */
START_TEST(test_half_written_line_is_taken_back)
{
	struct ledger_entry entry = noted("first");
	struct ledger_added one;
	struct rlimit old, small;
	struct stat st;
	struct ledger l;
	int r;

	start(&one);
	ck_assert_int_eq(stat(path, &st), 0);
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	small = old;
	small.rlim_cur = (rlim_t)st.st_size + 40;
	setrlimit(RLIMIT_FSIZE, &small);
	r = add(&entry, &one);
	setrlimit(RLIMIT_FSIZE, &old);
	ck_assert_int_ne(r, 0);
	ck_assert_int_eq(ledger_load(&l, path, &e), 0);
	ck_assert_uint_eq(l.check.flaw_count, 0);
	ck_assert_uint_eq(l.check.count, 1);
	ledger_unload(&l);
}
END_TEST

/* Somebody put another file in its place while the archive was read: the line would be lost. */
START_TEST(test_record_that_was_replaced_gets_no_line)
{
	struct ledger_entry entry = noted("first");
	struct ledger_added one;
	char other[sizeof(path) + 8];
	struct ledger l;
	int fd;

	start(&one);
	snprintf(other, sizeof(other), "%s.other", path);
	fd = ledger_open(path, true, &e);
	ck_assert_int_eq(rename(path, other), 0);
	ck_assert_int_ne(ledger_add(fd, path, &entry, &one, &e), 0);
	start(&one);
	e = (struct err){ 0 };
	ck_assert_int_ne(ledger_add(fd, path, &entry, &one, &e), 0);
	ck_assert_ptr_nonnull(strstr(e.what, "is gone or another file than it was"));
	close(fd);
	ck_assert_int_eq(ledger_load(&l, other, &e), 0);
	ck_assert_uint_eq(l.check.count, 1);
	ledger_unload(&l);
	unlink(other);
}
END_TEST

#define WRITERS 8
#define EACH 10

/* Writers that know nothing of each other make one chain. */
START_TEST(test_writers_wait_for_each_other)
{
	struct ledger_added one;
	struct ledger l;
	int status;

	start(&one);
	for (int i = 0; i < WRITERS; i++) {
		struct ledger_entry entry = noted("at once");

		if (fork() != 0)
			continue;
		for (int k = 0; k < EACH; k++) {
			if (add(&entry, &one) != 0)
				_exit(1);
		}
		_exit(0);
	}
	for (int i = 0; i < WRITERS; i++) {
		ck_assert_int_gt(wait(&status), 0);
		ck_assert_int_eq(status, 0);
	}
	ck_assert_int_eq(ledger_load(&l, path, &e), 0);
	ck_assert_uint_eq(l.check.flaw_count, 0);
	ck_assert_uint_eq(l.check.count, 1 + WRITERS * EACH);
	ledger_unload(&l);
}
END_TEST

START_TEST(test_local_time_has_its_zone)
{
	struct ledger_added one;
	struct ledger l;
	const char *local;

	setenv("TZ", "XST-05:30", 1);
	start(&one);
	unsetenv("TZ");
	ck_assert_int_eq(ledger_load(&l, path, &e), 0);
	local = ledger_value(&l, LEDGER_LOCAL);
	ck_assert_uint_eq(strlen(local), strlen("2026-11-23T16:23:00+05:30"));
	ck_assert_str_eq(local + 19, "+05:30");
	ledger_unload(&l);
}
END_TEST

START_TEST(test_too_large_file_is_refused)
{
	struct ledger l;
	int fd = open(path, O_WRONLY | O_CREAT, 0600);

	ck_assert_int_eq(ftruncate(fd, LEDGER_FILE_MAX + 1), 0);
	close(fd);
	ck_assert_int_ne(ledger_load(&l, path, &e), 0);
	ledger_unload(&l);
}
END_TEST

Suite *suite_ledger(void)
{
	Suite *s = suite_create("workstation/custody/ledger");
	TCase *tc = tcase_create("file");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_lines_follow_each_other);
	tcase_add_test(tc, test_what_became_of_the_plan_is_of_one_line_and_of_the_first_archive);
	tcase_add_test(tc, test_existing_file_is_not_begun_again);
	tcase_add_test(tc, test_missing_fields_are_named);
	tcase_add_test(tc, test_nothing_is_added_to_a_broken_record);
	tcase_add_test(tc, test_nothing_is_added_behind_a_torn_line);
	tcase_add_test(tc, test_half_written_line_is_taken_back);
	tcase_add_test(tc, test_record_that_was_replaced_gets_no_line);
	tcase_add_test(tc, test_writers_wait_for_each_other);
	tcase_add_test(tc, test_local_time_has_its_zone);
	tcase_add_test(tc, test_too_large_file_is_refused);
	suite_add_tcase(s, tc);
	return s;
}
