/*
 * The options of a verb, as rows for option_parse, and its help.
 */
#include <string.h>

#include "workstation/case/intake.h"
#include "workstation/show/show.h"

#define FIELD(f) offsetof(struct show_args, f)

/* What every verb has.  Verbs that read a member alone have no use for most of it. */
static const struct option_row common[] = {
	{ "json", 0, NULL, OPTION_FLAG, FIELD(json), "one JSON object on a line for each row" },
	{ "csv", 0, NULL, OPTION_FLAG, FIELD(csv), "comma-separated values (RFC 4180)" },
	{ "limit", 'n', "N", OPTION_UNSIGNED, FIELD(limit), "at most so many rows" },
	{ "identity", 'i', "FILE", OPTION_STRING, FIELD(identity),
	  "the file of the secret key to which an encrypted archive was made (age-keygen)" },
};

static const struct option_row of_rows[] = {
	{ "host", 0, "NAME", OPTION_STRING, FIELD(host),
	  "only this host of a case, by name or number" },
	{ "user", 'u', "NAME", OPTION_STRING, FIELD(user), "only what is of this user" },
	{ "since", 0, "TIME", OPTION_STRING, FIELD(since),
	  "only from this time on: 2026-11-23, or 2026-11-23T10:53:00, in UTC" },
	{ "until", 0, "TIME", OPTION_STRING, FIELD(until), "only up to this time" },
	{ "path", 'p', "GLOB", OPTION_STRING, FIELD(path),
	  "only paths that match; * matches slashes, too" },
	{ "key", 'k', "FPR", OPTION_STRING, FIELD(key), INTAKE_KEY_HELP },
	{ "root", 'r', "HASH", OPTION_STRING, FIELD(root), INTAKE_ROOT_HELP },
	{ "force", 0, NULL, OPTION_FLAG, FIELD(force), "show an archive that is ALTERED, too" },
	{ "quiet", 'q', NULL, OPTION_FLAG, FIELD(quiet), "show no progress" },
};

static size_t add(struct option_row *rows, size_t at, const struct option_row *more, size_t n)
{
	memcpy(rows + at, more, n * sizeof(*more));
	return at + n;
}

static bool has_column(const struct show_verb *v, const char *name)
{
	for (const struct show_column *c = v->columns; c->name != NULL; c++)
		if (strcmp(c->name, name) == 0)
			return true;
	return false;
}

/* Which of them a verb has: a filter needs its column. */
static bool is_for(const struct show_verb *v, const struct option_row *o)
{
	if (v == NULL)
		return true;
	if (strcmp(o->name, "user") == 0 || strcmp(o->name, "path") == 0)
		return has_column(v, o->name);
	if (strcmp(o->name, "since") == 0 || strcmp(o->name, "until") == 0)
		return has_column(v, "time");
	return true;
}

void show_options(const struct show_verb *v, struct option_row *rows)
{
	const struct show_option *o = v != NULL ? v->options : NULL;
	size_t n = 0;

	for (size_t i = 0; o != NULL && o[i].name != NULL && i < SHOW_OPTIONS_MAX; i++)
		rows[n++] = (struct option_row){
			o[i].name,
			0,
			o[i].arg,
			o[i].value == SHOW_FLAG ? OPTION_FLAG : OPTION_STRING,
			o[i].value == SHOW_FLAG ? FIELD(flags) + i * sizeof(bool)
						: FIELD(values) + i * sizeof(const char *),
			o[i].help,
		};
	for (size_t i = 0; i < sizeof(of_rows) / sizeof(of_rows[0]); i++)
		if (v == NULL || (!v->needs_archive && is_for(v, &of_rows[i])))
			rows[n++] = of_rows[i];
	n = add(rows, n, common, sizeof(common) / sizeof(common[0]));
	rows[n] = (struct option_row){ 0 };
}

static void help_all(struct buf *b)
{
	const struct show_verb *v;

	buf_puts(b, "\nVerbs, and what one would have typed on the host:\n");
	for (size_t i = 0; (v = show_at(i)) != NULL; i++)
		buf_printf(b, "  %-14s%s\n", v->name, v->typed);
	buf_puts(b, "\nexhibit help show WHAT shows its options.\n");
}

void show_help(struct buf *b, const struct show_verb *v)
{
	struct option_row rows[OPTION_ROWS_MAX];

	if (v == NULL) {
		help_all(b);
		return;
	}
	buf_printf(b, "usage: exhibit show %s [OPTIONS] %s%s%s\n\n%s\nOn the host: %s\n\n", v->name,
		   v->needs_archive ? "ARCHIVE" : "ARCHIVE|CASE", v->operands != NULL ? " " : "",
		   v->operands != NULL ? v->operands : "", v->what, v->typed);
	show_options(v, rows);
	option_help(b, rows);
}
