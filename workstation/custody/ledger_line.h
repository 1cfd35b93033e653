/*
 * ledger_line: one line of the custody record (docs/FORMAT.md section 11): an event, who,
 * when, why, and the hash of the line before.
 *
 * A line is one JSON object (RFC 8259) without blanks between its parts, LF at its end:
 *
 *	{"custody":1,"record":HEX,"n":N,"prev":HEX, fields..., "sha256":HEX}
 *
 * "sha256" is of all bytes of the line before `,"sha256":`; "prev" is the "sha256" of the
 * line before, 64 zeros in the first.  Values are escaped text (lib/base/text), so a line
 * can be shown on a terminal as it is.  One set of values has one text: what would not be
 * written so is not read either.
 */
#ifndef EXHIBIT_CUSTODY_LEDGER_LINE_H
#define EXHIBIT_CUSTODY_LEDGER_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/hash/digest.h"

#define LEDGER_LINE_MAX 65536u		/* bytes of one line, LF included */
#define LEDGER_RECORD_LEN 16u		/* bytes of a record's id, which is random */

/* What a line can say: ledger_field.def. */
enum ledger_field {
#define FIELD(id, key, label) LEDGER_##id,
#include "workstation/custody/ledger_field.def"
#undef FIELD
	LEDGER_FIELD_COUNT
};

/* What can happen: ledger_event.def. */
enum ledger_event {
#define EVENT(id, word, needs, asks, text) LEDGER_EVENT_##id,
#include "workstation/custody/ledger_event.def"
#undef EVENT
	LEDGER_EVENT_COUNT,
	LEDGER_EVENT_UNKNOWN = LEDGER_EVENT_COUNT	/* of a newer program */
};

/* A line.  value[] is NULL where the line says nothing of it.  When it is written the
 * values are raw bytes of any origin; when it was read they are escaped text. */
struct ledger_line {
	uint8_t record[LEDGER_RECORD_LEN];
	uint64_t n;				/* from 1 */
	uint8_t prev[DIGEST_LEN];		/* zeros: there is none before */
	uint8_t sha256[DIGEST_LEN];		/* its own; the line's name from then on */
	enum ledger_event event;
	const char *value[LEDGER_FIELD_COUNT];
};

/* Key and label of a field; -1: no such key.  Static strings. */
const char *ledger_line_key(enum ledger_field f);
const char *ledger_line_label(enum ledger_field f);
int ledger_line_field(const char *key);

/* Word and sentence of an event ("unknown", "" for another); LEDGER_EVENT_UNKNOWN: no such
 * word. */
const char *ledger_line_event_word(enum ledger_event ev);
const char *ledger_line_event_text(enum ledger_event ev);
enum ledger_event ledger_line_event(const char *word);

/**
 * ledger_line_needs(ev, f):
 * True if a line of ${ev} is not written without ${f}.
 */
bool ledger_line_needs(enum ledger_event ev, enum ledger_field f);

/* True if a person is asked for ${f} besides. */
bool ledger_line_asks(enum ledger_event ev, enum ledger_field f);

/* How many words of the table say what a line of ${ev} needs and is asked for. */
unsigned ledger_line_word_count(enum ledger_event ev);

/**
 * ledger_line_write(out, l):
 * Append the line with its LF and set l->sha256.  l->event gives the field "event"; empty
 * values are left out as NULL is.  ${out} is marked if there is no room.
 */
void ledger_line_write(struct buf *out, struct ledger_line *l);

/* A line that was read. */
struct ledger_text {
	struct ledger_line line;	/* points into doc */
	void *doc;			/* owned */
	bool edited;			/* its text is not that of its own hash */
};

/**
 * ledger_line_read(t, text, n, e):
 * Take ${n} hostile bytes, without the LF, apart.  Keys that are not known are skipped.
 * Return 0, or -1 with a sentence: this is not what ledger_line_write writes.  Give it back
 * with ledger_line_release in both cases.
 */
int ledger_line_read(struct ledger_text *t, const char *text, size_t n, struct err *e);
void ledger_line_release(struct ledger_text *t);

#endif
