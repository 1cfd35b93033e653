/*
 * journal: the log of a receipt, append-only JSON lines (docs/FORMAT.md section 13).
 *
 * Each line bears the SHA-256 of the one before, line feed included, so that
 * `sed -n 3p LOG | sha256sum` checks the fourth by hand.  A line is written by one
 * write(2); one that a crash cut has no line feed and is no line.
 */
#ifndef EXHIBIT_RECEIVE_JOURNAL_H
#define EXHIBIT_RECEIVE_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/buf.h"
#include "lib/base/clock.h"
#include "lib/base/err.h"
#include "lib/hash/digest.h"
#include "lib/item/item.h"

#define JOURNAL_LINE_MAX 65536u		/* bytes of one line, line feed included */
#define JOURNAL_FILE_MAX (256u << 20)	/* bytes of a log that is read back */

struct journal {
	int fd;				/* owned; -1: none */
	uint64_t lines;			/* written so far */
	uint8_t last[DIGEST_LEN];	/* hash of the last one; zeros before the first */
	struct buf line;		/* the one being made */
};

/**
 * journal_create(j, path, e) / journal_reopen(j, path, text, e):
 * Make a new log, mode 0600, never in place of something; or go on with one, whose whole
 * content is put into ${text} first and whose chain must hold.  Nobody else can have it open
 * for writing.  Return 0, or -1 with ${e} and j->fd -1.
 */
int journal_create(struct journal *j, const char *path, struct err *e);
int journal_reopen(struct journal *j, const char *path, struct buf *text, struct err *e);
void journal_release(struct journal *j);

/* Begin a line: number, hash of the one before, the time of now on two clocks, the event. */
void journal_begin(struct journal *j, const char *event);

/* Add a key of ours: a text of any origin (escaped), raw JSON of ours, a number, a hash. */
void journal_text(struct journal *j, const char *key, const void *s, size_t n);
void journal_json(struct journal *j, const char *key, const char *json);
void journal_number(struct journal *j, const char *key, int64_t v);
void journal_hex(struct journal *j, const char *key, const void *data, size_t n);
void journal_time(struct journal *j, const char *key, struct instant t);

/**
 * journal_end(j, e):
 * Write the line.  Return 0, or -1 with ${e}: then the log may lack it.
 */
int journal_end(struct journal *j, struct err *e);

/* Wait until all lines are on the medium.  Return 0, or -1 with ${e}. */
int journal_sync(struct journal *j, struct err *e);

/* ---- reading back: hostile bytes */

/* What is wrong with a log, NULL-free words. */
enum journal_fault {
	JOURNAL_GOOD,
	JOURNAL_CUT,		/* the last line has no line feed */
	JOURNAL_BAD_LINE,	/* no object of this format, or too long */
	JOURNAL_BAD_CHAIN	/* number or hash of the line before do not fit: a line was
				 * changed, removed, moved or put in */
};

/* A line that fits.  json is a yyjson_val of the object, valid during the call. */
struct journal_line {
	uint64_t n;
	struct bytes event;
	struct instant utc;
	void *json;
};

/* Return 0 to go on, anything else to stop. */
typedef int journal_take(void *ctx, const struct journal_line *l);

/**
 * journal_read(text, n, take, ctx, line):
 * Check the chain of ${n} bytes and hand each line that holds to ${take} (may be NULL).
 * *${line} becomes the number of lines that hold, which is the number (from 0) of the first
 * one that does not.
 */
enum journal_fault journal_read(const char *text, size_t n, journal_take *take, void *ctx,
				uint64_t *line);

/* A sentence for a fault. */
const char *journal_fault_text(enum journal_fault f);

/* A string of a line's object as bytes, its length 0 if there is none; a number, or ${other}. */
struct bytes journal_get(const struct journal_line *l, const char *key);
int64_t journal_get_number(const struct journal_line *l, const char *key, int64_t other);

/* True if the key is there and true. */
bool journal_get_flag(const struct journal_line *l, const char *key);

#endif
