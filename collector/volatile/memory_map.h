/*
 * memory_map: which physical addresses are memory, and where /proc/kcore has them.
 *
 * Pure functions of bytes that the host gave: lines of /proc/iomem (kernel/resource.c)
 * and the core headers of /proc/kcore (fs/proc/kcore.c, elf(5)), ELF32 from a kernel of 32
 * bits, which has only the memory in them that it maps.  Every address is that of a byte, and a
 * run has both its first and its last byte, so that a run can end at the end of the address space.
 */
#ifndef EXHIBIT_VOLATILE_MEMORY_MAP_H
#define EXHIBIT_VOLATILE_MEMORY_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MEMORY_MAP_HEAD 65536u		/* bytes of /proc/kcore that hold all of its headers */
#define MEMORY_MAP_RUNS_MAX 16384u	/* runs of one list; hosts have fewer than 100 */

/* Bytes first to last, both included, which stand at offset of some file. */
struct memory_run {
	uint64_t first, last;
	uint64_t offset;		/* bytes; 0 where there is no file */
};

/* A list that grows up to max runs; what does not fit is dropped and marked. */
struct memory_runs {
	struct memory_run *run;		/* owned; memory_map_release frees it */
	size_t count, room;
	size_t max;			/* set by the caller before the first add */
	bool full;			/* something was dropped, or there was no memory */
};

/* Append a run; false (and full) if it does not fit.  Free the list; it is empty then. */
bool memory_map_add(struct memory_runs *list, struct memory_run run);
void memory_map_release(struct memory_runs *list);

/* What /proc/iomem told. */
enum memory_iomem {
	MEMORY_IOMEM_TOLD,		/* the list holds the memory, ascending, merged */
	MEMORY_IOMEM_HIDDEN,		/* all addresses are 0: we lack CAP_SYS_ADMIN */
	MEMORY_IOMEM_NONE		/* no line of the top level is "System RAM" */
};

/**
 * memory_map_iomem(text, n, out):
 * Read ${n} bytes of /proc/iomem.  Only lines of the top level count: what is indented
 * lies inside one of them.  Lines that make no sense are passed over.
 */
enum memory_iomem memory_map_iomem(const char *text, size_t n, struct memory_runs *out);

/**
 * memory_map_kcore(head, n, out):
 * Read the first ${n} bytes of /proc/kcore: every PT_LOAD with a physical address, sorted.
 * They overlap (the kernel's own text lies inside the map of all memory, and comes first).
 * Return 0, or -1 if these are no headers of a core of this byte order, or have
 * no physical addresses (old kernels write 0 into all of them).
 */
int memory_map_kcore(const void *head, size_t n, struct memory_runs *out);

/**
 * memory_map_join(ram, load, segment, missing):
 * What of ${ram} can be read at which offset: ${segment}, ascending and without overlap, each
 * byte once; and what of it no load covers: ${missing}, with offset 0.
 */
void memory_map_join(const struct memory_runs *ram, const struct memory_runs *load,
		     struct memory_runs *segment, struct memory_runs *missing);

/* Sum of the lengths of all runs, at most UINT64_MAX. */
uint64_t memory_map_bytes(const struct memory_runs *list);

#endif
