#include <check.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "collector/volatile/found.h"
#include "collector/volatile/recover.h"
#include "tests/support/emulator.h"
#include "tests/support/holder.h"
#include "tests/support/leftover.h"
#include "tests/support/live_box.h"

Suite *suite_src_exe(void);

static struct live_box *box;
static char dir[64], program[96];
static pid_t child;

/* In the process that runs the suite: a test that dies leaves nothing behind. */
static void make_dir(void)
{
	strcpy(dir, "/tmp/exhibit-exe-XXXXXX");
	leftover_dir(dir);
}

static void remove_dir(void)
{
	static const char *const names[] = { "program", "program.new", "program (deleted)" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(program, sizeof(program), "%s/%s", dir, names[i]);
		unlink(program);
	}
	rmdir(dir);
}

static void set_up(void)
{
	box = live_box_new();
	snprintf(program, sizeof(program), "%s/program", dir);
}

static void tear_down(void)
{
	live_box_end(child);
	child = 0;
	unlink(program);
	live_box_free(box);
}

/* The line of a process in the index, up to its end; static. */
static const char *line_of(pid_t pid)
{
	const struct live_item *i = live_box_get(box, "exe/index");
	static char line[8192];
	char begin[40];
	const char *p;

	snprintf(begin, sizeof(begin), "{\"pid\":%d,", (int)pid);
	p = memmem(i->data.p, i->data.len, begin, strlen(begin));
	ck_assert_msg(p != NULL, "process %d has no line", (int)pid);
	snprintf(line, sizeof(line), "%.*s", (int)strcspn(p, "\n"), p);
	return line;
}

static bool says(pid_t pid, const char *what)
{
	return strstr(line_of(pid), what) != NULL;
}

/* The program as an item: its content is that of the file it was copied from. */
static void is_kept(pid_t pid, int fd)
{
	const struct live_item *i = live_box_get(box, "%s", holder_name("exe", fd));
	char object[400], *bytes;
	struct stat st;

	ck_assert_int_eq(fstat(fd, &st), 0);
	bytes = malloc((size_t)st.st_size);
	ck_assert_int_eq(pread(fd, bytes, (size_t)st.st_size, 0), st.st_size);
	ck_assert_int_eq(i->how.gap, GAP_NONE);
	ck_assert_int_eq(i->depth, DEPTH_CONTENT);
	ck_assert_uint_eq(i->data.len, (size_t)st.st_size);
	ck_assert_mem_eq(i->data.p, bytes, i->data.len);
	snprintf(object, sizeof(object), "\"object\":\"live/%s\"", i->name);
	ck_assert(says(pid, object));
	free(bytes);
}

START_TEST(test_a_program_outside_the_package_directories_is_kept)
{
	int fd;

	child = holder_run("/bin/sleep", program);
	fd = open(program, O_RDONLY);
	ck_assert_int_eq(exe_run(&box->env), 0);
	ck_assert(says(child, program));
	ck_assert(says(child, "\"deleted\":false,\"at_path\":\"same\",\"package_directory\":false"));
	ck_assert(says(child, "\"own_root\":true"));
	is_kept(child, fd);
	close(fd);
}
END_TEST

START_TEST(test_a_deleted_program_is_kept)
{
	int fd;

	child = holder_run("/bin/sleep", program);
	fd = open(program, O_RDONLY);
	unlink(program);
	ck_assert_int_eq(exe_run(&box->env), 0);
	ck_assert(says(child, "(deleted)\""));
	ck_assert(says(child, "\"nlink\":0"));
	ck_assert(says(child, "\"deleted\":true,\"at_path\":\"absent\""));
	is_kept(child, fd);
	close(fd);
}
END_TEST

START_TEST(test_of_a_replaced_program_the_one_that_runs_is_kept)
{
	char second[128];
	int fd;

	child = holder_run("/bin/sleep", program);
	fd = open(program, O_RDONLY);
	snprintf(second, sizeof(second), "%s.new", program);
	close(open(second, O_CREAT | O_WRONLY, 0755));
	ck_assert_int_eq(rename(second, program), 0);
	ck_assert_int_eq(exe_run(&box->env), 0);
	ck_assert(says(child, "\"deleted\":true,\"at_path\":\"other\""));
	is_kept(child, fd);
	close(fd);
}
END_TEST

