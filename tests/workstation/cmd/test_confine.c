#include "workstation/cmd/confine.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
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

/* Landlock that lets links be made, since Linux 5.19. */
static bool has_landlock(void)
{
	return syscall(444, NULL, 0, 1) >= 2;
}

/* In each of the four ways, of which the first has no folder, and the last no use for one that is
 * open. */
static void confine(unsigned how, int folder)
{
	struct confine_paths paths = { .n = 0 };

	if (how == 0)
		confine_enter();
	else if (how == 3)
		confine_enter_paths(&paths);
	else
		confine_enter_folder(folder, how == 1 ? CONFINE_APPENDS : CONFINE_PLACES);
}

START_TEST(test_what_reads_hostile_bytes_can_do_nothing_else)
{
	int status;
	pid_t pid;

	if (emulator_lacks("seccomp filters"))
		return;
	for (unsigned how = 0; how < 4; how++) {
		/* without Landlock, who reads paths can open any */
		if (how == 3 && !has_landlock())
			break;
		pid = fork();
		if (pid == 0) {
			confine(how, open("/tmp", O_RDONLY | O_DIRECTORY));
			_exit(denied[_i]() == -1 && (errno == EPERM || errno == EACCES) ? 0 : 1);
		}
		ck_assert_int_eq(waitpid(pid, &status, 0), pid);
		ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0,
			      "%d in way %u: status %x", _i, how, status);
	}
}
END_TEST

/* ------------------------------------------------------------ who fills a folder */

#define FOLDER (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
#define APPENDED (O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW)
#define PLACED (O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW)

/* The folder of an attempt, and one beside it: each has a file and a folder. */
static char top[] = "/tmp/exhibit-confine-XXXXXX";
static char beside[sizeof(top) + 8], beside_file[sizeof(top) + 16], beside_new[sizeof(top) + 16];

static int append(int at)
{
	return openat(at, "file", APPENDED, 0600);
}

static int place(int at)
{
	int fd = openat(at, "new", PLACED, 0600);

	return fd < 0 || ftruncate(fd, 10) != 0 || fchmod(fd, 0640) != 0 ||
			       futimens(fd, NULL) != 0
		       ? -1
		       : fd;
}

static int step(int at)
{
	struct stat st;

	return mkdirat(at, "new", 0700) != 0 || fstatat(at, "new", &st, AT_SYMLINK_NOFOLLOW) != 0
		       ? -1
		       : openat(at, "new", FOLDER);
}

static int point(int at)
{
	return symlinkat("file", at, "new");
}

static int link_away(int at)
{
	return linkat(at, "file", openat(at, "folder", FOLDER), "new", 0);
}

static int see(int at)
{
	return openat(at, "file", O_RDONLY | O_NOFOLLOW);
}

static int overwrite(int at)
{
	return openat(at, "file", O_WRONLY | O_NOFOLLOW);
}

static int empty(int at)
{
	return openat(at, "file", APPENDED | O_TRUNC, 0600);
}

static int follow(int at)
{
	return openat(at, "file", O_WRONLY | O_CREAT | O_APPEND, 0600);
}

static int no_name(int at)
{
	return openat(at, ".", O_TMPFILE | O_WRONLY, 0600);
}

static int list(int at)
{
	char names[1024];

	return (int)syscall(SYS_getdents64, at, names, sizeof(names));
}

static int drop(int at)
{
	return unlinkat(at, "file", 0);
}

static int rename_it(int at)
{
	return renameat(at, "file", at, "new");
}

static int append_beside(int at)
{
	return openat(at, "../beside/file", APPENDED, 0600);
}

static int append_by_path(int at)
{
	return openat(at, beside_file, APPENDED, 0600);
}

static int place_beside(int at)
{
	return openat(at, beside_new, PLACED, 0600);
}

static int step_beside(int at)
{
	return openat(at, beside, FOLDER);
}

static int make_beside(int at)
{
	return mkdirat(at, beside_new, 0700);
}

static int point_beside(int at)
{
	return symlinkat("file", at, beside_new);
}

static int link_from_beside(int at)
{
	return linkat(at, beside_file, at, "new", 0);
}

/* By whom each is done: 1 who appends, 2 who places, together 3; of 0, Landlock alone holds
 * what is about another folder. */
static const struct {
	int (*attempt)(int at);
	unsigned done;
	bool elsewhere;
} filling[] = {
	{ append, 1, false },
	{ place, 2, false },
	{ step, 3, false },
	{ point, 2, false },
	{ link_away, 2, false },
	{ see, 0, false },
	{ overwrite, 0, false },
	{ empty, 0, false },
	{ follow, 0, false },
	{ no_name, 0, false },
	{ list, 0, false },
	{ drop, 0, false },
	{ rename_it, 0, false },
	{ append_beside, 0, true },
	{ append_by_path, 0, true },
	{ place_beside, 0, true },
	{ step_beside, 0, true },
	{ make_beside, 0, true },
	{ point_beside, 0, true },
	{ link_from_beside, 0, true },
};

