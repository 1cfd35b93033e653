/*
 * stuck: processes whose memory does not answer.
 *
 * What the kernel tells of the memory of a process it looks up under a lock of that process,
 * which whoever can make it wait for a file system (a page of FUSE) can hold for ever: every
 * such file of /proc/PID then waits, and each would cost a reader.  So after the first that was
 * lost the others of that process are not tried; after a second, nothing of it is.
 * The list: trials on Linux 5.10 to 6.18 with that lock held (proc_pid_maps(5) and its kin).
 */
#ifndef EXHIBIT_ACQUIRE_STUCK_H
#define EXHIBIT_ACQUIRE_STUCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collector/acquire/mounts.h"
#include "lib/item/item.h"

#define STUCK_MAX 256u			/* processes that are remembered */

/* A process that swallowed readers. */
struct stuck {
	uint32_t pid;
	uint32_t lost;			/* readers */
};

/* Processes in the order in which they were met. */
struct stuck_list {
	uint32_t count;
	struct stuck row[STUCK_MAX];
};

/**
 * stuck_add(list, path):
 * Note that a reader was lost on ${path} of a host's /proc.  A path that is none of a process
 * ("/proc/PID/..."), or one process more than fits, is not remembered.
 */
void stuck_add(struct stuck_list *list, struct bytes path);

/**
 * stuck_has(list, below):
 * Must the object at ${below} ("/PID/...", from the root of a procfs) not be tried?
 */
bool stuck_has(const struct stuck_list *list, struct bytes below);

/* The same for ${path}, which is on mount ${m}, whatever that is; NULL: not known. */
bool stuck_on(const struct stuck_list *list, const struct mount *m, struct bytes path);

/* The same for what is told of the memory of process ${pid}. */
bool stuck_memory(const struct stuck_list *list, uint32_t pid);

#endif
