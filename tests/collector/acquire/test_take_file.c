#include "collector/acquire/take.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/emulator.h"
#include "tests/support/scene.h"

Suite *suite_take_file(void);

#define KEY "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaA==\n"
#define NOBODY 65534

static struct scene s;

static void setup(void)
{
	scene_open(&s);
	s.include[0] = "/case";
	s.walk.links = links_new();
	scene_dir(&s, "/case");
}

static void teardown(void)
{
	scene_close(&s);
}

static const struct scene_item *take(enum category c, const char *path)
{
	const struct scene_item *i;

	ck_assert_int_eq(scene_walk(&s, c, NULL), 0);
	i = scene_find(&s, path);
	ck_assert_ptr_nonnull(i);
	return i;
}

START_TEST(test_a_file_is_taken_whole)
{
	const struct scene_item *i;

	scene_text(&s, "/case/f", "hello");
	i = take(CATEGORY_EXTRA, "/case/f");
	ck_assert_int_eq(i->how.gap, GAP_NONE);
	ck_assert_int_eq(i->it.type, ITEM_FILE);
	ck_assert_int_eq(i->it.depth, DEPTH_CONTENT);
	ck_assert_uint_eq(i->it.promise, 5);
	ck_assert_uint_eq(i->bytes, 5);
	ck_assert_str_eq(i->data, "hello");
	ck_assert(i->it.noatime);
	ck_assert_ptr_null(i->it.extents);
	ck_assert(i->how.has_after);
	ck_assert_uint_eq(i->how.after.size, 5);
	ck_assert_uint_eq(atomic_load(&s.pulse.call), PULSE_IDLE);
}
END_TEST

START_TEST(test_an_empty_file_is_whole_too)
{
	const struct scene_item *i;

	scene_text(&s, "/case/f", "");
	i = take(CATEGORY_EXTRA, "/case/f");
	ck_assert_int_eq(i->how.gap, GAP_NONE);
	ck_assert_uint_eq(i->it.promise, 0);
}
END_TEST

/* What happens to the file while its first bytes are delivered. */
static void shrink(struct scene *scene, const struct item *it)
{
	int fd = openat(scene->fd, "case/f", O_WRONLY);

	(void)it;
	ck_assert_int_eq(ftruncate(fd, READ_SIZE + 10), 0);
	close(fd);
}

static void grow(struct scene *scene, const struct item *it)
{
	int fd = openat(scene->fd, "case/f", O_WRONLY | O_APPEND);

	(void)it;
	ck_assert_int_eq(write(fd, "more", 4), 4);
	close(fd);
}

static void rewrite(struct scene *scene, const struct item *it)
{
	const struct timespec times[2] = { { 5, 0 }, { 5, 0 } };

	(void)it;
	ck_assert_int_eq(utimensat(scene->fd, "case/f", times, 0), 0);
}

static void halt(struct scene *scene, const struct item *it)
{
	(void)it;
	atomic_store(&scene->stop, 1);
}

static const struct {
	void (*meanwhile)(struct scene *, const struct item *);
	int status;
	enum gap gap;
	uint64_t bytes;
} changes[] = {
	{ NULL, 0, GAP_NONE, 3 * READ_SIZE },
	{ shrink, 0, GAP_SHRANK, READ_SIZE + 10 },
	{ grow, 0, GAP_GREW, 3 * READ_SIZE },
	{ rewrite, 0, GAP_NONE, 3 * READ_SIZE },
	{ halt, 1, GAP_CUT, READ_SIZE },
};

START_TEST(test_changes_while_it_is_read_are_gaps)
{
	static char big[3 * READ_SIZE];
	const struct scene_item *i;

	scene_file(&s, "/case/f", big, sizeof(big));
	s.meanwhile = changes[_i].meanwhile;
	ck_assert_int_eq(scene_walk(&s, CATEGORY_EXTRA, NULL), changes[_i].status);
	i = scene_find(&s, "/case/f");
	ck_assert_int_eq(i->how.gap, changes[_i].gap);
	ck_assert_uint_eq(i->bytes, changes[_i].bytes);
	ck_assert_uint_eq(i->it.promise, sizeof(big));
	ck_assert(i->how.has_after);
	ck_assert_int_eq(i->how.after.mtime.sec == 5, changes[_i].meanwhile == rewrite);
}
END_TEST

