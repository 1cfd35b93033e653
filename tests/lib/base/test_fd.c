#include "lib/base/fd.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

Suite *suite_fd(void);

START_TEST(test_close_forgets_the_descriptor_and_keeps_errno)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	int number = fd;

	ck_assert_int_ge(fd, 0);
	errno = ENOTTY;
	fd_close(&fd);
	fd_close(&fd);
	ck_assert_int_eq(errno, ENOTTY);
	ck_assert_int_eq(fd, -1);
	ck_assert_int_eq(fcntl(number, F_GETFD), -1);
}
END_TEST

START_TEST(test_scope_end_closes_unless_taken)
{
	int kept, lost;

	{
		int a CLEANUP(fd_close) = open("/dev/null", O_RDONLY | O_CLOEXEC);
		int b CLEANUP(fd_close) = open("/dev/null", O_RDONLY | O_CLOEXEC);

		lost = a;
		kept = fd_take(&b);
		ck_assert_int_eq(b, -1);
	}
	ck_assert_int_eq(fcntl(lost, F_GETFD), -1);
	ck_assert_int_ge(fcntl(kept, F_GETFD), 0);
	close(kept);
}
END_TEST

/* A pipe takes 64 KiB at once: writing more needs the loop on both ends. */
START_TEST(test_long_transfer_through_a_pipe_is_whole)
{
	static char out[300000], in[300001];
	int ends[2], status;
	pid_t child;

	memset(out, 'p', sizeof(out));
	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	child = fork();
	if (child == 0) {
		close(ends[0]);
		_exit(fd_write_all(ends[1], out, sizeof(out)) == 0 ? 0 : 1);
	}
	close(ends[1]);
	ck_assert_int_eq(fd_read_full(ends[0], in, sizeof(in)), (ssize_t)sizeof(out));
	ck_assert_mem_eq(in, out, sizeof(out));
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
	close(ends[0]);
}
END_TEST

START_TEST(test_failures_are_told_with_errno)
{
	int ends[2];
	char c;

	signal(SIGPIPE, SIG_IGN);
	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	ck_assert_int_eq(fd_read_full(ends[1], &c, 1), -1);
	ck_assert_int_eq(errno, EBADF);
	close(ends[0]);
	ck_assert_int_eq(fd_write_all(ends[1], "x", 1), -1);
	ck_assert_int_eq(errno, EPIPE);
	close(ends[1]);
}
END_TEST

/* A handle, unlike a descriptor, is had on what must not be opened. */
START_TEST(test_a_handle_opens_nothing)
{
	char name[] = "/tmp/exhibit-fifo-XXXXXX";
	int fd;

	ck_assert_ptr_nonnull(mktemp(name));
	ck_assert_int_eq(mkfifo(name, 0600), 0);
	ck_assert(fd_knows_handles());
	fd = fd_handle(AT_FDCWD, name, O_NOFOLLOW);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_ne(fcntl(fd, F_GETFL) & O_PATH, 0);
	ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
	ck_assert_int_eq(open(name, O_WRONLY | O_NONBLOCK), -1);
	ck_assert_int_eq(errno, ENXIO);
	close(fd);
	unlink(name);
}
END_TEST

Suite *suite_fd(void)
{
	Suite *s = suite_create("lib/base/fd");
	TCase *tc = tcase_create("fd");

	tcase_add_test(tc, test_close_forgets_the_descriptor_and_keeps_errno);
	tcase_add_test(tc, test_scope_end_closes_unless_taken);
	tcase_add_test(tc, test_long_transfer_through_a_pipe_is_whole);
	tcase_add_test(tc, test_failures_are_told_with_errno);
	tcase_add_test(tc, test_a_handle_opens_nothing);
	suite_add_tcase(s, tc);
	return s;
}
