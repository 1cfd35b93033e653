/*
 * cmd_show: the verb "show" of exhibit.  Its row is in commands.c.
 */
#ifndef EXHIBIT_CMD_CMD_SHOW_H
#define EXHIBIT_CMD_CMD_SHOW_H

/* Runs with the arguments after the verb; returns the exit code. */
int cmd_show(char *const argv[]);

/* The help of "show WHAT", or NULL: the list of what there is.  Returns the exit code. */
int cmd_show_help(const char *what);

#endif
