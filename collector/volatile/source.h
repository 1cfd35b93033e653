/*
 * source: state that is not a file, and dies with the host.
 *
 * One row of sources.def is one source: a question to the kernel by netlink, bpf(2),
 * syslog(2) or a quick pass over /proc, whose raw answers leave as items below live/.
 * Rows run in the reader, before (or after) the files of their category, in the
 * order of the table: most volatile first.  A source that the kernel lacks, refuses
 * or does not answer is a gap, never an error.
 *
 * No source executes, creates, changes or consumes anything, and none asks for what
 * would make the kernel load a module: see symbols.h.
 *
 * A source that reads many objects, each of which can hang, takes them in the order of a
 * key and announces each by source_step.  When its reader is lost there, that object alone
 * is lost: the next reader runs the row again, which then leaves out what is not behind
 * env->behind.
 */
#ifndef EXHIBIT_VOLATILE_SOURCE_H
#define EXHIBIT_VOLATILE_SOURCE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collector/acquire/cursor.h"
#include "collector/acquire/pulse.h"
#include "collector/acquire/walk.h"
#include "collector/select/artifact.h"
#include "collector/volatile/symbols.h"
#include "lib/item/sink.h"

struct netns_list;
struct plan;
struct found;

/* On which side of the files of its category a row runs. */
enum source_when { SOURCE_BEFORE, SOURCE_AFTER };

/* What the sources share; one for each reader.  The caller fills the first part,
 * source_open the second. */
struct source_env {
	struct sink *to;
	struct pulse *pulse;
	struct cursor *at;
	_Atomic uint32_t *stop;		/* non-zero: end as soon as possible */
	_Atomic uint64_t *budget;	/* as in struct walk; NULL: no limit */
	bool dry;			/* name the rows, ask nothing (--plan) */
	bool raw_ext4;			/* --raw-ext4: the row of that name, run on request only */
	bool physical;			/* --memory: the row memory, on request only */
	const char *processes;		/* --process-memory as typed and checked; NULL: none */
	const struct plan *plan;	/* of the run; NULL: as if it named everything */
	bool private_keys;		/* keep keys that an answer comes with */
	const struct walk *walk;	/* of the same reader: plan, root, what must not be read */
	uint64_t file_max;		/* bytes, a further cap on every file; 0: none */
	void (*shed)(void *ctx);	/* gives up the right to open devices; NULL: nothing */
	void *shed_ctx;
	uint64_t behind[2];		/* step that a reader was lost at; see source_from */

	int proc_fd;			/* /proc, proven to be one; -1 if there is none */
	char release[65];		/* of the kernel, uname(2) */
	const char *category;		/* word of the running row's category */
	const char *artifact;		/* id of the running row */
	struct symbols symbols;		/* read when first asked for */
	struct netns_list *netns;	/* network namespaces, found when first asked for */
	struct found *programs;		/* executables that were met, NULL: not looked for */
	uint64_t first_pass_ns;		/* CLOCK_MONOTONIC of the first task pass, 0: not by us */
};

/* One row.  run returns 0 to go on, 1 when *stop ended it, -1 when the sink failed or
 * this reader cannot go on. */
struct source {
	const char *id;			/* unique among sources and artifacts */
	enum category category;
	enum source_when when;
	const char *needs;		/* capability without which it is a gap, "" if none */
	int (*run)(struct source_env *env);
	const char *reason;		/* why an examiner wants it, one line */
};

/* The table; source_count rows. */
extern const struct source source_rows[];
extern const size_t source_count;

/**
 * source_open(env) / source_close(env):
 * Open /proc, learn the kernel's name.  What is missing becomes gaps later.
 * source_close gives everything back.
 */
void source_open(struct source_env *env);
void source_close(struct source_env *env);

/**
 * source_run(env, c, when, first):
 * Run the rows of category ${c} and side ${when} whose number in the table is at least
 * ${first}, those that are run on request only if they were asked for.  Before each, env->at
 * names it: path "/ID", live its number plus 1, so that who takes over from a lost reader
 * passes that as ${first}; a row that can be taken up in its middle says how far it is, and is
 * then run again with env->resume.  At the end env->at names nothing.  Return as run of a row.
 */
int source_run(struct source_env *env, enum category c, enum source_when when, size_t first);

/* Row that a cursor names, or NULL if it is on a file (or nonsense). */
const struct source *source_at(const struct cursor *c);

/**
 * source_step(env, name, a, b):
 * Announce that the object live/${name} is touched next; ${a}, ${b} (not both 0) is its key,
 * greater than that of the object before.
 */
void source_step(struct source_env *env, const char *name, uint64_t a, uint64_t b);

/**
 * source_from(env, lost):
 * The row to begin with, for source_run, after a reader was lost at ${lost}, which names a
 * row: the next one, or the same with env->behind set where it had announced a step.
 */
size_t source_from(struct source_env *env, const struct cursor *lost);

/* True once the run is to end. */
bool source_stopped(const struct source_env *env);

/* The functions of the rows, each in its own src_*.c. */
#define SOURCE(id, category, when, needs, run, reason) int run(struct source_env *env);
#include "collector/volatile/sources.def"
#undef SOURCE

#endif