START_TEST(test_a_tebibyte_of_holes_costs_its_data)
{
	const struct scene_item *i;
	int fd = openat(s.fd, "case/f", O_RDWR | O_CREAT, 0600);

	ck_assert_int_eq(ftruncate(fd, INT64_C(1) << 40), 0);
	ck_assert_int_eq(pwrite(fd, "middle", 6, INT64_C(1) << 39), 6);
	close(fd);
	s.file_max = 1 << 20;	/* of data, not of apparent size */
	i = take(CATEGORY_EXTRA, "/case/f");
	ck_assert_int_eq(i->how.gap, GAP_NONE);
	ck_assert_uint_eq(i->it.st.size, UINT64_C(1) << 40);
	ck_assert_uint_eq(i->it.extent_count, 1);
	ck_assert_uint_eq(i->it.promise, i->it.extents[0].length);
	ck_assert_uint_eq(i->bytes, i->it.promise);
	ck_assert_str_eq(i->data, "middle");
}
END_TEST

START_TEST(test_nothing_but_a_hole_is_sparse_without_data)
{
	const struct scene_item *i;
	int fd = openat(s.fd, "case/f", O_RDWR | O_CREAT, 0600);

	ck_assert_int_eq(ftruncate(fd, INT64_C(1) << 30), 0);
	close(fd);
	i = take(CATEGORY_EXTRA, "/case/f");
	ck_assert_int_eq(i->how.gap, GAP_NONE);
	ck_assert_ptr_nonnull(i->it.extents);
	ck_assert_uint_eq(i->it.extent_count, 0);
	ck_assert_uint_eq(i->it.promise, 0);
}
END_TEST

static const struct { uint64_t max, budget; enum gap gap; } limits[] = {
	{ 0, UINT64_MAX, GAP_NONE }, { 10, UINT64_MAX, GAP_NONE }, { 9, UINT64_MAX, GAP_SIZE_LIMIT },
	{ 0, 10, GAP_NONE }, { 0, 9, GAP_BUDGET }, { 0, 0, GAP_BUDGET },
};

START_TEST(test_what_is_too_large_is_metadata)
{
	const struct scene_item *i;

	scene_text(&s, "/case/f", "0123456789");
	s.file_max = limits[_i].max;
	atomic_store(&s.budget, limits[_i].budget);
	s.walk.budget = &s.budget;
	i = take(CATEGORY_EXTRA, "/case/f");
	ck_assert_int_eq(i->how.gap, limits[_i].gap);
	ck_assert_uint_eq(i->bytes, limits[_i].gap == GAP_NONE ? 10 : 0);
	ck_assert_uint_eq(i->it.promise, i->bytes);
	ck_assert_uint_eq(i->it.st.size, 10);
	ck_assert_uint_eq(atomic_load(&s.budget), limits[_i].budget - i->bytes);
}
END_TEST

#define GIB(n) (UINT64_C(n) << 30)

/* A stop is asked for, so that what is begun ends at once. */
static const struct {
	uint64_t cap, size;
	enum gap gap;
} claims[] = {
	{ UINT64_MAX, GIB(64), GAP_CUT },	  { UINT64_MAX, GIB(64) + 1, GAP_SIZE_LIMIT },
	{ GIB(4096), GIB(64) + 1, GAP_CUT },	  { GIB(4096), ITEM_CONTENT_MAX, GAP_CUT },
	{ GIB(4096), ITEM_CONTENT_MAX + 1, GAP_SIZE_LIMIT },
};

