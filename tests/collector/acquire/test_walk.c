#include "collector/acquire/walk.h"

#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "collector/acquire/links.h"
#include "tests/support/scene.h"

Suite *suite_walk(void);

#define NOBODY 65534

static struct scene s;

static void setup(void)
{
	scene_open(&s);
	s.include[0] = "/case";
	scene_dir(&s, "/case");
}

static void teardown(void)
{
	scene_close(&s);
}

static void walk(enum category c)
{
	scene_forget(&s);
	ck_assert_int_eq(scene_walk(&s, c, NULL), 0);
}

static enum gap gap_of(const char *path)
{
	const struct scene_item *i = scene_find(&s, path);

	return i == NULL ? GAP_COUNT : i->how.gap;
}

static void make_tree(void)
{
	scene_text(&s, "/etc/passwd", "root:x:0:0::/root:/bin/sh\n");
	scene_text(&s, "/case/a/b/c/f", "deep");
	scene_text(&s, "/case/g", "shallow");
	scene_text(&s, "/data/other", "not asked for");
	scene_text(&s, "/usr/bin/tool", "binary");
}

START_TEST(test_each_object_is_taken_by_one_category)
{
	static const char *const all[] = {
		"/", "/etc", "/etc/passwd", "/case", "/case/a", "/case/a/b", "/case/a/b/c",
		"/case/a/b/c/f", "/case/g", "/data", "/data/other", "/usr", "/usr/bin", "/usr/bin/tool",
	};
	size_t times[sizeof(all) / sizeof(all[0])] = { 0 };

	make_tree();
	for (int c = CATEGORY_FACTS + 1; c < CATEGORY_COUNT; c++) {
		walk((enum category)c);
		s.walk.done |= UINT64_C(1) << c;
		for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
			times[i] += scene_find(&s, all[i]) != NULL;
	}
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		ck_assert_msg(times[i] == 1, "%s: %zu times", all[i], times[i]);
}
END_TEST

START_TEST(test_facts_are_asked_for_though_others_own_them)
{
	make_tree();
	walk(CATEGORY_FACTS);
	ck_assert_str_eq(scene_find(&s, "/etc/passwd")->it.artifact, "fact_passwd");
	ck_assert_uint_gt(scene_find(&s, "/etc/passwd")->bytes, 0);
}
END_TEST

/* What was read as a fact is not stored by that, so it is no first name for anything. */
START_TEST(test_a_fact_with_two_names_is_stored_all_the_same)
{
	uint64_t bytes = 0;

	make_tree();
	ck_assert_int_eq(linkat(s.fd, "etc/passwd", s.fd, "case/linked", 0), 0);
	s.walk.links = links_new();
	walk(CATEGORY_FACTS);
	for (int c = CATEGORY_FACTS + 1; c < CATEGORY_COUNT; c++) {
		walk((enum category)c);
		s.walk.done |= UINT64_C(1) << c;
		for (size_t i = 0; i < s.count; i++)
			if (s.item[i].it.st.nlink == 2 && s.item[i].it.type == ITEM_FILE)
				bytes += s.item[i].bytes;
	}
	links_free(s.walk.links);
	s.walk.links = NULL;
	ck_assert_uint_eq(bytes, strlen("root:x:0:0::/root:/bin/sh\n"));
}
END_TEST

/* A category that was lost: the inventory has at least the metadata of its objects. */
START_TEST(test_what_a_lost_category_owed_is_in_the_inventory)
{
	make_tree();
	s.walk.done = UINT64_MAX;
	walk(CATEGORY_INVENTORY);
	ck_assert_ptr_null(scene_find(&s, "/case/g"));
	ck_assert_ptr_nonnull(scene_find(&s, "/data/other"));
	s.walk.done = ~(UINT64_C(1) << CATEGORY_EXTRA);
	walk(CATEGORY_INVENTORY);
	ck_assert_int_eq(scene_find(&s, "/case/g")->it.depth, DEPTH_META);
	ck_assert_str_eq(scene_find(&s, "/case/g")->it.artifact, "inventory");
}
END_TEST

START_TEST(test_only_directories_on_the_way_are_opened)
{
	make_tree();
	ck_assert_int_eq(fchmodat(s.fd, "data", 0, 0), 0);
	walk(CATEGORY_EXTRA);
	ck_assert_uint_eq(s.count, 6);
	ck_assert_ptr_null(scene_find(&s, "/"));
	ck_assert_ptr_null(scene_find(&s, "/data"));
}
END_TEST

START_TEST(test_the_excluded_is_said_once_and_not_entered)
{
	make_tree();
	s.exclude[0] = "/case/a/b";
	s.exclude[1] = "/case/g";
	walk(CATEGORY_EXTRA);
	ck_assert_int_eq(gap_of("/case/a"), GAP_NONE);
	ck_assert_int_eq(gap_of("/case/a/b"), GAP_EXCLUDED);
	ck_assert(!scene_find(&s, "/case/a/b")->it.has_stat);
	ck_assert_int_eq(gap_of("/case/g"), GAP_EXCLUDED);
	ck_assert_int_eq(gap_of("/case/a/b/c"), GAP_COUNT);
	s.walk.done = UINT64_MAX;
	walk(CATEGORY_INVENTORY);
	ck_assert_int_eq(gap_of("/case/a/b"), GAP_COUNT);
}
END_TEST

