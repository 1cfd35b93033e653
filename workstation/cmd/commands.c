#include "workstation/cmd/commands.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/fd.h"
#include "lib/base/text.h"
#include "workstation/cmd/cmd_cat.h"
#include "workstation/cmd/cmd_custody.h"
#include "workstation/cmd/cmd_export.h"
#include "workstation/cmd/cmd_extract.h"
#include "workstation/cmd/cmd_help.h"
#include "workstation/cmd/cmd_list.h"
#include "workstation/cmd/cmd_load.h"
#include "workstation/cmd/cmd_prepare.h"
#include "workstation/cmd/cmd_receipt.h"
#include "workstation/cmd/cmd_receive.h"
#include "workstation/cmd/cmd_report.h"
#include "workstation/cmd/cmd_show.h"
#include "workstation/cmd/cmd_verify.h"

static const struct command commands[] = {
	{ "prepare", cmd_prepare, cmd_prepare_options, "",
	  "begin a case record, and the configuration and command lines for a host",
	  "Writes custody.jsonl, its first line, and collect.json for exhibit-collect --config,\n"
	  "with a fresh nonce. On a terminal what is missing is asked for.", NULL },
	{ "receive", cmd_receive, cmd_receive_options, "[ARCHIVE]",
	  "store an archive as it arrives, and note when each seal came",
	  "Without ARCHIVE it comes on standard input:\n"
	  "  N=$(exhibit receive -o x.tar.zst --issue-nonce)\n"
	  "  ssh root@HOST /dev/shm/exhibit-collect --nonce $N -o - |\n"
	  "      exhibit receive -o x.tar.zst\n"
	  "Whatever ends the stream, what came is kept. Nothing is ever overwritten. The\n"
	  "fingerprint of the archive is not shown before you typed the one that the host\n"
	  "showed.", NULL },
	{ "receipt", cmd_receipt, cmd_receipt_options, "BAG",
	  "put an archive and its papers into a bag, sign it, have it time-stamped",
	  "BAG is a folder to make (with --archive), or one that was made. All steps may be\n"
	  "given at once, or one after the other: the answer of a time-stamping authority\n"
	  "comes later than the request. exhibit verify --bag checks all of it.", NULL },
	{ "verify", cmd_verify, cmd_verify_options, "ARCHIVE",
	  "check seals, manifests and every member; say COMPLETE, TRUNCATED or ALTERED",
	  "Give the fingerprint and the root that were read from the screen of the host: without\n"
	  "them an archive that was made anew from beginning to end looks complete.", NULL },
	{ "list", cmd_list, cmd_list_options, "ARCHIVE",
	  "show every object that was attempted, gaps included",
	  "Columns: mode, links, user, group, size, time of modification (UTC), depth, path.\n"
	  "Names are escaped as in the manifest. A filter that is given twice accepts either\n"
	  "value.", NULL },
	{ "cat", cmd_cat, cmd_cat_options, "ARCHIVE PATH",
	  "write the content of one file to standard output",
	  "PATH is the path on the host or the name of the member, raw or as list shows it.\n"
	  "Reading goes on up to the seal that covers the file; only then is it known to be\n"
	  "true. With --at it writes the line that a report names by its offset.", NULL },
	{ "extract", cmd_extract, cmd_extract_options, "ARCHIVE [PATH...]",
	  "unpack files safely",
	  "Verifies first. Creates files, hard links among them, and directories below DIR: no\n"
	  "devices, no owners, no setuid, nothing executable, no links that lead out. Odd names\n"
	  "are escaped as list shows them. Existing files are never overwritten. PATH selects a\n"
	  "file, or a directory with all below it.", NULL },
	{ "load", cmd_load, cmd_load_options, "ARCHIVE...",
	  "load archives into a case: a database for show, report and export",
	  "Verifies first; an archive that is ALTERED is refused. One archive is one transaction:\n"
	  "all of it is in the case, or nothing. Loading it again takes the place of the earlier\n"
	  "load. The case is an SQLite database; docs/CASE.md says what is in it.", NULL },
	{ "report", cmd_report, cmd_report_options, "ARCHIVE...|CASE",
	  "examine archives: one HTML page of what deserves a look, with the evidence",
	  "Verifies first. The page has the verdict, the custody data, what is missing, and\n"
	  "what bears on five questions: entry point, origin, files touched, level of access,\n"
	  "trail. Each line has its place in the archive, the reason why it is there, and what\n"
	  "else explains it. It loads nothing, sends nothing, and can be read without scripts.",
	  NULL },
	{ "export", cmd_export, cmd_export_options, "ARCHIVE...|CASE",
	  "write a case in the forms of other tools: mactime, Timesketch, Plaso, STIX, CASE",
	  "Verifies first. Names are escaped as list shows them, and none is lost by what a form\n"
	  "forbids. --case and --stix tell what the rules of exhibit report notice, without a\n"
	  "judgement. docs/SCALE.md says how --jsonl takes many hosts into an engine.", NULL },
	{ "show", cmd_show, NULL, "WHAT [OPTIONS] ARCHIVE|CASE",
	  "show logins, files, processes, logs: what one would have typed on the host",
	  "Of a case that exhibit load made, or of an archive, which is loaded into a temporary\n"
	  "case in $TMPDIR (/var/tmp) first. A table, or --json, one object on a line, or --csv;\n"
	  "these two say of each row where in the archive it stands.", cmd_show_help },
	{ "custody add", cmd_custody_add, cmd_custody_add_options, "EVENT",
	  "write what happened to an exhibit into its custody record",
	  "EVENT is deployed, started, key0-readback, root-readback, received, verified,\n"
	  "transferred, opened, copied, sealed, unsealed, stored, returned, destroyed, corrected\n"
	  "or noted. On a terminal what is missing is asked for. The archive is read anew and\n"
	  "compared with the record. Lines are never taken back: a wrong one is corrected by a\n"
	  "line of its own.", NULL },
	{ "custody check", cmd_custody_check, cmd_custody_check_options, "",
	  "prove that the custody record is as it was written",
	  "HOLDS, TRUNCATED (the last line has no end) or ALTERED, with the lines that were\n"
	  "edited, removed, moved or replaced. Only a hash that was written down elsewhere,\n"
	  "--head, proves that no line is missing at the end.", NULL },
	{ "custody sign", cmd_custody_sign, cmd_custody_sign_options, "LINE",
	  "sign a line of the custody record, for both sides of a hand-over",
	  "The signature becomes a line of its own. For a key that is elsewhere, on a token:\n"
	  "--message prints the text, openssl signs it, --signature takes the result.", NULL },
	{ "custody form", cmd_custody_form, cmd_custody_form_options, "",
	  "print the custody record as a form for paper",
	  "One HTML page that loads nothing: item, hashes, clocks, events, lines for signatures,\n"
	  "what is proven and what is not, and a declaration to be filled in.", NULL },
	{ "help", cmd_help, NULL, "[VERB]", "explain a verb", NULL, NULL },
	{ "version", cmd_help_version, NULL, "", "say what this program was built from", NULL,
	  NULL },
};

