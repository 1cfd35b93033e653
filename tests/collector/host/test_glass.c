#include "collector/host/glass.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/fd.h"
#include "tests/support/emulator.h"
#include "tests/support/leftover.h"

#define TABLE_MAX (1u << 20)

/* Where glass_enter is called: on the host, with --root, in a chroot. */
enum place { LIVE, BELOW_ROOT, IN_CHROOT };

/* What a test sees behind glass, from a process of its own. */
struct seen {
	bool refused;			/* no right to make a namespace here */
	struct glass glass;
	bool file_kept, dir_kept, link_kept;	/* access time before and after reading */
	int create_errno, chmod_errno;
	bool still_there;		/* the directory of --root */
	char before[TABLE_MAX], outside[TABLE_MAX], inside[TABLE_MAX];
};

static void table(const char *path, char *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd_read_full(fd, out, TABLE_MAX - 1);

	out[n > 0 ? n : 0] = '\0';
	close(fd);
}

static bool same_atime(const char *path, const struct stat *old)
{
	struct stat now;

	return lstat(path, &now) == 0 && now.st_atim.tv_sec == old->st_atim.tv_sec &&
	       now.st_atim.tv_nsec == old->st_atim.tv_nsec;
}

static bool read_keeps_atime(const char *path)
{
	struct stat old;
	char c[64];
	int fd;

	lstat(path, &old);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (read(fd, c, 1) != 1)
		return false;
	close(fd);
	return same_atime(path, &old);
}

static bool readlink_keeps_atime(const char *path)
{
	struct stat old;
	char c[64];

	lstat(path, &old);
	return readlink(path, c, sizeof(c)) > 0 && same_atime(path, &old);
}

/* A world of our own: private, with a tmpfs that counts every access. */
static int make_world(const char *dir)
{
	char path[128];
	int fd;

	if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
		return -1;
	if (mount("t", dir, "tmpfs", MS_STRICTATIME, "size=64k") != 0)
		return -1;
	snprintf(path, sizeof(path), "%s/file", dir);
	fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	if (fd_write_all(fd, "x", 1) != 0 || close(fd) != 0)
		return -1;
	snprintf(path, sizeof(path), "%s/link", dir);
	return symlink("file", path);
}

static void look(struct seen *s, const char *dir)
{
	char path[128];

	s->still_there = access(dir, R_OK) == 0;
	snprintf(path, sizeof(path), "%s/file", dir);
	s->file_kept = read_keeps_atime(path);
	s->chmod_errno = chmod(path, 0644) == 0 ? 0 : errno;
	snprintf(path, sizeof(path), "%s/link", dir);
	s->link_kept = readlink_keeps_atime(path);
	snprintf(path, sizeof(path), "%s/new", dir);
	s->create_errno = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600) >= 0 ? 0 : errno;
	table("/proc/self/mountinfo", s->inside);
}

/* Goes to where / is a directory of a mount that nobody can name. */
static void enter_chroot(const char *dir)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/root", dir);
	if (mkdir(path, 0700) != 0 || chdir(path) != 0 || mkdir("proc", 0700) != 0 ||
	    mount("proc", "proc", "proc", 0, NULL) != 0 || chroot(".") != 0)
		_exit(1);
}

/* Middle process: makes the world and stands for the host.  Inner process: us. */
static void play(struct seen *s, const char *dir, enum place place)
{
	pid_t inner;

	if (make_world(dir) != 0) {
		s->refused = true;
		return;
	}
	table("/proc/self/mountinfo", s->before);
	inner = fork();
	if (inner == 0) {
		if (place == IN_CHROOT)
			enter_chroot(dir);
		glass_enter(&s->glass, place == BELOW_ROOT ? dir : NULL);
		look(s, dir);
		_exit(0);
	}
	waitpid(inner, NULL, 0);
	table("/proc/self/mountinfo", s->outside);
}

/* Runs play in a child; NULL if this machine does not let us. */
static struct seen *behind_glass(enum place place)
{
	struct seen *s = mmap(NULL, sizeof(*s), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			      -1, 0);
	char dir[] = "/tmp/exhibit-glass-XXXXXX";
	pid_t middle;

	ck_assert_ptr_ne(s, MAP_FAILED);
	leftover_dir(dir);
	middle = fork();
	if (middle == 0) {
		play(s, dir, place);
		_exit(0);
	}
	waitpid(middle, NULL, 0);
	rmdir(dir);
	if (!s->refused)
		return s;
	fprintf(stderr, "collector/host/glass: skipped: needs root and a mount namespace\n");
	munmap(s, sizeof(*s));
	return NULL;
}

