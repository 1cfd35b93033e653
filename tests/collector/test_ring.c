#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "collector/ring.h"
#include "lib/base/clock.h"

#define SECOND_NS 1000000000ull

Suite *suite_ring(void);

static struct ring *ring;
static unsigned char message[RING_MESSAGE_MAX];

static void map_ring(void)
{
	ring = mmap(NULL, sizeof(*ring), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(ring, MAP_FAILED);
}

static void unmap_ring(void)
{
	munmap(ring, sizeof(*ring));
}

/* Length and fill of the i-th message: small, large and odd ones mixed. */
static size_t length_of(uint32_t i)
{
	return i % 97 == 0 ? RING_MESSAGE_MAX - i % 13 : (i * 7919u) % 5000u;
}

static void produce(uint32_t count)
{
	struct ring_end out;

	ring_open(&out, ring);
	for (uint32_t i = 0; i < count; i++) {
		unsigned char *room = ring_reserve(&out, length_of(i));

		if (room == NULL)
			_exit(1);
		memset(room, (int)(i & 0xff), length_of(i));
		ring_commit(&out, i, length_of(i));
	}
	ring_flush(&out);
	_exit(0);
}

START_TEST(test_every_message_arrives_once_in_order_and_whole)
{
	const uint32_t count = 20000;
	struct ring_end in;
	uint32_t type;
	size_t n;
	int status;
	pid_t pid = fork();

	if (pid == 0)
		produce(count);
	ring_open(&in, ring);
	for (uint32_t i = 0; i < count; i++) {
		enum ring_news news;

		do {
			news = ring_next(&in, SECOND_NS / 50, &type, message, &n);
		} while (news == RING_TIMEOUT);
		ck_assert_int_eq(news, RING_MESSAGE);
		ck_assert_uint_eq(type, i);
		ck_assert_uint_eq(n, length_of(i));
		if (n > 0) {
			ck_assert_uint_eq(message[0], i & 0xff);
			ck_assert_uint_eq(message[n - 1], i & 0xff);
		}
	}
	waitpid(pid, &status, 0);
	ck_assert_int_eq(status, 0);
}
END_TEST

/* Otherwise everybody who waits would keep a processor busy. */
START_TEST(test_a_wait_lasts_as_long_as_was_asked_for)
{
	uint64_t begun = clock_monotonic_ns();

	ring_wait(&ring->tail_word, 0, SECOND_NS / 50);
	ck_assert_uint_ge(clock_monotonic_ns() - begun, SECOND_NS / 50);
}
END_TEST

START_TEST(test_an_empty_ring_times_out)
{
	struct ring_end in;
	uint32_t type;
	size_t n;

	ring_open(&in, ring);
	ck_assert_int_eq(ring_next(&in, 1000000, &type, message, &n), RING_TIMEOUT);
}
END_TEST

START_TEST(test_a_closed_ring_gives_no_room)
{
	struct ring_end out;

	ring_open(&out, ring);
	ck_assert_ptr_nonnull(ring_reserve(&out, 8));
	ring_commit(&out, 1, 8);
	ring_close(ring);
	ck_assert_ptr_null(ring_reserve(&out, 8));
}
END_TEST

START_TEST(test_a_message_too_long_is_refused)
{
	struct ring_end out;

	ring_open(&out, ring);
	ck_assert_ptr_null(ring_reserve(&out, RING_MESSAGE_MAX + 1));
}
END_TEST

/* What a producer gone wrong may leave behind. */
static const struct damage {
	uint64_t tail;
	uint32_t type, length;
} damages[] = {
	{ 4, 1, 0 },				/* less than a header */
	{ RING_SIZE + 8, 1, 0 },		/* more than the ring holds */
	{ 16, 1, 100 },				/* message longer than what is there */
	{ RING_SIZE, 1, RING_MESSAGE_MAX + 1 },	/* longer than any message */
	{ 64, UINT32_MAX, 0 },			/* skip of a rest that was not written */
	{ UINT64_MAX, 1, 8 },
};

START_TEST(test_positions_that_make_no_sense_are_broken)
{
	const struct damage *d = &damages[_i];
	const uint32_t header[2] = { d->type, d->length };
	struct ring_end in;
	uint32_t type;
	size_t n;

	memcpy(ring->data, header, sizeof(header));
	atomic_store(&ring->tail, d->tail);
	ring_open(&in, ring);
	ck_assert_int_eq(ring_next(&in, 1000000, &type, message, &n), RING_BROKEN);
}
END_TEST

Suite *suite_ring(void)
{
	Suite *s = suite_create("collector/ring");
	TCase *t = tcase_create("ring");

	tcase_add_checked_fixture(t, map_ring, unmap_ring);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, test_every_message_arrives_once_in_order_and_whole);
	tcase_add_test(t, test_a_wait_lasts_as_long_as_was_asked_for);
	tcase_add_test(t, test_an_empty_ring_times_out);
	tcase_add_test(t, test_a_closed_ring_gives_no_room);
	tcase_add_test(t, test_a_message_too_long_is_refused);
	tcase_add_loop_test(t, test_positions_that_make_no_sense_are_broken, 0,
			    (int)(sizeof(damages) / sizeof(damages[0])));
	suite_add_tcase(s, t);
	return s;
}