START_TEST(test_a_program_that_was_never_a_file_is_kept)
{
	int fd = memfd_create("stage2", MFD_CLOEXEC), from = open("/bin/sleep", O_RDONLY);
	char chunk[65536];
	ssize_t n;

	while ((n = read(from, chunk, sizeof(chunk))) > 0)
		ck_assert_int_eq(write(fd, chunk, (size_t)n), n);
	child = holder_run_fd(fd);
	ck_assert_int_eq(exe_run(&box->env), 0);
	ck_assert(says(child, "\"link\":\"/memfd:stage2 (deleted)\""));
	ck_assert(says(child, "\"memfd\":true"));
	is_kept(child, fd);
	close(from);
	close(fd);
}
END_TEST

/* The file may have any name that its maker liked. */
START_TEST(test_a_program_that_is_called_deleted_is_not)
{
	strcat(program, " (deleted)");
	child = holder_run("/bin/sleep", program);
	ck_assert_int_eq(exe_run(&box->env), 0);
	ck_assert(says(child, "\"deleted\":false,\"at_path\":\"same\""));
}
END_TEST

START_TEST(test_a_program_that_the_plan_hashes_under_its_path_is_not_read_here)
{
	int fd = open("/bin/sleep", O_RDONLY | O_CLOEXEC);
	char object[160], path[128] = "";
	ssize_t n;

	child = holder_run_fd(fd);
	snprintf(object, sizeof(object), "/proc/%d/exe", (int)child);
	n = readlink(object, path, sizeof(path) - 1);
	ck_assert_int_gt(n, 0);
	snprintf(object, sizeof(object), "\"object\":\"%s\"", path);
	ck_assert_int_eq(exe_run(&box->env), 0);
	ck_assert(says(child, "\"package_directory\":true"));
	ck_assert(says(child, object));
	ck_assert_ptr_null(live_box_find(box, holder_name("exe", fd)));
	close(fd);
}
END_TEST

START_TEST(test_one_that_the_plan_leaves_out_is_hashed_here)
{
	const struct plan_request logs = { .profile = "logs" };
	int fd = open("/bin/sleep", O_RDONLY | O_CLOEXEC);
	const struct plan *triage = box->walk.plan;
	struct plan *plan = plan_new(&logs, NULL, NULL);
	const struct live_item *i;

	child = holder_run_fd(fd);
	box->walk.plan = plan;
	ck_assert_int_eq(exe_run(&box->env), 0);
	i = live_box_get(box, "%s", holder_name("exe", fd));
	ck_assert_int_eq(i->depth, DEPTH_DIGEST);
	ck_assert_int_eq(i->how.gap, GAP_NONE);
	box->walk.plan = triage;
	plan_free(plan);
	close(fd);
}
END_TEST

START_TEST(test_an_excluded_program_has_a_line_and_is_not_read)
{
	const struct live_item *i;
	int fd;

	child = holder_run("/bin/sleep", program);
	fd = open(program, O_RDONLY);
	live_box_exclude(box, dir);
	ck_assert_int_eq(exe_run(&box->env), 0);
	i = live_box_get(box, "%s", holder_name("exe", fd));
	ck_assert_int_eq(i->how.gap, GAP_EXCLUDED);
	ck_assert_uint_eq(i->data.len, 0);
	close(fd);
}
END_TEST

/* Seen from another root every path leads elsewhere, by right. */
static void change_root(void)
{
	close(box->walk.root_fd);
	box->walk.root_fd = open(dir, O_PATH | O_DIRECTORY);
}

START_TEST(test_a_program_of_another_root_is_hashed_and_not_taken_for_replaced)
{
	int fd = open("/bin/sleep", O_RDONLY | O_CLOEXEC);
	const struct live_item *i;

	change_root();
	child = holder_run_fd(fd);
	ck_assert_int_eq(exe_run(&box->env), 0);
	i = live_box_get(box, "%s", holder_name("exe", fd));
	ck_assert_int_eq(i->depth, DEPTH_DIGEST);
	ck_assert(says(child, "\"at_path\":\"absent\",\"package_directory\":true,\"own_root\":false"));
	close(fd);
}
END_TEST

START_TEST(test_a_program_of_another_root_that_was_deleted_is_kept)
{
	int fd;

	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("tmpfs", "/usr/games", "tmpfs", 0, NULL) < 0)
		return;
	change_root();
	child = holder_run("/bin/sleep", "/usr/games/program");
	fd = open("/usr/games/program", O_RDONLY);
	unlink("/usr/games/program");
	ck_assert_int_eq(exe_run(&box->env), 0);
	ck_assert(says(child, "\"package_directory\":true"));
	is_kept(child, fd);
	close(fd);
}
END_TEST

