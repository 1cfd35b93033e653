/*
 * feed: the input of a fuzz target as numbers and bytes, one behind the other.
 *
 * What is asked for when the input has ended is zero, so that every input means something and a
 * shorter one means nearly the same.
 */
#ifndef EXHIBIT_TESTS_FEED_H
#define EXHIBIT_TESTS_FEED_H

#include <stddef.h>
#include <stdint.h>

/* What is left of the input, which stays the caller's. */
struct feed {
	const uint8_t *p;
	size_t left;
};

/**
 * feed_number(f, n):
 * The next ${n} bytes, at most 8, as a number, the lowest first.
 */
static inline uint64_t feed_number(struct feed *f, unsigned n)
{
	uint64_t v = 0;

	for (unsigned i = 0; i < n && f->left > 0; i++, f->p++, f->left--)
		v |= (uint64_t)*f->p << 8 * i;
	return v;
}

/**
 * feed_bytes(f, n, got):
 * The next ${n} bytes, or what is left; how many in ${got}.
 */
static inline const uint8_t *feed_bytes(struct feed *f, size_t n, size_t *got)
{
	const uint8_t *p = f->p;

	*got = n < f->left ? n : f->left;
	f->p += *got;
	f->left -= *got;
	return p;
}

#endif
