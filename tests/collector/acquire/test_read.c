#include "collector/acquire/read.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/scene.h"

Suite *suite_read(void);

#define BIG (3 * READ_SIZE + 77)

/* A sink that counts and compares: content is a pattern of its offset. */
struct counter {
	struct sink sink;
	uint64_t bytes;
	unsigned long long sum;
	int calls, fail_at;
	int truncate_fd;
	off_t truncate_to;
	pid_t kill;		/* ended and reaped at the first bytes */
	_Atomic uint32_t *stop;
};

static struct scene s;
static struct counter counter;
static struct read_run run;
static char *buffer;

static int count_write(struct sink *to, const void *data, size_t n)
{
	struct counter *c = (struct counter *)to;
	const unsigned char *p = data;

	c->bytes += n;
	for (size_t i = 0; i < n; i++)
		c->sum += p[i];
	c->calls++;
	if (c->calls == 1 && c->truncate_fd >= 0)
		ck_assert_int_eq(ftruncate(c->truncate_fd, c->truncate_to), 0);
	if (c->calls == 1 && c->kill > 0) {
		kill(c->kill, SIGKILL);
		ck_assert_int_eq(waitpid(c->kill, NULL, 0), c->kill);
	}
	if (c->stop != NULL)
		atomic_store(c->stop, 1);
	return c->calls == c->fail_at ? -1 : 0;
}

static void setup(void)
{
	scene_open(&s);
	buffer = malloc(READ_SIZE);
	counter = (struct counter){ .sink = { NULL, count_write, NULL }, .truncate_fd = -1 };
	run = (struct read_run){ .fd = -1, .buffer = buffer, .to = &counter.sink,
				 .pulse = &s.pulse, .stop = &s.stop };
}

static void teardown(void)
{
	if (run.fd >= 0)
		close(run.fd);
	free(buffer);
	scene_close(&s);
}

static void open_pattern(size_t n)
{
	char *p = calloc(1, n + 1);

	for (size_t i = 0; i < n; i++)
		p[i] = (char)(i % 7);
	scene_file(&s, "/f", p, n);
	free(p);
	run.fd = openat(s.fd, "f", O_RDWR | O_NONBLOCK);
}

static unsigned long long pattern_sum(size_t n)
{
	unsigned long long sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += i % 7;
	return sum;
}

static const struct { size_t size; uint64_t promise; enum gap gap; uint64_t bytes, offset; } rows[] = {
	{ 0, 0, GAP_NONE, 0, 0 },
	{ 5, 5, GAP_NONE, 5, 0 },
	{ 5, 9, GAP_SHRANK, 5, 5 },
	{ 5, 3, GAP_GREW, 3, 3 },
	{ 5, 0, GAP_GREW, 0, 0 },
	{ 0, 4, GAP_SHRANK, 0, 0 },
	{ READ_SIZE, READ_SIZE, GAP_NONE, READ_SIZE, 0 },
	{ BIG, BIG, GAP_NONE, BIG, 0 },
	{ BIG, BIG + READ_SIZE, GAP_SHRANK, BIG, BIG },
};

START_TEST(test_a_promise_ends_as_it_was_measured)
{
	open_pattern(rows[_i].size);
	run.promise = rows[_i].promise;
	read_peek(&run);
	ck_assert_uint_eq(counter.bytes, 0);
	ck_assert_int_eq(read_rest(&run), 0);
	ck_assert_int_eq(run.gap, rows[_i].gap);
	ck_assert_uint_eq(run.offset, rows[_i].offset);
	ck_assert_uint_eq(counter.bytes, rows[_i].bytes);
	ck_assert_uint_eq(run.delivered, rows[_i].bytes);
	ck_assert_uint_eq(counter.sum, pattern_sum(rows[_i].bytes));
}
END_TEST

/* With streams promise is the most to take. */
static const struct { size_t size; uint64_t most; enum gap gap; uint64_t bytes; } streams[] = {
	{ 0, 100, GAP_NONE, 0 },
	{ 5, 100, GAP_NONE, 5 },
	{ 100, 100, GAP_NONE, 100 },
	{ 101, 100, GAP_SPOOL_LIMIT, 100 },
	{ BIG, BIG + 1, GAP_NONE, BIG },
	{ BIG, BIG, GAP_NONE, BIG },
	{ BIG, BIG - 1, GAP_SPOOL_LIMIT, BIG - 1 },
	{ BIG, READ_SIZE, GAP_SPOOL_LIMIT, READ_SIZE },
};

