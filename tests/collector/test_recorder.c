#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "collector/recorder.h"
#include "collector/volatile/source.h"
#include "tests/support/brood.h"
#include "tests/support/leftover.h"

Suite *suite_recorder(void);

#define FILES 200
#define FILE_BYTES 65536

/* Counts what comes, and may do something to the reader at the n-th item. */
struct spy {
	struct sink sink;
	unsigned seen[FILES];		/* by the number in the file's name */
	unsigned items;
	uint64_t bytes;
	unsigned gaps[GAP_COUNT];
	const struct item *open;	/* as begin got it, valid until end */
	char path[256];			/* its path as it was then */
	unsigned act_at;		/* item at which to send the signal, 0: never */
	int signal;
	pid_t nursery;
	unsigned slow_at;		/* end that takes long and asks to stop, 0: none */
	unsigned ends;
	int refuse_at;			/* item at which begin fails, 0: never */
};

static char root[] = "/tmp/exhibit-test-XXXXXX";
static struct board *board;
static struct nursery nursery;
static struct recorder *recorder;
static struct spy spy;
static unsigned ticks_left;

static int spy_begin(struct sink *to, const struct item *it)
{
	struct spy *s = (struct spy *)to;
	char path[256];
	unsigned n;

	snprintf(path, sizeof(path), "%.*s", (int)it->path.len, (const char *)it->path.p);
	s->open = it;
	memcpy(s->path, path, sizeof(path));
	if (sscanf(path, "/f%u", &n) == 1 && n < FILES)
		s->seen[n]++;
	s->items++;
	if (s->items == s->act_at)
		kill(brood_reader(s->nursery), s->signal);
	return s->refuse_at != 0 && s->items == (unsigned)s->refuse_at ? -1 : 0;
}

static int spy_write(struct sink *to, const void *data, size_t n)
{
	(void)data;
	((struct spy *)to)->bytes += n;
	return 0;
}

static int spy_end(struct sink *to, const struct item_end *how)
{
	struct spy *s = (struct spy *)to;

	ck_assert_mem_eq(s->open->path.p, s->path, s->open->path.len);
	s->gaps[how->gap]++;
	if (++s->ends == s->slow_at) {
		usleep(200000);
		ticks_left = 1;
	}
	return 0;
}

static int tick(void *ctx)
{
	(void)ctx;
	return ticks_left != 0 && --ticks_left == 0;
}

static void make_files(void)
{
	static char content[FILE_BYTES];

	strcpy(root + strlen(root) - 6, "XXXXXX");
	leftover_dir(root);
	for (int i = 0; i < FILES; i++) {
		char path[64];
		int fd;

		snprintf(path, sizeof(path), "%s/f%d", root, i);
		fd = open(path, O_CREAT | O_WRONLY, 0600);
		ck_assert_int_eq(write(fd, content, FILE_BYTES), FILE_BYTES);
		close(fd);
	}
}

static void set_up(void)
{
	static const char *const include[] = { "/**" };
	static const struct plan_request request = { .profile = "logs", .include = include,
						     .include_count = 1 };
	static struct reader_setup setup;
	static struct err e;

	signal(SIGPIPE, SIG_IGN);
	make_files();
	setup = (struct reader_setup){ .request = &request, .root = root };
	board = station_board();
	ck_assert_ptr_nonnull(board);
	atomic_store(&board->facts_made, 1);
	ck_assert_int_eq(nursery_start(&nursery, &setup, board, 30, &e), 0);
	memset(&spy, 0, sizeof(spy));
	spy.sink = (struct sink){ spy_begin, spy_write, spy_end };
	spy.nursery = nursery.pid;
	ticks_left = 0;
	recorder = calloc(1, sizeof(*recorder));
	recorder->nursery = &nursery;
	recorder->item_seconds = 1;
	recorder->hooks.tick = tick;
}

static void tear_down(void)
{
	pid_t pid = nursery.pid;
	char path[64];

	nursery_end(&nursery);
	if (pid > 0)
		waitpid(pid, NULL, 0);
	for (int i = 0; i < FILES; i++) {
		snprintf(path, sizeof(path), "%s/f%d", root, i);
		unlink(path);
	}
	rmdir(root);
	free(recorder);
}

