/*
 * histset: a line of a startup file of a shell that decides whether commands are kept, and where.
 *
 * bash(1): HISTFILE, HISTSIZE, HISTFILESIZE, HISTIGNORE, PROMPT_COMMAND, set +o history, shopt -uo
 * history, trap.  zshparam(1): HISTFILE, SAVEHIST.  An empty HISTSIZE bounds nothing: all is kept.
 *  Text alone is looked at: what a script works out when it runs is not known.
 */
#ifndef EXHIBIT_PARSE_HISTSET_H
#define EXHIBIT_PARSE_HISTSET_H

#include <stddef.h>

#include "lib/base/bytes.h"

enum histset_kind {
	HISTSET_NONE,	/* the line says nothing of it, or what is usual */
	HISTSET_OFF,	/* nothing is kept */
	HISTSET_MOVED	/* kept elsewhere than in a history at the top of a home */
};

/**
 * histset_line(s, n, what):
 * Look at the ${n} bytes of a line: the first statement that says one of these, and it itself in
 * ${what}, into the line.  A comment says nothing.
 */
enum histset_kind histset_line(const char *s, size_t n, struct bytes *what);

/**
 * histset_variable(setting):
 * What a variable of an environment does, "NAME=value" without quotes of a shell.
 */
enum histset_kind histset_variable(struct bytes setting);

#endif
