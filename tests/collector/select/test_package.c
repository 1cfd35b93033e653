#include <check.h>
#include <string.h>

#include "collector/select/package.h"

Suite *suite_package(void);

static const struct {
	const char *path;
	bool owned;
} rows[] = {
	{ "/usr/bin/ls", true }, { "/bin/ls", true }, { "/usr/sbin/sshd", true },
	{ "/lib/x86_64-linux-gnu/libc.so.6", true }, { "/usr/lib/systemd/systemd", true },
	{ "/usr/libexec/sudo/sesh", true }, { "/usr/games/nethack", true },
	{ "/usr/bin", false }, { "/usr/bin/", false }, { "/usr/binary", false },
	{ "/usr/local/bin/agent", false }, { "/opt/agent/bin/agent", false },
	{ "/tmp/usr/bin/ls", false }, { "usr/bin/ls", false }, { "/", false }, { "", false },
};

START_TEST(test_only_what_lies_below_a_package_directory_is_its)
{
	struct bytes path = { rows[_i].path, strlen(rows[_i].path) };

	ck_assert_msg(package_owns(path) == rows[_i].owned, "%s", rows[_i].path);
}
END_TEST

Suite *suite_package(void)
{
	Suite *s = suite_create("collector/select/package");
	TCase *t = tcase_create("package");

	tcase_add_loop_test(t, test_only_what_lies_below_a_package_directory_is_its, 0,
			    sizeof(rows) / sizeof(rows[0]));
	suite_add_tcase(s, t);
	return s;
}