#define COUNT (sizeof(commands) / sizeof(commands[0]))

const struct command *commands_at(size_t i)
{
	return i < COUNT ? &commands[i] : NULL;
}

const struct command *commands_find(const char *name)
{
	for (size_t i = 0; i < COUNT; i++) {
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	}
	return NULL;
}

static bool is_below(const struct command *c, const char *group)
{
	size_t n = strlen(group);

	return strncmp(c->name, group, n) == 0 && c->name[n] == ' ';
}

const struct command *commands_pick(char *const argv[], size_t *words)
{
	for (size_t i = 0; argv[0] != NULL && argv[1] != NULL && i < COUNT; i++) {
		if (!is_below(&commands[i], argv[0]) ||
		    strcmp(commands[i].name + strlen(argv[0]) + 1, argv[1]) != 0)
			continue;
		*words = 2;
		return &commands[i];
	}
	*words = 1;
	return argv[0] != NULL ? commands_find(argv[0]) : NULL;
}

int commands_has_group(const char *name)
{
	size_t i = 0;

	while (i < COUNT && !is_below(&commands[i], name))
		i++;
	return i < COUNT;
}

void commands_help_group(struct buf *b, const char *group)
{
	buf_printf(b, "usage: exhibit %s VERB [OPTIONS] ...\n\n", group);
	for (size_t i = 0; i < COUNT; i++) {
		if (is_below(&commands[i], group))
			buf_printf(b, "  %-15s%s\n", commands[i].name, commands[i].summary);
	}
	buf_printf(b, "\nexhibit help %s VERB shows its options.\n", group);
}

