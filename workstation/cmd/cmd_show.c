#include "workstation/cmd/cmd_show.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "lib/base/fd.h"
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

/* A case is worth what the worst of its archives is. */
static int worst(struct case_db *db, enum bundle_verdict *v, struct err *e)
{
	struct case_query *q CLEANUP(case_query_close) = NULL;
	static const char sql[] = "SELECT max(CASE verdict WHEN 'ALTERED' THEN 2 WHEN 'TRUNCATED' "
				  "THEN 1 ELSE 0 END) FROM host";

	*v = BUNDLE_COMPLETE;
	if (case_query_open(&q, db, sql, e) != 0 || case_query_step(q, e) < 0)
		return -1;
	if (case_query_int(q, 0) > 0)
		*v = case_query_int(q, 0) == 2 ? BUNDLE_ALTERED : BUNDLE_TRUNCATED;
	return 0;
}

/* The case that is asked: a file, or an archive loaded for the purpose. */
static int open_case(struct show *s, const char *name)
{
	const struct archive_load how = { s->args->identity, s->args->force, s->args->quiet };
	struct intake_result loaded = { 0 };
	int r;

	if (case_file_is(name)) {
		r = db_open(&s->db, name, DB_READ, s->e);
		if (r == 0)
			confine_enter();
	} else {
		r = archive_load_temporary(&s->db, name, &how, &loaded, s->e);
		if (r != 0 && loaded.end == INTAKE_REFUSED)
			s->verdict = BUNDLE_ALTERED;
	}
	return r == 0 ? worst(s->db, &s->verdict, s->e) : -1;
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
		err_set(&e, 0, "%.200s", buf_cstr(&b));
	commands_fail(&e, COMMANDS_FAILED);
	buf_release(&b);
}

static int finish(const struct show *s, int64_t rows)
{
	struct err e = { 0 };

	if (rows < 0)
		return commands_fail(s->e, COMMANDS_FAILED);
	if (s->verdict == BUNDLE_TRUNCATED)
		err_set(&e, 0, "TRUNCATED: what came after the last seal is missing or not proven");
	if (s->verdict == BUNDLE_ALTERED)
		err_set(&e, 0, "ALTERED: what is shown may be false; see exhibit show findings");
	if (e.set)
		commands_fail(&e, COMMANDS_FAILED);
	if (rows == 0)
		say_nothing(s);
	return (int)commands_verdict_exit(s->verdict);
}

static int show_of_case(struct show *s, const char *name, const struct option_list *rest)
{
	int code;

	if (open_case(s, name) != 0)
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

static int parse(const struct show_verb *verb, struct show_args *args, char *const argv[],
		 struct option_list *operands)
{
	struct option_row rows[OPTION_ROWS_MAX];
	size_t wanted = verb->operands != NULL ? 2 : 1;
	struct err e = { 0 };

	show_options(verb, rows);
	if (option_parse(rows, args, argv, operands, &e) == 0 && operands->n != wanted)
		err_set(&e, 0, "usage: exhibit show %s [OPTIONS] %s%s%s", verb->name,
			verb->needs_archive ? "ARCHIVE" : "ARCHIVE|CASE", wanted > 1 ? " " : "",
			wanted > 1 ? verb->operands : "");
	if (!e.set)
		show_check(verb, args, &e);
	return e.set ? commands_fail(&e, COMMANDS_USAGE) : COMMANDS_OK;
}

int cmd_show(char *const argv[])
{
	const struct show_verb *verb = argv[0] != NULL ? show_find(argv[0]) : NULL;
	struct show_args args = { 0 };
	struct option_list operands = { 0 };
	struct err e = { 0 };
	int r;

	if (verb == NULL) {
		err_set(&e, 0,
			argv[0] == NULL
				? "show what? exhibit help show lists it"
				: "there is nothing called %.100s to show; exhibit help show "
				  "lists what there is",
			argv[0]);
		return commands_fail(&e, COMMANDS_USAGE);
	}
	r = parse(verb, &args, argv + 1, &operands);
	if (r == COMMANDS_OK)
		r = run(verb, &args, &operands);
	option_list_release(&operands);
	return r;
}

int cmd_show_help(const char *name)
{
	const struct show_verb *verb = name != NULL ? show_find(name) : NULL;
	struct err e = { 0 };
	struct buf b;
	int r;

	if (name != NULL && verb == NULL) {
		err_set(&e, 0,
			"there is nothing called %.100s to show; exhibit help show lists what "
			"there is",
			name);
		return commands_fail(&e, COMMANDS_USAGE);
	}
	buf_init(&b, 65536);
	show_help(&b, verb);
	r = commands_print(STDOUT_FILENO, &b);
	buf_release(&b);
	return r == 0 ? COMMANDS_OK : COMMANDS_FAILED;
}
