#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "collector/nursery.h"
#include "collector/reader.h"
#include "collector/volatile/source.h"
#include "collector/wire.h"

Suite *suite_reader(void);

#define WAIT_NS 20000000000ull

static struct board *board;
static struct nursery nursery;
static struct station *station;
static struct ring_end ring;
static unsigned char message[RING_MESSAGE_MAX];
static struct wire_item item;
static const char *const all[] = { "/**" };

/* Nothing but live sources, of this machine or of a directory. */
static const char *processes;		/* as in reader_setup */

static void start(const char *root)
{
	static struct plan_request request;
	static struct reader_setup setup;
	static struct err e;

	request = (struct plan_request){ .profile = "triage", .exclude = all, .exclude_count = 1 };
	setup = (struct reader_setup){ .request = &request, .root = root,
				       .processes = processes };
	board = station_board();
	atomic_store(&board->facts_made, 1);
	ck_assert_int_eq(nursery_start(&nursery, &setup, board, 30, &e), 0);
	station = nursery_hatch(&nursery, root != NULL ? SANDBOX_FILES : SANDBOX_ASKS);
	ck_assert_ptr_nonnull(station);
	ring_open(&ring, &station->ring);
}

static void stop(void)
{
	pid_t pid = nursery.pid;

	nursery_end(&nursery);
	if (pid > 0)
		waitpid(pid, NULL, 0);
}

/* The artifact of the next item, or NULL at the end of the job. */
static const char *next_artifact(void)
{
	uint32_t type;
	size_t n;

	do {
		enum ring_news news;

		/* the reader's birth wakes us too */
		while ((news = ring_next(&ring, WAIT_NS, &type, message, &n)) == RING_TIMEOUT)
			ck_assert_uint_ne(atomic_load(&station->state), STATION_GONE);
		ck_assert_int_eq(news, RING_MESSAGE);
		if (type == WIRE_DONE)
			return NULL;
	} while (type != WIRE_BEGIN);
	ck_assert_int_eq(wire_get_item(message, n, &item), 0);
	return item.artifact;
}

static uint32_t row_of(const char *id)
{
	for (size_t i = 0; i < source_count; i++)
		if (strcmp(source_rows[i].id, id) == 0)
			return (uint32_t)i;
	ck_abort_msg("no source %s", id);
	return 0;
}

/* ${step}: it had announced one before all others (1), behind all (2), or of that number. */
static void post(enum category c, const char *lost_on, unsigned step)
{
	station->job = (struct station_job){ .category = c, .item_seconds = 10,
					     .resume = lost_on != NULL };
	if (lost_on != NULL && lost_on[0] == '/') {
		strcpy(station->from.path, lost_on);
		station->from.depth = 1;
		station->from.path_len = station->from.end[0] = (uint32_t)strlen(lost_on);
		station->from.next[0] = INT64_MAX;	/* no entry follows it */
	} else if (lost_on != NULL) {
		station->from.live = row_of(lost_on) + 1;
		station->from.step[0] = step == 2 ? UINT64_MAX : step > 2 ? step : 0;
		station->from.step[1] = step;
	}
	atomic_fetch_add(&station->posted, 1);
	ring_wake(&station->posted);
}

/* What the first live item of the job is, when the one before was lost on something. */
static const struct {
	enum category category;
	const char *lost_on;		/* id of a source, or a path; NULL: nobody was lost */
	unsigned step;			/* see post */
	const char *first;		/* artifact, "" if no source runs */
} rows[] = {
	{ CATEGORY_TASK, NULL, 0, "clock_begin" },
	{ CATEGORY_TASK, "clock_begin", 0, "counter_first" },
	{ CATEGORY_TASK, "counter_first", 0, "task_first" },
	{ CATEGORY_TASK, "task_first", 0, "" },
	{ CATEGORY_TASK, "/zzz", 0, "" },
	{ CATEGORY_PROCESS, NULL, 0, "namespaces" },
	{ CATEGORY_PROCESS, "namespaces", 0, "threads" },
	{ CATEGORY_PROCESS, "threads", 0, "exe" },
	{ CATEGORY_PROCESS, "exe", 0, "task_last" },
	{ CATEGORY_PROCESS, "exe", 1, "exe" },
	{ CATEGORY_PROCESS, "exe", 2, "task_last" },
	{ CATEGORY_PROCESS, "/zzz", 0, "task_last" },
	{ CATEGORY_PROCESS, "task_last", 0, "counter_last" },
	{ CATEGORY_PROCESS, "counter_last", 0, "view_count" },
	{ CATEGORY_PROCESS, "view_procfs", 0, "open_files" },
	{ CATEGORY_PROCESS, "open_files", 0, "" },
	{ CATEGORY_PROCESS, "open_files", 1, "open_files" },
};

START_TEST(test_a_reader_goes_on_behind_what_the_one_before_was_lost_on)
{
	const char *first = "", *artifact;

	start(NULL);
	post(rows[_i].category, rows[_i].lost_on, rows[_i].step);
	while ((artifact = next_artifact()) != NULL)
		if (item.it.live && first[0] == '\0')
			first = source_rows[row_of(artifact)].id;
	stop();
	ck_assert_str_eq(first, rows[_i].first);
}
END_TEST

/* No such processes: each is a gap. */
START_TEST(test_a_source_is_taken_up_behind_the_process_it_was_lost_on)
{
	processes = "999999997,999999998,999999999";
	start(NULL);
	post(CATEGORY_MEMORY, "process_memory", 999999998);
	ck_assert_str_eq(next_artifact(), "process_memory");
	ck_assert_uint_eq(item.it.path.len, strlen("memory/process/999999999.lime"));
	ck_assert_mem_eq(item.it.path.p, "memory/process/999999999.lime", item.it.path.len);
	ck_assert_ptr_null(next_artifact());
	stop();
}
END_TEST

START_TEST(test_of_a_directory_no_live_source_is_asked)
{
	start("/usr/share");
	post(CATEGORY_TASK, NULL, 0);
	while (next_artifact() != NULL)
		ck_assert(!item.it.live);
	stop();
}
END_TEST

Suite *suite_reader(void)
{
	Suite *s = suite_create("collector/reader");
	TCase *t = tcase_create("reader");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, test_a_reader_goes_on_behind_what_the_one_before_was_lost_on, 0,
			    sizeof(rows) / sizeof(rows[0]));
	tcase_add_test(t, test_a_source_is_taken_up_behind_the_process_it_was_lost_on);
	tcase_add_test(t, test_of_a_directory_no_live_source_is_asked);
	suite_add_tcase(s, t);
	return s;
}
