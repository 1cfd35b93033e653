#include "tests/support/holder.h"

#include <check.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

int holder_deleted(const void *data, size_t n)
{
	char name[] = "/tmp/exhibit-held-XXXXXX";
	int fd = mkstemp(name);

	ck_assert_int_ge(fd, 0);
	unlink(name);
	ck_assert_int_eq(write(fd, data, n), (ssize_t)n);
	return fd;
}

const char *holder_name(const char *folder, int fd)
{
	static char names[4][96];
	static unsigned next;
	char *name = names[next++ % 4];
	struct stat st;

	ck_assert_int_eq(fstat(fd, &st), 0);
	snprintf(name, sizeof(names[0]), "%s/%u-%u-%llu", folder, major(st.st_dev),
		 minor(st.st_dev), (unsigned long long)st.st_ino);
	return name;
}

/* A descriptor that closes when the child runs its program tells when it does. */
static void wait_for(int ends[2])
{
	char byte;

	close(ends[1]);
	ck_assert_int_eq(read(ends[0], &byte, 1), 0);
	close(ends[0]);
}

pid_t holder_run_fd(int fd)
{
	char *const argv[] = { (char[]){ "sleep" }, (char[]){ "60" }, NULL };
	char *const env[] = { NULL };
	int ends[2];
	pid_t pid;

	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		fexecve(fd, argv, env);
		_exit(write(ends[1], "", 1) != 1);	/* it could not be run */
	}
	wait_for(ends);
	return pid;
}

static void copy(int from, int to)
{
	char chunk[65536];
	ssize_t n;

	while ((n = read(from, chunk, sizeof(chunk))) > 0)
		ck_assert_int_eq(write(to, chunk, (size_t)n), n);
	ck_assert_int_eq(n, 0);
}

pid_t holder_run(const char *from, const char *to)
{
	int in = open(from, O_RDONLY | O_CLOEXEC);
	int out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
	pid_t pid;

	ck_assert_int_ge(in, 0);
	ck_assert_int_ge(out, 0);
	copy(in, out);
	close(in);
	close(out);
	out = open(to, O_RDONLY | O_CLOEXEC);
	pid = holder_run_fd(out);
	close(out);
	return pid;
}

static struct {
	void (*prepare)(void *);
	void *arg;
	int ready;
} second;

static void *be_second(void *unused)
{
	pid_t tid = gettid();

	second.prepare(second.arg);
	if (write(second.ready, &tid, sizeof(tid)) == sizeof(tid))
		for (;;)
			pause();
	return unused;
}

static void be_first(int ends)
{
	pthread_t thread;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (pthread_create(&thread, NULL, be_second, NULL) != 0)
		_exit(1);
	if (ends)
		pthread_exit(NULL);
	for (;;)
		pause();
}

/* Does its first thread still run? */
static int is_zombie(pid_t pid)
{
	char name[40], text[512] = "";
	int fd;

	snprintf(name, sizeof(name), "/proc/%d/stat", (int)pid);
	fd = open(name, O_RDONLY);
	ck_assert_int_gt(read(fd, text, sizeof(text) - 1), 0);
	close(fd);
	return strstr(text, ") Z ") != NULL;
}

pid_t holder_threads(void (*prepare)(void *), void *arg, int first_ends, pid_t *tid)
{
	int ends[2];
	pid_t pid;

	ck_assert_int_eq(pipe(ends), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		second.prepare = prepare;
		second.arg = arg;
		second.ready = ends[1];
		be_first(first_ends);
	}
	close(ends[1]);
	ck_assert_int_eq(read(ends[0], tid, sizeof(*tid)), sizeof(*tid));
	close(ends[0]);
	while (first_ends && !is_zombie(pid))
		usleep(1000);
	return pid;
}
