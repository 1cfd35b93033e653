#include "lib/hash/spare.h"

#include <check.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/emulator.h"

Suite *suite_spare(void);

START_TEST(test_memory_is_malloc_s_while_there_is_some)
{
	char *p = spare_malloc(100, "", 0);

	ck_assert_ptr_nonnull(p);
	memset(p, 'x', 100);
	p = spare_realloc(p, 1000, "", 0);
	ck_assert_int_eq(p[99], 'x');
	spare_free(p, "", 0);
	spare_free(NULL, "", 0);
}
END_TEST

/* More than an address space has: malloc refuses, and so does a store that is smaller. */
START_TEST(test_more_than_the_store_is_refused)
{
	ck_assert_ptr_null(spare_malloc(SIZE_MAX / 2, "", 0));
	ck_assert_ptr_null(spare_malloc(SIZE_MAX - 8, "", 0));
}
END_TEST

static void take_memory_away(void)
{
	struct rlimit none = { 0, 0 };

	setrlimit(RLIMIT_AS, &none);
	setrlimit(RLIMIT_DATA, &none);
}

/* What a child without memory can do: 0, or the step that failed. */
static int child_without_memory(void)
{
	char *p, *q;

	take_memory_away();
	p = spare_malloc(200000, "", 0);
	if (p == NULL || (uintptr_t)p % 16 != 0)
		return 1;
	memset(p, 'y', 200000);
	q = spare_realloc(p, 200100, "", 0);
	if (q == NULL || q == p || q[199999] != 'y')
		return 2;
	spare_free(q, "", 0);
	return spare_malloc(200000, "", 0) == NULL ? 0 : 3;
}

START_TEST(test_the_store_gives_what_malloc_refuses_until_it_is_empty)
{
	int status;
	pid_t pid;

	if (emulator_lacks("limits of memory"))
		return;
	pid = fork();
	if (pid == 0)
		_exit(child_without_memory());
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}
END_TEST

Suite *suite_spare(void)
{
	Suite *suite = suite_create("lib/hash/spare");
	TCase *t = tcase_create("spare");

	tcase_add_test(t, test_memory_is_malloc_s_while_there_is_some);
	tcase_add_test(t, test_more_than_the_store_is_refused);
	tcase_add_test(t, test_the_store_gives_what_malloc_refuses_until_it_is_empty);
	suite_add_tcase(suite, t);
	return suite;
}
