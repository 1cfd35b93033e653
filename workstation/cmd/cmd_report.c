#include "workstation/cmd/cmd_report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/fd.h"
#include "workstation/case/case_query.h"
#include "workstation/cmd/cmd_load.h"
#include "workstation/cmd/commands.h"
#include "workstation/cmd/confine.h"
#include "workstation/cmd/input.h"
#include "workstation/report/report.h"
#include "workstation/report/rules.h"

#define PATH_LENGTH 4096u

struct args {
	const char *output;
	struct archive_load how;
};

#define FIELD(f) offsetof(struct args, f)

const struct option_row cmd_report_options[] = {
	{ "output", 'o', "DIR|FILE.html", OPTION_STRING, FIELD(output),
	  "the page; DIR gets index.html and, of archives, the case.db that it was made from" },
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
	char scratch[PATH_LENGTH]; /* folder to be removed; empty: none */
	const char *name;          /* what the page tells to give to exhibit show */
};

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), k = strlen(end);

	return n > k && strcmp(s + n - k, end) == 0;
}

/* By its first bytes (sqlite.org/fileformat2.html, 1.3). */
static bool is_database(const char *name)
{
	static const char magic[16] = "SQLite format 3";
	int fd CLEANUP(fd_close) = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char first[sizeof(magic)];

	return fd >= 0 && fd_read_full(fd, first, sizeof(first)) == (ssize_t)sizeof(first) &&
	       memcmp(first, magic, sizeof(magic)) == 0;
}

static int join(char out[PATH_LENGTH], const char *folder, const char *name, struct err *e)
{
	int n = snprintf(out, PATH_LENGTH, "%s%s%s", folder, name[0] != '\0' ? "/" : "", name);

	return n > 0 && n < (int)PATH_LENGTH ? 0 : err_set(e, ENAMETOOLONG, "%.100s", folder);
}

static int make_scratch(struct job *j, struct err *e)
{
	const char *tmp = getenv("TMPDIR");

	if (join(j->scratch, tmp != NULL ? tmp : "/tmp", "exhibit-XXXXXX", e) != 0)
		return -1;
	if (mkdtemp(j->scratch) == NULL) {
		err_set(e, errno, "making the folder %.200s", j->scratch);
		j->scratch[0] = '\0';
		return -1;
	}
	return join(j->database, j->scratch, "case.db", e);
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
		return make_scratch(j, e);
	j->name = "case.db";
	if (join(j->database, output, "case.db", e) != 0)
		return -1;
	return access(j->database, F_OK) == 0 ? err_set(e, EEXIST,
							"the case %.200s: give it instead of the "
							"archives, or another folder",
							j->database)
					      : 0;
}

static void remove_scratch(struct job *j)
{
	if (j->scratch[0] == '\0')
		return;
	unlink(j->database);
	rmdir(j->scratch);
}

/* The worst of the hosts. */
static int verdict(struct case_db *db, struct err *e)
{
	struct case_query *q = NULL;
	int code = COMMANDS_FAILED;

	if (case_query_open(&q, db,
			    "SELECT max(CASE verdict WHEN 'COMPLETE' THEN 0 WHEN 'TRUNCATED' THEN 1"
			    " ELSE 3 END) FROM host",
			    e) == 0 &&
	    case_query_step(q, e) > 0)
		code = case_query_int(q, 0) == CASE_NULL ? COMMANDS_OK : (int)case_query_int(q, 0);
	case_query_close(&q);
	return code;
}

/*
 * What reads the case is a process of its own, which gives up its rights: of a case that somebody
 * else made before anything is asked of it, else when what was noticed is in the case.
 */
static int examine(const struct job *j, int fd)
{
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
		r = report_write(db, fd, j->name, &e);
	if (r == 0)
		code = verdict(db, &e);
	return r != 0 || e.set ? commands_fail(&e, COMMANDS_FAILED) : code;
}

static int wait_for(pid_t pid, struct err *e)
{
	int status = 0;

	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return err_set(e, errno, "waiting for the process that examines");
	}
	if (WIFSIGNALED(status))
		return err_set(e, 0, "the process that examines was ended by signal %d",
			       WTERMSIG(status));
	return WEXITSTATUS(status);
}

static int examine_apart(const struct job *j, int fd)
{
	struct err e = { 0 };
	pid_t pid = fork();
	int code;

	if (pid == 0)
		_exit(examine(j, fd));
	code = pid < 0 ? err_set(&e, errno, "making a process that examines") : wait_for(pid, &e);
	return code < 0 ? commands_fail(&e, COMMANDS_FAILED) : code;
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
static int write_page(const struct job *j)
{
	int fd CLEANUP(fd_close) = open(j->page, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	struct err e = { 0 };
	int code;

	if (fd < 0)
		return commands_fail((err_set(&e, errno, "making %.200s", j->page), &e),
				     COMMANDS_FAILED);
	code = examine_apart(j, fd);
	remove_journal(j);
	if (code == COMMANDS_FAILED)
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
	j.is_case = is_database(operands->p[0]);
	if (j.is_case && operands->n > 1)
		return commands_fail((err_set(&e, 0, "report: one case, or archives"), &e),
				     COMMANDS_USAGE);
	if (choose_places(&j, &e) != 0)
		r = commands_fail(&e, COMMANDS_FAILED);
	else if (!j.is_case)
		r = cmd_load_into(j.database, &args->how, operands);
	if (!e.set && (r == COMMANDS_OK || r == COMMANDS_TRUNCATED ||
		       (args->how.force && r == COMMANDS_ALTERED)))
		r = write_page(&j);
	remove_scratch(&j);
	return r;
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
