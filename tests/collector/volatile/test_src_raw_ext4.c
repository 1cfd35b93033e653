#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "collector/raw/device.h"
#include "collector/volatile/raw_view.h"
#include "lib/base/text.h"
#include "tests/support/emulator.h"
#include "tests/support/ext4_box.h"
#include "tests/support/live_box.h"

Suite *suite_src_raw_ext4(void);

#define CHURN_RUNS 100
#define CHURNERS 2
#define DAMAGES 60

static struct ext4_box box;
static struct live_box *live;
static bool can;			/* loop devices can be mounted and opened here */

static void set_up(void)
{
	const char *call;
	int fd = -1;

	ck_assert(ext4_box_new(&box, ""));
	can = ext4_box_mount(&box);
	if (can)
		fd = device_open(DEVICE_DETACHED, box.dev_major, box.dev_minor, &call);
	can = fd >= 0;
	close(fd);
	live = live_box_new();
	live->env.raw_ext4 = true;
}

static void tear_down(void)
{
	live_box_free(live);
	ext4_box_free(&box);
}

static const struct live_item *lines(void)
{
	return live_box_get(live, "raw/%u-%u/ext4", box.dev_major, box.dev_minor);
}

static bool says(const struct live_item *i, const char *text)
{
	return live_item_has(i, text, strlen(text));
}

/* Number of lines of that kind. */
static unsigned count(const struct live_item *i, const char *view)
{
	char text[64];
	size_t n = (size_t)snprintf(text, sizeof(text), "{\"view\":\"%s\"", view);
	const char *p = i->data.p, *end = p + i->data.len;
	unsigned found = 0;

	while ((p = memmem(p, (size_t)(end - p), text, n)) != NULL) {
		found++;
		p += n;
	}
	return found;
}

START_TEST(test_healthy_file_system_shows_no_difference)
{
	if (!can)
		return;
	/* just written, in no block yet that a journal has brought home */
	ext4_box_write(&box, "fresh", "fresh");
	ck_assert_int_eq(raw_ext4_run(&live->env), 0);
	ck_assert_uint_eq(count(lines(), "file-system"), 1);
	ck_assert_uint_eq(count(lines(), "totals"), 1);
	ck_assert_uint_eq(count(lines(), "entry"), 0);
	ck_assert_uint_eq(count(lines(), "unreadable"), 0);
	ck_assert(says(lines(), "\"moved\":0,\"unreadable\":0,\"encrypted\":0"));
	ck_assert(says(lines(), "\"limit\":null"));
	/* the 600 of many, and ten around them with lost+found */
	ck_assert(says(lines(), "\"directories\":5,\"entries\":611,"));
	ck_assert_int_eq(lines()->how.gap, GAP_NONE);
}
END_TEST

/* What had been read when the right to open devices was given up. */
static void on_shed(void *ctx)
{
	*(size_t *)ctx += 1 + 100 * live->count;
}

START_TEST(test_the_right_to_open_devices_is_given_up_before_one_is_read)
{
	size_t shed = 0;

	if (!can)
		return;
	live->env.shed = on_shed;
	live->env.shed_ctx = &shed;
	ck_assert_int_eq(raw_ext4_run(&live->env), 0);
	ck_assert_uint_eq(shed, 1);
	ck_assert_int_eq(lines()->how.gap, GAP_NONE);
}
END_TEST

START_TEST(test_nothing_is_opened_unless_asked_for)
{
	live->env.raw_ext4 = false;
	ck_assert_int_eq(raw_ext4_run(&live->env), 0);
	ck_assert_uint_eq(live->count, 0);
}
END_TEST

START_TEST(test_what_lies_under_a_mount_is_told_and_kept)
{
	char path[160];
	struct stat st;

	if (!can)
		return;
	snprintf(path, sizeof(path), "%s/sub/deep/b", box.mount);
	ck_assert_int_eq(stat(path, &st), 0);
	snprintf(path, sizeof(path), "%s/sub", box.mount);
	ck_assert_int_eq(mount("tmpfs", path, "tmpfs", 0, "size=16k"), 0);
	ck_assert_int_eq(raw_ext4_run(&live->env), 0);
	umount2(path, MNT_DETACH);
	ck_assert_uint_eq(count(lines(), "entry"), 2);
	ck_assert(says(lines(), "/sub/deep\""));
	ck_assert(says(lines(), "\"live\":null,\"under\":\"mount\""));
	ck_assert(says(lines(), "\"live\":null,\"under\":\"directory\""));
	ck_assert(says(live_box_get(live, "raw/%u-%u/inode/%llu", box.dev_major, box.dev_minor,
				    (unsigned long long)st.st_ino), "beta\n"));
}
END_TEST

