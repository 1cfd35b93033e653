#include "workstation/cmd/confine.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/emulator.h"

Suite *suite_confine(void);

static int no_open(void)
{
	return open("/etc/passwd", O_RDONLY);
}

static int no_making(void)
{
	return open("/tmp/exhibit-confine", O_WRONLY | O_CREAT, 0600);
}

static int no_exec(void)
{
	char name[] = "true";
	char *const argv[] = { name, NULL };

	return execv("/bin/true", argv);
}

static int no_process(void)
{
	return fork();
}

static int no_connection(void)
{
	return socket(AF_INET, SOCK_STREAM, 0);
}

static int no_local_connection(void)
{
	return socket(AF_UNIX, SOCK_STREAM, 0);
}

static int no_signal(void)
{
	return kill(getppid(), SIGCONT);
}

static int no_removal(void)
{
	return unlink("/tmp/exhibit-confine");
}

static int no_attaching(void)
{
	return chdir("/");
}

static int (*const denied[])(void) = {
	no_open, no_making, no_exec, no_process, no_connection, no_local_connection, no_signal,
	no_removal, no_attaching,
};

START_TEST(test_what_reads_hostile_bytes_can_do_nothing_else)
{
	int status;
	pid_t pid;

	if (emulator_lacks("seccomp filters"))
		return;
	pid = fork();
	if (pid == 0) {
		confine_enter();
		_exit(denied[_i]() == -1 && (errno == EPERM || errno == EACCES) ? 0 : 1);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "%d: status %x", _i, status);
}
END_TEST

START_TEST(test_what_is_open_stays_usable_and_memory_comes)
{
	int pipes[2], status;
	char got = 0;
	pid_t pid;

	ck_assert_int_eq(pipe(pipes), 0);
	pid = fork();
	if (pid == 0) {
		confine_enter();
		confine_enter();
		char *p = malloc(64 << 20);

		if (p == NULL || write(pipes[1], "x", 1) != 1)
			_exit(1);
		p[0] = p[63 << 20] = 1;
		free(p);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	ck_assert_int_eq(read(pipes[0], &got, 1), 1);
	close(pipes[0]);
	close(pipes[1]);
}
END_TEST

Suite *suite_confine(void)
{
	Suite *s = suite_create("workstation/cmd/confine");
	TCase *t = tcase_create("confine");

	tcase_add_loop_test(t, test_what_reads_hostile_bytes_can_do_nothing_else, 0,
			    sizeof(denied) / sizeof(denied[0]));
	tcase_add_test(t, test_what_is_open_stays_usable_and_memory_comes);
	suite_add_tcase(s, t);
	return s;
}
