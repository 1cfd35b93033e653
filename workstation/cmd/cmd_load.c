#include "workstation/cmd/cmd_load.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/fd.h"
#include "lib/base/text.h"
#include "workstation/cmd/archive_load.h"
#include "workstation/cmd/commands.h"
#include "workstation/cmd/input.h"

#define PATH_LENGTH 4096u

struct args {
	const char *output;
	struct archive_load how;
};

#define FIELD(f) offsetof(struct args, f)

const struct option_row cmd_load_options[] = {
	{ "output", 'o', "CASE", OPTION_STRING, FIELD(output),
	  "the case: made if it is not there, else added to (default: case.db)" },
	{ "key", 'k', "FPR", OPTION_STRING, FIELD(how.expect.key), INTAKE_KEY_HELP },
	{ "root", 'r', "HASH", OPTION_STRING, FIELD(how.expect.root), INTAKE_ROOT_HELP },
	{ "identity", 'i', "FILE", OPTION_STRING, FIELD(how.identity), INPUT_IDENTITY_HELP },
	{ "force", 0, NULL, OPTION_FLAG, FIELD(how.force),
	  "load an archive that is ALTERED, or says less than what is there of its session, too; "
	  "the case remembers it" },
	{ "quiet", 'q', NULL, OPTION_FLAG, FIELD(how.quiet), "show no progress" },
	{ 0 }
};

/* What the process that reads tells the one that waits, in memory of both. */
struct told {
	struct intake_result result;
	struct err e;
	int r;
	bool unsaid;		/* the line about it could not be written */
};

/* Names of a case that is being made or changed. */
struct names {
	char part[PATH_LENGTH], journal[PATH_LENGTH];
};

/* What reads hostile bytes is a process of its own, which gives up its rights and whose end,
 * whatever it is, is seen here. */
static void load(const struct args *a, const char *file, enum db_how how, const char *archive,
		 struct told *told)
{
	struct case_db *db = NULL;

	told->r = db_open(&db, file, how, &told->e);
	if (told->r == 0)
		told->r = archive_load_run(db, archive, &a->how, &told->result, &told->e);
	db_close(&db);
}

static int wait_for(pid_t pid, const char *archive, struct told *told)
{
	int status = 0;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return err_set(&told->e, errno, "waiting for the process that reads");
	if (WIFSIGNALED(status))
		return err_set(&told->e, 0,
			       "the process that read %.120s was ended by signal %d: nothing "
			       "was loaded",
			       archive, WTERMSIG(status));
	if (WEXITSTATUS(status) != 0)
		return err_set(&told->e, 0,
			       "the process that read %.120s failed: nothing was loaded", archive);
	return told->r;
}

static int load_apart(const struct args *a, const char *file, enum db_how how, const char *archive,
		      struct told *told)
{
	pid_t pid = fork();

	if (pid < 0)
		return err_set(&told->e, errno, "making a process to read");
	if (pid == 0) {
		told->r = -1;
		load(a, file, how, archive, told);
		_exit(0);
	}
	return wait_for(pid, archive, told);
}

static int make_names(struct names *n, const char *file, struct err *e)
{
	int a = snprintf(n->part, sizeof(n->part), "%s.part", file);
	int b = snprintf(n->journal, sizeof(n->journal), "%s-journal", file);

	return a < (int)sizeof(n->part) && b < (int)sizeof(n->journal)
		       ? 0
		       : err_set(e, ENAMETOOLONG, "the case %.100s", file);
}

/* The name of a file is on disk when its folder is. */
static int sync_folder(const char *file)
{
	char folder[PATH_LENGTH];
	int fd CLEANUP(fd_close) = -1;

	snprintf(folder, sizeof(folder), "%s", file);
	if (strrchr(folder, '/') != NULL)
		strrchr(folder, '/')[1] = '\0';
	else
		strcpy(folder, ".");
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -1 : fsync(fd);
}

/* A new case gets its name when it is whole and on disk. */
static int publish(const char *part, const char *file, struct err *e)
{
	int fd CLEANUP(fd_close) = open(part, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fsync(fd) != 0)
		return err_set(e, errno, "writing %.200s", part);
	if (link(part, file) != 0 || sync_folder(file) != 0)
		return err_set(e, errno, "naming the case %.200s", file);
	return 0;
}

static int load_new(const struct args *a, const struct names *n, const char *archive,
		    struct told *told)
{
	int fd CLEANUP(fd_close) = -1;
	int r = -1;

	unlink(n->part);
	fd = open(n->part, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_set(&told->e, errno, "making %.200s", n->part);
	r = load_apart(a, n->part, DB_CREATE, archive, told);
	if (r == 0 && told->result.end == INTAKE_LOADED)
		r = publish(n->part, a->output, &told->e);
	unlink(n->part);
	return r;
}

/* The journal from which a case that was broken off is put right: it must be found after a loss
 * of power, and the process that writes it can sync no folder. */
static int prepare_journal(const struct args *a, const struct names *n, struct err *e)
{
	int fd CLEANUP(fd_close) = open(n->journal, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0 || sync_folder(a->output) != 0)
		return err_set(e, errno, "making %.200s", n->journal);
	return 0;
}

/* What a process that was ended left is undone by opening the case once more. */
static int load_more(const struct args *a, const struct names *n, const char *archive,
		     struct told *told)
{
	struct case_db *db = NULL;
	struct err ignored = { 0 };
	struct stat st;
	int r = prepare_journal(a, n, &told->e);

