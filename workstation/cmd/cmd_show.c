#include "workstation/cmd/cmd_show.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "workstation/case/worth.h"
#include "workstation/cmd/archive_load.h"
#include "workstation/cmd/case_file.h"
#include "workstation/cmd/commands.h"
#include "workstation/cmd/confine.h"
#include "workstation/cmd/input.h"
#include "workstation/cmd/pick.h"
#include "workstation/show/show.h"

static size_t terminal_width(void)
{
	struct winsize w;

	if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) != 0)
		return 0;
	return w.ws_col;
}

/* The case that is asked: a file, or an archive loaded for the purpose. */
static int open_case(struct show *s, const char *name, const struct archive_load *how)
{
	struct intake_result loaded = { 0 };
	int r;

	if (case_file_is(name)) {
		r = db_open(&s->db, name, DB_READ, s->e);
		if (r == 0)
			confine_enter();
	} else {
		r = archive_load_temporary(&s->db, name, how, &loaded, s->e);
		if (r != 0 && loaded.end == INTAKE_REFUSED)
			s->verdict = BUNDLE_ALTERED;
	}
	return r == 0 ? worth_worst(s->db, &s->verdict, s->e) : -1;
}

/* What the answer leaves open, on standard error.  Return how many lines, or -1. */
static int say_limits(struct show *s)
{
	struct buf b;
	int n = 0, r;

	buf_init(&b, 1 << 20);
	r = s->db != NULL ? show_limits(s, &b) : 0;
	for (const char *line = buf_cstr(&b), *end; r == 0 && (end = strchr(line, '\n')) != NULL;
	     line = end + 1, n++) {
		struct err e = { 0 };

		err_set(&e, 0, "%.*s", (int)(end - line), line);
		commands_fail(&e, COMMANDS_FAILED);
	}
	buf_release(&b);
	return r == 0 ? n : -1;
}

/* An empty answer is no proof of anything where there was nothing to ask. */
static void say_nothing(const struct show *s)
{
	struct err e = { 0 }, why = { 0 };
	struct buf b;

	buf_init(&b, 4096);
	if (show_nothing(s, &b, &why) != 0)
		e = why;
	else
		err_set(&e, 0, "%.230s", buf_cstr(&b));
	commands_fail(&e, COMMANDS_FAILED);
	buf_release(&b);
}

static int finish(struct show *s, int64_t rows)
{
	struct err e = { 0 };
	int limits = rows < 0 ? 0 : say_limits(s);

	if (rows < 0 || limits < 0)
		return commands_fail(s->e, COMMANDS_FAILED);
	if (worth_sentence(s->verdict) != NULL)
		err_set(&e, 0, "%s", worth_sentence(s->verdict));
	if (e.set)
		commands_fail(&e, COMMANDS_FAILED);
	if (rows == 0 && limits == 0)
		say_nothing(s);
	return (int)commands_verdict_exit(s->verdict);
}

static int show_of_case(struct show *s, const char *name, const struct option_list *rest)
{
	const struct archive_load how = {
		.identity = s->args->identity,
		.force = s->args->force,
		.quiet = s->args->quiet,
		.expect = { .key = s->args->key, .root = s->args->root },
	};
	int code;

	if (archive_load_check(&how, case_file_is(name), 1, s->e) != 0)
		return commands_fail(s->e, COMMANDS_USAGE);
	if (open_case(s, name, &how) != 0)
		return commands_fail(s->e, s->verdict == BUNDLE_ALTERED ? COMMANDS_ALTERED
									: COMMANDS_FAILED);
	code = finish(s, show_run(s, rest));
	db_close(&s->db);
	return code;
}