static int make_folder(const char *name)
{
	char path[sizeof(top) + 32];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", top, name);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(mkdirat(fd, "folder", 0700), 0);
	close(openat(fd, "file", PLACED, 0600));
	return fd;
}

static void remove_folder(const char *name)
{
	static const char *const names[] = { "folder/new", "new", "file", "folder", "" };
	char path[sizeof(top) + 32];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s/%s", top, name, names[i]);
		if (unlink(path) != 0)
			rmdir(path);
	}
}

/* 0: refused as the sandbox does; 1: done; 2: something else. */
static int try_filling(int (*attempt)(int at), unsigned how)
{
	int folder = make_folder("folder"), status;
	pid_t pid = fork();

	if (pid == 0) {
		int r;

		confine(how, folder);
		r = attempt(folder);
		_exit(r >= 0 ? 1 : errno == EPERM || errno == EACCES || errno == EXDEV ? 0 : 2);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	close(folder);
	remove_folder("folder");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 2;
}

START_TEST(test_who_fills_a_folder_can_do_nothing_else_and_nothing_elsewhere)
{
	int got[2];

	if (emulator_lacks("seccomp filters"))
		return;
	if (filling[_i].elsewhere && !has_landlock()) {
		fprintf(stderr, "skipped: no Landlock\n");
		return;
	}
	strcpy(top + sizeof(top) - 7, "XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(top));
	snprintf(beside, sizeof(beside), "%s/beside", top);
	snprintf(beside_file, sizeof(beside_file), "%s/file", beside);
	snprintf(beside_new, sizeof(beside_new), "%s/new", beside);
	close(make_folder("beside"));
	for (unsigned how = 1; how <= 2; how++)
		got[how - 1] = try_filling(filling[_i].attempt, how);
	remove_folder("beside");
	rmdir(top);
	for (unsigned how = 1; how <= 2; how++)
		ck_assert_msg(got[how - 1] == ((filling[_i].done & how) != 0), "%d in way %u: %d",
			      _i, how, got[how - 1]);
}
END_TEST

/* 0: all is as it must be, else the line that is not. */
static int read_what_was_given(void)
{
	static const struct {
		const char *path;
		int flags;
		bool given;
	} tries[] = {
		{ "folder/file", O_RDONLY, true }, { "folder/folder", FOLDER, true },
		{ "folder", FOLDER, true }, { "beside/file", O_RDONLY, true },
		{ "beside/folder", FOLDER, false }, { "beside", FOLDER, false },
		{ "folder/file", O_WRONLY, false }, { "folder/file", O_RDWR, false },
		{ "folder/file", O_RDONLY | O_TRUNC, false },
		{ "folder/new", O_WRONLY | O_CREAT, false },
	};
	struct confine_paths paths = { .n = 0 };
	char name[32];
	int ends[2];

	/* one that has no path must not cost the layer */
	if (pipe(ends) != 0)
		return 102;
	snprintf(name, sizeof(name), "/proc/self/fd/%d", ends[0]);
	confine_allow(&paths, name);
	confine_allow(&paths, NULL);
	confine_allow(&paths, "none");
	confine_allow(&paths, "folder");
	confine_allow(&paths, "beside/file");
	confine_enter_paths(&paths);
	if (paths.n != 0 || open(name, O_RDONLY | O_NONBLOCK) < 0)
		return 103;
	if (open("none", O_RDONLY) != -1 || errno != ENOENT)
		return 100;
	for (size_t i = 0; i < sizeof(tries) / sizeof(tries[0]); i++)
		if ((open(tries[i].path, tries[i].flags, 0600) >= 0) != tries[i].given)
			return 1 + (int)i;
	return 0;
}

START_TEST(test_who_reads_paths_reads_these_and_writes_none)
{
	int status;
	pid_t pid;

	if (emulator_lacks("seccomp filters") || !has_landlock())
		return;
	strcpy(top + sizeof(top) - 7, "XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(top));
	close(make_folder("folder"));
	close(make_folder("beside"));
	pid = fork();
	if (pid == 0)
		_exit(chdir(top) == 0 ? read_what_was_given() : 99);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	remove_folder("folder");
	remove_folder("beside");
	rmdir(top);
	ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "status %x", status);
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
	tcase_add_loop_test(t, test_who_fills_a_folder_can_do_nothing_else_and_nothing_elsewhere,
			    0, sizeof(filling) / sizeof(filling[0]));
	tcase_add_test(t, test_who_reads_paths_reads_these_and_writes_none);
	tcase_add_test(t, test_what_is_open_stays_usable_and_memory_comes);
	suite_add_tcase(s, t);
	return s;
}
