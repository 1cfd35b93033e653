/*
 * timedlog: lines that begin with a time and are text from there on: dpkg.log, dnf.log, yum.log,
 * pacman.log, vsftpd.log, fail2ban.log, cloud-init.log; and stanzas of apt's history.log.
 */
#ifndef EXHIBIT_PARSE_TIMEDLOG_H
#define EXHIBIT_PARSE_TIMEDLOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/buf.h"
#include "workstation/parse/datetime.h"

/**
 * timedlog_parse(s, n, when, text):
 * A time of any form of datetime, in brackets or not, and what follows.  False: no time.
 */
bool timedlog_parse(const char *s, size_t n, struct datetime *when, struct bytes *text);

#define TIMEDLOG_TEXT_MAX 65536u	/* bytes of a stanza; the rest is left out */

/* A stanza of apt's history.log: "Name: value" lines up to a blank one. */
struct timedlog_stanza {
	struct datetime start;		/* Start-Date */
	bool has_start;
	uint64_t pos, line;		/* of its first line */
	struct buf text;		/* the other lines with "; " between */
	bool open;
};

void timedlog_begin(struct timedlog_stanza *t);
void timedlog_release(struct timedlog_stanza *t);

/**
 * timedlog_line(t, s, n, pos, line):
 * The next line.  True if it ended a stanza, which is in ${t} until the next call.
 */
bool timedlog_line(struct timedlog_stanza *t, const char *s, size_t n, uint64_t pos, uint64_t line);

/* The file is over: true if a stanza is open still. */
bool timedlog_finish(struct timedlog_stanza *t);

#endif
