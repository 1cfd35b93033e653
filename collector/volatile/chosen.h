/*
 * chosen: which processes --process-memory means, and the facts that hold of one.
 */
#ifndef EXHIBIT_VOLATILE_CHOSEN_H
#define EXHIBIT_VOLATILE_CHOSEN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "collector/volatile/source.h"

/* The argument of the option names that number; has the word "suspicious" in it. */
bool chosen_by_number(const char *asked, pid_t pid);
bool chosen_by_facts(const char *asked);

/* Numbers that come into question, ascending, none twice.  pid is owned; free it. */
struct chosen {
	pid_t *pid;
	size_t count;
	int oserr;		/* why the list of all could not be had to its end; 0: it could */
};

/**
 * chosen_list(env, out):
 * Those given by number, and if facts choose, every process that /proc lists.
 */
void chosen_list(struct source_env *env, struct chosen *out);

/**
 * chosen_facts(env, dir, oserr):
 * Facts of suspect.def that hold of the process whose /proc/PID is open as ${dir}, as far as
 * they can be read.  None holds of a kernel thread.  *${oserr} is 0, or the errno if we may not
 * know what the process runs; then nothing is known of it.  Reading can hang: its mappings are
 * looked at.
 */
unsigned chosen_facts(struct source_env *env, int dir, int *oserr);

#endif
