/*
 * cmd_extract: the verb "extract" of exhibit.  Its row is in commands.c.
 */
#ifndef EXHIBIT_CMD_CMD_EXTRACT_H
#define EXHIBIT_CMD_CMD_EXTRACT_H

#include "lib/base/option.h"
#include "workstation/cmd/archive_load.h"

extern const struct option_row cmd_extract_options[];

/* Runs with the arguments after the verb; returns the exit code. */
int cmd_extract(char *const argv[]);

/**
 * cmd_extract_root(archive, directory, how):
 * Put the files of the host into ${directory}/[root], with links that stay inside, and tell of it
 * as the verb does.  Returns its exit code.
 */
int cmd_extract_root(const char *archive, const char *directory, const struct archive_load *how);

#endif
