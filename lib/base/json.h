/*
 * json: a small strict reader of JSON (RFC 8259) for programs that may not carry a large one:
 * one value after the other is asked for, by whoever knows what must come next.
 *
 *	json_begin(&j, text, n);
 *	if (json_open(&j, '{'))
 *		do {
 *			json_string(&j, &key) && json_colon(&j) && ...
 *		} while (json_more(&j, '}'));
 *	if (!json_done(&j))
 *		... j.why, at byte j.at
 *
 * No recursion, no allocation but the strings, no number but whole ones.  The first thing that
 * is wrong ends it: from then on every call returns false.  Hostile input is expected.
 */
#ifndef EXHIBIT_BASE_JSON_H
#define EXHIBIT_BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/buf.h"

struct json {
	const char *text;
	size_t len, at;		/* bytes; the next one to look at */
	const char *why;	/* what was wrong at ${at}, for a person; NULL: nothing */
};

void json_begin(struct json *j, const char *text, size_t n);

/**
 * json_peek(j):
 * The first character of the next value, which tells its kind: { [ " t f n - or a digit; 0 at
 * the end, or after a mistake.
 */
char json_peek(struct json *j);

/**
 * json_open(j, bracket):
 * Take { or [.  True if something is in it; false if it is closed at once, or was not there
 * (then j->why).
 */
bool json_open(struct json *j, char bracket);

/**
 * json_more(j, bracket):
 * After a value: true if a comma came, and something behind it; false at the closing } or ],
 * or after a mistake.
 */
bool json_more(struct json *j, char bracket);

/* Take the colon behind a key. */
bool json_colon(struct json *j);

/**
 * json_string(j, out):
 * Take a string: ${out} is emptied and gets its bytes, valid UTF-8 without a NUL.  Escapes
 * are undone; half a pair of surrogates is a mistake.
 */
bool json_string(struct json *j, struct buf *out);

/* Take a whole number that is not negative; a word: "true". */
bool json_u64(struct json *j, uint64_t *out);
bool json_word(struct json *j, const char *word);

/* Note a mistake of the caller's own at this place; always false. */
bool json_fail(struct json *j, const char *why);

/**
 * json_done(j):
 * True if nothing was wrong and nothing but blanks follows.
 */
bool json_done(struct json *j);

#endif