/* The device as it was, against the kernel's listing of now: to the comparison that is a
 * file which the kernel hides.  False if there is no file system on it. */
static bool compare_with(int fd)
{
	struct ext4_watch watch;
	struct answer a;
	struct raw_view *v = calloc(1, sizeof(*v));
	enum ext4_end end;
	bool opened;

	answer_begin(&a, &live->env, "raw/%u-%u/ext4", box.dev_major, box.dev_minor);
	v->env = &live->env;
	v->lines = &a;
	v->watch = &watch;
	v->dev_major = box.dev_major;
	v->dev_minor = box.dev_minor;
	raw_view_begin(v);
	v->fs = ext4_open(fd, &watch, &end);
	opened = v->fs != NULL;
	if (opened) {
		ck_assert_int_eq(raw_tell_file_system(v), 0);
		ck_assert_int_eq(raw_view_mount(v, box.mount), 0);
		ck_assert_int_eq(raw_tell_orphans(v), 0);
		ck_assert_int_eq(raw_tell_totals(v), 0);
	}
	ext4_close(v->fs);
	raw_view_end(v);
	free(v);
	ck_assert_int_eq(answer_end(&a), 0);
	return opened;
}

static int snapshot(void)
{
	int dir = open(box.mount, O_RDONLY | O_DIRECTORY | O_CLOEXEC), fd;

	ck_assert_int_eq(syncfs(dir), 0);
	fd = ext4_box_copy(&box);
	close(dir);
	return fd;
}

static void remove_file(const char *name)
{
	char path[160];

	snprintf(path, sizeof(path), "%s/%s", box.mount, name);
	ck_assert_int_eq(unlink(path), 0);
}

START_TEST(test_file_that_the_kernel_does_not_list_is_told_with_its_content)
{
	char path[160];
	struct stat st;
	int fd;

	if (!can)
		return;
	ext4_box_write(&box, "sub/.backdoor", "#!/bin/sh\n");
	ext4_box_write(&box, "sub/key", "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n");
	snprintf(path, sizeof(path), "%s/sub/.backdoor", box.mount);
	ck_assert_int_eq(stat(path, &st), 0);
	fd = snapshot();
	remove_file("sub/.backdoor");
	remove_file("sub/key");
	ck_assert(compare_with(fd));
	ck_assert_uint_eq(count(lines(), "entry"), 2);
	ck_assert(says(lines(), "/sub/.backdoor\""));
	ck_assert(says(lines(), "\"live\":null,\"lookup\":{\"errname\":\"ENOENT\"},\"inode\":{\"mode\":33188"));
	ck_assert(says(live_box_get(live, "raw/%u-%u/inode/%llu", box.dev_major, box.dev_minor,
				    (unsigned long long)st.st_ino), "#!/bin/sh\n"));
	/* a private key is not carried off without having been asked for */
	ck_assert_uint_eq(live_box_gaps(live, GAP_PRIVATE_KEY), 1);
	close(fd);
}
END_TEST

START_TEST(test_file_that_only_the_kernel_lists_is_told)
{
	int fd;

	if (!can)
		return;
	fd = snapshot();
	ext4_box_write(&box, "many/conjured", "x");
	ck_assert(compare_with(fd));
	ck_assert_uint_eq(count(lines(), "entry"), 1);
	ck_assert(says(lines(), "/many/conjured\""));
	ck_assert(says(lines(), "\"raw\":null,\"live\":{\"ino\":"));
	close(fd);
}
END_TEST

START_TEST(test_inode_that_differs_is_told_with_both_sides)
{
	char path[160];
	int fd;

	if (!can)
		return;
	fd = snapshot();
	snprintf(path, sizeof(path), "%s/a", box.mount);
	ck_assert_int_eq(chmod(path, 04755), 0);
	ck_assert(compare_with(fd));
	ck_assert_uint_eq(count(lines(), "inode"), 1);
	ck_assert(says(lines(), "\"raw\":{\"mode\":33184,"));
	ck_assert(says(lines(), "\"live\":{\"mode\":35309,"));
	close(fd);
}
END_TEST

/* Files come, change and go all the time. */
static _Noreturn void churn(unsigned who)
{
	char name[64];

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (unsigned i = 0;; i++) {
		snprintf(name, sizeof(name), "many/new-%u-%u", who, i % 50);
		ext4_box_write(&box, name, "some bytes of it");
		snprintf(name, sizeof(name), "many/new-%u-%u", who, (i + 25) % 50);
		if (i >= 25)
			remove_file(name);
	}
}

