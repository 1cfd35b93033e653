/*
 * region: mappings of a process, as the lines of /proc/PID/maps and smaps tell them.
 *
 * proc_pid_maps(5), proc_pid_smaps(5), fs/proc/task_mmu.c.  Pure functions of one line, which
 * the process can shape: names are raw bytes, in which the kernel writes a line feed as \012.
 */
#ifndef EXHIBIT_VOLATILE_REGION_H
#define EXHIBIT_VOLATILE_REGION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct region {
	uint64_t first, last;		/* addresses of its first and its last byte */
	uint64_t inode;			/* 0: no file */
	bool write, execute, shared;
	bool of_kernel;			/* [vdso], [vvar], [vsyscall]: the kernel's own pages */
	const char *name;		/* points into the line, valid as long; empty: none */
	size_t name_len;
	/* Of the lines that follow in smaps; bytes.  Kernels before 3.8 have no flags. */
	bool has_flags;
	bool device;			/* VM_IO or VM_PFNMAP: reading it can reach a device */
	bool secret;			/* wiped at fork, or locked in memory and not inherited */
	bool has_anonymous;
	uint64_t anonymous, swap;
};

/**
 * region_begin(line, n, r):
 * If the line (without its line feed) begins a mapping, fill ${r} and return true.
 */
bool region_begin(const char *line, size_t n, struct region *r);

/**
 * region_detail(line, n, r):
 * Add what another line of smaps says of ${r}; lines that say nothing of interest are passed over.
 */
void region_detail(const char *line, size_t n, struct region *r);

/**
 * region_readable(r):
 * May its private pages be read?  Not those of devices, not what is shared, not the kernel's
 * own pages ([vvar], [vsyscall]), and without flags nothing that has a file.
 */
bool region_readable(const struct region *r);

#endif
