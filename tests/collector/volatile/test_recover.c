#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "collector/volatile/recover.h"
#include "tests/support/holder.h"
#include "tests/support/live_box.h"

Suite *suite_recover(void);

#define TEXT "what was deleted"
#define KEY "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaA==\n"
#define PLENTY (UINT64_C(1) << 40)

static struct live_box *box;
static struct found *files;

static void set_up(void)
{
	box = live_box_new();
	files = found_new();
}

static void tear_down(void)
{
	found_free(files);
	live_box_free(box);
}

/* Our own descriptor as an entry of the table. */
static struct found_file *add(int fd, enum depth depth)
{
	struct found_file f = { .pid = getpid(), .by = FOUND_FD, .a = (uint64_t)fd, .depth = depth };
	struct stat st;

	ck_assert_int_eq(fstat(fd, &st), 0);
	f.dev = f.dev_mount = found_dev(major(st.st_dev), minor(st.st_dev));
	f.ino = st.st_ino;
	ck_assert(found_add(files, &f));
	return found_get(files, f.dev, f.ino);
}

static const struct live_item *recovered(int fd)
{
	ck_assert_int_eq(recover_all(&box->env, files, "open", PLENTY), 0);
	ck_assert_uint_eq(box->pulse.call, PULSE_IDLE);
	return live_box_get(box, "%s", holder_name("open", fd));
}

START_TEST(test_a_deleted_file_comes_whole_with_its_state)
{
	int fd = holder_deleted(TEXT, strlen(TEXT));
	const struct live_item *i;

	add(fd, DEPTH_CONTENT);
	i = recovered(fd);
	ck_assert_int_eq(i->how.gap, GAP_NONE);
	ck_assert_uint_eq(i->data.len, strlen(TEXT));
	ck_assert_mem_eq(i->data.p, TEXT, i->data.len);
	ck_assert(i->has_stat);
	ck_assert_uint_eq(i->st.nlink, 0);
	ck_assert_uint_eq(i->st.size, strlen(TEXT));
	ck_assert(i->how.has_after);
	close(fd);
}
END_TEST

/* Older than the change of content: a reading would move it, relatime or not. */
START_TEST(test_reading_leaves_access_time_and_position_alone)
{
	const struct timespec old[2] = { { .tv_sec = 1000 }, { .tv_nsec = UTIME_NOW } };
	int fd = holder_deleted(TEXT, strlen(TEXT));
	struct stat st;

	ck_assert_int_eq(futimens(fd, old), 0);
	lseek(fd, 5, SEEK_SET);
	add(fd, DEPTH_CONTENT);
	ck_assert(recovered(fd)->noatime);
	ck_assert_int_eq(fstat(fd, &st), 0);
	ck_assert_int_eq(st.st_atim.tv_sec, 1000);
	ck_assert_int_eq(lseek(fd, 0, SEEK_CUR), 5);
	close(fd);
}
END_TEST

START_TEST(test_a_digest_keeps_nothing)
{
	int fd = holder_deleted(TEXT, strlen(TEXT));
	const struct live_item *i;

	add(fd, DEPTH_DIGEST);
	i = recovered(fd);
	ck_assert_int_eq(i->depth, DEPTH_DIGEST);
	ck_assert_uint_eq(i->data.len, strlen(TEXT));
	close(fd);
}
END_TEST

START_TEST(test_of_a_tebibyte_of_holes_the_data_are_read)
{
	int fd = memfd_create("holes", 0);
	const struct live_item *i;

	ck_assert_int_eq(ftruncate(fd, (off_t)1 << 40), 0);
	ck_assert_int_eq(pwrite(fd, TEXT, strlen(TEXT), (off_t)1 << 39), (ssize_t)strlen(TEXT));
	add(fd, DEPTH_CONTENT);
	i = recovered(fd);
	ck_assert_int_eq(i->how.gap, GAP_NONE);
	ck_assert_uint_eq(i->extents, 1);
	ck_assert_uint_lt(i->data.len, 1u << 22);
	ck_assert(live_item_has(i, TEXT, strlen(TEXT)));
	close(fd);
}
END_TEST

