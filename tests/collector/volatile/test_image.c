#include "collector/volatile/image.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/base/fd.h"
#include "tests/support/live_box.h"
#include "tests/support/order.h"

Suite *suite_image(void);

#define PAGE 4096u
#define PAGES 6u
#define NAME "memory/test.lime"

static struct live_box *box;
static struct image im;
static char *room;			/* PAGES pages of our own memory */
static uint64_t base;			/* their address */
static int mem = -1;			/* /proc/self/mem, in which what is not mapped fails */

static void set_up(void)
{
	box = live_box_new();
	room = mmap(NULL, (size_t)PAGES * PAGE, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(room, MAP_FAILED);
	for (unsigned i = 0; i < PAGES * PAGE; i++)
		room[i] = (char)(i / 7 + 1);
	base = (uint64_t)(uintptr_t)room;
	mem = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
	ck_assert_int_ge(mem, 0);
}

static void tear_down(void)
{
	fd_close(&mem);
	munmap(room, (size_t)PAGES * PAGE);
	live_box_free(box);
}

/* Pages behind the end of a file: mapped, so that nothing else comes there, and not to be read. */
static void make_hole(size_t from, size_t bytes)
{
	int empty CLEANUP(fd_close) = memfd_create("empty", MFD_CLOEXEC);

	ck_assert_ptr_eq(mmap(room + from, bytes, PROT_READ, MAP_SHARED | MAP_FIXED, empty, 0),
			 room + from);
}

static struct memory_run run(uint64_t from, uint64_t bytes)
{
	return (struct memory_run){ base + from, base + from + bytes - 1, base + from };
}

static void begin(uint64_t promise)
{
	image_begin(&im, &box->env, NAME);
	ck_assert_int_eq(image_open(&im, promise), 0);
}

static const struct live_item *end(void)
{
	ck_assert_int_eq(image_end(&im), 0);
	return live_box_get(box, NAME);
}

static bool about(const char *text)
{
	return live_item_has(live_box_get(box, NAME ".json"), text, strlen(text));
}

START_TEST(test_segments_have_their_headers_and_the_promise_holds)
{
	static const char magic[8] = { 0x45, 0x4d, 0x69, 0x4c, 1, 0, 0, 0 };
	struct memory_run runs[2] = { run(0, PAGE), run(3 * PAGE, 2 * PAGE) };
	const struct memory_runs both = { .run = runs, .count = 2 };
	const struct live_item *i;

	ck_assert_uint_eq(image_size(&both), 3 * PAGE + 2 * IMAGE_HEADER);
	begin(image_size(&both));
	for (unsigned k = 0; k < 2; k++) {
		ck_assert_int_eq(image_header(&im, runs[k].first, runs[k].last), 0);
		ck_assert_int_eq(image_copy(&im, mem, runs[k]), 0);
	}
	i = end();
	ck_assert_uint_eq(i->data.len, image_size(&both));
	ck_assert_int_eq(i->how.gap, GAP_NONE);
	for (unsigned k = 0, at = 0; k < 2; k++, at = IMAGE_HEADER + PAGE) {
		ck_assert_mem_eq(i->data.p + at, magic, sizeof(magic));
		ck_assert_uint_eq(order_le64(i->data.p + at + 8), runs[k].first);
		ck_assert_uint_eq(order_le64(i->data.p + at + 16), runs[k].last);
		ck_assert_uint_eq(order_le64(i->data.p + at + 24), 0);
		ck_assert_mem_eq(i->data.p + at + IMAGE_HEADER, room + k * 3 * PAGE, PAGE);
	}
	ck_assert(about("\"unreadable_bytes\":0,\"unreadable_ranges\":0,\"unreadable\":[]"));
}
END_TEST

/* The run begins in the middle of a page; two pages in it are not there. */
START_TEST(test_pages_that_cannot_be_read_are_zeros_and_the_others_are_whole)
{
	const unsigned from = 100, bytes = 5 * PAGE;
	const char zeros[2 * PAGE] = { 0 };
	const struct live_item *i;
	char want[128];

	make_hole(2 * PAGE, 2 * PAGE);
	begin(bytes);
	ck_assert_int_eq(image_copy(&im, mem, run(from, bytes)), 0);
	i = end();
	ck_assert_uint_eq(i->data.len, bytes);
	ck_assert_mem_eq(i->data.p, room + from, 2 * PAGE - from);
	ck_assert_mem_eq(i->data.p + 2 * PAGE - from, zeros, sizeof(zeros));
	ck_assert_mem_eq(i->data.p + 4 * PAGE - from, room + 4 * PAGE, PAGE + from);
	ck_assert_int_eq(i->how.gap, GAP_INCOMPLETE);
	ck_assert_int_eq(i->how.oserr, EIO);
	snprintf(want, sizeof(want), "\"unreadable_bytes\":8192,\"unreadable_ranges\":1,"
		 "\"unreadable\":[[%llu,%llu,5]]", (unsigned long long)(base + 2 * PAGE),
		 (unsigned long long)(base + 4 * PAGE - 1));
	ck_assert(about(want));
}
END_TEST

/* Reading ended: no error, but nothing is there. */
START_TEST(test_a_file_that_ends_early_gives_zeros_without_errno)
{
	int fd CLEANUP(fd_close) = open("/dev/null", O_RDONLY | O_CLOEXEC);
	const struct live_item *i;

	begin(PAGE);
	ck_assert_int_eq(image_copy(&im, fd, (struct memory_run){ 0, PAGE - 1, 0 }), 0);
	i = end();
	ck_assert_uint_eq(i->data.len, PAGE);
	ck_assert_int_eq(i->how.gap, GAP_INCOMPLETE);
	ck_assert_int_eq(i->how.oserr, 0);
	ck_assert(about("\"unreadable\":[[0,4095,0]]"));
}
END_TEST

START_TEST(test_neighbours_are_one_range_only_for_the_same_reason)
{
	begin(5 * PAGE);
	ck_assert_int_eq(image_zeros(&im, 0, PAGE - 1, EIO), 0);
	ck_assert_int_eq(image_zeros(&im, PAGE, 2 * PAGE - 1, EIO), 0);
	ck_assert_int_eq(image_zeros(&im, 2 * PAGE, 3 * PAGE - 1, 0), 0);
	ck_assert_int_eq(image_zeros(&im, 4 * PAGE, 5 * PAGE - 1, 0), 0);
	ck_assert_int_eq(image_zeros(&im, 7 * PAGE, 8 * PAGE - 1, 0), 0);
	end();
	ck_assert(about("\"unreadable_bytes\":20480,\"unreadable_ranges\":4,\"unreadable\":"
			"[[0,8191,5],[8192,12287,0],[16384,20479,0],[28672,32767,0]]"));
}
END_TEST

START_TEST(test_of_very_many_ranges_the_first_are_listed_and_all_are_counted)
{
	const unsigned many = IMAGE_LOST_MAX + 10;
	char last[64];

	begin(many);
	for (unsigned i = 0; i < many; i++)
		ck_assert_int_eq(image_zeros(&im, 2 * i, 2 * i, EIO), 0);
	end();
	snprintf(last, sizeof(last), "[%u,%u,5]],", 2 * (IMAGE_LOST_MAX - 1),
		 2 * (IMAGE_LOST_MAX - 1));
	ck_assert(about("\"unreadable_bytes\":522,\"unreadable_ranges\":522,"));
	ck_assert(about(last));
}
END_TEST

START_TEST(test_what_is_withheld_is_zeros_and_a_gap_of_its_own)
{
	const char zeros[PAGE] = { 0 };
	const struct live_item *i;

	begin(PAGE);
	ck_assert_int_eq(image_withhold(&im, 8 * PAGE, 9 * PAGE - 1), 0);
	i = end();
	ck_assert_uint_eq(i->data.len, PAGE);
	ck_assert_mem_eq(i->data.p, zeros, PAGE);
	ck_assert_int_eq(i->how.gap, GAP_INCOMPLETE);
	ck_assert_int_eq(i->how.oserr, 0);
	ck_assert(about("\"unreadable_bytes\":0,"));
	ck_assert(about("\"withheld_bytes\":4096,\"withheld\":[[32768,36863]]"));
}
END_TEST

/* More zeros than are sent at once. */
START_TEST(test_a_long_range_of_zeros_is_as_long_as_it_says)
{
	const uint64_t bytes = 3 * IMAGE_CHUNK + 17;

	begin(bytes);
	ck_assert_int_eq(image_zeros(&im, 0, bytes - 1, 0), 0);
	ck_assert_uint_eq(end()->data.len, bytes);
}
END_TEST

START_TEST(test_a_run_that_is_to_end_leaves_a_cut_image_that_says_so)
{
	begin(2 * PAGE);
	ck_assert_int_eq(image_copy(&im, mem, run(0, PAGE)), 0);
	box->stop = 1;
	ck_assert_int_eq(image_copy(&im, mem, run(PAGE, PAGE)), 1);
	ck_assert_int_eq(end()->how.gap, GAP_CUT);
}
END_TEST

START_TEST(test_what_the_budget_does_not_allow_is_not_begun)
{
	box->budget = PAGE - 1;
	box->env.budget = &box->budget;
	image_begin(&im, &box->env, NAME);
	ck_assert_int_eq(image_open(&im, PAGE), 1);
	ck_assert_int_eq(end()->how.gap, GAP_BUDGET);
	ck_assert(!live_box_get(box, NAME)->has_content);
}
END_TEST

Suite *suite_image(void)
{
	Suite *s = suite_create("collector/volatile/image");
	TCase *t = tcase_create("image");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, test_segments_have_their_headers_and_the_promise_holds);
	tcase_add_test(t, test_pages_that_cannot_be_read_are_zeros_and_the_others_are_whole);
	tcase_add_test(t, test_a_file_that_ends_early_gives_zeros_without_errno);
	tcase_add_test(t, test_neighbours_are_one_range_only_for_the_same_reason);
	tcase_add_test(t, test_of_very_many_ranges_the_first_are_listed_and_all_are_counted);
	tcase_add_test(t, test_what_is_withheld_is_zeros_and_a_gap_of_its_own);
	tcase_add_test(t, test_a_long_range_of_zeros_is_as_long_as_it_says);
	tcase_add_test(t, test_a_run_that_is_to_end_leaves_a_cut_image_that_says_so);
	tcase_add_test(t, test_what_the_budget_does_not_allow_is_not_begun);
	suite_add_tcase(s, t);
	return s;
}