START_TEST(test_a_stream_is_read_to_its_end_or_limit)
{
	open_pattern(streams[_i].size);
	run.stream = true;
	run.promise = streams[_i].most;
	read_peek(&run);
	ck_assert_int_eq(run.ended, streams[_i].size < READ_SIZE);
	ck_assert_int_eq(read_rest(&run), 0);
	ck_assert_int_eq(run.gap, streams[_i].gap);
	ck_assert_uint_eq(counter.bytes, streams[_i].bytes);
	ck_assert_uint_eq(counter.sum, pattern_sum(streams[_i].bytes));
}
END_TEST

START_TEST(test_only_the_data_of_a_sparse_file_is_read)
{
	static const struct extent extents[] = { { 3, 4 }, { READ_SIZE, READ_SIZE + 5 }, { BIG - 2, 2 } };

	open_pattern(BIG);
	run.extents = extents;
	run.extent_count = 3;
	run.promise = 4 + READ_SIZE + 5 + 2;
	read_peek(&run);
	ck_assert_int_eq(read_rest(&run), 0);
	ck_assert_int_eq(run.gap, GAP_NONE);
	ck_assert_uint_eq(counter.bytes, run.promise);
	ck_assert_uint_eq(counter.sum, pattern_sum(7) - pattern_sum(3) + pattern_sum(2 * READ_SIZE + 5) -
			  pattern_sum(READ_SIZE) + pattern_sum(BIG) - pattern_sum(BIG - 2));
}
END_TEST

START_TEST(test_a_sparse_file_without_data_is_read_at_once)
{
	static const struct extent none[1];

	open_pattern(0);
	run.extents = none;
	read_peek(&run);
	ck_assert_int_eq(read_rest(&run), 0);
	ck_assert_int_eq(run.gap, GAP_NONE);
}
END_TEST

START_TEST(test_a_sparse_file_cut_within_an_extent_shrank_there)
{
	static const struct extent extents[] = { { 0, 10 }, { 100, 50 }, { 200, 10 } };

	open_pattern(120);
	run.extents = extents;
	run.extent_count = 3;
	run.promise = 70;
	read_peek(&run);
	ck_assert_int_eq(read_rest(&run), 0);
	ck_assert_int_eq(run.gap, GAP_SHRANK);
	ck_assert_uint_eq(run.offset, 120);
	ck_assert_uint_eq(counter.bytes, 30);
}
END_TEST

START_TEST(test_truncation_between_two_reads_shrinks)
{
	open_pattern(BIG);
	run.promise = BIG;
	counter.truncate_fd = run.fd;
	counter.truncate_to = READ_SIZE + 9;
	read_peek(&run);
	ck_assert_int_eq(read_rest(&run), 0);
	ck_assert_int_eq(run.gap, GAP_SHRANK);
	ck_assert_uint_eq(run.offset, READ_SIZE + 9);
}
END_TEST

START_TEST(test_an_error_has_its_errno_and_place)
{
	run.fd = openat(s.fd, ".", O_RDONLY | O_DIRECTORY);
	run.promise = 10;
	read_peek(&run);
	ck_assert_int_eq(read_rest(&run), 0);
	ck_assert_int_eq(run.gap, GAP_IO_ERROR);
	ck_assert_int_eq(run.oserr, EISDIR);
	ck_assert_uint_eq(counter.bytes, 0);
}
END_TEST

