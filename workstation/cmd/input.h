/*
 * input: the archive that a verb reads: a file, or standard input as "-".
 */
#ifndef EXHIBIT_CMD_INPUT_H
#define EXHIBIT_CMD_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "lib/base/err.h"

struct input {
	int fd;		/* closed by input_close, if it is ours */
	bool is_stdin;
};

/**
 * input_open(in, name, e):
 * Open ${name}.  Return 0, or -1: it does not exist, is a directory, cannot be read.
 */
int input_open(struct input *in, const char *name, struct err *e);
void input_close(struct input *in);

/* Go back to the beginning.  Return 0, or -1 (a pipe cannot). */
int input_rewind(struct input *in, struct err *e);

/* A decompress_in; ${ctx} is the struct input. */
ssize_t input_read(void *ctx, void *data, size_t n);

#endif
