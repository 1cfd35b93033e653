#include "lib/base/keymem.h"

#include <check.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/emulator.h"

Suite *suite_keymem(void);

START_TEST(test_memory_is_zero_and_may_be_written)
{
	struct err e = { 0 };
	int locked = -1;
	unsigned char *p = keymem_new(5000, &locked, &e);

	ck_assert_ptr_nonnull(p);
	ck_assert(locked == 0 || locked == 1);
	for (size_t i = 0; i < 5000; i++)
		ck_assert_uint_eq(p[i], 0);
	memset(p, 0xaa, 5000);
	keymem_free(p, 5000);
	keymem_free(NULL, 5000);
}
END_TEST

/* Where the kernel wipes at fork the child reads zeros; where it only leaves the page
 * out, the child is ended for reading it. */
START_TEST(test_child_does_not_inherit_it)
{
	unsigned char *p;
	int status;
	pid_t pid;

	if (emulator_lacks("MADV_WIPEONFORK"))
		return;
	p = keymem_new(32, NULL, NULL);
	memset(p, 0xaa, 32);
	pid = fork();
	if (pid == 0)
		_exit(p[0] == 0xaa);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
	ck_assert_uint_eq(p[0], 0xaa);
	keymem_free(p, 32);
}
END_TEST

START_TEST(test_random_bytes_fill_all_and_differ)
{
	unsigned char a[KEYMEM_RANDOM_MAX] = { 0 }, b[KEYMEM_RANDOM_MAX] = { 0 };
	size_t zeros = 0;

	ck_assert_int_eq(keymem_random(a, sizeof(a)), 0);
	ck_assert_int_eq(keymem_random(b, sizeof(b)), 0);
	ck_assert_mem_ne(a, b, sizeof(a));
	for (size_t i = sizeof(a) - 16; i < sizeof(a); i++)
		zeros += a[i] == 0;
	ck_assert_uint_lt(zeros, 16);
}
END_TEST

START_TEST(test_wiped_memory_is_zero)
{
	char text[] = "secret";

	keymem_wipe(text, sizeof(text));
	ck_assert_mem_eq(text, "\0\0\0\0\0\0\0", sizeof(text));
}
END_TEST

Suite *suite_keymem(void)
{
	Suite *s = suite_create("lib/base/keymem");
	TCase *t = tcase_create("keymem");

	tcase_add_test(t, test_memory_is_zero_and_may_be_written);
	tcase_add_test(t, test_child_does_not_inherit_it);
	tcase_add_test(t, test_random_bytes_fill_all_and_differ);
	tcase_add_test(t, test_wiped_memory_is_zero);
	suite_add_tcase(s, t);
	return s;
}
