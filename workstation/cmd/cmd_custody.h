/*
 * cmd_custody: the verbs "custody ..." of exhibit, one file each.  Their rows are in
 * commands.c.
 */
#ifndef EXHIBIT_CMD_CMD_CUSTODY_H
#define EXHIBIT_CMD_CMD_CUSTODY_H

#include "lib/base/option.h"
#include "workstation/custody/ledger.h"

/* What every one of them says of --record, and the name of the file that prepare makes. */
#define CMD_CUSTODY_RECORD "custody.jsonl"
#define CMD_CUSTODY_RECORD_HELP \
	"the custody record (default: custody.jsonl in the current directory)"

extern const struct option_row cmd_custody_add_options[];
extern const struct option_row cmd_custody_check_options[];
extern const struct option_row cmd_custody_sign_options[];
extern const struct option_row cmd_custody_form_options[];

/* Print what was written, and the hash that has to be written down elsewhere.  An exit code. */
int cmd_custody_written(const char *word, const struct ledger_added *added);

/* Run with the arguments after the verb; return the exit code. */
int cmd_custody_add(char *const argv[]);
int cmd_custody_check(char *const argv[]);
int cmd_custody_sign(char *const argv[]);
int cmd_custody_form(char *const argv[]);

#endif