START_TEST(test_behind_glass_nothing_can_be_changed_and_no_access_is_noted)
{
	struct seen *s = behind_glass(_i != 0 ? BELOW_ROOT : LIVE);
	const struct glass *g;

	if (s == NULL)
		return;
	g = &s->glass;
	ck_assert_msg(s->still_there && s->file_kept && s->link_kept, "%.*s", (int)g->notes_len,
		      g->notes);
	ck_assert_int_eq(s->create_errno, EROFS);
	ck_assert_int_eq(s->chmod_errno, EROFS);
	ck_assert(g->namespace_private);
	ck_assert_msg(g->noatime && g->own_proc && g->mounts_failed == 0, "%.*s",
		      (int)g->notes_len, g->notes);
	ck_assert_uint_gt(g->mounts_seen, 1);
	ck_assert(!g->notes_full);
	munmap(s, sizeof(*s));
}
END_TEST

START_TEST(test_the_mount_table_of_the_host_stays_byte_for_byte)
{
	struct seen *s = behind_glass(LIVE);

	if (s == NULL)
		return;
	ck_assert_uint_gt(strlen(s->before), 0);
	ck_assert_str_eq(s->before, s->outside);
	munmap(s, sizeof(*s));
}
END_TEST

START_TEST(test_every_mount_that_can_be_reached_says_ro_and_noatime)
{
	struct seen *s;
	unsigned mounts = 0;

	/* without it mounts under other mounts stay, which nobody can reach */
	if (emulator_lacks("mount_setattr") || (s = behind_glass(LIVE)) == NULL)
		return;
	for (char *line = strtok(s->inside, "\n"); line != NULL; line = strtok(NULL, "\n")) {
		mounts++;
		ck_assert_msg(strstr(line, " ro,nosuid,nodev,noexec,noatime ") != NULL, "%s", line);
	}
	ck_assert_uint_gt(mounts, 1);
	munmap(s, sizeof(*s));
}
END_TEST

START_TEST(test_in_a_chroot_it_does_not_promise_what_it_cannot_see)
{
	struct seen *s = behind_glass(IN_CHROOT);

	if (s == NULL)
		return;
	ck_assert(s->glass.namespace_private && s->glass.own_proc);
	ck_assert(!s->glass.noatime);
	ck_assert_ptr_nonnull(strstr(s->glass.notes, "unenforced: / is no mount point"));
	munmap(s, sizeof(*s));
}
END_TEST

START_TEST(test_without_the_right_it_says_so_and_changes_nothing)
{
	struct seen *s = mmap(NULL, sizeof(*s), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			      -1, 0);
	pid_t child;

	ck_assert_ptr_ne(s, MAP_FAILED);
	child = fork();
	if (child == 0) {
		if (geteuid() == 0 && setresuid(65530, 65530, 65530) != 0)
			_exit(1);
		glass_enter(&s->glass, NULL);
		_exit(0);
	}
	waitpid(child, NULL, 0);
	ck_assert(!s->glass.namespace_private && !s->glass.noatime && !s->glass.own_proc);
	ck_assert_ptr_nonnull(strstr(s->glass.notes,
				     "unenforced: no mount namespace of our own (EPERM)\n"));
	munmap(s, sizeof(*s));
}
END_TEST

START_TEST(test_doing_without_leaves_a_note_and_no_promise)
{
	struct glass *g = calloc(1, sizeof(*g));

	memset(g, 0xff, sizeof(*g));
	glass_unavailable(g, "it took too long");
	ck_assert(!g->namespace_private && !g->noatime && !g->own_proc && !g->notes_full);
	ck_assert_uint_eq(g->mounts_seen, 0);
	ck_assert_uint_eq(g->notes_len, strlen(g->notes));
	ck_assert_str_eq(g->notes, "unenforced: it took too long\n");
	free(g);
}
END_TEST

Suite *suite_glass(void);

Suite *suite_glass(void)
{
	Suite *s = suite_create("collector/host/glass");
	TCase *t = tcase_create("glass");

	tcase_add_loop_test(t, test_behind_glass_nothing_can_be_changed_and_no_access_is_noted, 0, 2);
	tcase_add_test(t, test_the_mount_table_of_the_host_stays_byte_for_byte);
	tcase_add_test(t, test_every_mount_that_can_be_reached_says_ro_and_noatime);
	tcase_add_test(t, test_in_a_chroot_it_does_not_promise_what_it_cannot_see);
	tcase_add_test(t, test_without_the_right_it_says_so_and_changes_nothing);
	tcase_add_test(t, test_doing_without_leaves_a_note_and_no_promise);
	suite_add_tcase(s, t);
	return s;
}
