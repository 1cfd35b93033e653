#include "workstation/cmd/cmd_export.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/fd.h"
#include "workstation/cmd/case_file.h"
#include "workstation/cmd/cmd_extract.h"
#include "workstation/cmd/cmd_load.h"
#include "workstation/cmd/commands.h"
#include "workstation/cmd/confine.h"
#include "workstation/cmd/input.h"
#include "workstation/export/export.h"
#include "workstation/report/rules.h"

struct args {
	bool forms[EXPORT_COUNT];
	const char *plaso, *output;
	struct archive_load how;
};

#define FIELD(f) offsetof(struct args, f)

const struct option_row cmd_export_options[] = {
	{ NULL, 0, NULL, OPTION_HEADING, 0, "One of" },
#define EXPORT(id, option, help) { #option, 0, NULL, OPTION_FLAG, FIELD(forms[EXPORT_##id]), help },
#include "workstation/export/export.def"
#undef EXPORT
	{ "plaso-dir", 0, "DIR", OPTION_STRING, FIELD(plaso),
	  "the files of the host below DIR, as log2timeline takes them, and the command for it" },
	{ NULL, 0, NULL, OPTION_HEADING, 0, "Others" },
	{ "output", 'o', "FILE|DIR", OPTION_STRING, FIELD(output),
	  "write there (default: standard output); nothing is overwritten" },
	{ "key", 'k', "FPR", OPTION_STRING, FIELD(how.expect.key), INTAKE_KEY_HELP },
	{ "root", 'r', "HASH", OPTION_STRING, FIELD(how.expect.root), INTAKE_ROOT_HELP },
	{ "identity", 'i', "FILE", OPTION_STRING, FIELD(how.identity), INPUT_IDENTITY_HELP },
	{ "force", 0, NULL, OPTION_FLAG, FIELD(how.force),
	  "export an archive that is ALTERED, too" },
	{ "quiet", 'q', NULL, OPTION_FLAG, FIELD(how.quiet), "show no progress" },
	{ 0 }
};

struct job {
	const struct args *args;
	const struct option_list *operands;
	enum export_form form;
	bool is_case; /* the operand is a case, no archive */
	int fd;       /* the file, or the folder */
	bool made;    /* the file is ours, to be removed if it is not whole */
	struct case_scratch scratch;
};

static int wrong(const char *what)
{
	struct err e = { 0 };

	err_set(&e, 0, "export: %s", what);
	return commands_fail(&e, COMMANDS_USAGE);
}

/* In a shell's quotes. */
static void put_quoted(struct buf *b, const char *s)
{
	buf_putc(b, '\'');
	for (; *s != '\0'; s++) {
		if (*s == '\'')
			buf_puts(b, "'\\'");
		buf_putc(b, *s);
	}
}

static int export_plaso(const struct args *args, const char *archive)
{
	int code = cmd_extract_root(archive, args->plaso, &args->how);
	struct buf b;

	if (code != COMMANDS_OK && code != COMMANDS_TRUNCATED &&
	    !(args->how.force && code == COMMANDS_ALTERED))
		return code;
	buf_init(&b, 65536);
	buf_puts(&b, "log2timeline.py --storage-file ");
	put_quoted(&b, args->plaso);
	buf_puts(&b, ".plaso' ");
	put_quoted(&b, args->plaso);
	buf_puts(&b, "/[root]'\n");
	if (commands_print(STDOUT_FILENO, &b) != 0)
		code = COMMANDS_FAILED;
	buf_release(&b);
	return code;
}

