/*
 * cmd_help: the verbs "help" and "version" of exhibit.  Their rows are in commands.c.
 */
#ifndef EXHIBIT_CMD_CMD_HELP_H
#define EXHIBIT_CMD_CMD_HELP_H

/* Run with the arguments after the verb; return the exit code. */
int cmd_help(char *const argv[]);
int cmd_help_version(char *const argv[]);

#endif