static void each_file_came_once(void)
{
	for (int i = 0; i < FILES; i++)
		ck_assert_msg(spy.seen[i] == 1, "file %d came %u times", i, spy.seen[i]);
}

START_TEST(test_every_object_comes_through_the_reader_once_and_whole)
{
	ck_assert_int_eq(recorder_run(recorder, CATEGORY_EXTRA, 0, false, &spy.sink), RECORDER_WALKED);
	each_file_came_once();
	ck_assert_uint_eq(spy.bytes, (uint64_t)FILES * FILE_BYTES);
	ck_assert_uint_eq(spy.gaps[GAP_NONE], spy.items);
}
END_TEST

/* Stopped (as if stuck in the kernel) or killed in mid-walk. */
static const int blows[] = { SIGSTOP, SIGKILL };

START_TEST(test_a_reader_lost_in_mid_walk_costs_one_object_and_none_twice)
{
	spy.act_at = FILES / 4;
	spy.signal = blows[_i];
	ck_assert_int_eq(recorder_run(recorder, CATEGORY_EXTRA, 0, false, &spy.sink), RECORDER_WALKED);
	each_file_came_once();
	ck_assert_uint_ge(spy.gaps[GAP_NONE], spy.items - 1);
	ck_assert_uint_eq(nursery.hatched, 2);
}
END_TEST

START_TEST(test_a_tick_that_says_stop_ends_the_walk)
{
	ticks_left = 2;
	ck_assert_int_eq(recorder_run(recorder, CATEGORY_EXTRA, 0, false, &spy.sink), RECORDER_STOPPED);
	ck_assert_uint_lt(spy.gaps[GAP_NONE], FILES + 1);
}
END_TEST

/* A signal that came while the last file was filled up. */
START_TEST(test_a_stop_that_comes_while_the_last_object_is_kept_is_heard)
{
	spy.slow_at = FILES + 1;	/* the root directory is one, too */
	ck_assert_int_eq(recorder_run(recorder, CATEGORY_EXTRA, 0, false, &spy.sink), RECORDER_STOPPED);
	each_file_came_once();
	ck_assert_uint_eq(spy.ends, FILES + 1);
}
END_TEST

START_TEST(test_a_sink_that_fails_ends_the_walk_at_once)
{
	spy.refuse_at = 3;
	ck_assert_int_eq(recorder_run(recorder, CATEGORY_EXTRA, 0, false, &spy.sink), RECORDER_FAILED);
	ck_assert_uint_eq(spy.items, 3);
}
END_TEST

START_TEST(test_without_a_nursery_the_category_is_crippled_not_stuck)
{
	kill(nursery.pid, SIGKILL);
	while (nursery_alive(&nursery))
		usleep(1000);
	ck_assert_int_eq(recorder_run(recorder, CATEGORY_EXTRA, 0, false, &spy.sink), RECORDER_CRIPPLED);
}
END_TEST

/* What the nursery sees of the reader of a station, once it has looked. */
static bool look_at(struct station *s)
{
	nursery_look(&nursery, s);
	while (atomic_load(&s->looked) != atomic_load(&s->asked))
		usleep(1000);
	return s->seen;
}

/* It waits for a job; then it is gone, and so is what can be seen of it. */
START_TEST(test_a_reader_is_seen_from_outside_as_long_as_it_is_there)
{
	struct station *s = nursery_hatch(&nursery, SANDBOX_FILES);
	unsigned tries = 0;

	ck_assert_ptr_nonnull(s);
	if (!board->glass.own_proc) {
		ck_assert(!look_at(s));
		return;
	}
	while (!look_at(s) || s->sight.runnable || s->sight.switches == 0)
		ck_assert_uint_lt(++tries, 20000);
	kill(brood_reader(nursery.pid), SIGKILL);
	while (atomic_load(&s->state) != STATION_GONE)
		usleep(1000);
	ck_assert(!look_at(s));
}
END_TEST

/* ===== sources that are no file ===== */

/* What was recorded of the one source that its reader was lost on. */
struct live_spy {
	struct sink sink;
	struct item_end how;
	bool lost_open;			/* the item that is open is the lost one */
	unsigned lost, whole;		/* lines for it; members of its answer */
};

static struct live_spy live_spy;
static int live_signal;			/* to send once the reader is in task_last; 0: sent */