/* What is told of loading is no part of the export: it goes to standard error instead. */
static int open_standard(struct job *j, struct err *e)
{
	j->fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	if (j->fd < 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
		return err_set(e, errno, "standard output");
	return 0;
}

static int open_output(struct job *j, struct err *e)
{
	const char *output = j->args->output;
	bool folder = export_makes_files(j->form);

	if (output == NULL)
		return open_standard(j, e);
	if (folder && mkdir(output, 0700) != 0 && errno != EEXIST)
		return err_set(e, errno, "making the folder %.200s", output);
	j->fd = folder ? open(output, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
		       : open(output, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (j->fd < 0)
		return err_set(e, errno, folder ? "opening %.200s" : "making %.200s", output);
	j->made = !folder;
	return 0;
}

/* Rights are given up before the first question. */
static int write_case(void *ctx)
{
	const struct job *j = ctx;
	struct case_db *db CLEANUP(db_close) = NULL;
	struct err e = { 0 };
	int code = COMMANDS_FAILED;
	int r = db_open(&db, j->is_case ? j->operands->p[0] : j->scratch.database, DB_READ, &e);

	if (r == 0 && export_makes_files(j->form))
		confine_enter_folder(j->fd, CONFINE_APPENDS);
	else if (r == 0)
		confine_enter();
	if (r == 0 && export_needs_rules(j->form)) {
		r = rules_aside(db, &e);
		if (r == 0)
			r = rules_run(db, &e);
	}
	if (r == 0)
		r = export_write(db, j->form, j->fd, &e);
	if (r == 0)
		code = case_file_verdict(db, &e);
	return r != 0 || e.set ? commands_fail(&e, COMMANDS_FAILED) : code;
}

static int load(struct job *j)
{
	struct err e = { 0 };

	if (case_file_scratch(&j->scratch, &e) != 0)
		return commands_fail(&e, COMMANDS_FAILED);
	return cmd_load_into(j->scratch.database, &j->args->how, j->operands);
}

static int run_form(struct job *j)
{
	struct err e = { 0 };
	int r = COMMANDS_OK;

	if (open_output(j, &e) != 0)
		return commands_fail(&e, COMMANDS_FAILED);
	if (!j->is_case)
		r = load(j);
	if (r == COMMANDS_OK || r == COMMANDS_TRUNCATED ||
	    (j->args->how.force && r == COMMANDS_ALTERED)) {
		r = case_file_apart(write_case, j);
		j->made = j->made && (r == COMMANDS_FAILED || r == CASE_FILE_PIPE);
	}
	case_file_remove(&j->scratch);
	if (j->made)
		unlink(j->args->output);
	fd_close(&j->fd);
	return case_file_end(r);
}

/* Can what was given be compared?  The files of a host are taken without a case. */
static int check_expect(const struct job *j)
{
	const struct archive_load *how = &j->args->how;
	struct err e = { 0 };

	if (j->args->plaso != NULL && (how->expect.key != NULL || how->expect.root != NULL))
		return wrong("--plaso-dir compares no --key and no --root: exhibit verify does");
	return archive_load_check(how, j->is_case, j->operands->n, &e) == 0
		       ? COMMANDS_OK
		       : commands_fail(&e, COMMANDS_USAGE);
}

static int run(const struct args *args, const struct option_list *operands)
{
	struct job j = { .args = args, .operands = operands, .fd = -1 };
	int n = args->plaso != NULL;

	for (int i = 0; i < EXPORT_COUNT; i++) {
		n += args->forms[i];
		if (args->forms[i])
			j.form = (enum export_form)i;
	}
	if (n != 1)
		return wrong("one form, such as --bodyfile; exhibit help export lists them");
	j.is_case = case_file_is(operands->p[0]);
	if (j.is_case && operands->n > 1)
		return wrong("one case, or archives");
	if (check_expect(&j) != COMMANDS_OK)
		return COMMANDS_USAGE;
	if (args->plaso != NULL) {
		if (j.is_case || operands->n > 1 || args->output != NULL)
			return wrong("--plaso-dir takes one archive, and no -o");
		return export_plaso(args, operands->p[0]);
	}
	if (export_makes_files(j.form) && args->output == NULL)
		return wrong("-o DIR is missing: --jsonl writes into a folder");
	return run_form(&j);
}

int cmd_export(char *const argv[])
{
	static const size_t limits[2] = { 1, SIZE_MAX };
	struct args args = { 0 };
	struct option_list operands = { 0 };
	int r = COMMANDS_USAGE;

	if (commands_parse("export", &args, argv, &operands, limits) == 0)
		r = run(&args, &operands);
	option_list_release(&operands);
	return r;
}
