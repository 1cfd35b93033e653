/*
 * exhibit: the examiner's program.  Picks a verb and runs it.
 */
#include <string.h>

#include "lib/base/err.h"
#include "lib/hash/digest.h"
#include "workstation/cmd/cmd_help.h"
#include "workstation/cmd/commands.h"

static int has_help(char *const argv[])
{
	for (; *argv != NULL && strcmp(*argv, "--") != 0; argv++) {
		if (strcmp(*argv, "--help") == 0 || strcmp(*argv, "-h") == 0)
			return 1;
	}
	return 0;
}

int main(int argc, char *argv[])
{
	char *const nothing[] = { NULL };
	const struct command *c;
	struct err e = { 0 };

	if (argc < 2) {
		err_set(&e, 0, "which verb? exhibit help lists them");
		return commands_fail(&e, COMMANDS_USAGE);
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
		return cmd_help(nothing);
	if (strcmp(argv[1], "--version") == 0)
		return cmd_help_version(nothing);
	c = commands_find(argv[1]);
	if (c == NULL)
		return cmd_help(argv + 1);
	if (has_help(argv + 2)) {
		argv[2] = NULL;
		return cmd_help(argv + 1);
	}
	if (digest_start() != 0) {
		err_set(&e, 0, "libcrypto could not be started");
		return commands_fail(&e, COMMANDS_FAILED);
	}
	return c->run(argv + 2);
}