START_TEST(test_a_program_that_lies_over_the_systems_own_is_kept)
{
	int fd;

	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("tmpfs", "/usr/games", "tmpfs", 0, NULL) < 0)
		return;
	/* our root stays that of before: nothing lies over it there */
	child = holder_run("/bin/sleep", "/usr/games/program");
	fd = open("/usr/games/program", O_RDONLY);
	ck_assert_int_eq(exe_run(&box->env), 0);
	ck_assert(says(child, "\"deleted\":false,\"at_path\":\"absent\",\"package_directory\":true"));
	ck_assert(says(child, "\"own_root\":true"));
	is_kept(child, fd);
	close(fd);
}
END_TEST

/* Its size is made of blocks that nobody wrote. */
START_TEST(test_a_program_too_large_to_be_kept_is_hashed)
{
	const struct live_item *i;
	int fd;

	child = holder_run("/bin/sleep", program);
	live_box_end(child);
	fd = open(program, O_RDWR);
	if (fallocate(fd, 0, 0, (off_t)RECOVER_FILE_MAX + 4096) == 0) {
		close(fd);
		fd = open(program, O_RDONLY | O_CLOEXEC);
		child = holder_run_fd(fd);
		ck_assert_int_eq(exe_run(&box->env), 0);
		i = live_box_get(box, "%s", holder_name("exe", fd));
		ck_assert_int_eq(i->how.gap, GAP_NONE);
		ck_assert_int_eq(i->depth, DEPTH_DIGEST);
	} else {
		child = 0;
	}
	close(fd);
}
END_TEST

START_TEST(test_every_process_has_a_line_and_each_program_one_item)
{
	char ours[4096];
	pid_t twin = fork();

	if (twin == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	ck_assert_int_eq(exe_run(&box->env), 0);
	ck_assert_ptr_nonnull(strstr(line_of(getpid()), "\"object\":"));
	snprintf(ours, sizeof(ours), "%s", strstr(line_of(getpid()), "\"object\":"));
	ck_assert(says(twin, ours));
	live_box_end(twin);
}
END_TEST

static void nothing(void *arg)
{
	(void)arg;
}

/* /proc/PID/exe, maps and fd are those of the first thread: it has none any more. */
START_TEST(test_of_a_process_whose_first_thread_has_ended_the_program_is_found)
{
	char tail[64];
	pid_t tid;

	if (emulator_lacks("threads that end"))
		return;
	child = holder_threads(nothing, NULL, 1, &tid);
	ck_assert_int_eq(exe_run(&box->env), 0);
	snprintf(tail, sizeof(tail), "\"tid\":%d,\"link\":\"/", (int)tid);
	ck_assert(says(child, tail));
	ck_assert(says(child, "\"object\":\"live/exe/"));
}
END_TEST

/* Who takes over from a lost reader finds the programs again, and tells none twice. */
START_TEST(test_a_pass_that_goes_on_writes_no_second_index)
{
	child = holder_run("/bin/sleep", program);
	box->env.behind[0] = UINT64_MAX;
	ck_assert_int_eq(exe_run(&box->env), 0);
	ck_assert_uint_eq(box->count, 0);
	ck_assert_uint_gt(box->env.programs->count, 0);
}
END_TEST

Suite *suite_src_exe(void)
{
	Suite *s = suite_create("collector/volatile/src_exe");
	TCase *t = tcase_create("exe");

	tcase_add_unchecked_fixture(t, make_dir, remove_dir);
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, test_a_program_outside_the_package_directories_is_kept);
	tcase_add_test(t, test_a_deleted_program_is_kept);
	tcase_add_test(t, test_of_a_replaced_program_the_one_that_runs_is_kept);
	tcase_add_test(t, test_a_program_that_was_never_a_file_is_kept);
	tcase_add_test(t, test_a_program_that_is_called_deleted_is_not);
	tcase_add_test(t, test_a_program_that_the_plan_hashes_under_its_path_is_not_read_here);
	tcase_add_test(t, test_one_that_the_plan_leaves_out_is_hashed_here);
	tcase_add_test(t, test_an_excluded_program_has_a_line_and_is_not_read);
	tcase_add_test(t, test_a_program_of_another_root_is_hashed_and_not_taken_for_replaced);
	tcase_add_test(t, test_a_program_of_another_root_that_was_deleted_is_kept);
	tcase_add_test(t, test_a_program_that_lies_over_the_systems_own_is_kept);
	tcase_add_test(t, test_a_program_too_large_to_be_kept_is_hashed);
	tcase_add_test(t, test_every_process_has_a_line_and_each_program_one_item);
	tcase_add_test(t, test_of_a_process_whose_first_thread_has_ended_the_program_is_found);
	tcase_add_test(t, test_a_pass_that_goes_on_writes_no_second_index);
	suite_add_tcase(s, t);
	return s;
}