START_TEST(test_no_more_is_promised_than_can_be_made_up)
{
	static struct take t;
	struct artifact row = { .id = "include", .category = CATEGORY_EXTRA,
				.depth = DEPTH_CONTENT, .glob = "/**", .cap = claims[_i].cap };
	struct mount m = { .fstype = "ext4", .root = "/", .path = "/", .path_len = 1 };
	struct take_at at = { .path = { "/f", 2 }, .row = &row, .depth = DEPTH_CONTENT,
			      .mount = &m };
	struct item_stat st = { .mode = S_IFREG | 0600, .nlink = 1, .size = claims[_i].size,
				.blocks = claims[_i].size / 512 + 1 };
	struct item it;
	int fd;

	scene_text(&s, "/case/f", "");
	fd = openat(s.fd, "case/f", O_RDWR);
	ck_assert_int_eq(ftruncate(fd, (off_t)claims[_i].size), 0);
	ck_assert_int_eq(scene_walk(&s, CATEGORY_LOGS, NULL), 0);
	atomic_store(&s.stop, 1);
	t.w = &s.walk;
	take_begin(&t, &at, &st, &it);
	ck_assert_int_eq(take_descriptor(&t, &at, &it, fd), 0);
	close(fd);
	ck_assert_int_eq(scene_find(&s, "/f")->how.gap, claims[_i].gap);
}
END_TEST

START_TEST(test_what_was_reserved_and_not_read_goes_back_to_the_budget)
{
	static char big[3 * READ_SIZE];

	scene_file(&s, "/case/f", big, sizeof(big));
	atomic_store(&s.budget, 10 * READ_SIZE);
	s.walk.budget = &s.budget;
	s.meanwhile = shrink;
	take(CATEGORY_EXTRA, "/case/f");
	ck_assert_uint_eq(atomic_load(&s.budget), 9 * READ_SIZE - 10);
}
END_TEST

START_TEST(test_a_private_key_is_hashed_unless_asked_for)
{
	const struct scene_item *i;

	scene_text(&s, "/case/id_ed25519", KEY);
	atomic_store(&s.budget, 1000);
	s.walk.budget = &s.budget;
	i = take(CATEGORY_EXTRA, "/case/id_ed25519");
	ck_assert_int_eq(i->it.depth, DEPTH_DIGEST);
	ck_assert_int_eq(i->how.gap, GAP_PRIVATE_KEY);
	ck_assert_uint_eq(i->bytes, strlen(KEY));
	ck_assert_uint_eq(atomic_load(&s.budget), 1000);
	scene_forget(&s);
	s.private_keys = true;
	i = take(CATEGORY_EXTRA, "/case/id_ed25519");
	ck_assert_int_eq(i->it.depth, DEPTH_CONTENT);
	ck_assert_int_eq(i->how.gap, GAP_NONE);
}
END_TEST

START_TEST(test_a_second_name_refers_to_the_first)
{
	const struct scene_item *a, *b;

	scene_text(&s, "/case/a", "hello");
	ck_assert_int_eq(linkat(s.fd, "case/a", s.fd, "case/b", 0), 0);
	a = take(CATEGORY_EXTRA, "/case/a");
	b = scene_find(&s, "/case/b");
	if (a > b) {
		const struct scene_item *swap = a;

		a = b;
		b = swap;
	}
	ck_assert_uint_eq(a->it.hardlink.len, 0);
	ck_assert_uint_eq(a->bytes, 5);
	ck_assert_uint_eq(b->it.hardlink.len, a->it.path.len);
	ck_assert_mem_eq(b->it.hardlink.p, a->it.path.p, a->it.path.len);
	ck_assert_uint_eq(b->it.promise, 0);
	ck_assert_uint_eq(b->bytes, 0);
	ck_assert_int_eq(b->how.gap, GAP_NONE);
}
END_TEST

