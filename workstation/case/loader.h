/*
 * loader: what reads one kind of member and puts rows into the case.
 *
 * A loader is a row of loaders.def and a file load_X.c.  Each member of evidence whose path
 * fits one of its patterns is given to it, in the order of the archive, in the second pass;
 * the table `object` is complete then.  More than one loader may read a member.
 *
 * Patterns are matched with the path on the host ("/var/log/wtmp"), with "live/..." for what
 * has none, and inside a container behind its "/proc/PID/root": `*` stands for any bytes but a
 * slash, `**` for any bytes, `?` for one that is no slash, `[0-9]` for one of a range or list.
 *
 * Content comes unpacked (gzip, xz, zstd, by its first bytes), in one of three forms:
 *   WHOLE   load_X(l, p, n): all of it, but at most max_bytes; what is beyond is a note.
 *   LINES   load_X(l, s, n, pos, line): one line after the other, without LF, at most
 *           LOADER_LINE_MAX bytes of it, with its offset and its number from 1.
 *   STREAM  load_X(l, p, n, pos): pieces of any length, in order, at most max_bytes.
 * Holes of sparse files come as zeros, up to max_bytes.  Answers of the kernel above 1 MiB
 * come in parts NAME, NAME.1 ..., each whole in itself (docs/FORMAT.md section 10): pattern
 * "live/task/first live/task/first.[0-9]*".
 *
 * A loader returns 0, or -1 with l->e for what is our own failure (of the database, of
 * memory).  What it cannot read is a case_note and no failure.
 *
 * A loader with state is a row LOADER_STATE and has two functions more, once for each member:
 * load_X_begin(l), which may set l->state, and load_X_end(l, whole), which must free it, and is
 * called in any case; ${whole} is false if the content did not come to its end.
 */
#ifndef EXHIBIT_CASE_LOADER_H
#define EXHIBIT_CASE_LOADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/bytes.h"
#include "lib/base/err.h"
#include "workstation/case/db.h"

#define LOADER_LINE_MAX 65536u	/* bytes of a line that are handed on */
#define LOADER_NOTES_MAX 100u	/* notes of one loader on one member; then they are counted */

struct live;
struct zone;
struct zones;

/* What loaders keep from one member of a host to the next, until the steps of finish.def have
 * used it.  All zeros before the first member. */
struct loader_run {
	struct live *live;		/* processes (live.h); NULL: nothing was told of any */
	struct zones *zones;		/* time zones (zones.h); NULL: only by name */
};

/* Free what is in it. */
void loader_run_end(struct loader_run *run);

/* One member being read by one loader. */
struct loading {
	struct case_db *db;
	int64_t host;
	int64_t object;			/* its row; CASE_NULL: it has none */
	struct bytes path;		/* raw path on the host, or live/NAME */
	struct bytes name;		/* the same without the container's /proc/PID/root */
	struct bytes container;		/* column `container` of the object; p NULL: the host */
	int64_t mtime_ns;		/* of the file, since 1970; CASE_NULL: not known */
	uint64_t size;			/* bytes in the archive, packed if it is packed */
	const struct case_host *facts;	/* zone, btime, ticks, architecture, begin */
	const struct zone *zone;	/* of the clocks whose times it may hold (zones.h) */
	int64_t before_ns;		/* the last local time of the member; 0: none yet */
	void *state;			/* the loader's own, while it reads this member */
	struct loader_run *run;		/* of this host */
	struct err *e;
	const char *id;			/* of the loader's row */
	unsigned notes;			/* how many there were */
};

/* A step that joins what several members said: a row of finish.def, int finish_X(f), which
 * returns 0, or -1 with f->e. */
struct finishing {
	struct case_db *db;
	int64_t host;
	const struct case_host *facts;
	struct err *e;
	struct loader_run *run;
};

/**
 * case_note(l, pos, line, kind, format, ...):
 * Put a row into `note`: what could not be read, or wants looked at.  ${pos} and ${line} as in
 * the other tables (CASE_NULL, CASE_NULL: the whole member); ${kind} a WORD.  The text may hold
 * bytes of the evidence; they are escaped.  Returns 0, or -1 with l->e.
 */
#define case_note(l, pos, line, ...) loader_note(l, pos, line, __VA_ARGS__)
int loader_note(struct loading *l, int64_t pos, int64_t line, const char *kind,
		const char *format, ...) __attribute__((format(printf, 5, 6)));

/* After the last note: say how many there were above the limit. */
int loader_notes_end(struct loading *l);

/**
 * loader_matches(pattern, name):
 * Does ${name} fit ${pattern}, of the form above?
 */
bool loader_matches(struct bytes pattern, struct bytes name);

/* The part of a path that patterns are compared with: behind /proc/PID/root of a container. */
struct bytes loader_name(struct bytes path);

enum loader_form { LOADER_WHOLE, LOADER_LINES, LOADER_STREAM };

/* A row of loaders.def; one of the three functions is set. */
struct loader {
	const char *id;
	const char *patterns;		/* with blanks between */
	enum loader_form form;
	uint64_t max;			/* bytes */
	const char *what;
	int (*whole)(struct loading *l, const uint8_t *p, size_t n);
	int (*line)(struct loading *l, const char *s, size_t n, uint64_t pos, uint64_t line);
	int (*stream)(struct loading *l, const uint8_t *p, size_t n, uint64_t pos);
	int (*begin)(struct loading *l);		/* NULL: no state */
	int (*end)(struct loading *l, bool whole);
};

/* The i-th row, or NULL behind the last. */
const struct loader *loader_at(size_t i);

/* True if ${name} fits one of the patterns of ${r}. */
bool loader_wants(const struct loader *r, struct bytes name);

/* Run the steps of finish.def one after the other. */
int loader_finish(const struct finishing *f);

#endif