START_TEST(test_a_file_beyond_its_limit_is_not_read)
{
	int fd = holder_deleted(TEXT, strlen(TEXT));
	const struct live_item *i;

	box->env.file_max = strlen(TEXT) - 1;
	add(fd, DEPTH_CONTENT);
	i = recovered(fd);
	ck_assert_int_eq(i->how.gap, GAP_SIZE_LIMIT);
	ck_assert_uint_eq(i->data.len, 0);
	close(fd);
}
END_TEST

/* Blocks that nobody wrote: no byte of it is on the disk. */
START_TEST(test_a_file_larger_than_can_be_kept_is_left)
{
	int fd = holder_deleted("", 0);
	const struct live_item *i;

	if (fallocate(fd, 0, 0, (off_t)RECOVER_FILE_MAX + 4096) < 0)
		return;
	add(fd, DEPTH_CONTENT);
	i = recovered(fd);
	ck_assert_int_eq(i->how.gap, GAP_SIZE_LIMIT);
	ck_assert_int_eq(i->depth, DEPTH_CONTENT);
	close(fd);
}
END_TEST

/* Two files, of which the second does not fit any more. */
START_TEST(test_the_total_and_the_budget_of_the_run_are_held)
{
	int fds[2] = { holder_deleted(TEXT, strlen(TEXT)), holder_deleted(TEXT, strlen(TEXT)) };
	uint64_t room = 2 * strlen(TEXT) - 1;

	add(fds[0], DEPTH_CONTENT);
	add(fds[1], DEPTH_CONTENT);
	box->budget = _i == 0 ? PLENTY : room;
	box->env.budget = &box->budget;
	ck_assert_int_eq(recover_all(&box->env, files, "open", _i == 0 ? room : PLENTY), 0);
	ck_assert_uint_eq(box->count, 2);
	ck_assert_uint_eq(live_box_gaps(box, GAP_NONE), 1);
	ck_assert_uint_eq(live_box_gaps(box, GAP_BUDGET), 1);
	close(fds[0]);
	close(fds[1]);
}
END_TEST

static volatile sig_atomic_t told;

static void on_break(int number)
{
	told = number;
}

START_TEST(test_a_lease_is_not_broken)
{
	int fd = holder_deleted(TEXT, strlen(TEXT));

	signal(SIGIO, on_break);
	if (fcntl(fd, F_SETLEASE, F_WRLCK) < 0)
		return;
	add(fd, DEPTH_CONTENT);
	ck_assert_int_eq(recovered(fd)->how.gap, GAP_LEASED);
	ck_assert_int_eq(told, 0);
	ck_assert_int_eq(fcntl(fd, F_GETLEASE), F_WRLCK);
	close(fd);
}
END_TEST

START_TEST(test_another_file_behind_the_link_is_not_taken_for_it)
{
	int fd = holder_deleted(TEXT, strlen(TEXT));
	int second = holder_deleted("second", 6);
	const char *name = holder_name("open", fd);

	add(fd, DEPTH_CONTENT);
	ck_assert_int_eq(dup2(second, fd), fd);
	ck_assert_int_eq(recover_all(&box->env, files, "open", PLENTY), 0);
	ck_assert_int_eq(live_box_get(box, "%s", name)->how.gap, GAP_VANISHED);
	ck_assert(!live_box_get(box, "%s", name)->has_content);
	close(fd);
	close(second);
}
END_TEST

/* Were it opened, its writer would get SIGPIPE or its data would be gone. */
START_TEST(test_a_fifo_behind_the_link_is_not_opened)
{
	int ends[2];
	char text[sizeof(TEXT)];

	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(write(ends[1], TEXT, sizeof(text)), sizeof(text));
	add(ends[0], DEPTH_CONTENT);
	ck_assert_int_eq(recovered(ends[0])->how.gap, GAP_VANISHED);
	ck_assert_int_eq(read(ends[0], text, sizeof(text)), sizeof(text));
	ck_assert_str_eq(text, TEXT);
	close(ends[0]);
	close(ends[1]);
}
END_TEST

