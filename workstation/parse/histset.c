#include "workstation/parse/histset.h"

#include <string.h>

#include "workstation/parse/line.h"

/* The usual places of a home directory in a value. */
static bool home(struct scan *s)
{
	static const char *const homes[] = { "~/",
					     "$HOME/",
					     "${HOME}/",
					     "${ZDOTDIR:-$HOME}/",
					     "${ZDOTDIR:-${HOME}}/",
					     "$ZDOTDIR/",
					     "${ZDOTDIR}/",
					     "/root/" };

	for (size_t i = 0; i < sizeof(homes) / sizeof(homes[0]); i++)
		if (line_text(s, homes[i]))
			return true;
	return line_text(s, "/home/") && line_until(s, "/").len > 0 && line_char(s, '/');
}

/* However many "..", "." and "//" stand before it. */
static bool ends_in(struct bytes value, const char *end)
{
	size_t n = strlen(end);

	return value.len >= n && memcmp((const char *)value.p + value.len - n, end, n) == 0;
}

/* What HISTFILE set to ${value} does. */
static enum histset_kind file(struct bytes value)
{
	struct scan s = line_of(value);
	struct bytes name;

	if (value.len == 0 || ends_in(value, "/dev/null"))
		return HISTSET_OFF;
	if (!home(&s))
		return HISTSET_MOVED;
	name = line_rest(&s);
	return scan_begins(name, ".") && line_holds(name, "hist") && !line_holds(name, "/")
		       ? HISTSET_NONE
		       : HISTSET_MOVED;
}

/* HISTSIZE and its like: 00 and -0 are zero; what is empty or no number bounds nothing. */
static enum histset_kind size(struct bytes value)
{
	struct scan s = line_of(line_trim(value));
	bool zero = false;

	if (!line_char(&s, '-'))
		line_char(&s, '+');
	while (line_char(&s, '0'))
		zero = true;
	return zero && line_ended(&s) ? HISTSET_OFF : HISTSET_NONE;
}

/* HISTIGNORE: one of the patterns matches everything, or all that is long enough. */
static enum histset_kind ignore(struct bytes value)
{
	struct scan s = line_of(value);

	while (!line_ended(&s)) {
		struct bytes pattern = line_until(&s, ":");
		size_t wild = 0;

		for (size_t i = 0; i < pattern.len; i++)
			wild += memchr("*?", ((const char *)pattern.p)[i], 2) != NULL;
		if (wild == pattern.len && line_holds(pattern, "*"))
			return HISTSET_OFF;
		line_char(&s, ':');
	}
	return HISTSET_NONE;
}

/* PROMPT_COMMAND, or a trap: forgets what was typed, and did not write it down before, as those
 * do who share a history between shells. */
static enum histset_kind orders(struct bytes value)
{
	struct scan s = line_of(value);
	struct bytes before;

	if (!line_to(&s, "history -c", &before))
		return HISTSET_NONE;
	return line_holds(before, "history -a") || line_holds(before, "history -w") ||
			       line_holds(before, "history -n")
		       ? HISTSET_NONE
		       : HISTSET_OFF;
}

static const struct {
	const char *assigned;
	enum histset_kind (*says)(struct bytes value);
} variables[] = {
	{ "HISTFILE=", file }, { "HISTSIZE=", size },     { "HISTFILESIZE=", size },
	{ "SAVEHIST=", size }, { "HISTIGNORE=", ignore }, { "PROMPT_COMMAND=", orders },
};

#define VARIABLES (sizeof(variables) / sizeof(variables[0]))

enum histset_kind histset_variable(struct bytes setting)
{
	struct scan s = line_of(setting);

	for (size_t i = 0; i < VARIABLES; i++)
		if (line_text(&s, variables[i].assigned))
			return variables[i].says(line_rest(&s));
	return HISTSET_NONE;
}

/* A word of the shell without its quotes. */
struct word {
	char text[1024]; /* of a longer one the beginning */
	size_t len;
};

static void put(struct word *w, struct bytes b)
{
	size_t n = b.len < sizeof(w->text) - w->len ? b.len : sizeof(w->text) - w->len;

	if (n > 0)
		memcpy(w->text + w->len, b.p, n);
	w->len += n;
}

static struct bytes word_of(struct scan *s, struct word *w)
{
	static const char ends[] = { ' ', '\t', ';', '&', '|', '#', '\r' };

