/*
 * procfs: the process table as a procfs shows it, and what it says of one process.
 *
 * By descriptors of /proc or of another instance of it (proc(5)).  Only what takes no lock of
 * the process: nothing here hangs.
 */
#ifndef EXHIBIT_VOLATILE_PROCFS_H
#define EXHIBIT_VOLATILE_PROCFS_H

#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>

#include "collector/acquire/pulse.h"
#include "collector/volatile/view.h"
#include "lib/base/buf.h"

#define PROCFS_INIT_PID_NS 0xeffffffcu	/* inode of the first pid namespace, linux/proc_ns.h */

/* A directory open for listing, without a change of its access time where we may ask for that; -1
 * with errno.  The same for readdir, to be closed by dir_close; NULL with errno. */
int procfs_open_fd(int at, const char *name);
DIR *procfs_open(int at, const char *name);

/**
 * procfs_list(proc_fd, pulse, threads, out, folders):
 * Add the number of every process, and of its threads if ${threads}; *${folders}, unless
 * NULL, becomes the number of directories that are no process.  0 or errno.
 */
int procfs_list(int proc_fd, struct pulse *pulse, bool threads, struct view_set *out,
		uint32_t *folders);

/**
 * procfs_read(proc_fd, name, text, size):
 * Read the beginning of a file, NUL-terminated, at most ${size} - 1 bytes.  Their number, or -1
 * with errno.
 */
ssize_t procfs_read(int proc_fd, const char *name, char *text, size_t size);

/**
 * procfs_mounts(proc_fd, name, out):
 * Read a file mountinfo, NUL-terminated for mountinfo_next, as far as it fits ${out}.  0 or errno.
 */
int procfs_mounts(int proc_fd, const char *name, struct buf *out);

/**
 * procfs_lines(proc_fd, name, pulse, take, of):
 * Hand every line of a file to ${take}, NUL-terminated without its newline, until that returns
 * false.  Lines of more than PROCFS_LINE bytes are passed over.  0 or errno.
 */
#define PROCFS_LINE 1024u
int procfs_lines(int proc_fd, const char *name, struct pulse *pulse,
		 bool (*take)(void *of, const char *line), void *of);

/* The number behind "KEY:" in /proc/ID/status, or the value of a line "KEY NUMBER" of another
 * file; 0 if there is none. */
uint64_t procfs_number(const char *text, const char *key);

/* Field 22 of /proc/ID/stat, ticks since boot; 0 if it cannot be had.  Threads have one too. */
uint64_t procfs_start(int proc_fd, uint32_t id);

/**
 * procfs_describe(proc_fd, id, out):
 * Append what a direct look-up of /proc/ID gives: "\"lookup_errno\":0,\"tgid\":5,...".
 */
void procfs_describe(int proc_fd, uint32_t id, struct buf *out);

/* Are the numbers that we see those of the first pid namespace, which the kernel counts in? */
bool procfs_in_first_namespace(int proc_fd);

#endif
