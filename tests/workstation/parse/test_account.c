#include "workstation/parse/account.h"

#include <check.h>
#include <string.h>

Suite *suite_account(void);

#define IS(b, s)                                                                      \
	ck_assert_msg((b).len == strlen(s) && memcmp((b).p, s, (b).len) == 0, "%.*s", \
		      (int)(b).len, (const char *)(b).p)

START_TEST(test_a_line_of_passwd_is_cut_into_its_fields)
{
	static const char line[] = "u-1:x:1000:100:Full, Name:/home/u:/bin/zsh -l:more";
	struct account_passwd a;

	ck_assert_int_eq(account_passwd(line, sizeof(line) - 1, &a), ACCOUNT_READ);
	IS(a.name, "u-1");
	IS(a.gecos, "Full, Name");
	IS(a.home, "/home/u");
	IS(a.shell, "/bin/zsh -l:more");
	ck_assert_uint_eq(a.uid, 1000);
	ck_assert_uint_eq(a.gid, 100);
	ck_assert_int_eq(a.no_password, 0);
	ck_assert_int_eq(account_passwd("a::0:0:::", 9, &a), ACCOUNT_READ);
	ck_assert_int_eq(a.no_password, 1);
	IS(a.shell, "");
}
END_TEST

static const struct {
	const char *line;
	enum account_line kind;
} odd[] = {
	{ "", ACCOUNT_EMPTY },
	{ "  \t", ACCOUNT_EMPTY },
	{ "# root:x:0:0:::", ACCOUNT_EMPTY },
	{ "+::::::", ACCOUNT_NIS },
	{ "-gone", ACCOUNT_NIS },
	{ "root", ACCOUNT_BAD },
	{ ":x:0:0:::", ACCOUNT_BAD },
	{ "a:x:0:0::", ACCOUNT_BAD },
	{ "a:x:-1:0:::", ACCOUNT_BAD },
	{ "a:x:4294967296:0:::", ACCOUNT_BAD },
	{ "a:x:0x1:0:::", ACCOUNT_BAD },
	{ "a:x:4294967295:0:::", ACCOUNT_READ },
	{ "  a:x:0:0:::", ACCOUNT_READ },
};

START_TEST(test_an_odd_line_of_passwd_is_named)
{
	struct account_passwd a;

	ck_assert_msg(account_passwd(odd[_i].line, strlen(odd[_i].line), &a) == odd[_i].kind, "%s",
		      odd[_i].line);
}
END_TEST

static const struct {
	const char *password, *state, *scheme;
} passwords[] = {
	{ "", "none", NULL },
	{ "*", "never", NULL },
	{ "!", "locked", NULL },
	{ "!!", "locked", NULL },
	{ "!*", "locked", NULL },
	{ "$y$j9T$s$h", "set", "yescrypt" },
	{ "!$6$s$h", "locked", "sha512" },
	{ "$5$s$h", "set", "sha256" },
	{ "$1$s$h", "set", "md5" },
	{ "$2b$12$h", "set", "bcrypt" },
	{ "$argon2id$x", "set", "other" },
	{ "abJnggxhB/yWI", "set", "des" },
	{ "x", "never", NULL },
};

START_TEST(test_the_state_of_a_password_is_told_and_its_scheme)
{
	struct account_shadow a;
	char line[128] = "u:";

	strcat(strcat(line, passwords[_i].password), ":19700:0:99999:7:::");
	ck_assert_int_eq(account_shadow(line, strlen(line), &a), ACCOUNT_READ);
	ck_assert_str_eq(a.state, passwords[_i].state);
	ck_assert_pstr_eq(a.scheme, passwords[_i].scheme);
	ck_assert_int_eq(a.changed_day, 19700);
}
END_TEST

START_TEST(test_a_day_that_is_none_is_not_known)
{
	struct account_shadow a;

	ck_assert_int_eq(account_shadow("u:*", 3, &a), ACCOUNT_READ);
	ck_assert_int_eq(a.changed_day, -1);
	ck_assert_int_eq(account_shadow("u:*:x:", 6, &a), ACCOUNT_READ);
	ck_assert_int_eq(a.changed_day, -1);
	ck_assert_int_eq(account_shadow("u", 1, &a), ACCOUNT_BAD);
	ck_assert_int_eq(account_shadow("u:*:1:2:3:4:5:6:7:8", 19, &a), ACCOUNT_BAD);
}
END_TEST

START_TEST(test_a_line_of_group_is_cut_into_its_fields)
{
	struct account_group g;

	ck_assert_int_eq(account_group("sudo:x:27:a,b", 13, &g), ACCOUNT_READ);
	IS(g.name, "sudo");
	IS(g.members, "a,b");
	ck_assert_uint_eq(g.gid, 27);
	ck_assert_int_eq(account_group("sudo:x:27", 9, &g), ACCOUNT_BAD);
	ck_assert_int_eq(account_group("sudo:x:a:", 9, &g), ACCOUNT_BAD);
}
END_TEST

Suite *suite_account(void)
{
	Suite *s = suite_create("workstation/parse/account");
	TCase *t = tcase_create("account");

	tcase_add_test(t, test_a_line_of_passwd_is_cut_into_its_fields);
	tcase_add_loop_test(t, test_an_odd_line_of_passwd_is_named, 0,
			    sizeof(odd) / sizeof(odd[0]));
	tcase_add_loop_test(t, test_the_state_of_a_password_is_told_and_its_scheme, 0,
			    sizeof(passwords) / sizeof(passwords[0]));
	tcase_add_test(t, test_a_day_that_is_none_is_not_known);
	tcase_add_test(t, test_a_line_of_group_is_cut_into_its_fields);
	suite_add_tcase(s, t);
	return s;
}