/* Starts them, and waits until they are at it. */
static void start_churning(pid_t pid[CHURNERS])
{
	char path[160];

	for (unsigned i = 0; i < CHURNERS; i++) {
		pid[i] = fork();
		if (pid[i] == 0)
			churn(i);
		snprintf(path, sizeof(path), "%s/many/new-%u-10", box.mount, i);
		while (access(path, F_OK) != 0)
			usleep(1000);
	}
}

START_TEST(test_busy_file_system_shows_no_difference)
{
	const unsigned runs = (unsigned)emulator_rounds(CHURN_RUNS);
	unsigned entries = 0, seen = 0;
	pid_t pid[CHURNERS];

	if (!can)
		return;
	start_churning(pid);
	for (unsigned i = 0; i < runs; i++) {
		ck_assert_int_eq(raw_ext4_run(&live->env), 0);
		entries += count(lines(), "entry");
		seen += count(lines(), "totals");
		live_box_free(live);
		live = live_box_new();
		live->env.raw_ext4 = true;
	}
	for (unsigned i = 0; i < CHURNERS; i++) {
		kill(pid[i], SIGKILL);
		waitpid(pid[i], NULL, 0);
	}
	ck_assert_uint_eq(seen, runs);
	ck_assert_uint_eq(entries, 0);
}
END_TEST

/* What is under the mount is walked by what the device says alone. */
START_TEST(test_comparison_with_a_damaged_device_comes_to_its_end)
{
	unsigned told = 0;
	char path[160];
	int fd;

	if (!can)
		return;
	fd = snapshot();
	snprintf(path, sizeof(path), "%s/sub", box.mount);
	ck_assert_int_eq(mount("tmpfs", path, "tmpfs", 0, "size=16k"), 0);
	for (unsigned seed = 1; seed <= DAMAGES; seed++) {
		ext4_box_damage(&box, fd, seed);
		if (compare_with(fd))
			told += count(lines(), "totals");
		live_box_free(live);
		live = live_box_new();
	}
	umount2(path, MNT_DETACH);
	ck_assert_uint_gt(told, DAMAGES / 10);
	close(fd);
}
END_TEST

START_TEST(test_device_that_is_damaged_ends_with_a_gap)
{
	static const char zeros[4096];

	if (!can)
		return;
	ck_assert_int_eq(pwrite(box.loop_fd, zeros, 1024, 1024), 1024);
	ck_assert_int_eq(raw_ext4_run(&live->env), 0);
	ck_assert_int_eq(lines()->how.gap, GAP_UNSUPPORTED);
	ck_assert(!lines()->has_content);
}
END_TEST

START_TEST(test_a_sink_that_fails_ends_the_run)
{
	if (!can)
		return;
	live->refuse_at = 1;
	ck_assert_int_eq(raw_ext4_run(&live->env), -1);
}
END_TEST

START_TEST(test_stop_ends_it_soon)
{
	if (!can)
		return;
	live->stop = 1;
	ck_assert_int_eq(raw_ext4_run(&live->env), 1);
	ck_assert_uint_eq(live->count, 0);
}
END_TEST

Suite *suite_src_raw_ext4(void)
{
	Suite *s = suite_create("collector/volatile/src_raw_ext4");
	TCase *tc = tcase_create("src_raw_ext4");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_set_timeout(tc, 60);
	if (ext4_box_can()) {
		tcase_add_test(tc, test_healthy_file_system_shows_no_difference);
		tcase_add_test(tc, test_nothing_is_opened_unless_asked_for);
	tcase_add_test(tc, test_the_right_to_open_devices_is_given_up_before_one_is_read);
		tcase_add_test(tc, test_what_lies_under_a_mount_is_told_and_kept);
		tcase_add_test(tc, test_file_that_the_kernel_does_not_list_is_told_with_its_content);
		tcase_add_test(tc, test_file_that_only_the_kernel_lists_is_told);
		tcase_add_test(tc, test_inode_that_differs_is_told_with_both_sides);
		tcase_add_test(tc, test_busy_file_system_shows_no_difference);
		tcase_add_test(tc, test_comparison_with_a_damaged_device_comes_to_its_end);
		tcase_add_test(tc, test_device_that_is_damaged_ends_with_a_gap);
		tcase_add_test(tc, test_a_sink_that_fails_ends_the_run);
		tcase_add_test(tc, test_stop_ends_it_soon);
	}
	suite_add_tcase(s, tc);
	return s;
}
