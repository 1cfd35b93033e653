#include <check.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "collector/volatile/procfs.h"
#include "collector/volatile/view.h"
#include "tests/support/live_box.h"

Suite *suite_view(void);

/* What each call of a list gives, a letter a key; the last one goes on. */
struct script {
	const char *call[16];
	unsigned called;
	int oserr;
	char asked[64];			/* keys that has() was asked for */
};

static struct live_box *box;
static struct script sides[2];
static const char *changing;		/* keys that are another object at each look */

static int play(struct script *s, struct view_set *out)
{
	unsigned n = s->called++;
	const char *keys;

	while (n > 0 && s->call[n] == NULL)
		n--;
	keys = s->call[n];
	for (; s->oserr == 0 && *keys != '\0'; keys++)
		view_set_add(out, keys);
	return s->oserr;
}

static int list_a(void *of, struct view_set *out)
{
	(void)of;
	return play(&sides[0], out);
}

static int list_b(void *of, struct view_set *out)
{
	(void)of;
	return play(&sides[1], out);
}

static bool has_b(void *of, const void *key)
{
	struct script *s = &sides[1];

	(void)of;
	strncat(s->asked, key, 1);
	return true;
}

static uint64_t identity(void *of, const void *key)
{
	static uint64_t look;

	(void)of;
	return changing != NULL && strchr(changing, *(const char *)key) != NULL ? ++look : 7;
}

static void describe(void *of, const void *key, struct buf *out)
{
	(void)of;
	buf_printf(out, "\"key\":\"%c\"", *(const char *)key);
}

static struct view view = {
	.check = "test", .width = 1, .a = { "left", list_a, NULL }, .b = { "right", list_b, NULL },
	.identity = identity, .describe = describe,
};

static struct view_result r;

static void set_up(void)
{
	box = live_box_new();
	memset(sides, 0, sizeof(sides));
	changing = NULL;
	view.one_sided = false;
	view.b.has = NULL;
}

static void tear_down(void)
{
	view_result_release(&r);
	live_box_free(box);
}

static void compare(const char *a, const char *b)
{
	sides[0].call[0] = a;
	sides[1].call[0] = b;
	view_compare(&box->env, &view, &r);
}

static void assert_only(int side, const char *keys)
{
	ck_assert_uint_eq(r.only[side].count, strlen(keys));
	ck_assert(r.only[side].count == 0 ||
		  memcmp(view_set_at(&r.only[side], 0), keys, strlen(keys)) == 0);
}

START_TEST(test_what_one_side_never_shows_remains_on_either_side)
{
	compare("dcbax", "abcdy");
	assert_only(0, "x");
	assert_only(1, "y");
	ck_assert_uint_eq(r.candidates, 2);
	ck_assert_uint_eq(r.rounds, VIEW_ROUNDS);
}
END_TEST

START_TEST(test_equal_lists_are_not_looked_at_again)
{
	compare("abca", "cba");
	ck_assert_uint_eq(r.rounds, 0);
	ck_assert_uint_eq(sides[0].called, 1);
	ck_assert_uint_eq(sides[1].called, 1);
	ck_assert_uint_eq(r.count[0], 3);
}
END_TEST

START_TEST(test_what_came_or_went_between_two_lists_is_no_candidate)
{
	sides[0].call[1] = "bn";	/* a ends, n is born */
	compare("ab", "bn");
	ck_assert_uint_eq(r.candidates, 0);
}
END_TEST

START_TEST(test_what_one_of_the_rounds_shows_is_cleared)
{
	sides[0].call[1] = "";
	sides[0].call[2] = "";
	sides[0].call[3] = "";
	sides[0].call[4] = "h";		/* between the two lists of B of the second round: */
	sides[0].call[5] = "h";
	sides[0].call[6] = "";		/* hidden again is too late */
	compare("", "h");
	ck_assert_uint_eq(r.candidates, 1);
	ck_assert_uint_eq(r.rounds, 2);
	assert_only(1, "");
}
END_TEST

START_TEST(test_what_ended_while_it_was_followed_is_cleared)
{
	sides[1].call[1] = "e";
	sides[1].call[2] = "";
	compare("", "e");
	ck_assert_uint_eq(r.rounds, 1);
	assert_only(1, "");
}
END_TEST

START_TEST(test_a_number_that_was_given_to_another_object_is_cleared)
{
	changing = "n";
	compare("", "kn");
	assert_only(1, "k");
}
END_TEST

START_TEST(test_what_is_missing_in_b_is_no_difference_of_a_one_sided_view)
{
	view.one_sided = true;
	compare("ax", "ay");
	assert_only(0, "");
	assert_only(1, "y");
}
END_TEST

START_TEST(test_only_what_differs_is_asked_for_alone)
{
	view.b.has = has_b;
	compare("abc", "abcx");
	ck_assert_str_eq(sides[1].asked, "xxxxxx");
	ck_assert_uint_eq(sides[1].called, 1);
	assert_only(1, "x");
}
END_TEST

