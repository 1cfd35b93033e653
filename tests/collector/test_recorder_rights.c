#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "collector/recorder.h"

#include "tests/support/leftover.h"

Suite *suite_recorder_rights(void);

static struct board *board;
static struct nursery nursery;
static struct recorder *recorder;
static char told[256];

static int take_item(struct sink *to, const struct item *it)
{
	(void)to;
	(void)it;
	return 0;
}

static int take_data(struct sink *to, const void *data, size_t n)
{
	(void)to;
	(void)data;
	(void)n;
	return 0;
}

static int take_end(struct sink *to, const struct item_end *how)
{
	(void)to;
	(void)how;
	return 0;
}

static struct sink nowhere = { take_item, take_data, take_end };

static int tick(void *ctx)
{
	(void)ctx;
	return 0;
}

static void tell(void *ctx, struct bytes path, const char *call, const char *why)
{
	(void)ctx;
	(void)path;
	snprintf(told, sizeof(told), "%s %s", call == NULL ? "-" : call, why);
}

/* No file of the host, or of ${root}, is read. */
static void start(const char *root)
{
	static const char *const all[] = { "/**" };
	static const struct plan_request request = { .profile = "triage", .exclude = all,
						     .exclude_count = 1 };
	static struct reader_setup setup;
	static struct err e;

	signal(SIGPIPE, SIG_IGN);
	setup = (struct reader_setup){ .request = &request, .root = root };
	board = station_board();
	atomic_store(&board->facts_made, 1);
	ck_assert_int_eq(nursery_start(&nursery, &setup, board, 30, &e), 0);
	recorder = calloc(1, sizeof(*recorder));
	recorder->nursery = &nursery;
	recorder->item_seconds = 10;
	recorder->hooks = (struct recorder_hooks){ tick, tell, NULL, NULL };
}

static void stop(void)
{
	pid_t pid = nursery.pid;

	nursery_end(&nursery);
	if (pid > 0)
		waitpid(pid, NULL, 0);
	free(recorder);
}

static enum recorder_end run(enum category c)
{
	return recorder_run(recorder, c, 0, false, &nowhere);
}

START_TEST(test_a_reader_that_cannot_begin_says_why)
{
	char root[] = "/tmp/exhibit-test-XXXXXX";

	leftover_dir(root);
	start(root);
	ck_assert_int_eq(rmdir(root), 0);
	ck_assert_int_eq(run(CATEGORY_EXTRA), RECORDER_CRIPPLED);
	stop();
	ck_assert_str_eq(told, "- ended, the root directory could not be opened (ENOENT)");
}
END_TEST

/* Who has a rare right has it for one container, and the others are for one reader. */
START_TEST(test_a_rare_right_has_a_reader_of_its_own)
{
	static const enum category order[] = { CATEGORY_TASK, CATEGORY_GUEST, CATEGORY_LOGS };
	struct station *usual = NULL;
	uint32_t guests;

	start(NULL);
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		ck_assert_int_eq(run(order[i]), RECORDER_WALKED);
		ck_assert(i == 0 || recorder->station == usual);
		usual = recorder->station;
	}
	guests = board->guests.count > 0 ? board->guests.count : 1;
	/* a container of this machine may end before it is looked into */
	ck_assert_uint_ge(nursery.hatched, 2);
	ck_assert_uint_le(nursery.hatched, 1 + guests);
	ck_assert_uint_eq(board->sandbox[SANDBOX_GUEST].entered, nursery.hatched - 1);
	ck_assert_uint_eq(board->sandbox[SANDBOX_ASKS].entered, 1);
	ck_assert_uint_eq(board->sandbox[SANDBOX_COPIES].entered, 1);
	ck_assert_uint_le(board->sandbox[SANDBOX_FILES].entered, board->guests.count);
	stop();
}
END_TEST

Suite *suite_recorder_rights(void)
{
	Suite *s = suite_create("collector/recorder_rights");
	TCase *t = tcase_create("rights");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, test_a_reader_that_cannot_begin_says_why);
	tcase_add_test(t, test_a_rare_right_has_a_reader_of_its_own);
	suite_add_tcase(s, t);
	return s;
}
