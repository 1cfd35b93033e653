/*
 * guest_find: which processes have another root directory, or mounts of their own.
 *
 * Only links and tables of /proc are read, and device and inode of root directories asked;
 * no file system is touched.  A thread of the kernel is no container (kdevtmpfs has a root of
 * its own on every host), nor is a process whose root is on a file system of the kernel.
 */
#ifndef EXHIBIT_COLLECTOR_GUEST_FIND_H
#define EXHIBIT_COLLECTOR_GUEST_FIND_H

#include <sys/types.h>

#include "collector/guest.h"

/**
 * guest_find(env):
 * Fill the list of ${env}; its walk of the host has our root directory and our table of
 * mounts.  The namespace of the recorder is no view, whatever was mounted there since.
 * Without memory the list stays empty.
 */
void guest_find(const struct guest_env *env);

/* Open the directory of a process in a procfs, or -1. */
int guest_find_process(int proc_fd, uint32_t pid);

/**
 * guest_find_start(process):
 * Start time of the process whose directory is open, field 22 of its stat.  0: it has ended,
 * or is a thread of the kernel.
 */
uint64_t guest_find_start(int process);

/* Read a small file of such a directory; what is longer than ${n} is cut.  Bytes, or -1. */
ssize_t guest_find_read(int at, const char *name, char *out, size_t n);

/**
 * guest_find_mounts(at, name, gone):
 * Parse a mountinfo below directory ${at}; ${gone} as for mounts_parse.  NULL without memory.
 */
struct mounts *guest_find_mounts(int at, const char *name, struct bytes gone);

#endif
