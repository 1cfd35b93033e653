/*
 * plan: what this run takes, decided without touching the host.
 *
 * The rows in force are the catalogue's rows of the profile's categories, the same
 * rows again for directories that are reached through a symbolic link (aliases), and
 * the operator's includes.  A plan is pure data; it answers, for a path met by the
 * walker, which row takes the object, or that none does.
 *
 * An include or exclude names an object and, if that is a directory, all below it;
 * it is a glob of artifact.h, "~/..." among them.  A trailing slash is ignored.
 */
#ifndef EXHIBIT_SELECT_PLAN_H
#define EXHIBIT_SELECT_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collector/select/artifact.h"
#include "lib/base/err.h"

/* What the operator asked for.  Pointers stay the caller's and must outlive the plan. */
struct plan_request {
	const char *profile;		/* row of profile.def; NULL: the default */
	const char *const *include;	/* globs, content of them is taken as category extra */
	size_t include_count;
	const char *const *exclude;	/* globs, win over everything */
	size_t exclude_count;
	uint64_t file_max;		/* bytes, a further cap on every file; 0: the rows' own */
	bool private_keys;		/* take private keys with content */
	bool inside;			/* a container's: only rows of facts and of categories that
					 * are taken inside, none of /proc and /sys, no includes */
	bool memory;			/* category memory too, whatever the profile */
};

/*
 * What the host told before the plan was made: homes, and directories that are
 * symbolic links on the way to a row (/var/log -> /data/log), so that their
 * content is found under its real path without following anything.  Packed
 * strings in memory of the caller, shared between recorder and readers;
 * written by the recorder only, before the first category is walked.
 */
#define PLAN_FACTS_MAX 262144u		/* bytes of packed strings each */
#define PLAN_FACTS_SLOTS 16384u		/* index of what is there already; a power of two */
#define PLAN_FACTS_PATH 4096u		/* bytes of one path; a longer one is ignored */
struct plan_facts {
	uint32_t homes_len;
	uint32_t aliases_len;
	bool homes_full, aliases_full;	/* something did not fit: said in the session */
	char homes[PLAN_FACTS_MAX];	/* absolute path NUL, ... */
	char aliases[PLAN_FACTS_MAX];	/* from NUL to NUL, ... */
	/* Paths have no trailing slash, no "." or ".."; duplicates are few: none that the
	 * index below can tell.  Offset + 1 of a string; 0: free. */
	uint32_t home_slot[PLAN_FACTS_SLOTS];
	uint32_t alias_slot[PLAN_FACTS_SLOTS];
};

struct plan;

/**
 * plan_facts_home(f, path, len) / plan_facts_alias(f, from, target):
 * Add a home; add a directory that is a symbolic link with the link's raw
 * ${target} (resolved lexically against the parent of ${from}).  Both start from a
 * zeroed struct.  "//", "." and ".." are resolved lexically.  Ignored: relative or
 * empty homes, "/", "/nonexistent" and below, and what is below /proc, /sys, /dev;
 * aliases whose target is one of these, or ${from} itself or a directory above it;
 * duplicates; what is longer than PLAN_FACTS_PATH, and what does not fit (both set
 * the full mark).  Takes time independent of what was added before.
 */
void plan_facts_home(struct plan_facts *f, const char *path, size_t len);
void plan_facts_alias(struct plan_facts *f, const char *from,
		      const char *target, size_t target_len);

/**
 * plan_new(req, facts, e):
 * Make the plan.  ${facts} may be NULL (no homes at all); nothing of it is needed
 * afterwards.  NULL with ${e} on an unknown profile, a glob that is not absolute or
 * malformed, or no memory.
 * The text of an alias is literal in the rows made from it, whatever bytes it has.
 * Such rows are made for aliases of aliases too, four steps deep, and at most
 * PLAN_ALIAS_ROWS_MAX of them.
 */
#define PLAN_ALIAS_ROWS_MAX 4096u
struct plan *plan_new(const struct plan_request *req, const struct plan_facts *facts,
		      struct err *e);
void plan_free(struct plan *p);

/* Is the category taken inside of containers, too? */
bool plan_inside(enum category c);

/* Is the category in the plan?  Number of rows in force; a row.  The glob of a row that
 * was made from an alias holds raw bytes of the host: escape it before printing. */
bool plan_has(const struct plan *p, enum category c);
size_t plan_rows(const struct plan *p);
const struct artifact *plan_row(const struct plan *p, size_t i);

/**
 * plan_describe(p, hash):
 * SHA-256 is not ours to compute here: append the canonical text of all rows in
 * force (one line each: id, category word, depth word, glob as escaped text, cap,
 * flags; separated by tabs) to ${out}.
 */
struct buf;
void plan_describe(const struct plan *p, struct buf *out);

/*
 * Matching is incremental: the walker keeps one struct plan_dir per directory
 * level, so that an entry costs the few patterns that are still alive there,
 * not the whole catalogue.  Patterns with a common beginning share a state: the
 * catalogue alone has fewer than ten alive in any directory.
 */
#define PLAN_DIR_STATES 64u		/* positions alive in one directory */
struct plan_dir {
	uint16_t count;
	bool overflow;			/* more were alive than fit, here or above: what they name
					 * below is missed; counted as internal gap by the walker */
	bool excluded;			/* an exclude rule names this directory or one above it */
	uint32_t state[PLAN_DIR_STATES];
};

/* How an entry stands to the plan.  Sets of categories have a bit (1 << category) each. */
struct plan_match {
	int owner;			/* row that takes it, or -1: highest depth, then earliest
					 * category, then first row; never a row of facts */
	int mine;			/* best row of the category asked for, or -1 */
	bool excluded;			/* an exclude rule names it (or a directory above it): owner
					 * is who would have taken it */
	uint64_t below;			/* for a directory: categories that may match below it;
					 * 0 if excluded */
	uint64_t named;			/* the part of below due to patterns with only literal
					 * names and {pid} so far: what may enter a file system of
					 * the kernel */
};

/**
 * plan_root(p, d):
 * State of the root directory "/".
 */
void plan_root(const struct plan *p, struct plan_dir *d);

/**
 * plan_match(p, d, path, name_offset, c, m):
 * How does the entry of directory ${d} stand?  ${path} is the whole absolute path,
 * its last component begins at ${name_offset}; if nothing follows there, the question
 * is about the directory ${d} itself (so "/" is path "/" with offset 1 in its own state).
 * ${c} is the category being walked.  Allocates nothing, touches nothing.
 */
void plan_match(const struct plan *p, const struct plan_dir *d, struct bytes path,
		size_t name_offset, enum category c, struct plan_match *m);

/**
 * plan_enter(p, d, path, name_offset, child):
 * State of the directory that this entry is.  ${child} must not be ${d}.
 */
void plan_enter(const struct plan *p, const struct plan_dir *d, struct bytes path,
		size_t name_offset, struct plan_dir *child);

/* Profiles, for --list and help: i from 0 until NULL. */
const char *plan_profile_name(size_t i);
const char *plan_profile_reason(size_t i);
bool plan_profile_has(size_t i, enum category c);

#endif
