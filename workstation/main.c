/*
 * exhibit: the examiner's program.  Picks a verb and runs it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>

#include "lib/base/err.h"
#include "lib/base/fault.h"
#include "lib/hash/digest.h"
#include "workstation/cmd/cmd_help.h"
#include "workstation/cmd/commands.h"

static bool has_help(char *const argv[])
{
	for (; *argv != NULL && strcmp(*argv, "--") != 0; argv++) {
		if (strcmp(*argv, "--help") == 0 || strcmp(*argv, "-h") == 0)
			return true;
	}
	return false;
}

/* No such verb; or the first word of two alone: what can follow it. */
static int unknown(char *argv[])
{
	bool asked = has_help(argv + 1);
	int r;

	if (asked)
		argv[1] = NULL;
	r = cmd_help(argv);
	return r == COMMANDS_OK && !asked ? COMMANDS_USAGE : r;
}

/* A standard descriptor that is closed would be given to the next file that is opened, and what is
 * said would be written into a case or a record.  Opened the wrong way round it stays an error to
 * use it, as it was. */
static void hold_standard(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF &&
		    open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) < 0)
			return;
}

int main(int argc, char *argv[])
{
	char *const nothing[] = { NULL };
	const struct command *c;
	struct err e = { 0 };
	size_t words;
	int code;

	hold_standard();
	fault_catch("exhibit: ended by a fault of its own, or without memory: no verdict\n",
		    COMMANDS_FAILED);
	if (argc < 2) {
		err_set(&e, 0, "which verb? exhibit help lists them");
		return fault_over(commands_fail(&e, COMMANDS_USAGE));
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
		return fault_over(cmd_help(nothing));
	if (strcmp(argv[1], "--version") == 0)
		return fault_over(cmd_help_version(nothing));
	c = commands_pick(argv + 1, &words);
	if (c == NULL)
		return fault_over(unknown(argv + 1));
	if (has_help(argv + 1 + words)) {
		/* of the word below a verb, if it is one and not the option itself */
		if (c->help != NULL && argv[1 + words][0] != '-')
			words++;
		argv[1 + words] = NULL;
		return fault_over(cmd_help(argv + 1));
	}
	if (digest_start() != 0) {
		err_set(&e, 0, "libcrypto could not be started");
		return fault_over(commands_fail(&e, COMMANDS_FAILED));
	}
	code = c->run(argv + 1 + words);
	return fault_over(code == COMMANDS_USAGE && err_starved() ? COMMANDS_FAILED : code);
}
