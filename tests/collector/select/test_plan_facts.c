#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector/select/plan.h"

Suite *suite_plan_facts(void);

static struct plan_facts *facts;

static void make(void)
{
	facts = calloc(1, sizeof(*facts));
	ck_assert_ptr_nonnull(facts);
}

static void drop(void)
{
	free(facts);
}

static const struct {
	const char *path, *want;	/* want NULL: ignored */
} homes[] = {
	{ "/home/alice", "/home/alice" }, { "/root/", "/root" }, { "//var///lib/x/", "/var/lib/x" },
	{ "/home/./a/../b", "/home/b" }, { "/home/../../x", "/x" }, { "/home/a\nb\xff", "/home/a\nb\xff" },
	{ "/devil", "/devil" }, { "/procession", "/procession" },
	{ "", NULL }, { "relative", NULL }, { "/", NULL }, { "/..", NULL }, { "/./", NULL },
	{ "/nonexistent", NULL }, { "/nonexistent/x", NULL }, { "/dev/null", NULL }, { "/proc", NULL },
	{ "/proc/1/root", NULL }, { "/sys", NULL }, { "/home/../proc/self", NULL },
};

START_TEST(test_home_is_made_plain_or_ignored)
{
	plan_facts_home(facts, homes[_i].path, strlen(homes[_i].path));
	if (homes[_i].want == NULL) {
		ck_assert_uint_eq(facts->homes_len, 0);
	} else {
		ck_assert_str_eq(facts->homes, homes[_i].want);
		ck_assert_uint_eq(facts->homes_len, strlen(homes[_i].want) + 1);
	}
	ck_assert(!facts->homes_full);
}
END_TEST

START_TEST(test_home_ends_at_its_length_or_at_a_nul)
{
	plan_facts_home(facts, "/home/alice:/bin/sh", 11);
	ck_assert_str_eq(facts->homes, "/home/alice");
	plan_facts_home(facts, "/home/bob\0/x", 12);
	ck_assert_str_eq(facts->homes + 12, "/home/bob");
}
END_TEST

START_TEST(test_same_home_is_kept_once)
{
	for (int i = 0; i < 3; i++) {
		plan_facts_home(facts, "/home/alice", 11);
		plan_facts_home(facts, "/home/alice/", 12);
		plan_facts_home(facts, "/home/al", 8);
	}
	ck_assert_uint_eq(facts->homes_len, sizeof("/home/alice") + sizeof("/home/al"));
}
END_TEST

static const struct {
	const char *from, *target, *want;
} aliases[] = {
	{ "/var/log", "/data/log", "/data/log" }, { "/var/log", "../data/log", "/data/log" },
	{ "/lib", "usr/lib", "/usr/lib" }, { "/var/run", "/run/", "/run" },
	{ "/a/b", "../../../x", "/x" }, { "/a/b", "c", "/a/c" }, { "/a/b", "./c//d", "/a/c/d" },
	{ "/a", "/b/**", "/b/**" },
	{ "/a/b", "/", NULL }, { "/a/b", "..", NULL }, { "/a/b", ".", NULL }, { "/a/b", "b", NULL },
	{ "/a/b", "/a", NULL }, { "/a/b", "", NULL }, { "/a", "/proc/1/root", NULL },
	{ "/a", "/dev/shm", NULL }, { "/a/b", "/a/bc", "/a/bc" },
};

START_TEST(test_alias_is_resolved_or_ignored)
{
	const char *from = aliases[_i].from, *want = aliases[_i].want;

	plan_facts_alias(facts, from, aliases[_i].target, strlen(aliases[_i].target));
	if (want == NULL) {
		ck_assert_uint_eq(facts->aliases_len, 0);
		return;
	}
	ck_assert_str_eq(facts->aliases, from);
	ck_assert_str_eq(facts->aliases + strlen(from) + 1, want);
	ck_assert_uint_eq(facts->aliases_len, strlen(from) + strlen(want) + 2);
}
END_TEST

START_TEST(test_same_alias_is_kept_once)
{
	plan_facts_alias(facts, "/var/log", "/data/log", 9);
	plan_facts_alias(facts, "/var/log", "../data/log", 11);
	ck_assert_uint_eq(facts->aliases_len, sizeof("/var/log") + sizeof("/data/log"));
}
END_TEST

START_TEST(test_too_many_homes_set_the_full_mark_and_keep_what_fits)
{
	char path[64];

	for (int i = 0; i < 30000; i++) {
		int n = snprintf(path, sizeof(path), "/home/user%06d", i);

		plan_facts_home(facts, path, (size_t)n);
	}
	ck_assert(facts->homes_full);
	ck_assert_uint_le(facts->homes_len, PLAN_FACTS_MAX);
	ck_assert_uint_gt(facts->homes_len, PLAN_FACTS_MAX - 64);
	ck_assert_str_eq(facts->homes, "/home/user000000");
	ck_assert_int_eq(facts->homes[facts->homes_len - 1], '\0');
}
END_TEST

START_TEST(test_path_that_is_too_long_sets_the_full_mark)
{
	char path[PLAN_FACTS_PATH + 10];

	memset(path, 'a', sizeof(path));
	path[0] = '/';
	plan_facts_home(facts, path, sizeof(path));
	plan_facts_alias(facts, "/x", path, sizeof(path));
	ck_assert(facts->homes_full);
	ck_assert(facts->aliases_full);
	ck_assert_uint_eq(facts->homes_len + facts->aliases_len, 0);
}
END_TEST

Suite *suite_plan_facts(void)
{
	Suite *s = suite_create("collector/select/plan_facts");
	TCase *tc = tcase_create("plan_facts");

	tcase_add_checked_fixture(tc, make, drop);
	tcase_add_loop_test(tc, test_home_is_made_plain_or_ignored, 0,
			    sizeof(homes) / sizeof(homes[0]));
	tcase_add_test(tc, test_home_ends_at_its_length_or_at_a_nul);
	tcase_add_test(tc, test_same_home_is_kept_once);
	tcase_add_loop_test(tc, test_alias_is_resolved_or_ignored, 0,
			    sizeof(aliases) / sizeof(aliases[0]));
	tcase_add_test(tc, test_same_alias_is_kept_once);
	tcase_add_test(tc, test_too_many_homes_set_the_full_mark_and_keep_what_fits);
	tcase_add_test(tc, test_path_that_is_too_long_sets_the_full_mark);
	suite_add_tcase(s, tc);
	return s;
}
