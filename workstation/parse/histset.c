#include "workstation/parse/histset.h"

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

enum histset_kind histset_file(struct bytes value)
{
	struct scan s = line_of(value);
	struct bytes name;

	if (value.len == 0 || scan_is(value, "/dev/null"))
		return HISTSET_OFF;
	if (!home(&s))
		return HISTSET_MOVED;
	name = line_rest(&s);
	return scan_begins(name, ".") && line_holds(name, "hist") && !line_holds(name, "/")
		       ? HISTSET_NONE
		       : HISTSET_MOVED;
}

/* The value of an assignment, without its quotes. */
static struct bytes value_of(struct scan *s)
{
	struct bytes value;

	if (line_char(s, '"')) {
		value = line_until(s, "\"");
		line_char(s, '"');
	} else if (line_char(s, '\'')) {
		value = line_until(s, "'");
		line_char(s, '\'');
	} else {
		value = line_until(s, " \t;&|#\r");
	}
	return value;
}

static bool is_zero(struct bytes value)
{
	return scan_is(value, "0");
}

/* NAME=value of one that matters. */
static enum histset_kind assigned(struct scan *s)
{
	static const char *const sizes[] = { "HISTSIZE=", "HISTFILESIZE=", "SAVEHIST=" };

	if (line_text(s, "HISTFILE="))
		return histset_file(value_of(s));
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		if (line_text(s, sizes[i]))
			return is_zero(value_of(s)) ? HISTSET_OFF : HISTSET_NONE;
	if (line_text(s, "HISTIGNORE="))
		return scan_is(value_of(s), "*") ? HISTSET_OFF : HISTSET_NONE;
	return HISTSET_NONE;
}

/* unset HISTFILE ..., set +o history */
static enum histset_kind ordered(struct scan *s)
{
	struct scan at = *s;
	struct bytes word = line_word(&at);

	if (scan_is(word, "set") && scan_is(line_word(&at), "+o")) {
		line_blanks(&at);
		if (!line_text(&at, "history"))
			return HISTSET_NONE;
		*s = at;
		return HISTSET_OFF;
	}
	if (!scan_is(word, "unset"))
		return HISTSET_NONE;
	for (;;) {
		line_blanks(&at);
		word = line_until(&at, " \t;&|#\r");
		if (word.len == 0)
			return HISTSET_NONE;
		if (scan_is(word, "HISTFILE") || scan_is(word, "HISTSIZE") ||
		    scan_is(word, "HISTFILESIZE"))
			break;
	}
	*s = at;
	return HISTSET_OFF;
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
		while (!line_ended(&s) && *s.p != ';' && *s.p != '&' && *s.p != '|' &&
		       *s.p != ' ' && *s.p != '\t') {
			if (*s.p == '"' || *s.p == '\'')
				value_of(&s);
			else
				s.p++;
		}
		while (!line_ended(&s) && (*s.p == ';' || *s.p == '&' || *s.p == '|'))
			s.p++;
	}
	*what = (struct bytes){ NULL, 0 };
	return HISTSET_NONE;
}
