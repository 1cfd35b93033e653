/*
 * ours: the processes of this program, and where their secret lies.
 *
 * The recorder holds the key that will sign the next seal.  An image of memory with that key
 * in it would let whoever has the archive make other seals from there on, so that neither an
 * image of a process nor one of the machine may hold it.
 */
#ifndef EXHIBIT_VOLATILE_OURS_H
#define EXHIBIT_VOLATILE_OURS_H

#include <stdbool.h>
#include <sys/types.h>

#include "collector/volatile/memory_map.h"
#include "collector/volatile/source.h"

/* The nursery that we were forked from and the recorder; -1: not to be found. */
struct ours {
	pid_t nursery, recorder;
};

/* Find them, from ourselves upwards. */
struct ours ours_find(struct source_env *env);

/**
 * ours_field(env, dir, field):
 * A number of the stat file in ${dir}, an open /proc/PID: 4 the parent, 22 the start
 * (proc_pid_stat(5)).  0 if it cannot be had.
 */
unsigned long long ours_field(struct source_env *env, int dir, unsigned field);

/**
 * ours_frames(env, pid, out):
 * Append the physical addresses, unless they are there, of every page of ${pid} that is
 * wiped at fork, or locked and left out then, by the flags in its smaps: that is how
 * lib/seal/key keeps a key, and nothing else of ours is.  Each run has offset 0.  Return
 * false if they could not be found out; then nothing is known.
 */
bool ours_frames(struct source_env *env, pid_t pid, struct memory_runs *out);

#endif
