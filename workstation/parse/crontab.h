/*
 * crontab: one line of a table of cron or anacron (crontab(5), anacrontab(5)).
 */
#ifndef EXHIBIT_PARSE_CRONTAB_H
#define EXHIBIT_PARSE_CRONTAB_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/bytes.h"

enum crontab_form {
	CRONTAB_USER,		/* of a user: five fields or @word, command */
	CRONTAB_SYSTEM,		/* /etc/crontab, /etc/cron.d: a user before the command */
	CRONTAB_ANACRON		/* period, delay, name, command */
};

enum crontab_kind {
	CRONTAB_NOTHING,	/* blank, or a comment */
	CRONTAB_VARIABLE,	/* NAME = value */
	CRONTAB_JOB,
	CRONTAB_DAMAGED		/* none of these */
};

/* Empty where the line has it not.  All point into the line. */
struct crontab_line {
	struct bytes schedule;	/* as written: "5 4 * * *", "@reboot", "7 5" of anacron */
	struct bytes user;
	struct bytes name;	/* of a variable, of a job of anacron */
	struct bytes command;	/* or the value of a variable */
};

/**
 * crontab_parse(form, s, n, out):
 * Read one line.
 */
enum crontab_kind crontab_parse(enum crontab_form form, const char *s, size_t n,
				struct crontab_line *out);

#endif
