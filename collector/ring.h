/*
 * ring: messages from one reader to the recorder through shared memory.
 *
 * One producer, one consumer, in different processes.  Messages are contiguous,
 * so that the consumer sees each in one piece.  A producer that waits for room
 * or a consumer that waits for messages sleeps on a futex with a time limit;
 * wake-ups are batched: the producer wakes the consumer when RING_WAKE bytes wait
 * or when it flushes, so that small files do not cost a system call each.
 *
 * The consumer does not trust the producer: positions and lengths are checked
 * and every message is copied out before it is used, because whoever holds
 * the other end could still write to it.  futex(2).
 */
#ifndef EXHIBIT_COLLECTOR_RING_H
#define EXHIBIT_COLLECTOR_RING_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RING_SIZE (2u << 20)		/* bytes of messages, a power of two */
#define RING_MESSAGE_MAX (512u << 10)	/* bytes of one message */
#define RING_WAKE (128u << 10)		/* waiting bytes that are worth a wake-up */

/* Shared memory, all zero when new.  Positions count bytes for ever. */
struct ring {
	_Atomic uint64_t tail;		/* written by the producer: end of what is complete */
	_Atomic uint64_t head;		/* written by the consumer: what it has finished with */
	_Atomic uint32_t tail_word;	/* futex words: grow with every wake-up */
	_Atomic uint32_t head_word;
	_Atomic uint32_t consumer_waits;
	_Atomic uint32_t producer_waits;
	_Atomic uint32_t closed;	/* non-zero: the consumer takes no more */
	unsigned char data[RING_SIZE] __attribute__((aligned(64)));
};

/* One end's private state. */
struct ring_end {
	struct ring *ring;
	uint64_t position;		/* ours: tail of the producer, head of the consumer */
	uint64_t flushed;		/* producer: position at the last wake-up */
};

/**
 * ring_open(end, ring):
 * Use ${ring}, which must be new, from this end.
 */
void ring_open(struct ring_end *end, struct ring *ring);

/**
 * ring_reserve(end, n):
 * Producer: wait until ${n} <= RING_MESSAGE_MAX contiguous bytes are free and return
 * them; ring_commit must follow.  NULL once the ring was closed.
 */
void *ring_reserve(struct ring_end *end, size_t n);

/**
 * ring_commit(end, type, n):
 * Publish the first ${n} bytes of what was reserved as one message of ${type}.
 */
void ring_commit(struct ring_end *end, uint32_t type, size_t n);

/**
 * ring_flush(end):
 * Wake the consumer for what is there: at the end of a job, and before a call
 * that may take long.
 */
void ring_flush(struct ring_end *end);

/* Answers of ring_next. */
enum ring_news { RING_MESSAGE, RING_TIMEOUT, RING_BROKEN };

/**
 * ring_next(end, wait_ns, type, out, n):
 * Consumer: copy the next message into ${out} (of RING_MESSAGE_MAX bytes) and its
 * length into *${n}; its room is free again on return.  Waits up to ${wait_ns} if
 * there is none.  RING_BROKEN: positions or lengths make no sense; the ring must
 * not be used again.
 */
enum ring_news ring_next(struct ring_end *end, uint64_t wait_ns, uint32_t *type, void *out,
			 size_t *n);

/**
 * ring_close(ring):
 * Consumer: take no more; a producer that waits gets NULL.
 */
void ring_close(struct ring *ring);

/**
 * ring_wait(word, seen, wait_ns) / ring_wake(word):
 * Sleep until *${word} differs from ${seen}, a wake-up, or ${wait_ns} (UINT64_MAX: for
 * ever); wake everybody who sleeps on ${word}.  For other words of shared memory too.
 */
void ring_wait(_Atomic uint32_t *word, uint32_t seen, uint64_t wait_ns);
void ring_wake(_Atomic uint32_t *word);

#endif
