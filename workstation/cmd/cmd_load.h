/*
 * cmd_load: the verb "load" of exhibit.  Its row is in commands.c.
 */
#ifndef EXHIBIT_CMD_CMD_LOAD_H
#define EXHIBIT_CMD_CMD_LOAD_H

#include "lib/base/option.h"
#include "workstation/cmd/archive_load.h"

extern const struct option_row cmd_load_options[];

/* Runs with the arguments after the verb; returns the exit code. */
int cmd_load(char *const argv[]);

/**
 * cmd_load_into(file, how, archives):
 * Load archives one after the other into the case ${file}, which is made if it is not there,
 * and tell of each.  Returns the worst exit code; COMMANDS_OK and COMMANDS_TRUNCATED: all of
 * them are in it.
 */
int cmd_load_into(const char *file, const struct archive_load *how,
		  const struct option_list *archives);

#endif