	w->len = 0;
	while (!line_ended(s) && memchr(ends, *s->p, sizeof(ends)) == NULL) {
		if (line_text(s, "\"") || line_text(s, "$\"")) {
			put(w, line_until(s, "\""));
			line_char(s, '"');
		} else if (line_text(s, "'") || line_text(s, "$'")) {
			put(w, line_until(s, "'"));
			line_char(s, '\'');
		} else if (!line_char(s, '\\')) {
			put(w, (struct bytes){ s->p++, 1 });
		}
	}
	return (struct bytes){ w->text, w->len };
}

/* The next word of a statement; empty at its end. */
static struct bytes next(struct scan *s, struct word *w)
{
	line_blanks(s);
	return word_of(s, w);
}

/* NAME=value of one that matters. */
static enum histset_kind assigned(struct scan *s)
{
	struct word w;

	for (size_t i = 0; i < VARIABLES; i++)
		if (line_text(s, variables[i].assigned))
			return variables[i].says(word_of(s, &w));
	return HISTSET_NONE;
}

/* set [+-OPTIONS...] +o history */
static enum histset_kind set(struct scan *s)
{
	struct word w;
	struct bytes word;

	while (word = next(s, &w), scan_begins(word, "+") || scan_begins(word, "-"))
		if (w.text[0] == '+' && w.text[w.len - 1] == 'o' && scan_is(next(s, &w), "history"))
			return HISTSET_OFF;
	return HISTSET_NONE;
}

/* shopt -u -o history */
static enum histset_kind shopt(struct scan *s)
{
	struct word w;
	struct bytes word;
	bool unset = false, of_set = false;

	while (word = next(s, &w), scan_begins(word, "-")) {
		unset = unset || line_holds(word, "u");
		of_set = of_set || line_holds(word, "o");
	}
	for (; word.len > 0; word = next(s, &w))
		if (unset && of_set && scan_is(word, "history"))
			return HISTSET_OFF;
	return HISTSET_NONE;
}

/* unset HISTFILE ... */
static enum histset_kind unset(struct scan *s)
{
	struct word w;
	struct bytes word;

	while (word = next(s, &w), word.len > 0)
		if (scan_is(word, "HISTFILE") || scan_is(word, "HISTSIZE") ||
		    scan_is(word, "HISTFILESIZE"))
			return HISTSET_OFF;
	return HISTSET_NONE;
}

/* trap 'history -c' EXIT */
static enum histset_kind trap(struct scan *s)
{
	struct word w;

	return orders(next(s, &w));
}

/* A statement that is no assignment. */
static enum histset_kind ordered(struct scan *s)
{
	static const struct {
		const char *word;
		enum histset_kind (*says)(struct scan *s);
	} statements[] = {
		{ "set", set }, { "shopt", shopt }, { "unset", unset }, { "trap", trap }
	};
	struct scan at = *s;
	struct bytes word = line_word(&at);
	enum histset_kind kind = HISTSET_NONE;

	for (size_t i = 0; i < sizeof(statements) / sizeof(statements[0]); i++)
		if (scan_is(word, statements[i].word))
			kind = statements[i].says(&at);
	if (kind != HISTSET_NONE)
		*s = at;
	return kind;
}

/* Go over words that an assignment may stand behind. */
static void prefixes(struct scan *s)
{
	static const char *const words[] = { "export ", "declare ", "typeset ", "readonly ",
					     "local ",  "then ",    "do ",      "else ",
					     "-x ",     "-gx ",     "-r " };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		line_blanks(s);
		if (line_text(s, words[i]))
			i = (size_t)-1; /* from the first again */
	}
	line_blanks(s);
}

enum histset_kind histset_line(const char *text, size_t n, struct bytes *what)
{
	struct scan s = scan_begin(text, n);

	while (!line_ended(&s)) {
		enum histset_kind kind;
		struct word skipped;
		const char *from;

		prefixes(&s);
		if (line_ended(&s) || *s.p == '#')
			break;
		from = s.p;
		kind = ordered(&s);
		if (kind == HISTSET_NONE)
			kind = assigned(&s);
		*what = (struct bytes){ from, (size_t)(s.p - from) };
		if (kind != HISTSET_NONE)
			return kind;
		/* what is between quotes may hold a separator, and is not looked into */
		word_of(&s, &skipped);
		while (!line_ended(&s) && (*s.p == '#' || *s.p == '\r'))
			s.p++;
		while (!line_ended(&s) && (*s.p == ';' || *s.p == '&' || *s.p == '|'))
			s.p++;
	}
	*what = (struct bytes){ NULL, 0 };
	return HISTSET_NONE;
}