void commands_help(struct buf *b)
{
	buf_puts(b, "usage: exhibit VERB [OPTIONS] ARCHIVE ...\n\n"
		 "Reads the archives of exhibit-collect. ARCHIVE may be - for standard input.\n\n");
	for (size_t i = 0; i < COUNT; i++)
		buf_printf(b, "  %-15s%s\n", commands[i].name, commands[i].summary);
	buf_puts(b, "\nexhibit help VERB shows its options. Exit codes of all verbs:\n"
		 "  0  COMPLETE: everything holds up to the final seal\n"
		 "  1  TRUNCATED: it stops; what was sealed before holds\n"
		 "  2  wrong usage\n"
		 "  3  ALTERED: it is not what was sealed, or not what you gave\n"
		 "  4  something could not be read, written or found\n"
		 "  5  received and stored, but encrypted to a key that is not here: not "
		 "seen\n");
}

void commands_help_verb(struct buf *b, const struct command *c)
{
	bool options = c->options != NULL && c->options->kind != OPTION_END;

	buf_printf(b, "usage: exhibit %s%s%s%s\n\n%s\n", c->name, options ? " [OPTIONS]" : "",
		   c->operands[0] != '\0' ? " " : "", c->operands, c->summary);
	if (c->details != NULL)
		buf_printf(b, "\n%s\n", c->details);
	if (options) {
		buf_puts(b, "\nOptions:\n");
		option_help(b, c->options);
	}
}

static const char no_memory[] = "exhibit: out of memory\n";

int commands_fail(const struct err *e, enum commands_exit code)
{
	struct buf b;

	buf_init(&b, 8192);
	buf_puts(&b, "exhibit: ");
	text_escape(&b, e->what, strlen(e->what));
	if (e->oserr != 0)
		buf_printf(&b, ": %s", strerror(e->oserr));
	buf_putc(&b, '\n');
	if (b.failed)
		(void)fd_write_all(STDERR_FILENO, no_memory, sizeof(no_memory) - 1);
	else
		commands_print(STDERR_FILENO, &b);
	buf_release(&b);
	return e->oserr == ENOMEM || err_starved() ? (int)COMMANDS_FAILED : (int)code;
}

static bool has_option(const struct option_row *r, const char *name)
{
	for (; r != NULL && r->kind != OPTION_END; r++)
		if (r->name != NULL && strcmp(r->name, name) == 0)
			return true;
	return false;
}

/* An option that another verb has, and only one: say which. */
static void point_to_verb(struct err *e)
{
	static const char unknown[] = "there is no option --";
	const struct command *only = NULL;
	struct err why = *e;
	size_t found = 0;

	if (strncmp(why.what, unknown, sizeof(unknown) - 1) != 0)
		return;
	for (size_t i = 0; commands_at(i) != NULL; i++) {
		if (has_option(commands_at(i)->options, why.what + sizeof(unknown) - 1)) {
			only = commands_at(i);
			found++;
		}
	}
	if (found == 1) {
		*e = (struct err){ 0 };
		err_set(e, 0, "%s; exhibit %s has it", why.what, only->name);
	}
}

int commands_parse(const char *name, void *args, char *const argv[],
		   struct option_list *operands, const size_t limits[2])
{
	const struct command *c = commands_find(name);
	struct err e = { 0 };

	if (option_parse(c->options, args, argv, operands, &e) == 0 &&
	    (operands->n < limits[0] || operands->n > limits[1]))
		err_set(&e, 0, "usage: exhibit %s [OPTIONS] %s", c->name, c->operands);
	if (!e.set)
		return 0;
	point_to_verb(&e);
	commands_fail(&e, COMMANDS_USAGE);
	return -1;
}

int commands_print(int fd, struct buf *b)
{
	struct err e = { 0 };

	if (b->failed)
		err_set(&e, ENOMEM, "preparing the output");
	else if (fd_write_all(fd, b->p, b->len) != 0)
		err_set(&e, errno, "writing the output");
	buf_clear(b);
	if (!e.set)
		return 0;
	if (fd != STDERR_FILENO)
		commands_fail(&e, COMMANDS_FAILED);
	return -1;
}

enum commands_exit commands_verdict_exit(enum bundle_verdict v)
{
	static const enum commands_exit codes[] = {
		[BUNDLE_COMPLETE] = COMMANDS_OK,
		[BUNDLE_TRUNCATED] = COMMANDS_TRUNCATED,
		[BUNDLE_ALTERED] = COMMANDS_ALTERED,
	};

	return codes[v];
}
