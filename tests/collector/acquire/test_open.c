#include "collector/acquire/open.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "collector/acquire/meta.h"
#include "tests/support/scene.h"

Suite *suite_open(void);

#define NOBODY 65534

static struct scene s;
static int own_fds;

static void setup(void)
{
	scene_open(&s);
	own_fds = open_own_fds();
}

static void teardown(void)
{
	close(own_fds);
	scene_close(&s);
}

START_TEST(test_a_file_opens_and_its_state_is_as_of_now)
{
	struct open_result r;
	struct item_stat st;
	int fd;

	scene_text(&s, "/f", "one");
	ck_assert_int_eq(meta_stat(s.fd, "f", &st), 0);
	scene_text(&s, "/f", "three");
	fd = open_checked(&(struct open_at){ s.fd, "f", own_fds, 0 }, true, &st, &r);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(r.gap, GAP_NONE);
	ck_assert(r.noatime);
	ck_assert_uint_eq(st.size, 5);
	close(fd);
}
END_TEST

START_TEST(test_what_is_held_is_opened_whatever_has_its_name_now)
{
	struct open_result r;
	struct item_stat st;
	char text[8] = "";
	int fd, handle;

	scene_text(&s, "/f", "one");
	handle = openat(s.fd, "f", O_PATH | O_NOFOLLOW);
	ck_assert_int_gt(handle, 0);
	ck_assert_int_eq(meta_stat(handle, "", &st), 0);
	ck_assert_int_eq(renameat(s.fd, "f", s.fd, "old"), 0);
	ck_assert_int_eq(mkfifoat(s.fd, "f", 0600), 0);
	fd = open_checked(&(struct open_at){ s.fd, "f", own_fds, handle }, true, &st, &r);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(r.gap, GAP_NONE);
	ck_assert_int_eq(read(fd, text, sizeof(text)), 3);
	ck_assert_str_eq(text, "one");
	close(fd);
	close(handle);
}
END_TEST

/* A FIFO that takes the name of a file: its writer waits, and must not be let go, for
 * it would be killed by a reader that goes away at once. */
START_TEST(test_who_waits_to_write_to_a_fifo_goes_on_waiting)
{
	struct open_result r;
	struct item_stat st;
	pid_t writer;
	int dir;

	ck_assert_int_gt(own_fds, 0);
	scene_text(&s, "/f", "one");
	ck_assert_int_eq(meta_stat(s.fd, "f", &st), 0);
	ck_assert_int_eq(renameat(s.fd, "f", s.fd, "old"), 0);
	ck_assert_int_eq(mkfifoat(s.fd, "f", 0600), 0);
	dir = openat(s.fd, ".", O_RDONLY | O_DIRECTORY);
	writer = fork();
	if (writer == 0)
		_exit(openat(dir, "f", O_WRONLY) >= 0 ? 1 : 2);
	usleep(100000);
	ck_assert_int_eq(open_checked(&(struct open_at){ s.fd, "f", own_fds, 0 }, true, &st, &r), -1);
	ck_assert_int_eq(r.gap, GAP_REPLACED);
	usleep(100000);
	ck_assert_int_eq(waitpid(writer, NULL, WNOHANG), 0);
	kill(writer, SIGKILL);
	ck_assert_int_eq(waitpid(writer, NULL, 0), writer);
	close(dir);
}
END_TEST

/* What stands under the name when it is opened, though a file was seen there. */
enum swap { SWAP_FIFO, SWAP_LINK, SWAP_FILE, SWAP_DIR, SWAP_NOTHING, SWAP_COUNT };

static const enum gap swap_gaps[SWAP_COUNT] = {
	[SWAP_FIFO] = GAP_REPLACED, [SWAP_LINK] = GAP_REPLACED, [SWAP_FILE] = GAP_REPLACED,
	[SWAP_DIR] = GAP_REPLACED, [SWAP_NOTHING] = GAP_VANISHED,
};

START_TEST(test_what_was_not_looked_at_is_not_read)
{
	struct open_result r;
	struct item_stat st;

	scene_text(&s, "/f", "one");
	ck_assert_int_eq(meta_stat(s.fd, "f", &st), 0);
	ck_assert_int_eq(renameat(s.fd, "f", s.fd, "old"), 0);
	if (_i == SWAP_FIFO)
		ck_assert_int_eq(mkfifoat(s.fd, "f", 0600), 0);
	if (_i == SWAP_LINK)
		scene_link(&s, "/f", "old");
	if (_i == SWAP_FILE)
		scene_text(&s, "/f", "one");
	if (_i == SWAP_DIR)
		scene_dir(&s, "/f");
	ck_assert_int_eq(open_checked(&(struct open_at){ s.fd, "f", own_fds, 0 }, true, &st, &r), -1);
	ck_assert_int_eq(r.gap, swap_gaps[_i]);
}
END_TEST

