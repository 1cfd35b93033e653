/*
 * config: a command line as a JSON file, so that nothing has to be typed at three in the
 * morning (docs/FORMAT.md section 12).
 *
 *	{"exhibit-config":1,"case":"2026-11","recipient":["age1...","age1..."],"private-keys":true}
 *
 * One JSON object (RFC 8259), whose first key says what it is for and in which version.  All
 * others are names of long options: a string, true for a flag, a whole number, or an array of
 * strings for an option that may be given many times.  The file is taken for hostile: it was
 * carried to the host on a disk.  What the options mean is checked by lib/base/option.
 */
#ifndef EXHIBIT_CUSTODY_CONFIG_H
#define EXHIBIT_CUSTODY_CONFIG_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/option.h"
#include "lib/hash/digest.h"

#define CONFIG_FILE_MAX (64u << 10)	/* bytes of a file */
#define CONFIG_ARGS_MAX 1024u		/* options in it, each element of an array counted */

struct config {
	char **argv;			/* "--case=2026-11", ..., NULL; owned */
	size_t argc;
	uint8_t sha256[DIGEST_LEN];	/* of the file */
};

/**
 * config_parse(c, text, n, marker, e):
 * Take ${n} bytes apart; ${marker} is the first key ("exhibit-config").  Return 0, or -1 with
 * a sentence that names the key.  config_release is due in both cases.
 */
int config_parse(struct config *c, const char *text, size_t n, const char *marker,
		 struct err *e);

/**
 * config_read(c, path, marker, e):
 * The same from a regular file, or from standard input until it ends ("-").
 */
int config_read(struct config *c, const char *path, const char *marker, struct err *e);
void config_release(struct config *c);

/**
 * config_apply(c, rows, args, argv, operands, e):
 * Parse the options of the file into ${args}, which holds the defaults, and then those of
 * ${argv}, which win: a list that is given there replaces the file's.  As option_parse; its
 * strings point into ${c}, too.
 */
int config_apply(const struct config *c, const struct option_row *rows, void *args,
		 char *const argv[], struct option_list *operands, struct err *e);

/* The first of the ${names}, ended by NULL, that the file gives, or NULL. */
const char *config_names(const struct config *c, const char *const *names);

/**
 * config_begin(out, marker) / config_text(out, name, value) / config_list(out, name, p, n) /
 * config_end(out):
 * Write such a file, one option a line.  ${value} must be valid UTF-8 without control characters;
 * NULL or "" writes nothing.
 */
void config_begin(struct buf *out, const char *marker);
void config_text(struct buf *out, const char *name, const char *value);
void config_list(struct buf *out, const char *name, const char *const *p, size_t n);
void config_end(struct buf *out);

#endif
