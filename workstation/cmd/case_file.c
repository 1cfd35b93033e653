#include "workstation/cmd/case_file.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/fd.h"
#include "workstation/case/worth.h"
#include "workstation/cmd/commands.h"

bool case_file_is(const char *name)
{
	static const char magic[16] = "SQLite format 3";
	int fd CLEANUP(fd_close) = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	char first[sizeof(magic)];

	return fd >= 0 && fd_read_full(fd, first, sizeof(first)) == (ssize_t)sizeof(first) &&
	       memcmp(first, magic, sizeof(magic)) == 0;
}

int case_file_scratch(struct case_scratch *s, struct err *e)
{
	const char *tmp = getenv("TMPDIR");
	int n = snprintf(s->folder, sizeof(s->folder), "%s/exhibit-XXXXXX",
			 tmp != NULL ? tmp : "/tmp");

	if (n >= (int)sizeof(s->folder))
		err_set(e, ENAMETOOLONG, "TMPDIR %.100s", tmp);
	else if (mkdtemp(s->folder) == NULL)
		err_set(e, errno, "making the folder %.200s", s->folder);
	if (e->set) {
		s->folder[0] = '\0';
		return -1;
	}
	snprintf(s->database, sizeof(s->database), "%s/case.db", s->folder);
	return 0;
}

void case_file_remove(struct case_scratch *s)
{
	if (s->folder[0] == '\0')
		return;
	unlink(s->database);
	rmdir(s->folder);
	s->folder[0] = s->database[0] = '\0';
}

int case_file_verdict(struct case_db *db, struct err *e)
{
	enum bundle_verdict v;
	struct err worth = { 0 };

	if (worth_worst(db, &v, e) != 0)
		return COMMANDS_FAILED;
	if (worth_sentence(v) == NULL)
		return COMMANDS_OK;
	err_set(&worth, 0, "%s", worth_sentence(v));
	return commands_fail(&worth, commands_verdict_exit(v));
}

static int wait_for(pid_t pid, struct err *e)
{
	int status = 0;

	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return err_set(e, errno, "waiting for the process that examines");
	}
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGPIPE)
		return CASE_FILE_PIPE;
	if (WIFSIGNALED(status))
		return err_set(e, 0, "the process that examines was ended by signal %d",
			       WTERMSIG(status));
	return WEXITSTATUS(status);
}

int case_file_apart(int (*work)(void *ctx), void *ctx)
{
	struct err e = { 0 };
	pid_t pid = fork();
	int code;

	if (pid == 0)
		_exit(work(ctx));
	code = pid < 0 ? err_set(&e, errno, "making a process that examines") : wait_for(pid, &e);
	return code < 0 ? commands_fail(&e, COMMANDS_FAILED) : code;
}

int case_file_end(int code)
{
	if (code == CASE_FILE_PIPE)
		raise(SIGPIPE);
	return code;
}
