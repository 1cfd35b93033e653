/*
 * history: the commands that shells and their like keep, fed line by line.
 *
 *   bash    commands; "#1700000000" in front of one where HISTTIMEFORMAT was set
 *   zsh     ": 1700000000:0;command" or bare; a backslash at the end continues it; bytes from
 *           0x83 on are metafied (0x83, then the byte xor 0x20; zsh, Src/utils.c)
 *   fish    "- cmd: command" and "  when: 1700000000", with \n and \\ escaped
 *   libedit "_HiStOrY_V2_" in the first line, then commands with octal escapes: mysql, psql,
 *           sqlite, python on some hosts
 *   less    .lesshst: searches and shell commands
 *   vim     .viminfo: command lines, searches, and files that were open
 *   hsts    .wget-hsts: hosts from which wget took something by https, with the time
 *   plain   one command a line: sh, ash, python, node, redis, ...
 *
 * A command of bash that has quotes left open goes on in the next line.  Times are those that
 * are written for this command: where none is, none is given.
 */
#ifndef EXHIBIT_PARSE_HISTORY_H
#define EXHIBIT_PARSE_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/buf.h"
#include "lib/base/bytes.h"

enum history_kind {
	HISTORY_PLAIN, HISTORY_BASH, HISTORY_ZSH, HISTORY_FISH, HISTORY_LESS, HISTORY_VIM,
	HISTORY_HSTS
};

#define HISTORY_NO_TIME INT64_MIN
#define HISTORY_TEXT_MAX 65536u		/* bytes of one command; the rest is left out */

struct history_row {
	uint64_t pos, line;	/* where the command begins */
	int64_t time_ns;	/* HISTORY_NO_TIME: not written */
	struct bytes text;	/* valid during the call */
};

/* Returns 0, or anything else to stop everything. */
typedef int history_emit(void *ctx, const struct history_row *row);

struct history {
	enum history_kind kind;
	history_emit *emit;
	void *ctx;
	struct buf text;	/* of the command that is not complete yet */
	struct history_row row;	/* its place and time */
	int64_t next_ns;	/* time that was written for the next command */
	bool open;		/* ${row} waits */
	bool escaped;		/* libedit's first line was seen */
	bool more;		/* bash: the next line belongs to ${row} */
	char quote;		/* bash: the one that is open, or 0 */
	char prefix;		/* less: which section this is */
};

/**
 * history_kind_of(path, kind):
 * What a file of this name is: the word for it ("bash", "mysql"), static, or NULL if it is no
 * history.
 */
const char *history_kind_of(struct bytes path, enum history_kind *kind);

/* Begin; release what is owned.  Nothing is allocated before the first line. */
void history_begin(struct history *h, enum history_kind kind, history_emit *emit, void *ctx);
void history_release(struct history *h);

/**
 * history_line(h, s, n, pos, line):
 * The next line, without its line feed.  Returns 0, or what ${emit} returned to stop.
 */
int history_line(struct history *h, const char *s, size_t n, uint64_t pos, uint64_t line);

/* The file is over: hand out what waits. */
int history_finish(struct history *h);

#endif