START_TEST(test_content_that_was_not_whole_is_stored_again)
{
	static char big[3 * READ_SIZE];
	size_t with_content = 0;

	scene_file(&s, "/case/f", big, sizeof(big));
	s.meanwhile = halt;
	ck_assert_int_eq(linkat(s.fd, "case/f", s.fd, "case/g", 0), 0);
	ck_assert_int_eq(scene_walk(&s, CATEGORY_EXTRA, NULL), 1);
	s.meanwhile = NULL;
	atomic_store(&s.stop, 0);
	scene_forget(&s);
	ck_assert_int_eq(scene_walk(&s, CATEGORY_EXTRA, NULL), 0);
	for (size_t i = 0; i < s.count; i++)
		with_content += s.item[i].bytes == sizeof(big);
	ck_assert_uint_eq(with_content, 1);
}
END_TEST

START_TEST(test_a_dry_walk_promises_and_reads_nothing)
{
	const struct scene_item *i;

	scene_text(&s, "/case/f", "hello");
	s.walk.dry = true;
	i = take(CATEGORY_EXTRA, "/case/f");
	ck_assert_int_eq(i->how.gap, GAP_NONE);
	ck_assert_uint_eq(i->it.promise, 5);
	ck_assert_uint_eq(i->bytes, 0);
}
END_TEST

START_TEST(test_programs_are_hashed_and_scripts_of_the_web_are_text)
{
	static const char binary[] = "\x7f" "ELF\0\0";

	scene_file(&s, "/usr/bin/tool", binary, sizeof(binary));
	scene_file(&s, "/var/www/html/image.php", binary, sizeof(binary));
	scene_text(&s, "/var/www/html/index.php", "<?php\n");
	ck_assert_int_eq(take(CATEGORY_BINARY, "/usr/bin/tool")->it.depth, DEPTH_DIGEST);
	ck_assert_uint_eq(scene_find(&s, "/usr/bin/tool")->bytes, sizeof(binary));
	ck_assert_int_eq(take(CATEGORY_WEB, "/var/www/html/index.php")->it.depth, DEPTH_CONTENT);
	ck_assert_int_eq(scene_find(&s, "/var/www/html/image.php")->it.depth, DEPTH_META);
	ck_assert_int_eq(scene_find(&s, "/var/www/html/image.php")->how.gap, GAP_NONE);
	ck_assert_uint_eq(scene_find(&s, "/var/www/html/image.php")->bytes, 0);
}
END_TEST

static int without_rights(void)
{
	const struct scene_item *i;

	if (setresgid(NOBODY, NOBODY, NOBODY) != 0 || setresuid(NOBODY, NOBODY, NOBODY) != 0)
		return 1;
	if (scene_walk(&s, CATEGORY_EXTRA, NULL) != 0)
		return 2;
	i = scene_find(&s, "/case/closed");
	if (i == NULL || i->how.gap != GAP_PERMISSION || i->how.oserr != EACCES)
		return 3;
	if (strcmp(i->how.syscall, "openat") != 0 || !i->it.has_stat || i->it.st.size != 6)
		return 4;
	i = scene_find(&s, "/case/open");
	if (i == NULL || i->how.gap != GAP_NONE || i->it.noatime)
		return 5;
	return 0;
}

START_TEST(test_a_file_we_may_not_read_is_metadata_and_errno)
{
	int status;
	pid_t pid;

	if (getuid() != 0)
		return;		/* only root can become nobody */
	scene_text(&s, "/case/closed", "secret");
	scene_text(&s, "/case/open", "x");
	ck_assert_int_eq(fchmodat(s.fd, "case/closed", 0600, 0), 0);
	pid = fork();
	if (pid == 0)
		_exit(without_rights());
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), 0);
}
END_TEST

/* One process swaps a file with a FIFO and a link for ever; we must never be caught
 * waiting and never read what the link leads to. */
static void swap_for_ever(int dir)
{
	for (;;) {
		renameat(dir, "f", dir, "file");
		renameat(dir, "fifo", dir, "f");
		renameat(dir, "f", dir, "fifo");
		renameat(dir, "link", dir, "f");
		renameat(dir, "f", dir, "link");
		renameat(dir, "file", dir, "f");
	}
}

