/*
 * input: the archive that a verb reads: a file, or standard input as "-"; decrypted on
 * the way if it is an age file.
 */
#ifndef EXHIBIT_CMD_INPUT_H
#define EXHIBIT_CMD_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "lib/base/err.h"
#include "lib/crypt/age_read.h"
#include "lib/hash/digest.h"

/* What every verb says of --identity. */
#define INPUT_IDENTITY_HELP \
	"the file of the secret key to which an encrypted archive was made (age-keygen)"

struct input {
	int fd;				/* closed by input_close, if it is ours */
	bool is_stdin;
	age_read_in *source;		/* where the bytes come from */
	void *source_ctx;
	char first[AGE_READ_INTRO];	/* read to see what it is, and to be read again */
	size_t first_len, first_at;
	struct age_identities *keys;	/* NULL: none were given */
	struct age_read *age;		/* NULL: it is not encrypted */
	struct digest *sum;		/* of whoever wants the hash of a file: gets what is read */
	uint64_t summed;		/* of it from the next input_rewind on; NULL: nobody */
};

/**
 * input_open(in, name, identity, e):
 * Open ${name}; ${identity} is the file with the keys, or NULL, and may be given for an
 * archive that is not encrypted.  Return 0, or -1: it does not exist, is a directory, cannot
 * be read, or cannot be decrypted.
 */
int input_open(struct input *in, const char *name, const char *identity, struct err *e);

/**
 * input_from(in, source, ctx, identity, e):
 * The same for bytes that ${source} gives.  What it gave before a failure is not asked for
 * again.
 */
int input_from(struct input *in, age_read_in *source, void *ctx, const char *identity,
	       struct err *e);
void input_close(struct input *in);

/* Go back to the beginning.  Return 0, or -1 (a pipe cannot). */
int input_rewind(struct input *in, struct err *e);

/**
 * input_rest(in, e):
 * Read the file to its end, so that sum has all of it.  Return 0, or -1.
 */
int input_rest(struct input *in, struct err *e);

/* A decompress_in; ${ctx} is the struct input. */
ssize_t input_read(void *ctx, void *data, size_t n);

#endif