static int live_begin(struct sink *to, const struct item *it)
{
	struct live_spy *s = (struct live_spy *)to;

	s->lost_open = it->live && it->path.len == 9 && memcmp(it->path.p, "task_last", 9) == 0 &&
		       strcmp(it->artifact, "task_last") == 0;
	s->lost += s->lost_open;
	s->whole += it->live && it->path.len == 9 && memcmp(it->path.p, "task/last", 9) == 0;
	return 0;
}

static int live_write(struct sink *to, const void *data, size_t n)
{
	(void)to;
	(void)data;
	(void)n;
	return 0;
}

static int live_end(struct sink *to, const struct item_end *how)
{
	struct live_spy *s = (struct live_spy *)to;

	if (s->lost_open)
		s->how = *how;
	return 0;
}

/* The last pass waits for a second to go by: time enough to strike. */
static int live_tick(void *ctx)
{
	const struct source *s = source_at(&recorder->station->at);

	(void)ctx;
	if (live_signal != 0 && s != NULL && strcmp(s->id, "task_last") == 0) {
		kill(brood_reader(nursery.pid), live_signal);
		live_signal = 0;
	}
	return 0;
}

static void set_up_live(void)
{
	static const char *const all[] = { "/**" };
	static const struct plan_request request = { .profile = "triage", .exclude = all,
						     .exclude_count = 1 };
	static struct reader_setup setup;
	static struct err e;

	setup = (struct reader_setup){ .request = &request };
	board = station_board();
	atomic_store(&board->facts_made, 1);
	ck_assert_int_eq(nursery_start(&nursery, &setup, board, 30, &e), 0);
	live_spy = (struct live_spy){ .sink = { live_begin, live_write, live_end } };
	recorder = calloc(1, sizeof(*recorder));
	recorder->nursery = &nursery;
	recorder->item_seconds = 1;
	recorder->hooks.tick = live_tick;
}

static void tear_down_live(void)
{
	pid_t pid = nursery.pid;

	nursery_end(&nursery);
	if (pid > 0)
		waitpid(pid, NULL, 0);
	free(recorder);
}

static const struct {
	int signal;
	enum gap gap;
} live_blows[] = { { SIGKILL, GAP_READER_DIED }, { SIGSTOP, GAP_HUNG } };

START_TEST(test_a_reader_lost_in_a_source_costs_that_source)
{
	live_signal = live_blows[_i].signal;
	/* on a busy machine the second may be over before we look */
	for (int i = 0; i < 10 && live_signal != 0; i++) {
		live_spy.whole = 0;
		ck_assert_int_eq(recorder_run(recorder, CATEGORY_TASK, 0, false, &live_spy.sink),
				 RECORDER_WALKED);
		ck_assert_int_eq(recorder_run(recorder, CATEGORY_PROCESS, 0, false, &live_spy.sink),
				 RECORDER_WALKED);
	}
	ck_assert_int_eq(live_signal, 0);
	ck_assert_uint_eq(live_spy.lost, 1);
	ck_assert_uint_eq(live_spy.whole, 0);
	ck_assert_int_eq(live_spy.how.gap, live_blows[_i].gap);
	ck_assert_uint_eq(nursery.hatched, 2);
}
END_TEST

/* ===== a source that can go on behind one of its objects ===== */

#define HELD_BYTES (8u << 20)		/* more than the ring holds: the reader waits within it */

/* Two files without a name, in the order of the archive; the first is struck. */
struct step_spy {
	struct sink sink;
	char first[64], second[64];	/* names below live/ */
	int signal;			/* to send at the first, 0: sent */
	bool in_first, in_second;
	enum gap first_gap, second_gap;
	unsigned firsts, indexes, lost;	/* lines of the first; lists; lines for the source */
	uint64_t second_bytes;
};

static struct step_spy step_spy;

static bool is_named(const struct item *it, const char *name)
{
	return it->path.len == strlen(name) && memcmp(it->path.p, name, it->path.len) == 0;
}