	if (r == 0)
		r = load_apart(a, a->output, DB_WRITE, archive, told);
	if (r != 0 && db_open(&db, a->output, DB_WRITE, &ignored) == 0)
		db_close(&db);
	if (stat(n->journal, &st) == 0 && st.st_size == 0)
		unlink(n->journal);
	return r;
}

/* What was there, if that was more: behind "an earlier load". */
static void say_earlier(struct buf *b, const struct intake_result *r)
{
	static const char *const words[] = {
		[INTAKE_NOT_LESS] = "",
		[INTAKE_OTHER_KEY] = " that was sealed with another key",
		[INTAKE_OTHER_ROOT] = " that had another root",
		[INTAKE_LESS_WORTH] = " that was ",
		[INTAKE_LESS_PROVEN] = " that was cut later",
		[INTAKE_LESS_IN_IT] = " that had more of it",
	};

	buf_printf(b, " in place of an earlier load%s%s", words[r->less],
		   r->less == INTAKE_LESS_WORTH ? bundle_read_verdict_word(r->had.verdict) : "");
}

static int say(const char *archive, const struct intake_result *r)
{
	struct buf b;
	int status;

	buf_init(&b, 65536);
	buf_printf(&b, "%s: ", bundle_read_verdict_word(r->facts.verdict));
	text_escape(&b, archive, strlen(archive));
	buf_printf(&b, ": host %lld", (long long)r->host);
	if (r->replaced)
		say_earlier(&b, r);
	buf_printf(&b, ", %" PRIu64 " objects, %" PRIu64 " of %" PRIu64 " members read",
		   r->facts.objects, r->read, r->members);
	if (r->notes > 0)
		buf_printf(&b, ", %" PRIu64 " notes", r->notes);
	if (r->plan[0] != '\0')
		buf_printf(&b, "; plan %s", r->plan);
	buf_putc(&b, '\n');
	status = commands_print(STDOUT_FILENO, &b);
	buf_release(&b);
	return status;
}

static int load_one(const struct args *a, const struct names *n, const char *archive,
		    struct told *told)
{
	struct stat st;
	int r;

	*told = (struct told){ .r = -1 };
	r = stat(a->output, &st) == 0 ? load_more(a, n, archive, told)
				      : load_new(a, n, archive, told);
	if (r != 0)
		return commands_fail(&told->e, COMMANDS_FAILED);
	if (told->result.end != INTAKE_LOADED) {
		archive_load_refused(archive, &told->result, &told->e);
		return commands_fail(&told->e, told->result.end == INTAKE_REFUSED
						       ? COMMANDS_ALTERED
						       : COMMANDS_FAILED);
	}
	told->unsaid |= say(archive, &told->result) != 0;
	return (int)commands_verdict_exit(told->result.facts.verdict);
}

/* One after the other; each that failed leaves the case as it was.  The worst code counts.
 * *${unsaid}: of one that was loaded nothing could be said. */
static int load_all(const struct args *a, const struct option_list *archives, bool *unsaid)
{
	struct told *told = mmap(NULL, sizeof(*told), PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct names n = { .part = "" };
	struct err e = { 0 };
	int worst = COMMANDS_OK;

	if (told == MAP_FAILED)
		err_set(&e, errno, "memory of two processes");
	if (e.set || make_names(&n, a->output, &e) != 0)
		return commands_fail(&e, COMMANDS_FAILED);
	for (size_t i = 0; i < archives->n; i++) {
		int code = load_one(a, &n, archives->p[i], told);

		worst = code > worst ? code : worst;
		*unsaid |= told->unsaid;
	}
	munmap(told, sizeof(*told));
	return worst;
}

int cmd_load_into(const char *file, const struct archive_load *how,
		  const struct option_list *archives)
{
	const struct args a = { .output = file, .how = *how };
	bool unsaid = false;	/* the page says it */

	return load_all(&a, archives, &unsaid);
}

static int load_given(const struct args *a, const struct option_list *archives)
{
	bool unsaid = false;
	struct err e = { 0 };
	int r;

	if (archive_load_check(&a->how, false, archives->n, &e) != 0)
		return commands_fail(&e, COMMANDS_USAGE);
	r = load_all(a, archives, &unsaid);
	return unsaid && r == COMMANDS_OK ? COMMANDS_FAILED : r;
}

int cmd_load(char *const argv[])
{
	static const size_t limits[2] = { 1, SIZE_MAX };
	struct args args = { .output = "case.db" };
	struct option_list operands = { 0 };
	int r = COMMANDS_USAGE;

	if (commands_parse("load", &args, argv, &operands, limits) == 0)
		r = load_given(&args, &operands);
	option_list_release(&operands);
	return r;
}