START_TEST(test_stop_ends_the_walk)
{
	make_tree();
	atomic_store(&s.stop, 1);
	ck_assert_int_eq(scene_walk(&s, CATEGORY_INVENTORY, NULL), 1);
	ck_assert_uint_le(s.count, 1);
}
END_TEST

START_TEST(test_a_sink_that_fails_ends_the_walk)
{
	make_tree();
	for (s.fail_after = 1; s.fail_after < 8; s.fail_after++) {
		scene_forget(&s);
		ck_assert_int_eq(scene_walk(&s, CATEGORY_INVENTORY, NULL), -1);
		ck_assert_uint_eq(s.count, s.fail_after - 1);
	}
}
END_TEST

/* A thousand and more levels below the case, names as given; fd of the deepest. */
static int dig(const char *name, int levels)
{
	int fd = openat(s.fd, "case", O_RDONLY | O_DIRECTORY);

	for (int i = 0; i < levels; i++) {
		int next;

		ck_assert_int_eq(mkdirat(fd, name, 0755), 0);
		next = openat(fd, name, O_RDONLY | O_DIRECTORY);
		ck_assert_int_ge(next, 0);
		close(fd);
		fd = next;
	}
	return fd;
}

static size_t count_gap(enum gap gap)
{
	size_t n = 0;

	for (size_t i = 0; i < s.count; i++)
		n += s.item[i].how.gap == gap;
	return n;
}

START_TEST(test_eleven_hundred_levels_end_in_a_gap)
{
	close(dig("d", 1100));
	walk(CATEGORY_EXTRA);
	ck_assert_uint_eq(count_gap(GAP_DEPTH_LIMIT), 1);
	/* the root is not taken; the deepest that is has no more levels to be listed in */
	ck_assert_uint_eq(s.count, CURSOR_DEPTH_MAX);
	ck_assert_int_eq(s.item[s.count - 1].how.gap, GAP_DEPTH_LIMIT);
	ck_assert(s.item[s.count - 1].it.has_stat);
}
END_TEST

START_TEST(test_paths_beyond_path_max_are_taken)
{
	static char name[241];
	const struct scene_item *last;
	int fd;

	memset(name, 'n', 240);
	fd = dig(name, 40);	/* 9,600 bytes */
	close(openat(fd, "leaf", O_CREAT | O_WRONLY, 0600));
	close(fd);
	walk(CATEGORY_EXTRA);
	last = &s.item[s.count - 1];
	ck_assert_uint_eq(s.count, 42);
	ck_assert_uint_eq(last->it.path.len, strlen("/case") + 40 * 241 + strlen("/leaf"));
	ck_assert_int_eq(last->how.gap, GAP_NONE);
}
END_TEST

START_TEST(test_a_path_too_long_for_an_item_is_a_gap)
{
	static char name[251];

	memset(name, 'n', 250);
	close(dig(name, 270));	/* 67,770 bytes */
	walk(CATEGORY_EXTRA);
	ck_assert_uint_eq(count_gap(GAP_DEPTH_LIMIT), 1);
	ck_assert_uint_le(s.item[s.count - 1].it.path.len, ITEM_PATH_MAX);
	ck_assert_uint_gt(s.item[s.count - 1].it.path.len, ITEM_PATH_MAX - 512);
}
END_TEST

/* As nobody: one directory cannot be listed, of the other nothing can be seen. */
static int without_rights(void)
{
	const struct scene_item *i;

	if (setresgid(NOBODY, NOBODY, NOBODY) != 0 || setresuid(NOBODY, NOBODY, NOBODY) != 0)
		return 1;
	if (scene_walk(&s, CATEGORY_EXTRA, NULL) != 0)
		return 2;
	i = scene_find(&s, "/case/unreadable");
	if (i == NULL || i->how.gap != GAP_PERMISSION || strcmp(i->how.syscall, "openat") != 0)
		return 3;
	i = scene_find(&s, "/case/unsearchable/f");
	if (i == NULL || i->how.gap != GAP_PERMISSION || strcmp(i->how.syscall, "statx") != 0)
		return 4;
	i = scene_find(&s, "/way");
	if (i == NULL || i->how.gap != GAP_PERMISSION || strcmp(i->it.artifact, "-") != 0)
		return 5;
	return 0;
}

START_TEST(test_directories_that_do_not_let_us_are_gaps)
{
	int status;
	pid_t pid;

	if (getuid() != 0)
		return;		/* only root can become nobody */
	scene_text(&s, "/case/unreadable/f", "x");
	scene_text(&s, "/case/unsearchable/f", "x");
	scene_text(&s, "/way/to/it/f", "x");
	s.include[1] = "/way/to/it";
	ck_assert_int_eq(fchmodat(s.fd, "case/unreadable", 0711, 0), 0);
	ck_assert_int_eq(fchmodat(s.fd, "case/unsearchable", 0744, 0), 0);
	ck_assert_int_eq(fchmodat(s.fd, "way", 0700, 0), 0);
	pid = fork();
	if (pid == 0)
		_exit(without_rights());
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), 0);
}
END_TEST

