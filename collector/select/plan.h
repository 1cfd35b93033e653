/*
 * plan: what this run takes, decided without touching the host.
 *
 * The rows in force are the catalogue's rows of the profile's categories plus
 * the operator's includes.  A plan is pure data; it answers, for a path met by
 * the walker, which row takes the object, or that none does.
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
};

/*
 * What the host told before the plan was made: homes, and directories that are
 * symbolic links on the way to a row (/var/log -> /data/log), so that their
 * content is found under its real path without following anything.  Packed
 * strings in memory of the caller, shared between recorder and readers;
 * written by the recorder only, before the first category is walked.
 */
#define PLAN_FACTS_MAX 262144u		/* bytes of packed strings each */
struct plan_facts {
	uint32_t homes_len;
	uint32_t aliases_len;
	bool homes_full, aliases_full;	/* something did not fit: said in the session */
	char homes[PLAN_FACTS_MAX];	/* absolute path NUL, ... ; no trailing slash, no duplicates */
	char aliases[PLAN_FACTS_MAX];	/* from NUL to NUL, ... */
};

struct plan;

/**
 * plan_facts_home(f, path, len) / plan_facts_alias(f, from, target):
 * Add a home; add a directory that is a symbolic link with the link's raw
 * ${target} (resolved lexically against the parent of ${from}).  Ignored:
 * relative or empty homes, "/", "/nonexistent", "/dev/null" and what is below
 * /proc, /sys, /dev; aliases whose target is "/" or a prefix of ${from};
 * duplicates; what does not fit (sets the full mark).
 */
void plan_facts_home(struct plan_facts *f, const char *path, size_t len);
void plan_facts_alias(struct plan_facts *f, const char *from, const char *target, size_t target_len);

/**
 * plan_new(req, facts, e):
 * Make the plan.  ${facts} may be NULL (no homes beyond none).  NULL with ${e} on
 * an unknown profile, a glob that is not absolute or malformed, or no memory.
 */
struct plan *plan_new(const struct plan_request *req, const struct plan_facts *facts, struct err *e);
void plan_free(struct plan *p);

/* Is the category in the plan?  Number of rows in force; a row. */
bool plan_has(const struct plan *p, enum category c);
size_t plan_rows(const struct plan *p);
const struct artifact *plan_row(const struct plan *p, size_t i);

/**
 * plan_describe(p, hash):
 * SHA-256 is not ours to compute here: append the canonical text of all rows in
 * force (one line each: id, category word, depth word, glob, cap, flags) to ${out}.
 */
struct buf;
void plan_describe(const struct plan *p, struct buf *out);

/*
 * Matching is incremental: the walker keeps one struct plan_dir per directory
 * level, so that an entry costs the few patterns that are still alive there,
 * not the whole catalogue.
 */
#define PLAN_DIR_STATES 512u		/* pattern positions alive in one directory */
struct plan_dir {
	uint16_t count;
	bool overflow;			/* more were alive than fit; counted as internal gap by the walker */
	uint64_t below;			/* bit per category: something below may match */
	struct { uint32_t row; uint16_t component; } state[PLAN_DIR_STATES];
};

/* How an entry stands to the plan. */
struct plan_match {
	int owner;			/* row that takes it, or -1: highest depth, then earliest category, then first row */
	int mine;			/* best row of the category asked for, or -1 */
	bool excluded;			/* an exclude rule names it (or a directory above it) */
	uint64_t below;			/* for a directory: categories that may match below it */
};

/**
 * plan_root(p, d):
 * State of the root directory "/".
 */
void plan_root(const struct plan *p, struct plan_dir *d);

/**
 * plan_match(p, d, path, name_offset, c, m):
 * How does the entry of directory ${d} stand?  ${path} is the whole absolute path,
 * its last component begins at ${name_offset}.  ${c} is the category being walked.
 */
void plan_match(const struct plan *p, const struct plan_dir *d, struct bytes path,
		size_t name_offset, enum category c, struct plan_match *m);

/**
 * plan_enter(p, d, path, name_offset, child):
 * State of the directory that this entry is.
 */
void plan_enter(const struct plan *p, const struct plan_dir *d, struct bytes path,
		size_t name_offset, struct plan_dir *child);

/* Profiles, for --list and help: i from 0 until NULL. */
const char *plan_profile_name(size_t i);
const char *plan_profile_reason(size_t i);
bool plan_profile_has(size_t i, enum category c);

#endif
