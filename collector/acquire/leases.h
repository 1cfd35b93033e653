/*
 * leases: files that somebody would be told of if we opened them.
 *
 * Who holds a lease on a file (fcntl(2), F_SETLEASE: file servers, and anybody who wants to
 * know) is signalled when another opens it, even by an open that does not wait.  /proc/locks
 * names them (proc_locks(5)); a lease for reading is not broken by a reader.
 */
#ifndef EXHIBIT_ACQUIRE_LEASES_H
#define EXHIBIT_ACQUIRE_LEASES_H

#include <stdbool.h>
#include <stdint.h>

#include "collector/acquire/pulse.h"

#define LEASES_MAX 4096u		/* that are remembered */

/* As of one reading; 64 KiB.  All zero: nobody has any. */
struct leases {
	uint64_t read_ns;		/* CLOCK_MONOTONIC; 0: never */
	uint32_t count;
	struct lease {
		uint64_t dev;		/* major << 32 | minor, of the file system */
		uint64_t ino;
	} row[LEASES_MAX];
};

/**
 * leases_read(l, at, name, pulse):
 * Read the table of locks ${name} below ${at}.  What cannot be read holds none.
 */
void leases_read(struct leases *l, int at, const char *name, struct pulse *pulse);

/* The same of the table ${text}, NUL-terminated, which is overwritten. */
void leases_parse(struct leases *l, char *text);

/**
 * leases_refresh(l, at, name, pulse):
 * The same, unless it was read within the last second.
 */
void leases_refresh(struct leases *l, int at, const char *name, struct pulse *pulse);

/* Would opening this file for reading be told to somebody? */
bool leases_hold(const struct leases *l, uint64_t dev, uint64_t ino);

#endif
