/*
 * args: the command line of exhibit-collect, as one table of rows.
 *
 * The rows parse and print the help; what a row cannot say (ranges, hex) is
 * checked here, so that a run never begins with a value that it will reject.
 * Text that the operator typed is kept byte for byte.
 */
#ifndef EXHIBIT_CMD_ARGS_H
#define EXHIBIT_CMD_ARGS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/archive/compress.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/option.h"
#include "lib/crypt/age_recipient.h"
#include "lib/custody/config.h"

/* What the process ends with; documented in the help and the manual page. */
enum args_exit {
	ARGS_EXIT_DONE = 0,		/* plan completed and sealed; gaps are recorded */
	ARGS_EXIT_INCOMPLETE = 1,	/* sealed, but the plan was not completed */
	ARGS_EXIT_USAGE = 2,		/* the command line, or no such output; nothing was done */
	ARGS_EXIT_BROKEN = 3		/* no archive, or one without its last seal */
};

/* How the run talks on standard error. */
enum args_progress {
	ARGS_PROGRESS_AUTO,		/* a live line on a terminal, else a line now and then */
	ARGS_PROGRESS_JSON,		/* one JSON object per line */
	ARGS_PROGRESS_NONE		/* begin, end and errors only */
};

#define ARGS_ITEM_SECONDS 10u		/* default of item-deadline */
#define ARGS_SEAL_BYTES (64u << 20)	/* default of seal-bytes */
#define ARGS_SEAL_SECONDS 5u		/* default of seal-seconds */
#define ARGS_ZSTD_LEVEL 1		/* level -1 was a tenth faster, its archive 40 % larger */
#define ARGS_GZIP_LEVEL 1

/* Strings point into argv, or into the configuration, and are NULL when not given. */
struct args {
	const char *config_path;
	struct config config;			/* owned; its hash counts if there is a path */
	const char *output;
	const char *case_id, *exhibit, *examiner_name, *examiner_id, *examiner_organisation;
	const char *authority, *witness, *location, *notes;
	const char *discovered, *occurred, *changed, *important;
	const char *nonce;			/* hex of 8 to 128 bytes */
	const char *profile;
	struct option_list include, exclude;	/* absolute globs, checked by plan_new */
	uint64_t file_size;			/* bytes, 0: the catalogue's own caps */
	uint64_t budget;			/* bytes of content for the whole run, 0: none */
	uint64_t deadline;			/* seconds for the whole run, 0: none */
	uint64_t item_deadline;			/* seconds for one object */
	const char *root;			/* directory instead of the live host */
	const char *compress_word, *progress_word;	/* as typed; parsed into the next two */
	struct option_list recipient;		/* as typed; parsed into the next two */
	struct age_recipient recipients[AGE_RECIPIENT_MAX];
	size_t recipient_count;			/* 0: not encrypted */
	struct compress_options compress;	/* threads 0: the caller decides */
	enum args_progress progress;
	uint64_t seal_bytes, seal_seconds;
	bool raw_ext4;				/* read ext4 from its devices too */
	bool memory;				/* take physical memory */
	const char *process_memory;		/* numbers and "suspicious", separated by commas */
	bool private_keys, plan, list, verbose, quiet, version, help;
};

/**
 * args_parse(a, argv, e):
 * Fill ${a} with the defaults, then from the file of --config, then from ${argv} (with the
 * program's name, ended by NULL), which wins: a list that is given there replaces the file's.
 * Return 0, or -1 with a sentence in ${e} that names the option: a usage error.
 * With help, version, list or plan no output needs to be given.  args_release is due in
 * both cases.
 */
int args_parse(struct args *a, char *const argv[], struct err *e);
void args_release(struct args *a);

/* Append the help: usage, options by group, profiles, examples, exit codes. */
void args_help(struct buf *out);

#endif
