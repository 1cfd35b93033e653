#include <check.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/holder.h"
#include "tests/support/emulator.h"
#include "tests/support/live_box.h"

Suite *suite_src_threads(void);

static struct live_box *box;

static void set_up(void)
{
	box = live_box_new();
}

static void tear_down(void)
{
	live_box_free(box);
}

static void nothing(void *arg)
{
	(void)arg;
}

/* What makes a thread differ, and what its line must say of it. */
static void own_files(void *arg)
{
	(void)arg;
	if (unshare(CLONE_FILES) < 0)
		_exit(1);
}

static void own_directory(void *arg)
{
	(void)arg;
	if (unshare(CLONE_FS) < 0 || chdir("/usr") < 0)
		_exit(1);
}

static void own_network(void *arg)
{
	(void)arg;
	unshare(CLONE_NEWNET);
}

static const struct {
	void (*prepare)(void *);
	const char *says;
	bool privileged;
} rows[] = {
	{ own_files, "\"own\":[\"files\"]}", false },
	{ own_directory, "\"own\":[\"fs\"],\"cwd\":[\"", false },
	{ own_directory, "\",\"/usr\"]}", false },
	{ own_network, ",\"ns/net\":[\"net:[", true },
};

static const char *line_of(pid_t pid, pid_t tid)
{
	const struct live_item *i = live_box_get(box, "task/threads");
	static char line[4096];
	char begin[48], end[32];
	const char *p;

	snprintf(begin, sizeof(begin), "{\"pid\":%d,", (int)pid);
	snprintf(end, sizeof(end), "\"tid\":%d", (int)tid);
	p = i->data.len == 0 ? NULL : memmem(i->data.p, i->data.len, begin, strlen(begin));
	if (p == NULL)
		return NULL;
	snprintf(line, sizeof(line), "%.*s", (int)strcspn(p, "\n"), p);
	ck_assert_ptr_nonnull(strstr(line, end));
	return line;
}

START_TEST(test_a_thread_that_is_elsewhere_has_a_line_with_both_sides)
{
	pid_t tid, child = holder_threads(rows[_i].prepare, NULL, 0, &tid);
	const char *line;

	ck_assert_int_eq(threads_run(&box->env), 0);
	live_box_end(child);
	line = line_of(child, tid);
	ck_assert(line != NULL || (rows[_i].privileged && geteuid() != 0));
	ck_assert_msg(line == NULL || strstr(line, rows[_i].says) != NULL, "%s", line);
}
END_TEST

START_TEST(test_a_thread_like_its_process_has_none)
{
	pid_t tid, child = holder_threads(nothing, NULL, 0, &tid);

	ck_assert_int_eq(threads_run(&box->env), 0);
	live_box_end(child);
	ck_assert_ptr_null(line_of(child, tid));
	ck_assert_ptr_nonnull(live_box_get(box, "task/threads.json"));
}
END_TEST

START_TEST(test_of_a_process_whose_first_thread_has_ended_the_others_are_told)
{
	pid_t tid, child = holder_threads(nothing, NULL, 1, &tid);

	if (emulator_lacks("threads that end"))
		return;
	ck_assert_int_eq(threads_run(&box->env), 0);
	live_box_end(child);
	ck_assert_ptr_nonnull(strstr(line_of(child, tid), "\"exe\":[null,\"/"));
}
END_TEST

Suite *suite_src_threads(void)
{
	Suite *s = suite_create("collector/volatile/src_threads");
	TCase *t = tcase_create("threads");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_loop_test(t, test_a_thread_that_is_elsewhere_has_a_line_with_both_sides, 0,
			    sizeof(rows) / sizeof(rows[0]));
	tcase_add_test(t, test_a_thread_like_its_process_has_none);
	tcase_add_test(t, test_of_a_process_whose_first_thread_has_ended_the_others_are_told);
	suite_add_tcase(s, t);
	return s;
}
