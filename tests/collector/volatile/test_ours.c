#include "collector/volatile/ours.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/seal/key.h"
#include "tests/support/emulator.h"
#include "tests/support/live_box.h"

Suite *suite_ours(void);

static struct live_box *box;
static struct memory_runs frames;

static void set_up(void)
{
	box = live_box_new();
	frames = (struct memory_runs){ .max = 16 };
}

static void tear_down(void)
{
	memory_map_release(&frames);
	live_box_free(box);
}

/* Where page of ours is in memory, 0: we may not know. */
static uint64_t frame_of(const void *page)
{
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	uint64_t entry = 0, size = (uint64_t)sysconf(_SC_PAGESIZE);

	ck_assert_int_eq(pread(fd, &entry, sizeof(entry),
			       (off_t)((uintptr_t)page / size * sizeof(entry))), sizeof(entry));
	close(fd);
	return (entry & ((UINT64_C(1) << 55) - 1)) * size;
}

/* struct key is all of a mapping: its address is that of the page. */
START_TEST(test_the_page_of_a_key_is_found_once_and_no_other)
{
	struct err e = { 0 };
	struct key *key = key_new(&e);
	uint64_t frame = frame_of(key);

	if (emulator_lacks("pages where the kernel knows them"))
		return;
	ck_assert_ptr_nonnull(key);
	ck_assert(ours_frames(&box->env, getpid(), &frames) == (frame != 0));
	if (frame != 0) {
		ck_assert(ours_frames(&box->env, getpid(), &frames));
		ck_assert_uint_eq(frames.count, 1);
		ck_assert_uint_eq(frames.run[0].first, frame);
		ck_assert_uint_eq(frames.run[0].last, frame + (uint64_t)sysconf(_SC_PAGESIZE) - 1);
	}
	key_free(key);
}
END_TEST

START_TEST(test_without_a_key_nothing_is_found)
{
	ck_assert(ours_frames(&box->env, getpid(), &frames));
	ck_assert_uint_eq(frames.count, 0);
}
END_TEST

START_TEST(test_pages_of_a_secret_that_were_never_touched_are_nowhere)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *room = mmap(NULL, 3 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			  0);
	uint64_t frame;

	if (emulator_lacks("pages where the kernel knows them"))
		return;
	ck_assert_ptr_ne(room, MAP_FAILED);
	ck_assert_int_eq(madvise(room, 3 * page, MADV_WIPEONFORK), 0);
	room[page] = 1;
	frame = frame_of(room + page);
	if (frame != 0) {
		ck_assert(ours_frames(&box->env, getpid(), &frames));
		ck_assert_uint_eq(frames.count, 1);
		ck_assert_uint_eq(frames.run[0].first, frame);
	}
	munmap(room, 3 * page);
}
END_TEST

/* The kernel then says of every page that it is at 0. */
static int look_as_nobody(void)
{
	struct err e = { 0 };
	struct key *key;

	if (setgid(65534) < 0 || setuid(65534) < 0 || prctl(PR_SET_DUMPABLE, 1) < 0)
		return 0;
	key = key_new(&e);
	return key != NULL && !ours_frames(&box->env, getpid(), &frames) ? 0 : 1;
}

START_TEST(test_without_the_right_to_know_where_pages_are_nothing_is_known)
{
	int status = -1;
	pid_t pid = fork();

	if (emulator_lacks("pages where the kernel knows them"))
		return;
	if (pid == 0)
		_exit(look_as_nobody());
	waitpid(pid, &status, 0);
	ck_assert_int_eq(status, 0);
}
END_TEST

START_TEST(test_of_a_process_that_is_not_there_nothing_is_known)
{
	ck_assert(!ours_frames(&box->env, 999999999, &frames));
	ck_assert(!ours_frames(&box->env, -1, &frames));
}
END_TEST

START_TEST(test_the_recorder_is_the_parent_of_our_parent)
{
	struct ours ours = ours_find(&box->env);
	char path[64];
	int dir;

	ck_assert_int_eq(ours.nursery, getppid());
	snprintf(path, sizeof(path), "/proc/%d", (int)ours.nursery);
	dir = open(path, O_PATH | O_DIRECTORY);
	ck_assert_int_eq(ours.recorder, (pid_t)ours_field(&box->env, dir, 4));
	close(dir);
}
END_TEST

Suite *suite_ours(void)
{
	Suite *s = suite_create("collector/volatile/ours");
	TCase *t = tcase_create("ours");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, test_the_page_of_a_key_is_found_once_and_no_other);
	tcase_add_test(t, test_without_a_key_nothing_is_found);
	tcase_add_test(t, test_pages_of_a_secret_that_were_never_touched_are_nowhere);
	tcase_add_test(t, test_without_the_right_to_know_where_pages_are_nothing_is_known);
	tcase_add_test(t, test_of_a_process_that_is_not_there_nothing_is_known);
	tcase_add_test(t, test_the_recorder_is_the_parent_of_our_parent);
	suite_add_tcase(s, t);
	return s;
}