/* As somebody who owns nothing; the exit code says what went wrong. */
static int without_rights(void)
{
	struct open_result r;
	struct item_stat st;
	int fd;

	if (setresgid(NOBODY, NOBODY, NOBODY) != 0 || setresuid(NOBODY, NOBODY, NOBODY) != 0)
		return 1;
	own_fds = open_own_fds();	/* of this process */
	if (meta_stat(s.fd, "readable", &st) != 0)
		return 2;
	fd = open_checked(&(struct open_at){ s.fd, "readable", own_fds, 0 }, true, &st, &r);
	if (fd < 0 || r.noatime)
		return 3;	/* must open, though O_NOATIME is the owner's alone */
	close(fd);
	if (meta_stat(s.fd, "closed", &st) != 0)
		return 4;
	if (open_checked(&(struct open_at){ s.fd, "closed", own_fds, 0 }, true, &st, &r) >= 0 ||
	    r.gap != GAP_PERMISSION || r.oserr != EACCES)
		return 5;
	return 0;
}

START_TEST(test_others_files_open_without_noatime_and_closed_ones_not_at_all)
{
	int status;
	pid_t pid;

	if (getuid() != 0)
		return;		/* only root can become nobody */
	scene_text(&s, "/readable", "x");
	scene_text(&s, "/closed", "x");
	ck_assert_int_eq(fchmodat(s.fd, "closed", 0600, 0), 0);
	pid = fork();
	if (pid == 0)
		_exit(without_rights());
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), 0);
}
END_TEST

START_TEST(test_no_descriptor_left_is_our_own_failure)
{
	struct open_result r;
	struct item_stat st;

	scene_text(&s, "/f", "one");
	ck_assert_int_eq(meta_stat(s.fd, "f", &st), 0);
	while (dup(s.fd) >= 0 || errno != EMFILE)
		continue;
	ck_assert_int_eq(open_checked(&(struct open_at){ s.fd, "f", own_fds, 0 }, true, &st, &r), -1);
	ck_assert_int_eq(r.gap, GAP_INTERNAL);
	ck_assert_int_eq(r.oserr, EMFILE);
}
END_TEST

/* What a process has open can be looked into, but no more be counted, once it has ended. */
START_TEST(test_what_a_process_had_has_vanished_with_it)
{
	pid_t child = fork();
	struct open_result r;
	struct item_stat st;
	char path[40];
	int dir, fd;

	if (child == 0) {
		pause();
		_exit(0);
	}
	snprintf(path, sizeof(path), "/proc/%d/fd", (int)child);
	dir = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ge(dir, 0);
	ck_assert_int_eq(meta_stat(dir, "", &st), 0);
	kill(child, SIGKILL);
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
	fd = open_checked(&(struct open_at){ dir, ".", own_fds, 0 }, false, &st, &r);
	if (fd >= 0) {
		printf("skipped: this kernel does not count what a process has open\n");
		close(fd);
	} else {
		ck_assert_int_eq(r.gap, GAP_VANISHED);
		ck_assert(r.oserr == ENOENT || r.oserr == ESRCH);
	}
	close(dir);
}
END_TEST

Suite *suite_open(void)
{
	Suite *suite = suite_create("collector/acquire/open");
	TCase *t = tcase_create("open");

	tcase_add_unchecked_fixture(t, scene_setup, scene_teardown);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 30);
	tcase_add_test(t, test_what_is_held_is_opened_whatever_has_its_name_now);
	tcase_add_test(t, test_who_waits_to_write_to_a_fifo_goes_on_waiting);
	tcase_add_test(t, test_a_file_opens_and_its_state_is_as_of_now);
	tcase_add_loop_test(t, test_what_was_not_looked_at_is_not_read, 0, SWAP_COUNT);
	tcase_add_test(t, test_others_files_open_without_noatime_and_closed_ones_not_at_all);
	tcase_add_test(t, test_what_a_process_had_has_vanished_with_it);
	tcase_add_test(t, test_no_descriptor_left_is_our_own_failure);
	suite_add_tcase(suite, t);
	return suite;
}
