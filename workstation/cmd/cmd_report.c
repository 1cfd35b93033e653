#include "workstation/cmd/cmd_report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/fd.h"
#include "workstation/cmd/case_file.h"
#include "workstation/cmd/cmd_load.h"
#include "workstation/cmd/commands.h"
#include "workstation/cmd/confine.h"
#include "workstation/cmd/input.h"
#include "workstation/report/report.h"
#include "workstation/report/rules.h"

#define PATH_LENGTH CASE_FILE_PATH

struct args {
	const char *output;
	struct archive_load how;
};

#define FIELD(f) offsetof(struct args, f)

const struct option_row cmd_report_options[] = {
	{ "output", 'o', "DIR|FILE.html", OPTION_STRING, FIELD(output),
	  "the page; DIR gets index.html and, of archives, the case.db that it was made from" },
	{ "key", 'k', "FPR", OPTION_STRING, FIELD(how.expect.key), INTAKE_KEY_HELP },
	{ "root", 'r', "HASH", OPTION_STRING, FIELD(how.expect.root), INTAKE_ROOT_HELP },
	{ "identity", 'i', "FILE", OPTION_STRING, FIELD(how.identity), INPUT_IDENTITY_HELP },
	{ "force", 0, NULL, OPTION_FLAG, FIELD(how.force),
	  "examine an archive that is ALTERED, too; the page says so first" },
	{ "quiet", 'q', NULL, OPTION_FLAG, FIELD(how.quiet), "show no progress" },
	{ 0 }
};

/* Where things lie. */
struct job {
	const struct args *args;
	const struct option_list *operands;
	bool folder;  /* the output is one */
	bool is_case; /* the operand is a case, no archive */
	char page[PATH_LENGTH], database[PATH_LENGTH];
	struct case_scratch scratch;
	int fd;           /* of the page */
	const char *name; /* what the page tells to give to exhibit show */
};

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), k = strlen(end);

	return n > k && strcmp(s + n - k, end) == 0;
}

static int join(char out[PATH_LENGTH], const char *folder, const char *name, struct err *e)
{
	int n = snprintf(out, PATH_LENGTH, "%s%s%s", folder, name[0] != '\0' ? "/" : "", name);

	return n > 0 && n < (int)PATH_LENGTH ? 0 : err_set(e, ENAMETOOLONG, "%.100s", folder);
}

/* The case of a folder stays beside its page, that of a single file goes. */
static int choose_places(struct job *j, struct err *e)
{
	const char *output = j->args->output;

	j->folder = !ends_with(output, ".html") && !ends_with(output, ".htm");
	if (j->folder && mkdir(output, 0700) != 0 && errno != EEXIST)
		return err_set(e, errno, "making the folder %.200s", output);
	if (join(j->page, output, j->folder ? "index.html" : "", e) != 0)
		return -1;
	j->name = j->operands->p[0];
	if (j->is_case)
		return join(j->database, j->operands->p[0], "", e);
	if (!j->folder)
		return case_file_scratch(&j->scratch, e) == 0
			       ? join(j->database, j->scratch.database, "", e)
			       : -1;
	j->name = "case.db";
	if (join(j->database, output, "case.db", e) != 0)
		return -1;
	return access(j->database, F_OK) == 0 ? err_set(e, EEXIST,
							"the case %.200s: give it instead of the "
							"archives, or another folder",
							j->database)
					      : 0;
}

/* Before minutes of loading, not after them. */
static int check_page(const struct job *j, struct err *e)
{
	return access(j->page, F_OK) == 0 ? err_set(e, EEXIST, "making %.200s", j->page) : 0;
}

/*
 * What reads the case is a process of its own, which gives up its rights: of a case that somebody
 * else made before anything is asked of it, else when what was noticed is in the case.
 */
static int examine(void *ctx)
{
	const struct job *j = ctx;
	struct case_db *db CLEANUP(db_close) = NULL;
	struct err e = { 0 };
	int code = COMMANDS_FAILED;
	int r = db_open(&db, j->database, j->is_case ? DB_READ : DB_WRITE, &e);

	if (r == 0 && j->is_case)
		confine_enter();
	if (r == 0)
		r = j->is_case ? rules_aside(db, &e) : db_begin(db, &e);
	if (r == 0)
		r = rules_run(db, &e);
	if (r == 0 && !j->is_case)
		r = db_commit(db, &e);
	if (r == 0)
		confine_enter();
	if (r == 0)
		r = report_write(db, j->fd, j->name, &e);
	if (r == 0)
		code = case_file_verdict(db, &e);
	return r != 0 || e.set ? commands_fail(&e, COMMANDS_FAILED) : code;
}

/* SQLite leaves the journal of a case that was changed, empty. */
static void remove_journal(const struct job *j)
{
	char name[PATH_LENGTH + 16];
	struct stat st;

	snprintf(name, sizeof(name), "%s-journal", j->database);
	if (!j->is_case && stat(name, &st) == 0 && st.st_size == 0)
		unlink(name);
}

/* A page that is not whole does not stay. */
static int write_page(struct job *j)
{
	int fd CLEANUP(fd_close) = j->fd =
		open(j->page, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	struct err e = { 0 };
	int code;

	if (fd < 0)
		return commands_fail((err_set(&e, errno, "making %.200s", j->page), &e),
				     COMMANDS_FAILED);
	code = case_file_apart(examine, j);
	remove_journal(j);
	if (code == COMMANDS_FAILED || code == CASE_FILE_PIPE)
		unlink(j->page);
	else
		printf("report: %s\n", j->page);
	return code;
}

static int run(const struct args *args, const struct option_list *operands)
{
	struct job j = { .args = args, .operands = operands };
	struct err e = { 0 };
	int r = COMMANDS_OK;

	if (args->output == NULL)
		return commands_fail(
			(err_set(&e, 0, "report: -o DIR or -o FILE.html is missing"), &e),
			COMMANDS_USAGE);
	j.is_case = case_file_is(operands->p[0]);
	if (j.is_case && operands->n > 1)
		return commands_fail((err_set(&e, 0, "report: one case, or archives"), &e),
				     COMMANDS_USAGE);
	if (archive_load_check(&args->how, j.is_case, operands->n, &e) != 0)
		return commands_fail(&e, COMMANDS_USAGE);
	if (choose_places(&j, &e) != 0 || check_page(&j, &e) != 0)
		r = commands_fail(&e, COMMANDS_FAILED);
	else if (!j.is_case)
		r = cmd_load_into(j.database, &args->how, operands);
	if (!e.set && (r == COMMANDS_OK || r == COMMANDS_TRUNCATED ||
		       (args->how.force && r == COMMANDS_ALTERED)))
		r = write_page(&j);
	case_file_remove(&j.scratch);
	return case_file_end(r);
}

int cmd_report(char *const argv[])
{
	static const size_t limits[2] = { 1, SIZE_MAX };
	struct args args = { 0 };
	struct option_list operands = { 0 };
	int r = COMMANDS_USAGE;

	if (commands_parse("report", &args, argv, &operands, limits) == 0)
		r = run(&args, &operands);
	option_list_release(&operands);
	return r;
}
