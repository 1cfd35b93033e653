#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/leftover.h"
#include "tests/support/emulator.h"
#include "tests/support/live_box.h"

Suite *suite_src_view_under(void);

#define CANNOT 77			/* exit code: namespaces cannot be made here */
#define NOBODY 65534
#define BIG (3u << 20)			/* bytes: more than is taken of a file */

static struct live_box *box;
static char dir[] = "/tmp/exhibit-test-XXXXXX";

static const char *in_dir(const char *name)
{
	static char path[2][256];
	static unsigned turn;

	turn ^= 1;
	snprintf(path[turn], sizeof(path[turn]), "%s/%s", dir, name);
	return path[turn];
}

static void write_file(const char *name, const char *text)
{
	int fd = open(in_dir(name), O_CREAT | O_WRONLY, 0600);

	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

static const struct live_item *under(const char *name)
{
	char path[300];

	snprintf(path, sizeof(path), "under%s", in_dir(name));
	return live_box_find(box, path);
}

static bool has(const char *name, const char *text)
{
	const struct live_item *i = under(name);

	return i != NULL && i->data.len == strlen(text) && memcmp(i->data.p, text, i->data.len) == 0;
}

static bool says(const char *name, const char *text)
{
	const struct live_item *i = live_box_get(box, "view/under");
	char start[400];
	const char *line;

	snprintf(start, sizeof(start), "\"path\":\"%s\",", in_dir(name));
	buf_putc((struct buf *)(uintptr_t)&i->data, '\0');
	line = strstr(i->data.p, start);
	return line != NULL && strstr(line, text) != NULL &&
	       strstr(line, text) < line + strcspn(line, "\n");
}

/* A file system of our own, a directory and a file on it with something mounted over. */
static int hide(void)
{
	int big;

	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("tmpfs", dir, "tmpfs", 0, NULL) < 0)
		return CANNOT;
	mkdir(in_dir("d"), 0755);
	mkdir(in_dir("d/below"), 0755);
	mkdir(in_dir("clean"), 0755);
	write_file("d/below/secret", "what was hidden");
	write_file("d/\n\xff", "odd");
	write_file("file", "the first one");
	write_file("other", "what everybody sees");
	mkfifo(in_dir("d/fifo"), 0600);
	symlink("/etc/passwd", in_dir("d/link"));
	write_file("d/big", "");
	if (posix_fallocate(big = open(in_dir("d/big"), O_WRONLY), 0, BIG) != 0)
		return CANNOT;
	close(big);
	if (mount("tmpfs", in_dir("d"), "tmpfs", 0, NULL) < 0 ||
	    mount("tmpfs", in_dir("clean"), "tmpfs", 0, NULL) < 0)
		return CANNOT;
	write_file("d/seen", "not under anything");
	return mount(in_dir("other"), in_dir("file"), NULL, MS_BIND, NULL) < 0 ? CANNOT : 0;
}

static int judge_content(void)
{
	return has("d/below/secret", "what was hidden") && has("d/\n\xff", "odd") &&
	       has("file", "the first one") && under("d/seen") == NULL &&
	       under("clean") == NULL ? 0 : 1;
}

static int judge_special(void)
{
	return under("d/fifo")->how.gap == GAP_SPECIAL && !under("d/fifo")->has_content &&
	       under("d/link") != NULL && under("d/big")->how.gap == GAP_SIZE_LIMIT ? 0 : 1;
}

static int judge_lines(void)
{
	return says("d", "\"fstype\":\"tmpfs\"") && says("d", "\"entries\":5") &&
	       says("d", "\"errno\":0,\"objects\":7}") && says("clean", "\"entries\":0},\"errno\":0,") &&
	       says("clean", "\"objects\":0}") && says("file", "\"objects\":1}") ? 0 : 1;
}

/* A second mount over the first: that one cannot be named. */
static int judge_stack(void)
{
	const struct live_item *i;

	live_box_free(box);
	box = live_box_new();
	if (mount("tmpfs", in_dir("clean"), "tmpfs", 0, NULL) < 0 || view_under_run(&box->env) != 0)
		return CANNOT;
	i = live_box_get(box, "view/under");
	return live_item_has(i, "\"errno\":16,\"objects\":0}", 23) ? 0 : 1;
}

/* Mounts on mounts: under one path lie different things, and one thing under two paths. */
static int nest(void)
{
	if (mkdir(in_dir("d/below"), 0700) < 0 || mkdir(in_dir("two"), 0700) < 0 ||
	    mkdir(in_dir("two/in"), 0700) < 0)
		return CANNOT;
	write_file("d/below/secret", "the second one");
	write_file("two/in/x", "once");
	return mount("tmpfs", in_dir("d/below"), "tmpfs", 0, NULL) < 0 ||
	       mount("tmpfs", in_dir("two/in"), "tmpfs", 0, NULL) < 0 ||
	       mount("tmpfs", in_dir("two"), "tmpfs", 0, NULL) < 0 ? CANNOT : 0;
}

static bool all_names_differ(void)
{
	for (size_t i = 0; i < box->count; i++)
		for (size_t j = 0; j < i; j++)
			if (strcmp(box->items[i].name, box->items[j].name) == 0)
				return false;
	return true;
}

