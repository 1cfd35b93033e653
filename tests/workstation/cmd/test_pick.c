#include "workstation/cmd/pick.h"

#include <check.h>
#include <string.h>

Suite *suite_pick(void);

static const struct {
	const char *typed, *member;
	bool is, holds;
} rows[] = {
	{ "/etc/passwd", "[root]/etc/passwd", true, true },
	{ "[root]/etc/passwd", "[root]/etc/passwd", true, true },
	{ "/etc/passwd", "[root]/etc/passwd-", false, false },
	{ "/etc/passw", "[root]/etc/passwd", false, false },
	{ "/etc", "[root]/etc/passwd", false, true },
	{ "/etc/", "[root]/etc/passwd", false, true },
	{ "/etc/", "[root]/etc/", true, true },
	{ "/etc", "[root]/etc/", true, true },
	{ "/", "[root]/etc", false, true },
	{ "/", "[root]/", true, true },
	{ "/", "live/x", false, false },
	{ "live", "live/x", false, true },
	{ "live/x", "live/x", true, true },
	{ "[root]", "[root]/etc", false, true },
	{ "etc/passwd", "[root]/etc/passwd", false, false },
	{ "", "[root]/etc", false, false },
	{ "/a\\x0ab", "[root]/a\nb", true, true },
	{ "/a\nb", "[root]/a\nb", true, true },
	{ "/a\\x0ab", "[root]/a\\x0ab", true, true },
	{ "/a\\\\b", "[root]/a\\b", true, true },
	{ "/a\\b", "[root]/a\\b", true, true },
	{ "/\\xff", "[root]/\xff/below", false, true },
};

START_TEST(test_a_path_means_a_member_raw_or_escaped)
{
	struct bytes member = { rows[_i].member, strlen(rows[_i].member) };

	ck_assert_int_eq(pick_is(rows[_i].typed, member), rows[_i].is);
	ck_assert_int_eq(pick_holds(rows[_i].typed, member), rows[_i].holds);
}
END_TEST

Suite *suite_pick(void)
{
	Suite *s = suite_create("workstation/cmd/pick");
	TCase *t = tcase_create("pick");

	tcase_add_loop_test(t, test_a_path_means_a_member_raw_or_escaped, 0,
			    (int)(sizeof(rows) / sizeof(rows[0])));
	suite_add_tcase(s, t);
	return s;
}
