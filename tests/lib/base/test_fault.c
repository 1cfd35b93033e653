#include "lib/base/fault.h"

#include <check.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/fd.h"

Suite *suite_fault(void);

static const int faults[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, 0 };	/* 0: found by us */

START_TEST(test_a_fault_says_its_word_and_ends_with_its_code)
{
	int ends[2], status;
	char said[32] = "";
	pid_t pid;

	ck_assert_int_eq(pipe(ends), 0);
	pid = fork();
	if (pid == 0) {
		dup2(ends[1], STDERR_FILENO);
		fault_catch("last word\n", 41);
		if (faults[_i] == 0)
			fault_end();
		raise(faults[_i]);
		_exit(0);
	}
	close(ends[1]);
	ck_assert_int_gt(fd_read_full(ends[0], said, sizeof(said) - 1), 0);
	close(ends[0]);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), 41);
	ck_assert_str_eq(said, "last word\n");
}
END_TEST

Suite *suite_fault(void)
{
	Suite *suite = suite_create("lib/base/fault");
	TCase *t = tcase_create("fault");

	tcase_add_loop_test(t, test_a_fault_says_its_word_and_ends_with_its_code, 0,
			    sizeof(faults) / sizeof(faults[0]));
	suite_add_tcase(suite, t);
	return suite;
}
