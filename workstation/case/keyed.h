/*
 * keyed: records that come in pieces from many members, found again by a pair of numbers: the
 * process and its thread, the process and its descriptor.
 *
 * Held in memory while an archive is loaded, with a limit on all of it, and given back in the
 * order in which they were first seen.  Records do not move.
 */
#ifndef EXHIBIT_CASE_KEYED_H
#define EXHIBIT_CASE_KEYED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/bytes.h"

struct keyed;

/**
 * keyed_new(size, limit):
 * Make an empty table of records of ${size} bytes that uses at most ${limit} bytes of memory.
 * NULL: no memory.
 */
struct keyed *keyed_new(size_t size, size_t limit);

/* Free it and all that it gave.  NULL is allowed. */
void keyed_free(struct keyed *k);

/**
 * keyed_get(k, a, b, made):
 * The record of (${a}, ${b}); a new one, all zeros, if there was none: then *${made}.  NULL if
 * the limit is reached or there is no memory.
 */
void *keyed_get(struct keyed *k, int64_t a, int64_t b, bool *made);

/* The record of (${a}, ${b}), or NULL. */
void *keyed_find(const struct keyed *k, int64_t a, int64_t b);

/**
 * keyed_keep(k, b, out):
 * Copy ${b}; *${out} is the copy and lives as long as ${k}.  False if it does not fit into the
 * limit; then *${out} has no value.
 */
bool keyed_keep(struct keyed *k, struct bytes b, struct bytes *out);

/* Record ${i} from 0 and its key; NULL behind the last. */
void *keyed_at(const struct keyed *k, size_t i, int64_t *a, int64_t *b);

#endif
