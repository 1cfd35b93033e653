/*
 * pages: which pages of a process are private and in memory, by /proc/PID/pagemap.
 *
 * A page that is not there is never touched: reading it through /proc/PID/mem would make
 * the process take it, or bring it back from swap.  proc_pid_pagemap(5): a word of 64 bits for each
 * page, bit 63 present, 62 swapped, 61 page of a file or shared.
 */
#ifndef EXHIBIT_VOLATILE_PAGES_H
#define EXHIBIT_VOLATILE_PAGES_H

#include <stdint.h>

#include "collector/volatile/memory_map.h"
#include "collector/volatile/region.h"
#include "collector/volatile/source.h"

#define PAGES_RUNS_MAX 131072u		/* runs of one process: 3 MiB of ours */
#define PAGES_LOOKED_MAX (UINT64_C(1) << 31)	/* pages asked about in one process: 8 TiB */

/* What was found in one process. */
struct pages {
	struct source_env *env;
	int fd;				/* its pagemap */
	uint64_t size;			/* bytes of a page */
	uint64_t cap;			/* bytes that may be taken */
	struct memory_runs runs;	/* to be taken; offset is the address */
	uint64_t bytes;			/* in them */
	uint64_t swapped, elsewhere;	/* pages seen: in swap; present, but of a file or shared */
	uint64_t looked;		/* pages asked about */
	bool capped;			/* there was more than a limit allows */
	int oserr;			/* of a read that failed, 0: none */
};

/**
 * pages_private(entry):
 * Does that word say: present, and neither of a file nor shared?
 */
bool pages_private(uint64_t entry);

/**
 * pages_collect(p, r):
 * Add the private pages of a mapping to p->runs, one run for neighbours of the same mapping.
 * A list of the kernel's is not of one moment: see pages_look.
 */
void pages_collect(struct pages *p, const struct region *r);

/**
 * pages_look(p, address, out, count):
 * The words of ${count} pages now.  Return how many came.
 */
size_t pages_look(struct pages *p, uint64_t address, uint64_t *out, size_t count);

#endif
