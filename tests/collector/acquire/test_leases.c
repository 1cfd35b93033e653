#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collector/acquire/leases.h"

Suite *suite_leases(void);

static struct leases leases;
static struct pulse pulse;

/* The table as this text. */
static void read_from(const char *text)
{
	int at = open("/tmp", O_RDONLY | O_DIRECTORY), fd;
	char path[64], name[32];

	snprintf(name, sizeof(name), "exhibit-locks-%d", (int)getpid());
	snprintf(path, sizeof(path), "/tmp/%s", name);
	fd = open(path, O_CREAT | O_WRONLY | O_TRUNC, 0600);
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	leases_read(&leases, at, name, &pulse);
	unlink(path);
	close(at);
}

static const struct {
	const char *line;
	bool held;
} rows[] = {
	{ "1: LEASE  ACTIVE    WRITE 712 08:01:131 0 EOF\n", true },
	{ "1: DELEG  ACTIVE    WRITE 712 08:01:131 0 EOF\n", true },
	{ "1: LEASE  BREAKING  READ 712 08:01:131 0 EOF\n", true },
	{ "1: LEASE  BREAKER   WRITE 712 08:01:131 0 EOF", true },
	{ "1: LEASE  ACTIVE    READ 712 08:01:131 0 EOF\n", false },
	{ "1: POSIX  ADVISORY  WRITE 712 08:01:131 0 EOF\n", false },
	{ "1: LEASE  ACTIVE    WRITE 712 08:02:131 0 EOF\n", false },
	{ "1: LEASE  ACTIVE    WRITE 712 08:01:1310 0 EOF\n", false },
	{ "1: LEASE  ACTIVE    WRITE 712 08:01\n", false },
	{ "\n\n", false },
	{ "", false },
};

START_TEST(test_who_would_be_told_is_known)
{
	read_from(rows[_i].line);
	ck_assert_int_eq(leases_hold(&leases, UINT64_C(8) << 32 | 1, 131), rows[_i].held);
}
END_TEST

START_TEST(test_a_long_table_is_read_as_far_as_there_is_room)
{
	char *text = malloc(64u * (LEASES_MAX + 10)), *p = text;

	for (unsigned i = 1; i <= LEASES_MAX + 10; i++)
		p += sprintf(p, "1: LEASE  ACTIVE    WRITE 712 08:01:%u 0 EOF\n", i);
	read_from(text);
	free(text);
	ck_assert_uint_eq(leases.count, LEASES_MAX);
	ck_assert(leases_hold(&leases, UINT64_C(8) << 32 | 1, LEASES_MAX));
}
END_TEST

START_TEST(test_without_a_table_nobody_holds_any)
{
	leases_read(&leases, AT_FDCWD, "/nonexistent/locks", &pulse);
	ck_assert_uint_eq(leases.count, 0);
	ck_assert_uint_ne(leases.read_ns, 0);
}
END_TEST

START_TEST(test_what_was_read_just_now_is_not_read_again)
{
	read_from(rows[0].line);
	leases_refresh(&leases, AT_FDCWD, "/nonexistent/locks", &pulse);
	ck_assert_uint_eq(leases.count, 1);
	leases.read_ns -= UINT64_C(2000000000);
	leases_refresh(&leases, AT_FDCWD, "/nonexistent/locks", &pulse);
	ck_assert_uint_eq(leases.count, 0);
}
END_TEST

Suite *suite_leases(void)
{
	Suite *s = suite_create("collector/acquire/leases");
	TCase *t = tcase_create("leases");

	tcase_add_loop_test(t, test_who_would_be_told_is_known, 0, sizeof(rows) / sizeof(rows[0]));
	tcase_add_test(t, test_a_long_table_is_read_as_far_as_there_is_room);
	tcase_add_test(t, test_without_a_table_nobody_holds_any);
	tcase_add_test(t, test_what_was_read_just_now_is_not_read_again);
	suite_add_tcase(s, t);
	return s;
}