static int step_begin(struct sink *to, const struct item *it)
{
	struct step_spy *s = (struct step_spy *)to;

	s->in_first = is_named(it, s->first);
	s->in_second = is_named(it, s->second);
	s->firsts += s->in_first;
	s->indexes += is_named(it, "open/index");
	s->lost += is_named(it, "open_files");
	if (s->in_first && s->signal != 0) {
		kill(brood_reader(nursery.pid), s->signal);
		s->signal = 0;
	}
	return 0;
}

static int step_write(struct sink *to, const void *data, size_t n)
{
	struct step_spy *s = (struct step_spy *)to;

	(void)data;
	s->second_bytes += s->in_second ? n : 0;
	return 0;
}

static int step_end(struct sink *to, const struct item_end *how)
{
	struct step_spy *s = (struct step_spy *)to;

	s->first_gap = s->in_first ? how->gap : s->first_gap;
	s->second_gap = s->in_second ? how->gap : s->second_gap;
	return 0;
}

/* Its number, and the name that it gets. */
static uint64_t make_held(int *fd, char *name, size_t n)
{
	static char zeros[HELD_BYTES];
	struct stat st;

	*fd = memfd_create("held", MFD_CLOEXEC);
	ck_assert_int_eq(write(*fd, zeros, HELD_BYTES), HELD_BYTES);
	ck_assert_int_eq(fstat(*fd, &st), 0);
	snprintf(name, n, "open/%u-%u-%llu", major(st.st_dev), minor(st.st_dev),
		 (unsigned long long)st.st_ino);
	return st.st_ino;
}

static const struct {
	int signal;
	enum gap gap;
} step_blows[] = { { SIGKILL, GAP_READER_DIED }, { SIGSTOP, GAP_TIME_LIMIT } };

START_TEST(test_a_reader_lost_in_one_file_of_a_source_costs_that_file)
{
	char name[2][64];
	int fd[2];
	uint64_t ino[2];
	unsigned low;

	for (int i = 0; i < 2; i++)
		ino[i] = make_held(&fd[i], name[i], sizeof(name[i]));
	low = ino[0] > ino[1];
	memset(&step_spy, 0, sizeof(step_spy));
	step_spy.sink = (struct sink){ step_begin, step_write, step_end };
	strcpy(step_spy.first, name[low]);
	strcpy(step_spy.second, name[!low]);
	step_spy.signal = step_blows[_i].signal;
	ck_assert_int_eq(recorder_run(recorder, CATEGORY_PROCESS, 0, false, &step_spy.sink),
			 RECORDER_WALKED);
	ck_assert_int_eq(step_spy.signal, 0);
	ck_assert_uint_eq(step_spy.firsts, 1);
	ck_assert_int_eq(step_spy.first_gap, step_blows[_i].gap);
	ck_assert_int_eq(step_spy.second_gap, GAP_NONE);
	ck_assert_uint_eq(step_spy.second_bytes, HELD_BYTES);
	ck_assert_uint_eq(step_spy.indexes, 1);
	ck_assert_uint_eq(step_spy.lost, 0);
	ck_assert_uint_eq(nursery.hatched, 2);
	close(fd[0]);
	close(fd[1]);
}
END_TEST

Suite *suite_recorder(void)
{
	Suite *s = suite_create("collector/recorder");
	TCase *t = tcase_create("recorder"), *live = tcase_create("live");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, test_every_object_comes_through_the_reader_once_and_whole);
	tcase_add_loop_test(t, test_a_reader_lost_in_mid_walk_costs_one_object_and_none_twice, 0, 2);
	tcase_add_test(t, test_a_tick_that_says_stop_ends_the_walk);
	tcase_add_test(t, test_a_stop_that_comes_while_the_last_object_is_kept_is_heard);
	tcase_add_test(t, test_a_sink_that_fails_ends_the_walk_at_once);
	tcase_add_test(t, test_a_reader_is_seen_from_outside_as_long_as_it_is_there);
	tcase_add_test(t, test_without_a_nursery_the_category_is_crippled_not_stuck);
	suite_add_tcase(s, t);
	tcase_add_checked_fixture(live, set_up_live, tear_down_live);
	tcase_set_timeout(live, 60);
	tcase_add_loop_test(live, test_a_reader_lost_in_a_source_costs_that_source, 0, 2);
	tcase_add_loop_test(live, test_a_reader_lost_in_one_file_of_a_source_costs_that_file, 0, 2);
	suite_add_tcase(s, live);
	return s;
}
