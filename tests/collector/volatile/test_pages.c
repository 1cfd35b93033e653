#include "collector/volatile/pages.h"

#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/base/fd.h"
#include "tests/support/live_box.h"

Suite *suite_pages(void);

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define PAGE 4096u
#define PRIVATE (UINT64_C(1) << 63)
#define SWAP (UINT64_C(1) << 62)
#define OF_FILE (PRIVATE | UINT64_C(1) << 61)

static struct live_box *box;
static struct pages p;
static int map = -1;			/* what the kernel would say of the pages from 0 on */

static void set_up(void)
{
	box = live_box_new();
	map = memfd_create("pagemap", MFD_CLOEXEC);
	p = (struct pages){ .env = &box->env, .fd = map, .size = PAGE, .cap = UINT64_MAX };
	p.runs.max = PAGES_RUNS_MAX;
}

static void tear_down(void)
{
	memory_map_release(&p.runs);
	fd_close(&map);
	live_box_free(box);
}

static void say(const uint64_t *words, size_t n)
{
	ck_assert_int_eq(write(map, words, n * sizeof(*words)), (ssize_t)(n * sizeof(*words)));
}

/* Pages ${from} to before ${to} are one mapping. */
static void collect(uint64_t from, uint64_t to)
{
	const struct region r = { .first = from * PAGE, .last = to * PAGE - 1 };

	pages_collect(&p, &r);
}

static void is_run(size_t i, uint64_t from, uint64_t to)
{
	ck_assert_uint_lt(i, p.runs.count);
	ck_assert_uint_eq(p.runs.run[i].first, from * PAGE);
	ck_assert_uint_eq(p.runs.run[i].last, to * PAGE - 1);
	ck_assert_uint_eq(p.runs.run[i].offset, from * PAGE);
}

START_TEST(test_only_what_is_present_and_private_is_taken_and_the_rest_is_counted)
{
	static const uint64_t words[] = { PRIVATE, PRIVATE | 7, OF_FILE, 0, SWAP, PRIVATE, SWAP,
					  UINT64_C(1) << 61 };

	say(words, COUNT(words));
	collect(0, COUNT(words));
	ck_assert_uint_eq(p.runs.count, 2);
	is_run(0, 0, 2);
	is_run(1, 5, 6);
	ck_assert_uint_eq(p.bytes, 3 * PAGE);
	ck_assert_uint_eq(p.swapped, 2);
	ck_assert_uint_eq(p.elsewhere, 1);
	ck_assert_uint_eq(p.looked, COUNT(words));
	ck_assert(!p.capped);
	ck_assert_int_eq(p.oserr, 0);
}
END_TEST

START_TEST(test_neighbours_of_two_mappings_are_two_runs)
{
	static const uint64_t words[] = { PRIVATE, PRIVATE, PRIVATE, PRIVATE };

	say(words, COUNT(words));
	collect(0, 2);
	collect(2, 4);
	ck_assert_uint_eq(p.runs.count, 2);
	is_run(0, 0, 2);
	is_run(1, 2, 4);
}
END_TEST

/* More words than are read at once, of a mapping that does not begin with the file. */
START_TEST(test_a_long_mapping_is_looked_at_to_its_end)
{
	static uint64_t words[10000];

	words[1] = words[2] = words[9999] = PRIVATE;
	say(words, COUNT(words));
	collect(2, COUNT(words));
	ck_assert_uint_eq(p.runs.count, 2);
	is_run(0, 2, 3);
	is_run(1, 9999, 10000);
	ck_assert_uint_eq(p.looked, COUNT(words) - 2);
}
END_TEST

START_TEST(test_no_more_bytes_than_allowed_are_taken)
{
	static const uint64_t words[] = { PRIVATE, PRIVATE, PRIVATE };

	say(words, COUNT(words));
	p.cap = 2 * PAGE + PAGE - 1;
	collect(0, 3);
	ck_assert(p.capped);
	ck_assert_uint_eq(p.bytes, 2 * PAGE);
	is_run(0, 0, 2);
}
END_TEST

START_TEST(test_no_more_runs_than_allowed_are_taken)
{
	static const uint64_t words[] = { PRIVATE, 0, PRIVATE };

	say(words, COUNT(words));
	p.runs.max = 1;
	collect(0, 3);
	ck_assert(p.capped);
	ck_assert_uint_eq(p.runs.count, 1);
	ck_assert_uint_eq(p.bytes, PAGE);
}
END_TEST

START_TEST(test_no_more_pages_than_allowed_are_asked_about)
{
	static const uint64_t words[] = { PRIVATE, PRIVATE };

	say(words, COUNT(words));
	p.looked = PAGES_LOOKED_MAX - 1;
	collect(0, 1);
	ck_assert(p.capped);
	is_run(0, 0, 1);
	collect(1, 2);
	ck_assert_uint_eq(p.runs.count, 1);
}
END_TEST

START_TEST(test_a_map_that_ends_or_cannot_be_read_ends_the_look)
{
	static const uint64_t words[] = { PRIVATE };

	say(words, COUNT(words));
	collect(0, 100);
	is_run(0, 0, 1);
	ck_assert_int_eq(p.oserr, 0);
	p.fd = box->walk.root_fd;
	collect(0, 100);
	ck_assert_int_eq(p.oserr, EBADF);
	ck_assert_uint_eq(p.runs.count, 1);
}
END_TEST

Suite *suite_pages(void)
{
	Suite *s = suite_create("collector/volatile/pages");
	TCase *t = tcase_create("pages");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, test_only_what_is_present_and_private_is_taken_and_the_rest_is_counted);
	tcase_add_test(t, test_neighbours_of_two_mappings_are_two_runs);
	tcase_add_test(t, test_a_long_mapping_is_looked_at_to_its_end);
	tcase_add_test(t, test_no_more_bytes_than_allowed_are_taken);
	tcase_add_test(t, test_no_more_runs_than_allowed_are_taken);
	tcase_add_test(t, test_no_more_pages_than_allowed_are_asked_about);
	tcase_add_test(t, test_a_map_that_ends_or_cannot_be_read_ends_the_look);
	suite_add_tcase(s, t);
	return s;
}
