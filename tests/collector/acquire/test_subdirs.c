#include "collector/acquire/subdirs.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <signal.h>
#include <unistd.h>

#include "tests/support/scene.h"

Suite *suite_subdirs(void);

static struct scene s;
static struct subdirs d;
static unsigned counted;

static void setup(void)
{
	scene_open(&s);
	scene_dir(&s, "/case/one");
	scene_dir(&s, "/case/two");
	scene_text(&s, "/case/file", "no directory");
	d = (struct subdirs){ .path = { "/case\n", 6 }, .fstype = "ext4", .category = "inventory",
			      .artifact = "inventory", .listed = 2, .pulse = &s.pulse,
			      .to = &s.sink, .count = subdirs_count };
	d.fd = openat(s.fd, "case", O_RDONLY | O_DIRECTORY);
	counted = 0;
}

static void teardown(void)
{
	close(d.fd);
	scene_close(&s);
}

/* Do the links of this machine's temporary directory count? */
static bool holds_here(void)
{
	struct stat st;

	return fstat(d.fd, &st) == 0 && st.st_nlink == 4;
}

/* Somebody leaves one out of the list. */
static int hiding(int fd, struct pulse *pulse, uint32_t *out)
{
	int end = subdirs_count(fd, pulse, out);

	counted++;
	*out -= 1;
	return end;
}

static int hiding_at_first(int fd, struct pulse *pulse, uint32_t *out)
{
	return counted++ < 1 ? (subdirs_count(fd, pulse, out), *out -= 1, 0)
			     : subdirs_count(fd, pulse, out);
}

/* The directory changes at each look. */
static int changing(int fd, struct pulse *pulse, uint32_t *out)
{
	fchmod(fd, counted % 2 == 0 ? 0700 : 0755);
	return hiding(fd, pulse, out);
}

START_TEST(test_only_directories_are_counted)
{
	uint32_t n = 99;

	ck_assert_int_eq(subdirs_count(d.fd, &s.pulse, &n), 0);
	ck_assert_uint_eq(n, 2);
	ck_assert_int_eq(subdirs_count(d.fd, &s.pulse, &n), 0);
	ck_assert_uint_eq(n, 2);
}
END_TEST

START_TEST(test_a_list_that_agrees_is_not_mentioned)
{
	if (!holds_here())
		return;
	ck_assert_int_eq(subdirs_check(&d), 0);
	ck_assert_uint_eq(s.count, 0);
}
END_TEST

START_TEST(test_a_directory_left_out_of_the_list_is_told_with_both_sides)
{
	const struct scene_item *i;
	char ino[64];
	struct stat st;

	if (!holds_here())
		return;
	d.listed = 1;
	d.count = hiding;
	fstat(d.fd, &st);
	ck_assert_int_eq(subdirs_check(&d), 1);
	ck_assert_uint_eq(counted, SUBDIRS_LOOKS);
	ck_assert_uint_eq(s.count, 1);
	i = &s.item[0];
	snprintf(ino, sizeof(ino), "\"ino\":%llu,", (unsigned long long)st.st_ino);
	ck_assert(i->it.live);
	ck_assert(memcmp(i->it.path.p, "view/links/", 11) == 0);
	ck_assert_ptr_nonnull(memmem(i->data, i->bytes, ino, strlen(ino)));
	ck_assert_uint_eq(i->it.promise, i->bytes);
	ck_assert_ptr_nonnull(memmem(i->data, i->bytes, "\"path\":\"/case\\\\x0a\"", 18));
	ck_assert_ptr_nonnull(memmem(i->data, i->bytes, "\"nlink\":4,\"listed\":1,", 21));
}
END_TEST

START_TEST(test_what_the_second_look_finds_is_not_mentioned)
{
	if (!holds_here())
		return;
	d.listed = 1;
	d.count = hiding_at_first;
	ck_assert_int_eq(subdirs_check(&d), 0);
	ck_assert_uint_eq(counted, 2);
	ck_assert_uint_eq(s.count, 0);
}
END_TEST

START_TEST(test_a_directory_that_changes_all_the_time_is_not_judged)
{
	if (!holds_here())
		return;
	d.listed = 1;
	d.count = changing;
	ck_assert_int_eq(subdirs_check(&d), 0);
	ck_assert_uint_eq(counted, SUBDIRS_TRIES);
	ck_assert_uint_eq(s.count, 0);
}
END_TEST

START_TEST(test_links_do_not_count_where_all_directories_have_one)
{
	ck_assert(subdirs_hold("ext4") && subdirs_hold("xfs") && subdirs_hold("tmpfs"));
	ck_assert(!subdirs_hold("btrfs") && !subdirs_hold("overlay") && !subdirs_hold("vfat"));
}
END_TEST

/* Directories that come and go, by a process of our own. */
static pid_t begin_churn(void)
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	alarm(60);
	for (;;) {
		mkdirat(d.fd, "passing", 0700);
		mkdirat(d.fd, "by", 0700);
		unlinkat(d.fd, "passing", AT_REMOVEDIR);
		unlinkat(d.fd, "by", AT_REMOVEDIR);
	}
}

START_TEST(test_a_walk_of_a_busy_directory_never_tells_of_a_difference)
{
	pid_t churn = begin_churn();

	for (int i = 0; i < 100; i++) {
		scene_forget(&s);
		ck_assert_int_eq(scene_walk(&s, CATEGORY_INVENTORY, NULL), 0);
		ck_assert_ptr_nonnull(scene_find(&s, "/case/one"));
		for (size_t k = 0; k < s.count; k++)
			ck_assert(!s.item[k].it.live);
	}
	kill(churn, SIGKILL);
	waitpid(churn, NULL, 0);
}
END_TEST

Suite *suite_subdirs(void)
{
	Suite *su = suite_create("collector/acquire/subdirs");
	TCase *t = tcase_create("subdirs");

	tcase_add_unchecked_fixture(t, scene_setup, scene_teardown);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 30);
	tcase_add_test(t, test_only_directories_are_counted);
	tcase_add_test(t, test_a_list_that_agrees_is_not_mentioned);
	tcase_add_test(t, test_a_directory_left_out_of_the_list_is_told_with_both_sides);
	tcase_add_test(t, test_what_the_second_look_finds_is_not_mentioned);
	tcase_add_test(t, test_a_directory_that_changes_all_the_time_is_not_judged);
	tcase_add_test(t, test_links_do_not_count_where_all_directories_have_one);
	tcase_add_test(t, test_a_walk_of_a_busy_directory_never_tells_of_a_difference);
	suite_add_tcase(su, t);
	return su;
}