START_TEST(test_no_descriptors_left_is_said_and_survived)
{
	struct rlimit few = { 12, 12 };

	close(dig("d", 12));
	scene_text(&s, "/case/z", "x");
	ck_assert_int_eq(scene_walk(&s, CATEGORY_LOGIN, NULL), 0);	/* reads the mounts */
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
	walk(CATEGORY_EXTRA);
	ck_assert_uint_ge(count_gap(GAP_INTERNAL), 1);
	ck_assert_ptr_nonnull(scene_find(&s, "/case"));
}
END_TEST

/* ===== the kernel's own ===== */

/* A walk of the real /proc, of one process that we know. */
static void walk_proc(enum category c)
{
	int root = open("/", O_PATH | O_DIRECTORY);
	static char text[1 << 20];
	int fd = open("/proc/self/mountinfo", O_RDONLY);
	ssize_t n = 0, part;

	while ((part = read(fd, text + n, sizeof(text) - (size_t)n)) > 0)
		n += part;
	close(fd);
	s.mounts = mounts_parse(text, (size_t)n, (struct bytes){ NULL, 0 }, NULL, NULL);
	s.walk.root_fd = root;
	scene_forget(&s);
	ck_assert_int_eq(scene_walk(&s, c, NULL), 0);
	close(root);
}

START_TEST(test_a_process_is_read_with_a_length_that_was_measured)
{
	const struct scene_item *i;
	char path[64], expected[64];
	FILE *f;
	pid_t pid = fork();
	size_t n;

	if (pid == 0)
		for (;;)
			pause();
	walk_proc(CATEGORY_PROCESS);
	snprintf(path, sizeof(path), "/proc/%d/cmdline", (int)pid);
	f = fopen(path, "r");
	n = fread(expected, 1, sizeof(expected), f);
	fclose(f);
	i = scene_find(&s, path);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	ck_assert_ptr_nonnull(i);
	ck_assert_int_eq(i->how.gap, GAP_NONE);
	ck_assert_uint_ge(i->bytes, n);
	ck_assert_mem_eq(i->data, expected, n);
	ck_assert_uint_eq(i->it.promise, i->bytes);
	ck_assert_str_eq(i->it.fstype, "proc");
	ck_assert_str_eq(i->it.category, "process");
}
END_TEST

START_TEST(test_the_kernel_is_not_part_of_the_inventory)
{
	s.include[0] = "/proc/kmsg";
	walk_proc(CATEGORY_EXTRA);
	ck_assert_int_eq(gap_of("/proc/kmsg"), GAP_PSEUDO);
	ck_assert_uint_eq(s.count, 1);
}
END_TEST

START_TEST(test_a_procfs_of_our_own_stands_for_proc)
{
	s.walk.proc_fd = open("/proc", O_PATH | O_DIRECTORY);
	s.include[0] = "/proc/version";
	walk(CATEGORY_KERNEL);		/* the scene has no /proc: nothing */
	ck_assert_ptr_null(scene_find(&s, "/proc/version"));
	scene_dir(&s, "/proc");
	walk(CATEGORY_KERNEL);
	ck_assert_int_eq(gap_of("/proc/version"), GAP_NONE);
	ck_assert_uint_gt(scene_find(&s, "/proc/version")->bytes, 10);
	close(s.walk.proc_fd);
}
END_TEST

Suite *suite_walk(void)
{
	Suite *suite = suite_create("collector/acquire/walk");
	TCase *t = tcase_create("walk");

	tcase_add_unchecked_fixture(t, scene_setup, scene_teardown);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 120);
	tcase_add_test(t, test_each_object_is_taken_by_one_category);
	tcase_add_test(t, test_a_fact_with_two_names_is_stored_all_the_same);
	tcase_add_test(t, test_facts_are_asked_for_though_others_own_them);
	tcase_add_test(t, test_what_a_lost_category_owed_is_in_the_inventory);
	tcase_add_test(t, test_only_directories_on_the_way_are_opened);
	tcase_add_test(t, test_the_excluded_is_said_once_and_not_entered);
	tcase_add_test(t, test_stop_ends_the_walk);
	tcase_add_test(t, test_a_sink_that_fails_ends_the_walk);
	tcase_add_test(t, test_eleven_hundred_levels_end_in_a_gap);
	tcase_add_test(t, test_paths_beyond_path_max_are_taken);
	tcase_add_test(t, test_a_path_too_long_for_an_item_is_a_gap);
	tcase_add_test(t, test_directories_that_do_not_let_us_are_gaps);
	tcase_add_test(t, test_no_descriptors_left_is_said_and_survived);
	tcase_add_test(t, test_a_process_is_read_with_a_length_that_was_measured);
	tcase_add_test(t, test_the_kernel_is_not_part_of_the_inventory);
	tcase_add_test(t, test_a_procfs_of_our_own_stands_for_proc);
	suite_add_tcase(suite, t);
	return suite;
}
