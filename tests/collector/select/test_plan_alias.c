#include "collector/select/plan_alias.h"

#include <check.h>
#include <string.h>

Suite *suite_plan_alias(void);

static struct plan_aliases aliases;

static void drop(void)
{
	plan_alias_free(&aliases);
}

/* Two NULs follow: one of the literal, one more written out. */
static const char packed[] = "/var/log\0/data/log\0/lib\0/usr/lib\0/lib\0/other\0/w*\0/x\0";

START_TEST(test_alias_is_found_by_its_exact_path)
{
	const struct plan_alias *a;
	size_t count;

	ck_assert_int_eq(plan_alias_parse(&aliases, packed, sizeof(packed) - 1), 0);
	ck_assert_uint_eq(aliases.count, 4);
	a = plan_alias_find(&aliases, "/var/log/wtmp", 8, &count);
	ck_assert_uint_eq(count, 1);
	ck_assert_str_eq(a->target, "/data/log");
	ck_assert(a->plain);
	ck_assert_ptr_null(plan_alias_find(&aliases, "/var/log/wtmp", 13, &count));
	ck_assert_ptr_null(plan_alias_find(&aliases, "/var/lo", 7, &count));
	a = plan_alias_find(&aliases, "/w*", 3, &count);
	ck_assert(a != NULL && !a->plain);
}
END_TEST

START_TEST(test_several_targets_of_one_path_are_neighbours)
{
	size_t count;

	ck_assert_int_eq(plan_alias_parse(&aliases, packed, sizeof(packed) - 1), 0);
	ck_assert_ptr_nonnull(plan_alias_find(&aliases, "/lib", 4, &count));
	ck_assert_uint_eq(count, 2);
}
END_TEST

START_TEST(test_torn_or_relative_pairs_are_left_out)
{
	static const char torn[] = "x\0/y\0/a\0z\0/b\0/c\0/from\0\0";
	size_t count;

	ck_assert_int_eq(plan_alias_parse(&aliases, torn, sizeof(torn) - 3), 0);
	ck_assert_uint_eq(aliases.count, 1);
	ck_assert_ptr_nonnull(plan_alias_find(&aliases, "/b", 2, &count));
	ck_assert_ptr_null(plan_alias_find(&aliases, "/from", 5, &count));
}
END_TEST

START_TEST(test_nothing_gives_nothing)
{
	size_t count = 1;

	ck_assert_int_eq(plan_alias_parse(&aliases, "\0\0", 0), 0);
	ck_assert_ptr_null(plan_alias_find(&aliases, "/a", 2, &count));
	ck_assert_uint_eq(count, 0);
}
END_TEST

Suite *suite_plan_alias(void)
{
	Suite *s = suite_create("collector/select/plan_alias");
	TCase *tc = tcase_create("plan_alias");

	tcase_add_checked_fixture(tc, NULL, drop);
	tcase_add_test(tc, test_alias_is_found_by_its_exact_path);
	tcase_add_test(tc, test_several_targets_of_one_path_are_neighbours);
	tcase_add_test(tc, test_torn_or_relative_pairs_are_left_out);
	tcase_add_test(tc, test_nothing_gives_nothing);
	suite_add_tcase(s, tc);
	return s;
}
