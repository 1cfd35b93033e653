#include "workstation/receive/journal.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/leftover.h"

Suite *suite_journal(void);

static char folder[] = "/tmp/exhibit-journal.XXXXXX", path[64];
static struct buf text;

static void line(struct journal *j, const char *event, int64_t value)
{
	struct err e = { 0 };

	journal_begin(j, event);
	journal_number(j, "value", value);
	journal_text(j, "name", "a\x1b\"\\", 4);
	ck_assert_int_eq(journal_end(j, &e), 0);
}

static void load(void)
{
	FILE *f = fopen(path, "r");

	ck_assert_ptr_nonnull(f);
	buf_init(&text, 1 << 20);
	text.len = fread(buf_room(&text, 65536), 1, 65536, f);
	fclose(f);
}

static void setup(void)
{
	struct journal j;
	struct err e = { 0 };

	strcpy(strrchr(folder, '.'), ".XXXXXX");
	leftover_dir(folder);
	snprintf(path, sizeof(path), "%s/log", folder);
	ck_assert_int_eq(journal_create(&j, path, &e), 0);
	for (int i = 0; i < 4; i++)
		line(&j, i == 2 ? "third" : "other", i);
	ck_assert_int_eq(journal_sync(&j, &e), 0);
	journal_release(&j);
	load();
}

static void teardown(void)
{
	buf_release(&text);
	unlink(path);
	rmdir(folder);
}

static int sum(void *ctx, const struct journal_line *l)
{
	*(int64_t *)ctx += journal_get_number(l, "value", 100) * (l->event.len == 5 ? 10 : 1);
	return 0;
}

START_TEST(test_what_was_written_is_read_back_in_order)
{
	int64_t total = 0;
	uint64_t n;
	struct stat st;

	ck_assert_int_eq(journal_read(text.p, text.len, sum, &total, &n), JOURNAL_GOOD);
	ck_assert_int_eq(n, 4);
	ck_assert_int_eq(total, (0 + 1 + 2 + 3) * 10);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_int_eq(st.st_mode & 07777, 0600);
	ck_assert_ptr_null(memchr(text.p, '\x1b', text.len));
}
END_TEST

/* The line that ends at the n-th line feed; where the next begins. */
static char *line_at(int n)
{
	char *p = text.p;

	while (n-- > 0)
		p = (char *)memchr(p, '\n', text.len - (size_t)(p - text.p)) + 1;
	return p;
}

START_TEST(test_no_byte_can_change_without_being_named)
{
	uint64_t n;

	/* The last line is held by nothing in the file: by its hash elsewhere. */
	for (char *p = text.p; p < line_at(3); p++) {
		char was = *p;

		*p ^= 1;
		ck_assert_int_ne(journal_read(text.p, text.len, NULL, NULL, &n), JOURNAL_GOOD);
		ck_assert_uint_le(n, 3);
		*p = was;
	}
}
END_TEST

START_TEST(test_a_line_that_is_gone_or_moved_breaks_the_chain)
{
	char *second = line_at(1), *third = line_at(2);
	uint64_t n;

	memmove(second, third, text.len - (size_t)(third - text.p));
	text.len -= (size_t)(third - second);
	ck_assert_int_eq(journal_read(text.p, text.len, NULL, NULL, &n), JOURNAL_BAD_CHAIN);
	ck_assert_uint_eq(n, 1);
	ck_assert_int_eq(journal_read(text.p + (second - text.p),
				      text.len - (size_t)(second - text.p), NULL, NULL, &n),
			 JOURNAL_BAD_CHAIN);
	ck_assert_uint_eq(n, 0);
}
END_TEST

START_TEST(test_a_cut_last_line_is_no_line)
{
	uint64_t n;

	ck_assert_int_eq(journal_read(text.p, text.len - 1, NULL, NULL, &n), JOURNAL_CUT);
	ck_assert_uint_eq(n, 3);
}
END_TEST

static const char *const foreign[] = {
	"\n", "{}\n", "[]\n", "{\"n\":0}\n", "nonsense\n",
	"{\"n\":0,\"previous\":[1,2],\"event\":{\"a\":1},\"utc\":{\"a\":1,\"b\":2}}\n",
	"{\"n\":0,\"previous\":\"\",\"event\":\"x\",\"utc\":\"2026-11-23T10:53:00.000000000Z\"}\n",
};

START_TEST(test_what_is_no_log_is_not_one)
{
	uint64_t n;

	ck_assert_int_ne(journal_read(foreign[_i], strlen(foreign[_i]), NULL, NULL, &n),
			 JOURNAL_GOOD);
	ck_assert_uint_eq(n, 0);
}
END_TEST

START_TEST(test_a_log_goes_on_where_it_ended_and_only_if_it_holds)
{
	struct buf again;
	struct journal j, second;
	struct err e = { 0 };
	uint64_t n;

	ck_assert_int_eq(journal_reopen(&j, path, &again, &e), 0);
	ck_assert_uint_eq(again.len, text.len);
	buf_release(&again);
	ck_assert_int_eq(journal_reopen(&second, path, &again, &e), -1);
	line(&j, "fifth", 4);
	journal_release(&j);
	buf_release(&text);
	load();
	ck_assert_int_eq(journal_read(text.p, text.len, NULL, NULL, &n), JOURNAL_GOOD);
	ck_assert_uint_eq(n, 5);
	ck_assert_int_eq(truncate(path, (off_t)text.len - 3), 0);
	e = (struct err){ 0 };
	ck_assert_int_eq(journal_reopen(&j, path, &again, &e), -1);
	ck_assert_ptr_nonnull(strstr(e.what, "cut"));
}
END_TEST

START_TEST(test_a_log_never_replaces_anything_and_follows_no_link)
{
	struct journal j;
	struct buf t;
	struct err e = { 0 };
	char name[80];

	ck_assert_int_eq(journal_create(&j, path, &e), -1);
	snprintf(name, sizeof(name), "%s/link", folder);
	ck_assert_int_eq(symlink(path, name), 0);
	ck_assert_int_eq(journal_reopen(&j, name, &t, &e), -1);
	ck_assert_int_eq(journal_create(&j, name, &e), -1);
	unlink(name);
}
END_TEST

Suite *suite_journal(void)
{
	Suite *s = suite_create("workstation/receive/journal");
	TCase *t = tcase_create("journal");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, test_what_was_written_is_read_back_in_order);
	tcase_add_test(t, test_no_byte_can_change_without_being_named);
	tcase_add_test(t, test_a_line_that_is_gone_or_moved_breaks_the_chain);
	tcase_add_test(t, test_a_cut_last_line_is_no_line);
	tcase_add_loop_test(t, test_what_is_no_log_is_not_one, 0,
			    (int)(sizeof(foreign) / sizeof(foreign[0])));
	tcase_add_test(t, test_a_log_goes_on_where_it_ended_and_only_if_it_holds);
	tcase_add_test(t, test_a_log_never_replaces_anything_and_follows_no_link);
	suite_add_tcase(s, t);
	return s;
}