/* A process of as many mappings as its smaps needs to be longer than one read. */
static pid_t process_of_many_mappings(void)
{
	int ready[2];
	char byte;
	pid_t pid;

	ck_assert_int_eq(pipe2(ready, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (int i = 0; i < 2000; i++)
			mmap(NULL, 4096, i % 2 ? PROT_READ : PROT_NONE,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		(void)!write(ready[1], "", 1);
		for (;;)
			pause();
	}
	close(ready[1]);
	ck_assert_int_eq(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	return pid;
}

START_TEST(test_process_that_ends_in_the_middle_is_incomplete_and_no_error_of_a_medium)
{
	char path[64];

	counter.kill = process_of_many_mappings();
	snprintf(path, sizeof(path), "/proc/%d/smaps", counter.kill);
	run.fd = open(path, O_RDONLY | O_CLOEXEC);
	run.stream = true;
	run.promise = BIG;
	read_peek(&run);
	ck_assert_uint_eq(run.held, READ_SIZE);
	ck_assert_int_eq(read_rest(&run), 0);
	ck_assert_int_eq(run.gap, GAP_INCOMPLETE);
	ck_assert_int_eq(run.oserr, ESRCH);
	ck_assert_uint_eq(counter.bytes, run.offset);
	ck_assert_uint_ge(run.offset, READ_SIZE);
}
END_TEST

START_TEST(test_process_that_had_ended_before_its_first_byte_gave_nothing)
{
	char path[64];
	pid_t pid = process_of_many_mappings();

	snprintf(path, sizeof(path), "/proc/%d/cmdline", pid);
	run.fd = open(path, O_RDONLY | O_CLOEXEC);
	kill(pid, SIGKILL);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	run.stream = true;
	run.promise = BIG;
	read_peek(&run);
	ck_assert_uint_eq(run.held, 0);
	ck_assert_int_eq(run.gap, GAP_IO_ERROR);
	ck_assert_int_eq(run.oserr, ESRCH);
}
END_TEST

START_TEST(test_a_pipe_that_gives_nothing_does_not_block)
{
	int ends[2];

	ck_assert_int_eq(pipe2(ends, O_NONBLOCK), 0);
	run.fd = ends[0];
	run.stream = true;
	run.promise = 100;
	read_peek(&run);
	ck_assert_int_eq(run.gap, GAP_IO_ERROR);
	ck_assert_int_eq(run.oserr, EAGAIN);
	close(ends[1]);
}
END_TEST

START_TEST(test_stop_cuts_between_two_reads)
{
	open_pattern(BIG);
	run.promise = BIG;
	counter.stop = &s.stop;
	read_peek(&run);
	ck_assert_int_eq(read_rest(&run), 0);
	ck_assert_int_eq(run.gap, GAP_CUT);
	ck_assert_uint_eq(run.offset, READ_SIZE);
	ck_assert_uint_eq(counter.bytes, READ_SIZE);
}
END_TEST

START_TEST(test_waiting_is_limited_and_grows_with_what_was_delivered)
{
	open_pattern(BIG);
	run.promise = BIG;
	run.seconds = 2;
	run.waited_ns = UINT64_C(2000000000);
	read_peek(&run);
	ck_assert_int_eq(run.gap, GAP_TIME_LIMIT);

	run.gap = GAP_NONE;
	run.ended = false;
	run.delivered = 1 << 20;
	read_peek(&run);
	ck_assert_int_eq(run.gap, GAP_NONE);

	run.seconds = 0;
	run.waited_ns = UINT64_MAX / 2;
	run.held = 0;
	read_peek(&run);
	ck_assert_int_eq(run.gap, GAP_NONE);
}
END_TEST

START_TEST(test_a_sink_that_fails_ends_everything)
{
	open_pattern(BIG);
	run.promise = BIG;
	counter.fail_at = 2;
	read_peek(&run);
	ck_assert_int_eq(read_rest(&run), -1);
	ck_assert_int_eq(counter.calls, 2);
}
END_TEST

#define COUNT(table) (int)(sizeof(table) / sizeof((table)[0]))

Suite *suite_read(void)
{
	Suite *suite = suite_create("collector/acquire/read");
	TCase *t = tcase_create("read");

	tcase_add_unchecked_fixture(t, scene_setup, scene_teardown);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, test_a_promise_ends_as_it_was_measured, 0, COUNT(rows));
	tcase_add_loop_test(t, test_a_stream_is_read_to_its_end_or_limit, 0, COUNT(streams));
	tcase_add_test(t, test_only_the_data_of_a_sparse_file_is_read);
	tcase_add_test(t, test_a_sparse_file_without_data_is_read_at_once);
	tcase_add_test(t, test_a_sparse_file_cut_within_an_extent_shrank_there);
	tcase_add_test(t, test_truncation_between_two_reads_shrinks);
	tcase_add_test(t, test_an_error_has_its_errno_and_place);
	tcase_add_test(t, test_process_that_ends_in_the_middle_is_incomplete_and_no_error_of_a_medium);
	tcase_add_test(t, test_process_that_had_ended_before_its_first_byte_gave_nothing);
	tcase_add_test(t, test_a_pipe_that_gives_nothing_does_not_block);
	tcase_add_test(t, test_stop_cuts_between_two_reads);
	tcase_add_test(t, test_waiting_is_limited_and_grows_with_what_was_delivered);
	tcase_add_test(t, test_a_sink_that_fails_ends_everything);
	suite_add_tcase(suite, t);
	return suite;
}
