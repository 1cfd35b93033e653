/*
 * seen: were there two members of one name?  Asked for every member of an
 * archive of any length, in a bounded number of bytes.
 *
 * Names are kept as 64-bit fingerprints under a random key, so that nobody can
 * prepare names that collide; the chance that an honest archive of n names shows
 * a duplicate that is none is n²/2^65 (one in a million for 6 million names).
 * Two generations: when the younger one is full, the older one is forgotten.
 */
#ifndef EXHIBIT_BUNDLE_SEEN_H
#define EXHIBIT_BUNDLE_SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/item/item.h"

#define SEEN_READ (64u << 20)		/* bytes for who reads an archive */
#define SEEN_WRITE (1u << 20)		/* bytes for who writes one: names of a directory */
/* Names that one generation holds; at least so many of the last are remembered. */
#define SEEN_GENERATION(memory) ((memory) / 2 / 8 * 3 / 4)

struct seen;

/**
 * seen_new(memory):
 * Nothing seen; ${memory} bytes, a power of two, from 65536, is the limit of both generations,
 * taken as needed.  NULL: no memory or no random numbers.
 */
struct seen *seen_new(size_t memory);
void seen_free(struct seen *s);

/**
 * seen_add(s, name):
 * Remember ${name}.  Return 0, 1 if it was there before, or -1 if memory ended.
 */
int seen_add(struct seen *s, struct bytes name);

/* True if ${name} was added and not forgotten; whether anything was forgotten. */
bool seen_has(const struct seen *s, struct bytes name);
bool seen_forgot(const struct seen *s);

#endif
