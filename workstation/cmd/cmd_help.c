#include "workstation/cmd/cmd_help.h"

#include <stdbool.h>
#include <unistd.h>

#include "build_id.h"
#include "workstation/cmd/commands.h"
#include "workstation/show/show.h"

/* Many who look for a command of a host look for it among the verbs. */
static void suggest(struct buf *b, char *const argv[])
{
	if (show_find(argv[0]) != NULL)
		buf_printf(b, "exhibit show %s is one", argv[0]);
	else
		show_suggest(b, argv[0], argv[1]);
}

int cmd_help(char *const argv[])
{
	size_t words;
	const struct command *c = commands_pick(argv, &words);
	bool group = c == NULL && argv[0] != NULL && commands_has_group(argv[0]);
	struct err e = { 0 };
	struct buf b;
	int r;

	buf_init(&b, 65536);
	if (argv[0] != NULL && c == NULL && (!group || argv[1] != NULL)) {
		if (!group)
			suggest(&b, argv);
		err_set(&e, 0, "there is no verb %.40s%s%.40s%s%s; exhibit help lists them",
			argv[0], group ? " " : "", group ? argv[1] : "", b.len > 0 ? "; " : "",
			buf_cstr(&b));
		buf_release(&b);
		return commands_fail(&e, COMMANDS_USAGE);
	}
	if (c != NULL && c->help != NULL && argv[words] != NULL)
		return c->help(argv[words]);
	if (group)
		commands_help_group(&b, argv[0]);
	else if (c == NULL)
		commands_help(&b);
	else
		commands_help_verb(&b, c);
	r = commands_print(STDOUT_FILENO, &b);
	buf_release(&b);
	if (r == 0 && c != NULL && c->help != NULL)
		return c->help(NULL);
	return r == 0 ? COMMANDS_OK : COMMANDS_FAILED;
}

int cmd_help_version(char *const argv[])
{
	struct buf b;
	int r;

	(void)argv;
	buf_init(&b, 65536);
	buf_printf(&b, "exhibit %s\ncommit   %s\nsource   %s\ncompiler %s\nlibraries %s\n"
		   "format   1\n", EXHIBIT_VERSION, EXHIBIT_COMMIT, EXHIBIT_SOURCE_SHA256,
		   EXHIBIT_COMPILER, EXHIBIT_LIBS);
	r = commands_print(STDOUT_FILENO, &b);
	buf_release(&b);
	return r == 0 ? COMMANDS_OK : COMMANDS_FAILED;
}
