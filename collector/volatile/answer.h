/*
 * answer: one raw answer of the kernel on its way to the sink.
 *
 * An answer is gathered in memory and leaves as items of known length: live/NAME,
 * and when it grows beyond ANSWER_PART bytes live/NAME.1, live/NAME.2 and so on, cut only
 * between two calls of answer_add; one after the other they are the answer.  Then
 * live/NAME.json says what was asked, of which kernel, when, and how long the answer is.
 * An answer that failed before its first byte has no member, only a line of the
 * manifest with the gap and its errno.
 */
#ifndef EXHIBIT_VOLATILE_ANSWER_H
#define EXHIBIT_VOLATILE_ANSWER_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collector/volatile/source.h"
#include "lib/base/buf.h"
#include "lib/base/clock.h"
#include "lib/item/gap.h"

#define ANSWER_PART (1u << 20)		/* bytes of one member */
#define ANSWER_NAME_MAX 256u		/* bytes of a name, NUL included */
#define ANSWER_NOTE_MAX 65536u		/* bytes of what a source adds to the JSON */

struct answer {
	struct source_env *env;
	char name[ANSWER_NAME_MAX];	/* below live/ */
	struct buf part;		/* gathered, not yet given to the sink */
	struct buf note;		/* members of the JSON: ,"key":value... */
	bool with_note;			/* there will be a JSON */
	uint32_t parts;			/* members given to the sink */
	uint64_t length;		/* bytes in them */
	uint32_t blanked;		/* keys in it that were overwritten with zeros */
	enum gap gap;			/* the first thing that went wrong */
	int oserr;
	const char *syscall;
	struct clocks begun;
};

/**
 * answer_begin(a, env, fmt, ...):
 * Begin the answer of that name: words of ours, which are plain, and at most one component
 * of the host's, as raw bytes (then no JSON).  answer_end must follow.
 */
void answer_begin(struct answer *a, struct source_env *env, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/**
 * answer_note(a, fmt, ...):
 * Add a member to the JSON beside: "\"request\":\"RTM_GETLINK\"".  Without any call there
 * is no JSON (a file of /proc needs none).
 */
void answer_note(struct answer *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Add a member whose value is an array of numbers, or raw bytes in base64. */
void answer_note_bytes(struct answer *a, const char *key, const void *data, size_t n);

/**
 * answer_add(a, data, n):
 * Append ${n} <= ANSWER_PART bytes that must stay together.  Return 0, or -1 when the sink
 * failed.
 */
int answer_add(struct answer *a, const void *data, size_t n);

/* The same for any number of bytes, which may be cut anywhere. */
int answer_add_long(struct answer *a, const void *data, size_t n);

/**
 * answer_mark(a) / answer_rewind(a, mark):
 * Forget what was added since the mark, to ask again.  False if a part of it has left
 * already.
 */
uint64_t answer_mark(const struct answer *a);
bool answer_rewind(struct answer *a, uint64_t mark);

/**
 * answer_fail(a, gap, oserr, syscall):
 * Note what went wrong; the first one counts.  ${syscall} is a static string.  Return 0,
 * so that a source can go on with: return answer_fail(...).
 */
int answer_fail(struct answer *a, enum gap gap, int oserr, const char *syscall);

/**
 * answer_errno(a, oserr, syscall):
 * answer_fail with the gap that a refused question means: EPERM and EACCES are
 * PERMISSION; an errno that says "not here" (ENOSYS, EOPNOTSUPP, EPROTONOSUPPORT,
 * EAFNOSUPPORT, EINVAL, ENOENT...) UNSUPPORTED; EAGAIN, after the patience of a socket,
 * HUNG; the rest INCOMPLETE.
 */
int answer_errno(struct answer *a, int oserr, const char *syscall);

/**
 * answer_end(a):
 * Give the rest and the JSON to the sink and release the memory.  Return 0, or -1 when
 * the sink failed.
 */
int answer_end(struct answer *a);

/**
 * answer_gap(env, name, gap, oserr, syscall):
 * Only the line of the manifest: live/${name} could not be had.  0 or -1.
 */
int answer_gap(struct source_env *env, const char *name, enum gap gap, int oserr,
	       const char *syscall);

/* The same with the gap that answer_errno would note. */
int answer_refused(struct source_env *env, const char *name, int oserr, const char *syscall);

/**
 * answer_open_whole(a, promise) / answer_end_whole(a, open, sent):
 * For an answer too large to gather: begin its one item with so many bytes promised, and
 * let the caller write them into the sink.  Return 0; 1 if the budget does not allow it,
 * which is noted; -1 when the sink failed.  answer_end_whole, instead of answer_end,
 * ends the item after ${sent} bytes, or if it is not ${open} says why by a line of the
 * manifest; the JSON comes in both cases.  0 or -1.
 */
int answer_open_whole(struct answer *a, uint64_t promise);
int answer_end_whole(struct answer *a, bool open, uint64_t sent);

#endif