START_TEST(test_a_side_that_is_refused_is_a_gap_with_its_errno)
{
	sides[0].call[0] = "abc";
	sides[1].oserr = EPERM;
	ck_assert_int_eq(view_take(&box->env, &view, "some"), 0);
	ck_assert_uint_eq(box->count, 1);
	ck_assert_str_eq(box->items[0].name, "view/some/test");
	ck_assert_int_eq(box->items[0].how.gap, GAP_PERMISSION);
	ck_assert_int_eq(box->items[0].how.oserr, EPERM);
	ck_assert(!box->items[0].has_content);
}
END_TEST

START_TEST(test_a_run_that_ends_leaves_what_it_followed_unresolved)
{
	box->stop = 1;
	sides[0].call[0] = "a";
	sides[1].call[0] = "b";
	ck_assert_int_eq(view_take(&box->env, &view, "some"), 0);
	ck_assert(live_item_has(&box->items[0], "\"cleared\":0,\"unresolved\":2,\"rounds\":0", 37));
	ck_assert_int_eq(box->items[0].how.gap, GAP_INCOMPLETE);
}
END_TEST

START_TEST(test_the_report_has_a_line_for_the_check_and_one_for_each_object)
{
	static const char b_line[] = "{\"check\":\"test\",\"only\":\"b\",\"key\":\"y\"}\n";
	const struct live_item *i = &box->items[0];

	sides[0].call[0] = "ax";
	sides[1].call[0] = "ay";
	ck_assert_int_eq(view_take(&box->env, &view, "some"), 0);
	ck_assert_uint_eq(box->count, 1);
	ck_assert(live_item_has(i, "\"candidates\":2,\"cleared\":0,", 27));
	ck_assert(live_item_has(i, "\"only_a\":1,\"only_b\":1,", 22));
	ck_assert(live_item_has(i, "{\"check\":\"test\",\"only\":\"a\",\"key\":\"x\"}\n", 38));
	ck_assert(memcmp((const char *)i->data.p + i->data.len - strlen(b_line), b_line,
			 strlen(b_line)) == 0);
}
END_TEST

START_TEST(test_a_list_beyond_its_memory_is_not_compared)
{
	struct view_set s;
	char key[4096] = { 0 };

	view_set_init(&s, sizeof(key));
	for (unsigned i = 0; i <= VIEW_SET_BYTES / sizeof(key); i++)
		view_set_add(&s, key);
	ck_assert(s.keys.failed);
	ck_assert_uint_eq(s.count, VIEW_SET_BYTES / sizeof(key));
	view_set_release(&s);
}
END_TEST

/* ===== a process that readdir does not show ===== */

static uint32_t hidden;

static int list_without(void *of, struct view_set *out)
{
	struct view_set all;
	int oserr;

	(void)of;
	view_set_init(&all, 4);
	oserr = procfs_list(box->env.proc_fd, &box->pulse, true, &all, NULL);
	for (size_t i = 0; i < all.count; i++)
		if (view_set_number(view_set_at(&all, i)) != hidden)
			view_set_add(out, view_set_at(&all, i));
	view_set_release(&all);
	return oserr;
}

static int list_signal(void *of, struct view_set *out)
{
	(void)of;
	for (uint32_t id = 1; id <= hidden; id++)
		if (kill((pid_t)id, 0) == 0 || errno == EPERM)
			view_set_add_number(out, id);
	return 0;
}

static uint64_t start(void *of, const void *key)
{
	(void)of;
	return procfs_start(box->env.proc_fd, view_set_number(key));
}

START_TEST(test_a_process_hidden_from_readdir_is_found_by_signal_0)
{
	const struct view v = {
		.check = "test", .width = 4, .a = { "readdir", list_without, NULL },
		.b = { "kill", list_signal, NULL }, .identity = start, .describe = describe,
	};
	pid_t pid = fork();

	if (pid == 0)
		for (;;)
			pause();
	hidden = (uint32_t)pid;
	view_compare(&box->env, &v, &r);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	ck_assert_uint_eq(r.only[1].count, 1);
	ck_assert_uint_eq(view_set_number(view_set_at(&r.only[1], 0)), hidden);
}
END_TEST

Suite *suite_view(void)
{
	Suite *s = suite_create("collector/volatile/view");
	TCase *t = tcase_create("view");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, test_what_one_side_never_shows_remains_on_either_side);
	tcase_add_test(t, test_equal_lists_are_not_looked_at_again);
	tcase_add_test(t, test_what_came_or_went_between_two_lists_is_no_candidate);
	tcase_add_test(t, test_what_one_of_the_rounds_shows_is_cleared);
	tcase_add_test(t, test_what_ended_while_it_was_followed_is_cleared);
	tcase_add_test(t, test_a_number_that_was_given_to_another_object_is_cleared);
	tcase_add_test(t, test_what_is_missing_in_b_is_no_difference_of_a_one_sided_view);
	tcase_add_test(t, test_only_what_differs_is_asked_for_alone);
	tcase_add_test(t, test_a_side_that_is_refused_is_a_gap_with_its_errno);
	tcase_add_test(t, test_a_run_that_ends_leaves_what_it_followed_unresolved);
	tcase_add_test(t, test_the_report_has_a_line_for_the_check_and_one_for_each_object);
	tcase_add_test(t, test_a_list_beyond_its_memory_is_not_compared);
	tcase_add_test(t, test_a_process_hidden_from_readdir_is_found_by_signal_0);
	suite_add_tcase(s, t);
	return s;
}