START_TEST(test_a_name_that_changes_hands_all_the_time_never_fools_us)
{
	int dir;
	pid_t pid;

	scene_text(&s, "/outside", "forbidden");
	scene_text(&s, "/case/f", "allowed");
	scene_link(&s, "/case/link", "../outside");
	ck_assert_int_eq(mkfifoat(s.fd, "case/fifo", 0600), 0);
	dir = openat(s.fd, "case", O_RDONLY | O_DIRECTORY);
	pid = fork();
	if (pid == 0)
		swap_for_ever(dir);
	for (int n = emulator_rounds(3000); n > 0; n--) {
		ck_assert_int_eq(scene_walk(&s, CATEGORY_EXTRA, NULL), 0);
		for (size_t i = 0; i < s.count; i++)
			ck_assert(s.item[i].bytes == 0 || strcmp(s.item[i].data, "allowed") == 0);
		scene_forget(&s);
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	close(dir);
}
END_TEST

/* A file of sysfs on what is said to be a disk: it claims a page and gives a line. */
START_TEST(test_a_file_that_gives_less_than_it_claims_shows_with_both_sizes)
{
	static const char table[] = "1 0 0:0 / / ro - ext4 none ro\n";
	const struct scene_item *i;
	int fd = open("/sys/module/printk/parameters", O_RDONLY | O_DIRECTORY);

	if (fd < 0)
		return;
	s.walk.root_fd = fd;
	s.mounts = mounts_parse(table, strlen(table), (struct bytes){ NULL, 0 }, NULL, NULL);
	s.include[0] = "/time";
	i = take(CATEGORY_EXTRA, "/time");
	ck_assert_int_eq(i->how.gap, GAP_SHRANK);
	ck_assert_uint_gt(i->bytes, 0);
	ck_assert_uint_lt(i->bytes, i->it.st.size);
	ck_assert(i->how.has_after);
	ck_assert_uint_eq(i->how.after.size, i->it.st.size);
	close(fd);
}
END_TEST

#define COUNT(table) (int)(sizeof(table) / sizeof((table)[0]))

Suite *suite_take_file(void)
{
	Suite *suite = suite_create("collector/acquire/take_file");
	TCase *t = tcase_create("take_file");

	tcase_add_unchecked_fixture(t, scene_setup, scene_teardown);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 120);
	tcase_add_test(t, test_a_file_is_taken_whole);
	tcase_add_test(t, test_an_empty_file_is_whole_too);
	tcase_add_loop_test(t, test_changes_while_it_is_read_are_gaps, 0, COUNT(changes));
	tcase_add_test(t, test_a_tebibyte_of_holes_costs_its_data);
	tcase_add_test(t, test_nothing_but_a_hole_is_sparse_without_data);
	tcase_add_loop_test(t, test_what_is_too_large_is_metadata, 0, COUNT(limits));
	tcase_add_loop_test(t, test_no_more_is_promised_than_can_be_made_up, 0,
			    sizeof(claims) / sizeof(claims[0]));
	tcase_add_test(t, test_what_was_reserved_and_not_read_goes_back_to_the_budget);
	tcase_add_test(t, test_a_private_key_is_hashed_unless_asked_for);
	tcase_add_test(t, test_a_second_name_refers_to_the_first);
	tcase_add_test(t, test_content_that_was_not_whole_is_stored_again);
	tcase_add_test(t, test_a_dry_walk_promises_and_reads_nothing);
	tcase_add_test(t, test_programs_are_hashed_and_scripts_of_the_web_are_text);
	tcase_add_test(t, test_a_file_we_may_not_read_is_metadata_and_errno);
	tcase_add_test(t, test_a_name_that_changes_hands_all_the_time_never_fools_us);
	tcase_add_test(t, test_a_file_that_gives_less_than_it_claims_shows_with_both_sizes);
	suite_add_tcase(suite, t);
	return suite;
}