START_TEST(test_what_must_not_be_opened_comes_as_a_line_with_its_state)
{
	int fd = holder_deleted(TEXT, strlen(TEXT));
	const struct live_item *i;

	add(fd, DEPTH_CONTENT)->gap = GAP_NETWORK_FS;
	i = recovered(fd);
	ck_assert_int_eq(i->how.gap, GAP_NETWORK_FS);
	ck_assert(i->has_stat);
	ck_assert_uint_eq(i->data.len, 0);
	close(fd);
}
END_TEST

START_TEST(test_a_private_key_goes_by_its_hash)
{
	int fd = holder_deleted(KEY, strlen(KEY));
	const struct live_item *i;

	add(fd, DEPTH_CONTENT);
	i = recovered(fd);
	ck_assert_int_eq(i->how.gap, GAP_PRIVATE_KEY);
	ck_assert_int_eq(i->depth, DEPTH_DIGEST);
	close(fd);
}
END_TEST

/* A reader that is lost at one leaves its key; the next goes on behind it. */
START_TEST(test_each_file_is_a_step_and_a_pass_goes_on_behind_one)
{
	int fds[3];
	uint64_t key[2];

	for (int i = 0; i < 3; i++) {
		fds[i] = holder_deleted(TEXT, strlen(TEXT));
		add(fds[i], DEPTH_CONTENT);
	}
	box->refuse_at = 2;
	ck_assert_int_eq(recover_all(&box->env, files, "open", PLENTY), -1);
	memcpy(key, box->at.step, sizeof(key));
	ck_assert_uint_eq(key[0], files->file[files->order[1]].dev);
	ck_assert_uint_eq(key[1], files->file[files->order[1]].ino);
	ck_assert_str_eq(box->items[1].name, box->at.path + 1);
	box->refuse_at = 0;
	memcpy(box->env.behind, key, sizeof(key));
	ck_assert_int_eq(recover_all(&box->env, files, "open", PLENTY), 0);
	ck_assert_uint_eq(box->count, 3);
	ck_assert_uint_eq(box->items[2].st.ino, files->file[files->order[2]].ino);
	for (int i = 0; i < 3; i++)
		close(fds[i]);
}
END_TEST

START_TEST(test_a_run_that_is_to_end_takes_no_file)
{
	int fd = holder_deleted(TEXT, strlen(TEXT));

	add(fd, DEPTH_CONTENT);
	box->stop = 1;
	ck_assert_int_eq(recover_all(&box->env, files, "open", PLENTY), 1);
	ck_assert_uint_eq(box->count, 0);
	close(fd);
}
END_TEST

Suite *suite_recover(void)
{
	Suite *s = suite_create("collector/volatile/recover");
	TCase *t = tcase_create("recover");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, test_a_deleted_file_comes_whole_with_its_state);
	tcase_add_test(t, test_reading_leaves_access_time_and_position_alone);
	tcase_add_test(t, test_a_digest_keeps_nothing);
	tcase_add_test(t, test_of_a_tebibyte_of_holes_the_data_are_read);
	tcase_add_test(t, test_a_file_beyond_its_limit_is_not_read);
	tcase_add_test(t, test_a_file_larger_than_can_be_kept_is_left);
	tcase_add_loop_test(t, test_the_total_and_the_budget_of_the_run_are_held, 0, 2);
	tcase_add_test(t, test_a_lease_is_not_broken);
	tcase_add_test(t, test_another_file_behind_the_link_is_not_taken_for_it);
	tcase_add_test(t, test_a_fifo_behind_the_link_is_not_opened);
	tcase_add_test(t, test_what_must_not_be_opened_comes_as_a_line_with_its_state);
	tcase_add_test(t, test_a_private_key_goes_by_its_hash);
	tcase_add_test(t, test_each_file_is_a_step_and_a_pass_goes_on_behind_one);
	tcase_add_test(t, test_a_run_that_is_to_end_takes_no_file);
	suite_add_tcase(s, t);
	return s;
}
