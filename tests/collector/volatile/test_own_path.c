#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "collector/acquire/meta.h"
#include "collector/volatile/own_path.h"
#include "tests/support/leftover.h"
#include "tests/support/live_box.h"

Suite *suite_own_path(void);

static struct live_box *box;
static char dir[64];

static struct bytes below(const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return (struct bytes){ path, strlen(path) };
}

static void make_files(void)
{
	strcpy(dir, "/tmp/exhibit-path-XXXXXX");
	leftover_dir(dir);
	ck_assert_int_eq(mkdir(below("real").p, 0700), 0);
	fclose(fopen(below("real/file").p, "w"));
	fclose(fopen(below("real/second").p, "w"));
	ck_assert_int_eq(symlink("real", below("way").p), 0);
}

static void remove_files(void)
{
	unlink(below("way").p);
	unlink(below("real/file").p);
	unlink(below("real/second").p);
	rmdir(below("real").p);
	rmdir(dir);
}

static void set_up(void)
{
	box = live_box_new();
}

static void tear_down(void)
{
	live_box_free(box);
}

static const struct {
	const char *path;
	enum own_path where;
} rows[] = {
	{ "real/file", OWN_PATH_SAME }, { "/real//file", OWN_PATH_SAME },
	{ "real/second", OWN_PATH_OTHER }, { "real", OWN_PATH_OTHER },
	{ "real/none", OWN_PATH_ABSENT }, { "none/file", OWN_PATH_ABSENT },
	{ "real/file/file", OWN_PATH_ABSENT },
	/* a link on the way is not followed: the name of a process has none */
	{ "way/file", OWN_PATH_ABSENT },
};

START_TEST(test_a_path_is_compared_with_the_file_without_following_a_link)
{
	struct item_stat st;

	ck_assert_int_eq(meta_stat(-1, below("real/file").p, &st), 0);
	ck_assert_msg(own_path_compare(&box->env, below(rows[_i].path), &st) == rows[_i].where,
		      "%s", rows[_i].path);
	ck_assert_uint_eq(box->pulse.call, PULSE_IDLE);
}
END_TEST

START_TEST(test_what_is_no_path_of_ours_is_unknown)
{
	struct item_stat st = { 0 };

	ck_assert_int_eq(own_path_compare(&box->env, (struct bytes){ "anon", 4 }, &st),
			 OWN_PATH_UNKNOWN);
	ck_assert_int_eq(own_path_compare(&box->env, (struct bytes){ "", 0 }, &st),
			 OWN_PATH_UNKNOWN);
}
END_TEST

/* Owner's word, or "excluded", or "" if no row takes it. */
static const struct {
	const char *path, *word;
} plans[] = {
	{ "/usr/bin/ls", "binary" }, { "/var/log/syslog", "logs" }, { "/tmp/x/y", "temporary" },
	{ "/srv/secret/a", "excluded" }, { "/srv/secret", "excluded" }, { "/srv/open", "inventory" },
};

START_TEST(test_the_plan_is_asked_as_the_walk_would_ask_it)
{
	struct bytes path = { plans[_i].path, strlen(plans[_i].path) };
	struct plan_match m;
	const char *word = "";

	live_box_exclude(box, "/srv/secret");
	ck_assert(own_path_match(&box->env, path, &m));
	if (m.excluded)
		word = "excluded";
	else if (m.owner >= 0)
		word = artifact_category_word(plan_row(box->walk.plan, (size_t)m.owner)->category);
	ck_assert_str_eq(word, plans[_i].word);
}
END_TEST

Suite *suite_own_path(void)
{
	Suite *s = suite_create("collector/volatile/own_path");
	TCase *t = tcase_create("own_path");

	tcase_add_unchecked_fixture(t, make_files, remove_files);
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_loop_test(t, test_a_path_is_compared_with_the_file_without_following_a_link, 0,
			    sizeof(rows) / sizeof(rows[0]));
	tcase_add_test(t, test_what_is_no_path_of_ours_is_unknown);
	tcase_add_loop_test(t, test_the_plan_is_asked_as_the_walk_would_ask_it, 0,
			    sizeof(plans) / sizeof(plans[0]));
	suite_add_tcase(s, t);
	return s;
}
