/*
 * sandbox: each process gives up what it does not need, in stages.
 *
 * A table says what a stage keeps: capabilities, user, system calls, limits.  What is left is
 * held by the kernel: no program is executed, nothing is opened for writing, made, removed,
 * renamed or changed, no signal sent, no module loaded, no other process touched.  A layer that
 * this kernel or our rights do not allow is noted and the others hold; nothing here fails.
 * A call that is stopped fails with EPERM and does not end the process.
 * seccomp(2), capabilities(7), prctl(2), landlock(7), docs/decisions/0021.
 */
#ifndef EXHIBIT_HOST_SANDBOX_H
#define EXHIBIT_HOST_SANDBOX_H

#include <stdatomic.h>
#include <stdint.h>

#include "lib/base/buf.h"

/* Of readers a later one of the first three has less than an earlier one; the last two can
 * become SANDBOX_FILES. */
enum sandbox_stage {
	SANDBOX_ASKS,		/* reader: asks the kernel and reads files */
	SANDBOX_COPIES,		/* reader: files, and copies of mounts that show what is under */
	SANDBOX_FILES,		/* reader: files alone */
	SANDBOX_GUEST,		/* reader: steps into a container's mounts, then files alone */
	SANDBOX_DEVICE,		/* reader: opens block devices for --raw-ext4, then files alone */
	SANDBOX_NURSERY,	/* forks readers: what they have together, and fork */
	SANDBOX_RECORDER,	/* writes to what is open */
	SANDBOX_STAGES
};

enum sandbox_layer {
	SANDBOX_LIMITS,		/* setrlimit(2) */
	SANDBOX_USER,		/* a user and a group that nobody else is, no other groups */
	SANDBOX_CAPABILITIES,	/* capset(2) and the bounding and ambient sets */
	SANDBOX_NO_NEW_PRIVS,	/* PR_SET_NO_NEW_PRIVS, Linux 3.5 */
	SANDBOX_DUMPABLE,	/* PR_SET_DUMPABLE 0: no core, no look by other users */
	SANDBOX_PATHS,		/* Landlock, Linux 5.13 */
	SANDBOX_CALLS,		/* seccomp(2), Linux 3.5 */
	SANDBOX_LAYERS
};

#define SANDBOX_STOPPED_WORDS 32u	/* numbers of calls below 1024 */

/* What became of a stage.  May live in memory shared with a process that has gone wrong:
 * sandbox_tell believes nothing but numbers. */
struct sandbox {
	uint32_t entered;			/* how many processes */
	int32_t oserr[SANDBOX_LAYERS];		/* why a layer does not hold; 0: it does */
	uint64_t caps;				/* effective capabilities that are left */
	/* Of sandbox_trap.h: a bit for each number of a call that was stopped, and the
	 * arguments of the last one. */
	_Atomic uint32_t stopped[SANDBOX_STOPPED_WORDS];
	uint64_t last[4];
};

/**
 * sandbox_enter(s, stage):
 * Lock the calling process (single-threaded) down to ${stage} and note it in ${s}[stage] of
 * SANDBOX_STAGES.  A process may do so again with a stage that has less.  Signals, descriptors
 * and the parent-death signal stay as they are.
 */
void sandbox_enter(struct sandbox *s, enum sandbox_stage stage);

/**
 * sandbox_tell(s, stage, held, missing):
 * Append one line of what holds of a stage that was entered, and one for each layer that does
 * not, without LF after the last; nothing of a stage that nobody entered.  Either may be NULL.
 */
void sandbox_tell(const struct sandbox *s, enum sandbox_stage stage, struct buf *held,
		  struct buf *missing);

/* The word of a stage: "recorder". */
const char *sandbox_word(enum sandbox_stage stage);

#endif