static int show_of_archive(struct show *s, const char *name, const struct option_list *rest)
{
	struct input in;
	int code;

	if (case_file_is(name)) {
		err_set(s->e, 0, "%s reads the file itself: give the archive, not the case",
			s->verb->name);
		return commands_fail(s->e, COMMANDS_USAGE);
	}
	if (input_open(&in, name, s->args->identity, s->e) != 0)
		return commands_fail(s->e, COMMANDS_FAILED);
	confine_enter();
	s->read = input_read;
	/* cppcheck-suppress autoVariables ; used by show_run below and not longer */
	s->read_ctx = &in;
	s->picks = pick_is;
	code = finish(s, show_run(s, rest));
	input_close(&in);
	return code;
}

static int run(const struct show_verb *verb, const struct show_args *args,
	       const struct option_list *operands)
{
	struct err e = { 0 };
	struct show s = { .verb = verb, .args = args, .fd = STDOUT_FILENO, .e = &e };
	const struct option_list rest = { operands->p + 1, operands->n - 1 };

	if (!args->json && !args->csv)
		s.width = terminal_width();
	return verb->needs_archive ? show_of_archive(&s, operands->p[0], &rest)
				   : show_of_case(&s, operands->p[0], &rest);
}

/* Was the option given that stands for the operand? */
static bool has_instead(const struct show_verb *verb, const struct show_args *args)
{
	const struct show_option *o = verb->options;

	for (size_t i = 0; verb->instead != NULL && o[i].name != NULL; i++)
		if (strcmp(o[i].name, verb->instead) == 0)
			return args->values[i] != NULL;
	return false;
}

static int parse(const struct show_verb *verb, struct show_args *args, char *const argv[],
		 struct option_list *operands)
{
	struct option_row rows[OPTION_ROWS_MAX];
	size_t wanted = verb->operands != NULL ? 2 : 1;
	struct err e = { 0 };

	show_options(verb, rows);
	if (option_parse(rows, args, argv, operands, &e) == 0 &&
	    operands->n != wanted - has_instead(verb, args))
		err_set(&e, 0, "usage: exhibit show %s [OPTIONS] %s%s%s", verb->name,
			verb->needs_archive ? "ARCHIVE" : "ARCHIVE|CASE", wanted > 1 ? " " : "",
			wanted > 1 ? verb->operands : "");
	if (!e.set)
		show_check(verb, args, &e);
	return e.set ? commands_fail(&e, COMMANDS_USAGE) : COMMANDS_OK;
}

/* An administrator asks by the name that he knows. */
static int unknown(const char *word, const char *next)
{
	struct err e = { 0 };
	struct buf b;

	buf_init(&b, 4096);
	show_suggest(&b, word, next);
	err_set(&e, 0,
		"there is nothing called %.40s to show%s%s; exhibit help show lists what "
		"there is",
		word, b.len > 0 ? "; " : "", buf_cstr(&b));
	buf_release(&b);
	return commands_fail(&e, COMMANDS_USAGE);
}

int cmd_show(char *const argv[])
{
	const struct show_verb *verb = argv[0] != NULL ? show_find(argv[0]) : NULL;
	struct show_args args = { 0 };
	struct option_list operands = { 0 };
	struct err e = { 0 };
	int r;

	if (argv[0] == NULL) {
		err_set(&e, 0, "show what? exhibit help show lists it");
		return commands_fail(&e, COMMANDS_USAGE);
	}
	if (verb == NULL)
		return unknown(argv[0], argv[1]);
	r = parse(verb, &args, argv + 1, &operands);
	if (r == COMMANDS_OK)
		r = run(verb, &args, &operands);
	option_list_release(&operands);
	return r;
}

int cmd_show_help(const char *name)
{
	const struct show_verb *verb = name != NULL ? show_find(name) : NULL;
	struct buf b;
	int r;

	if (name != NULL && verb == NULL)
		return unknown(name, NULL);
	buf_init(&b, 65536);
	show_help(&b, verb);
	r = commands_print(STDOUT_FILENO, &b);
	buf_release(&b);
	return r == 0 ? COMMANDS_OK : COMMANDS_FAILED;
}
