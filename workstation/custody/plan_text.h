/*
 * plan_text: what exhibit prepare hands over: the configuration for the collector, and command
 * lines that can be pasted.
 */
#ifndef EXHIBIT_CUSTODY_PLAN_TEXT_H
#define EXHIBIT_CUSTODY_PLAN_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/option.h"
#include "workstation/custody/ledger.h"

/* Everything is text as typed, valid UTF-8 without control characters (the caller looked). */
struct plan_text {
	const struct ledger_entry *entry;	/* the line "planned" */
	const struct option_list *with;		/* "name=value" or "name", for the collector */
	const char *const *recipients;		/* age1... */
	size_t recipient_count;
	const char *profile;			/* or NULL */
	const char *collector, *config;		/* paths on the workstation */
	const char *target;			/* of ssh, or NULL: root@ and the host */
	const char *folder;			/* on the host, for the collector */
	const char *issued;			/* UTC of the nonce */
	const char *identity;			/* file of a key that is at hand here, or NULL */
};

/**
 * plan_text_config(out, t):
 * Append the file for --config.
 */
void plan_text_config(struct buf *out, const struct plan_text *t);

/**
 * plan_text_commands(out, t):
 * Append the ways of working, each with one command line for a POSIX shell.  What was typed
 * is quoted, so that it cannot become a command.
 */
void plan_text_commands(struct buf *out, const struct plan_text *t);

/* Append ${s} so that a POSIX shell takes it for one word, and nothing in it for more. */
void plan_text_quote(struct buf *out, const char *s);

/**
 * plan_text_archive(out, t):
 * Append a name for the archive: the exhibit, what is odd in it replaced.
 */
void plan_text_archive(struct buf *out, const struct plan_text *t);

#endif
