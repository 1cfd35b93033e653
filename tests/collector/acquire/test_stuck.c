#include <check.h>
#include <stdio.h>
#include <string.h>

#include "collector/acquire/stuck.h"

Suite *suite_stuck(void);

static struct stuck_list list;

static struct bytes bytes(const char *s)
{
	return (struct bytes){ s, strlen(s) };
}

static void forget(void)
{
	memset(&list, 0, sizeof(list));
}

static const struct {
	const char *below;
	bool after_one, after_two;
} rows[] = {
	{ "/712/environ", true, true },
	{ "/712/map_files", true, true },
	{ "/712/map_files/1-2", true, true },
	{ "/712/task/713/smaps", true, true },
	{ "/712/status", false, true },
	{ "/712/task/713/status", false, true },
	{ "/712/fd/3", false, true },
	{ "/712/environs", false, true },
	{ "/712", false, false },
	{ "/71/environ", false, false },
	{ "/7120/environ", false, false },
	{ "/sys/712/environ", false, false },
	{ "/99999999999712/environ", false, false },
	{ "", false, false },
};

START_TEST(test_one_reader_costs_the_memory_of_a_process_and_two_cost_the_process)
{
	stuck_add(&list, bytes("/proc/712/environ"));
	ck_assert_int_eq(stuck_has(&list, bytes(rows[_i].below)), rows[_i].after_one);
	stuck_add(&list, bytes("/proc/712/io"));
	ck_assert_int_eq(stuck_has(&list, bytes(rows[_i].below)), rows[_i].after_two);
	ck_assert_uint_eq(list.count, 1);
}
END_TEST

START_TEST(test_what_is_no_process_is_not_remembered)
{
	static const char *const paths[] = {
		"/proc/sys/kernel", "/proc", "/proc/712", "/procs/712/environ", "/712/environ", "",
		"/home/proc/712/environ",
	};

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		stuck_add(&list, bytes(paths[i]));
	ck_assert_uint_eq(list.count, 0);
}
END_TEST

START_TEST(test_more_processes_than_fit_are_not_remembered)
{
	char path[64];

	for (unsigned pid = 1; pid <= STUCK_MAX + 3; pid++) {
		snprintf(path, sizeof(path), "/proc/%u/maps", pid);
		stuck_add(&list, bytes(path));
	}
	ck_assert_uint_eq(list.count, STUCK_MAX);
	ck_assert(stuck_memory(&list, STUCK_MAX));
	ck_assert(!stuck_memory(&list, STUCK_MAX + 1));
	ck_assert(!stuck_memory(&list, 0));
}
END_TEST

Suite *suite_stuck(void)
{
	Suite *s = suite_create("collector/acquire/stuck");
	TCase *t = tcase_create("stuck");

	tcase_add_unchecked_fixture(t, forget, NULL);
	tcase_add_loop_test(t, test_one_reader_costs_the_memory_of_a_process_and_two_cost_the_process,
			    0, sizeof(rows) / sizeof(rows[0]));
	tcase_add_test(t, test_what_is_no_process_is_not_remembered);
	tcase_add_test(t, test_more_processes_than_fit_are_not_remembered);
	suite_add_tcase(s, t);
	return s;
}
