/*
 * raw_list: two listings of one directory held against each other, by name.
 *
 * One comes from the kernel (getdents64(2)), the other from the device.  On a busy host they
 * differ for an instant; what differs in each of several rounds, with the same numbers,
 * is left.
 */
#ifndef EXHIBIT_VOLATILE_RAW_LIST_H
#define EXHIBIT_VOLATILE_RAW_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collector/acquire/pulse.h"
#include "lib/base/buf.h"

#define RAW_LIST_MAX 100000u		/* entries of one directory */
#define RAW_LIST_BYTES (4u << 20)	/* bytes of their names */
#define RAW_ODDS_MAX 20000u		/* entries of one directory that differ */
#define RAW_ODDS_BYTES (1u << 20)

/* One name on one side. */
struct raw_name {
	uint32_t at;			/* offset in the list's bytes */
	uint8_t len;			/* 1 to 255 bytes, anything in them */
	uint8_t type;			/* DT_... of readdir(3); DT_UNKNOWN matches every other */
	uint32_t ino;			/* ext4 has no more bits */
};

struct raw_list {
	struct buf bytes;		/* the names, one behind the other */
	struct buf rows;		/* struct raw_name[n] */
	size_t n;
	bool full;			/* there were more than fit */
};

/* A name on which the two sides do not agree: ino 0 is a side that does not have it.  When both
 * have it, number or type differ. */
struct raw_odd {
	uint32_t at;			/* offset of the name, in the list of odd ones */
	uint8_t len;
	uint8_t live_type, raw_type;
	uint32_t live_ino, raw_ino;
};

struct raw_odds {
	struct buf bytes;
	struct buf rows;		/* struct raw_odd[n] */
	size_t n;
};

void raw_list_init(struct raw_list *l);
void raw_list_release(struct raw_list *l);

/* Forget the entries, keep the memory. */
void raw_list_clear(struct raw_list *l);

/* Add an entry; false (and full) when there is no room. */
bool raw_list_add(struct raw_list *l, const void *name, size_t len, uint32_t ino, uint8_t type);

/* Sort by name, as raw_list_compare wants it; the entry of number i; its name. */
void raw_list_sort(struct raw_list *l);
const struct raw_name *raw_list_at(const struct raw_list *l, size_t i);
const char *raw_list_name(const struct raw_list *l, const struct raw_name *name);

/**
 * raw_list_live(l, fd, pulse):
 * Fill ${l} with the entries of the open directory ${fd}, from its beginning, sorted.
 * Return 0, or -1 with errno.
 */
int raw_list_live(struct raw_list *l, int fd, struct pulse *pulse);

void raw_list_odds_init(struct raw_odds *o);
void raw_list_odds_clear(struct raw_odds *o);
void raw_list_odds_release(struct raw_odds *o);
const struct raw_odd *raw_list_odd(const struct raw_odds *o, size_t i);
const char *raw_list_odd_name(const struct raw_odds *o, const struct raw_odd *odd);

/**
 * raw_list_compare(live, raw, out):
 * Put into ${out}, which is empty, what differs between two sorted lists, sorted by name; more
 * than fits is left out.
 */
void raw_list_compare(const struct raw_list *live, const struct raw_list *raw,
		      struct raw_odds *out);

/**
 * raw_list_still(before, now):
 * Leave in ${before} only what ${now} has in the very same way.
 */
void raw_list_still(struct raw_odds *before, const struct raw_odds *now);

#endif
