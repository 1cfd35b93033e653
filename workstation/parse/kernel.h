/*
 * kernel: what is loaded into the kernel, and what it says of itself: lines of /proc/modules,
 * structs of bpf(2), lines of its log, bits of its taint.
 */
#ifndef EXHIBIT_PARSE_KERNEL_H
#define EXHIBIT_PARSE_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/buf.h"
#include "lib/base/bytes.h"

/* A line of /proc/modules (kernel/module/procfs.c). */
struct kernel_module {
	struct bytes name;
	int64_t size;		/* bytes in memory */
	int64_t refs;		/* -1: the kernel cannot unload modules */
	struct bytes users;	/* names with commas between, none behind; empty: none */
	struct bytes state;	/* Live Loading Unloading */
	struct bytes taint;	/* letters without the brackets; empty: none */
};

/* Read one line.  False if it is none. */
bool kernel_module(struct bytes line, struct kernel_module *out);

/* struct bpf_prog_info, bpf_map_info, bpf_link_info, bpf_btf_info (linux/bpf.h), as much of
 * it as the kernel filled; layouts are the same for 32 and 64 bits. */
struct kernel_bpf {
	int64_t id;		/* -1: not told */
	const char *type;	/* word of enum bpf_prog_type ... without its prefix; NULL: a
				 * number that is not known, or a kind without types */
	uint32_t type_number;
	struct bytes name;	/* empty: none */
	int64_t loaded;		/* prog: nanoseconds since boot; -1: not told */
	int64_t uid;		/* prog: who loaded it; -1: not told */
	int64_t prog;		/* link: id of its program; -1: not told */
	struct bytes tag;	/* prog: 8 bytes, hash of its instructions; p NULL: not told */
};

/**
 * kernel_bpf(kind, p, n, out):
 * Read the struct of ${kind} prog, map, link or btf.  False: another kind, or too short to
 * tell anything.  The byte order is found from the id.
 */
bool kernel_bpf(struct bytes kind, const uint8_t *p, size_t n, struct kernel_bpf *out);

/* A line of the kernel's log: <PRIORITY>[SECONDS.MICROSECONDS] TEXT. */
struct kernel_line {
	int64_t priority;	/* severity, 0 to 7; -1: not told */
	int64_t boottime;	/* nanoseconds since boot; -1: not told */
	struct bytes text;	/* without what stands before it, and without [CPU or thread] */
};

/* Read one line; what has no such beginning is all text. */
struct kernel_line kernel_line(struct bytes line);

/**
 * kernel_taint(mask, out):
 * Append what taints the kernel, as "OE: out-of-tree module, unsigned module"; nothing for 0.
 * Bits: Documentation/admin-guide/tainted-kernels.rst.
 */
void kernel_taint(uint64_t mask, struct buf *out);

#endif