/* How many items, whatever their names, hold the text. */
static size_t holding(const char *text)
{
	size_t n = 0;

	for (size_t i = 0; i < box->count; i++)
		n += box->items[i].data.len == strlen(text) &&
		     memcmp(box->items[i].data.p, text, strlen(text)) == 0;
	return n;
}

static int judge_nested(void)
{
	live_box_free(box);
	box = live_box_new();
	if (nest() != 0 || view_under_run(&box->env) != 0)
		return CANNOT;
	return all_names_differ() && has("d/below/secret", "what was hidden") &&
	       holding("the second one") == 1 && holding("once") == 1 ? 0 : 1;
}

static int judge_budget(void)
{
	live_box_free(box);
	box = live_box_new();
	box->budget = 10;
	box->env.budget = &box->budget;
	if (view_under_run(&box->env) != 0)
		return 1;
	return under("d/below/secret")->how.gap == GAP_BUDGET && has("d/\n\xff", "odd") ? 0 : 1;
}

/* Without rights: every mount point has its line with the errno, and that is a gap. */
static int judge_refusal(void)
{
	const struct live_item *i;

	live_box_free(box);
	if (setgid(NOBODY) < 0 || setuid(NOBODY) < 0)
		return CANNOT;
	box = live_box_new();
	if (view_under_run(&box->env) != 0)
		return 1;
	i = live_box_get(box, "view/under");
	return i->how.gap == GAP_INCOMPLETE && i->how.oserr == EPERM &&
	       says("clean", "\"errno\":1,\"objects\":0}") && under("file") == NULL ? 0 : 1;
}

/* The host is as it was: no mount more, no access time. */
static int judge_traces(void)
{
	struct stat st;

	umount2(in_dir("d"), 0);
	if (stat(in_dir("d/below/secret"), &st) != 0)
		return 1;
	/* it was made, and then written to, perhaps in the next second */
	return st.st_atim.tv_sec < st.st_mtim.tv_sec ||
	       (st.st_atim.tv_sec == st.st_mtim.tv_sec && st.st_atim.tv_nsec <= st.st_mtim.tv_nsec)
	       ? 0 : 1;
}

static int look(int (*judge)(void))
{
	int hidden = hide();

	if (hidden != 0)
		return hidden;
	usleep(20000);
	return view_under_run(&box->env) == 0 ? judge() : 1;
}

static void in_namespace(int (*judge)(void))
{
	int status = 0;
	pid_t pid;

	if (emulator_lacks("mount_setattr"))
		return;
	memcpy(dir + strlen(dir) - 6, "XXXXXX", 6);
	leftover_dir(dir);
	pid = fork();
	if (pid == 0) {
		box = live_box_new();
		_exit(look(judge));
	}
	waitpid(pid, &status, 0);
	rmdir(dir);
	ck_assert(WIFEXITED(status));
	ck_assert(WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == CANNOT);
}

START_TEST(test_what_lies_under_a_mount_is_taken_and_nothing_else)
{
	in_namespace(judge_content);
}
END_TEST

START_TEST(test_under_a_mount_nothing_special_is_opened_and_large_files_are_not_kept)
{
	in_namespace(judge_special);
}
END_TEST

START_TEST(test_every_mount_point_has_a_line_with_both_sides)
{
	in_namespace(judge_lines);
}
END_TEST

START_TEST(test_a_mount_over_the_root_of_another_is_told_as_out_of_reach)
{
	in_namespace(judge_stack);
}
END_TEST

START_TEST(test_under_mounts_on_mounts_nothing_is_lost_and_no_name_is_used_twice)
{
	in_namespace(judge_nested);
}
END_TEST

START_TEST(test_the_budget_of_the_run_holds_under_mounts_too)
{
	in_namespace(judge_budget);
}
END_TEST

START_TEST(test_without_rights_the_mount_points_are_told_with_the_errno)
{
	in_namespace(judge_refusal);
}
END_TEST

START_TEST(test_looking_under_a_mount_leaves_no_access_time_and_no_mount)
{
	in_namespace(judge_traces);
}
END_TEST

Suite *suite_src_view_under(void)
{
	Suite *s = suite_create("collector/volatile/src_view_under");
	TCase *t = tcase_create("under");

	tcase_add_test(t, test_what_lies_under_a_mount_is_taken_and_nothing_else);
	tcase_add_test(t, test_under_a_mount_nothing_special_is_opened_and_large_files_are_not_kept);
	tcase_add_test(t, test_every_mount_point_has_a_line_with_both_sides);
	tcase_add_test(t, test_a_mount_over_the_root_of_another_is_told_as_out_of_reach);
	tcase_add_test(t, test_under_mounts_on_mounts_nothing_is_lost_and_no_name_is_used_twice);
	tcase_add_test(t, test_the_budget_of_the_run_holds_under_mounts_too);
	tcase_add_test(t, test_without_rights_the_mount_points_are_told_with_the_errno);
	tcase_add_test(t, test_looking_under_a_mount_leaves_no_access_time_and_no_mount);
	suite_add_tcase(s, t);
	return s;
}
