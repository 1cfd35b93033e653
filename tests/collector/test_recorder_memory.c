/* A reader is stopped while it takes the memory of the first of two processes. */
#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "collector/recorder.h"
#include "tests/support/brood.h"
#include "tests/support/settled.h"

Suite *suite_recorder_memory(void);

static struct board *board;
static struct nursery nursery;
static struct recorder *recorder;

#define MANY (32u << 20)	/* bytes that each has: far more than the ring holds */

static pid_t large[2];		/* ascending */
static char large_list[64];

/* What came of each; the reader is stopped in the middle of the first one's memory. */
static struct memory_spy {
	struct sink sink;
	struct {
		unsigned images, lost, texts;
		enum gap gap;
	} of[2];
	enum gap *gap;		/* where that of the open item goes */
	bool struck, image;
} memory_spy;

static pid_t be_large(void)
{
	pid_t pid = fork();
	char *room;

	ck_assert_int_ge(pid, 0);
	if (pid != 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	room = mmap(NULL, MANY, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (room != MAP_FAILED)
		memset(room, 7, MANY);
	for (;;)
		pause();
}

static bool is_of(const struct item *it, const char *end, size_t who)
{
	char name[64];
	int n = snprintf(name, sizeof(name), "memory/process/%d%s", (int)large[who], end);

	return it->path.len == (size_t)n && memcmp(it->path.p, name, (size_t)n) == 0;
}

static int memory_begin(struct sink *to, const struct item *it)
{
	struct memory_spy *s = (struct memory_spy *)to;

	s->gap = NULL;
	s->image = false;
	for (size_t i = 0; i < 2; i++) {
		if (is_of(it, ".lime", i)) {
			s->of[i].images++;
			s->gap = &s->of[i].gap;
			s->image = i == 0;
		}
		s->of[i].lost += is_of(it, "", i);
		s->of[i].texts += is_of(it, ".lime.json", i);
	}
	return 0;
}

static int memory_write(struct sink *to, const void *data, size_t n)
{
	struct memory_spy *s = (struct memory_spy *)to;

	(void)data;
	(void)n;
	if (s->image && !s->struck)
		kill(brood_reader(nursery.pid), SIGSTOP);
	s->struck |= s->image;
	return 0;
}

static int memory_end(struct sink *to, const struct item_end *how)
{
	struct memory_spy *s = (struct memory_spy *)to;

	if (s->gap != NULL)
		*s->gap = how->gap;
	return 0;
}

static int tick(void *ctx)
{
	(void)ctx;
	return 0;
}

static void set_up(void)
{
	static const char *const all[] = { "/**" };
	static const struct plan_request request = { .profile = "triage", .exclude = all,
						     .exclude_count = 1 };
	static struct reader_setup setup;
	static struct err e;
	pid_t a = be_large(), b = be_large();

	large[0] = a < b ? a : b;
	large[1] = a < b ? b : a;
	for (size_t i = 0; i < 2; i++)
		settled_wait(large[i], SYS_mmap);	/* it has all of it */
	snprintf(large_list, sizeof(large_list), "%d,%d", (int)large[0], (int)large[1]);
	setup = (struct reader_setup){ .request = &request, .processes = large_list };
	board = station_board();
	atomic_store(&board->facts_made, 1);
	ck_assert_int_eq(nursery_start(&nursery, &setup, board, 30, &e), 0);
	recorder = calloc(1, sizeof(*recorder));
	recorder->nursery = &nursery;
	recorder->item_seconds = 1;
	recorder->hooks.tick = tick;
	memory_spy = (struct memory_spy){ .sink = { memory_begin, memory_write, memory_end } };
}

static void tear_down(void)
{
	pid_t pid = nursery.pid;

	nursery_end(&nursery);
	if (pid > 0)
		waitpid(pid, NULL, 0);
	free(recorder);
	for (size_t i = 0; i < 2; i++) {
		kill(large[i], SIGKILL);
		waitpid(large[i], NULL, 0);
	}
}

START_TEST(test_a_process_whose_memory_hangs_costs_itself_and_not_the_next)
{
	ck_assert_int_eq(recorder_run(recorder, CATEGORY_MEMORY, 0, false, &memory_spy.sink),
			 RECORDER_WALKED);
	ck_assert(memory_spy.struck);
	ck_assert_uint_eq(memory_spy.of[0].images, 1);
	ck_assert_int_eq(memory_spy.of[0].gap, GAP_TIME_LIMIT);
	ck_assert_uint_eq(memory_spy.of[0].lost, 0);
	ck_assert_uint_eq(memory_spy.of[0].texts, 0);
	ck_assert_uint_eq(memory_spy.of[1].images, 1);
	ck_assert_int_eq(memory_spy.of[1].gap, GAP_NONE);
	ck_assert_uint_eq(memory_spy.of[1].lost, 0);
	ck_assert_uint_eq(memory_spy.of[1].texts, 1);
	ck_assert_uint_eq(nursery.hatched, 2);
}
END_TEST

Suite *suite_recorder_memory(void)
{
	Suite *s = suite_create("collector/recorder_memory");
	TCase *t = tcase_create("recorder_memory");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, test_a_process_whose_memory_hangs_costs_itself_and_not_the_next);
	suite_add_tcase(s, t);
	return s;
}
