/*
 * load_message: a message of a log, however it came, put where it belongs: into `log`, and if
 * it tells of a login or a command, into `login` or `command` too.
 */
#ifndef EXHIBIT_CASE_LOAD_MESSAGE_H
#define EXHIBIT_CASE_LOAD_MESSAGE_H

#include "workstation/case/loader.h"
#include "workstation/parse/datetime.h"

/* Empty bytes: not known, put as NULL. */
struct load_message {
	int64_t pos, line;
	const char *source;	/* of `log` */
	int64_t time;
	const char *time_from;
	struct bytes host, program, text;
	int64_t pid;		/* CASE_NULL: not known, as for the priority */
	int64_t priority;
};

/* Put it.  0, or -1 with l->e. */
int load_message_put(struct loading *l, const struct load_message *m);

/* ${b}, or none if it is empty. */
struct bytes load_message_some(struct bytes b);

/**
 * load_message_time(l, when, ns):
 * The time of a written one with a year, by the zone of the host (CASE_NULL: none), and after
 * the last one of this member.  Returns the word for `time_from`.
 */
const char *load_message_time(struct loading *l, const struct datetime *when, int64_t *ns);

/* The word for `time_from` of what was found; ${yearless}: the year is not written. */
const char *load_message_from(const struct loading *l, enum datetime_found found, bool yearless);

/**
 * load_message_timed(l, pos, line, when, text):
 * Put a line of a log of its own, whose source is told by the name of the file, and that has
 * neither host nor program; ${when} NULL: no time.
 */
int load_message_timed(struct loading *l, int64_t pos, int64_t line, struct datetime *when,
		       struct bytes text);

#endif
