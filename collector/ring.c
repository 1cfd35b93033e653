#include "collector/ring.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* Before every message.  A message never wraps: the rest of the ring is skipped. */
struct header {
	uint32_t type;
	uint32_t length;		/* of the message without this header */
};

#define SKIP_REST UINT32_MAX
#define ALIGNED(n) (((n) + sizeof(struct header) - 1) & ~(sizeof(struct header) - 1))
#define SECOND_NS UINT64_C(1000000000)
#define POLL_NS 50000000ull		/* a lost wake-up costs at most this */

/* Where long has 32 bits the old call takes two of them, whatever time_t is; a new one, since
 * Linux 5.1, takes the C library's structure. */
void ring_wait(_Atomic uint32_t *word, uint32_t seen, uint64_t wait_ns)
{
	const long old[2] = { (long)(wait_ns / SECOND_NS), (long)(wait_ns % SECOND_NS) };
	bool ends = wait_ns != UINT64_MAX;

#ifdef SYS_futex_time64
	const struct timespec ts = { (time_t)(wait_ns / SECOND_NS), (long)(wait_ns % SECOND_NS) };

	if (syscall(SYS_futex_time64, word, FUTEX_WAIT, seen, ends ? &ts : NULL, NULL, 0) == 0 ||
	    errno != ENOSYS)
		return;
#endif
	syscall(SYS_futex, word, FUTEX_WAIT, seen, ends ? old : NULL, NULL, 0);
}

void ring_wake(_Atomic uint32_t *word)
{
	atomic_fetch_add(word, 1);
	syscall(SYS_futex, word, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

void ring_open(struct ring_end *end, struct ring *ring)
{
	*end = (struct ring_end){ .ring = ring };
}

/* Wait until n bytes from our position on are free. */
static bool wait_for_room(struct ring_end *end, size_t n)
{
	struct ring *r = end->ring;

	while (end->position + n - atomic_load(&r->head) > RING_SIZE) {
		uint32_t seen = atomic_load(&r->head_word);

		atomic_store(&r->producer_waits, 1);
		if (end->position + n - atomic_load(&r->head) > RING_SIZE) {
			ring_flush(end);
			ring_wait(&r->head_word, seen, POLL_NS);
		}
		atomic_store(&r->producer_waits, 0);
		if (atomic_load(&r->closed))
			return false;
	}
	return !atomic_load(&r->closed);
}

void *ring_reserve(struct ring_end *end, size_t n)
{
	struct ring *r = end->ring;
	size_t need = sizeof(struct header) + ALIGNED(n);
	size_t at = end->position & (RING_SIZE - 1);

	if (n > RING_MESSAGE_MAX)
		return NULL;
	if (at + need > RING_SIZE) {
		struct header skip = { SKIP_REST, 0 };

		if (!wait_for_room(end, RING_SIZE - at))
			return NULL;
		memcpy(r->data + at, &skip, sizeof(skip));
		end->position += RING_SIZE - at;
		atomic_store_explicit(&r->tail, end->position, memory_order_release);
		at = 0;
	}
	if (!wait_for_room(end, need))
		return NULL;
	return r->data + at + sizeof(struct header);
}

void ring_commit(struct ring_end *end, uint32_t type, size_t n)
{
	struct ring *r = end->ring;
	struct header h = { type, (uint32_t)n };

	memcpy(r->data + (end->position & (RING_SIZE - 1)), &h, sizeof(h));
	end->position += sizeof(h) + ALIGNED(n);
	atomic_store(&r->tail, end->position);
	if (end->position - end->flushed >= RING_WAKE)
		ring_flush(end);
}

void ring_flush(struct ring_end *end)
{
	end->flushed = end->position;
	if (atomic_load(&end->ring->consumer_waits))
		ring_wake(&end->ring->tail_word);
}

static uint64_t waiting(const struct ring_end *end)
{
	return atomic_load(&end->ring->tail) - end->position;
}

/* Give room back; the producer is woken when half of the ring is free. */
static void release(struct ring_end *end)
{
	struct ring *r = end->ring;

	atomic_store(&r->head, end->position);
	if (atomic_load(&r->producer_waits) && waiting(end) <= RING_SIZE / 2)
		ring_wake(&r->head_word);
}

static void wait_for_message(struct ring_end *end, uint64_t wait_ns)
{
	struct ring *r = end->ring;
	uint32_t seen = atomic_load(&r->tail_word);

	if (atomic_load(&r->producer_waits))
		ring_wake(&r->head_word);
	atomic_store(&r->consumer_waits, 1);
	if (waiting(end) == 0)
		ring_wait(&r->tail_word, seen, wait_ns);
	atomic_store(&r->consumer_waits, 0);
}

enum ring_news ring_next(struct ring_end *end, uint64_t wait_ns, uint32_t *type, void *out,
			 size_t *n)
{
	struct ring *r = end->ring;
	struct header h;

	for (;;) {
		size_t at = end->position & (RING_SIZE - 1);
		uint64_t have;

		if (waiting(end) == 0)
			wait_for_message(end, wait_ns);
		have = waiting(end);
		if (have == 0)
			return RING_TIMEOUT;
		if (have > RING_SIZE || have < sizeof(h))
			return RING_BROKEN;
		memcpy(&h, r->data + at, sizeof(h));
		if (h.type == SKIP_REST) {
			if (have < RING_SIZE - at)
				return RING_BROKEN;
			end->position += RING_SIZE - at;
			release(end);
			continue;
		}
		if (h.length > RING_MESSAGE_MAX || sizeof(h) + ALIGNED((size_t)h.length) > have ||
		    at + sizeof(h) + h.length > RING_SIZE)
			return RING_BROKEN;
		memcpy(out, r->data + at + sizeof(h), h.length);
		*type = h.type;
		*n = h.length;
		end->position += sizeof(h) + ALIGNED((size_t)h.length);
		release(end);
		return RING_MESSAGE;
	}
}

void ring_close(struct ring *ring)
{
	atomic_store(&ring->closed, 1);
	ring_wake(&ring->head_word);
}
