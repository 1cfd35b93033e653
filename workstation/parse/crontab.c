#include "workstation/parse/crontab.h"

#include <ctype.h>

#include "workstation/parse/line.h"

/* NAME = value, with or without quotes around either. */
static bool variable(struct scan s, struct crontab_line *out)
{
	struct bytes name;

	name = line_trim(line_until(&s, "="));
	if (!line_char(&s, '='))
		return false;
	for (size_t i = 0; i < name.len; i++) {
		char c = ((const char *)name.p)[i];

		if (!isalnum((unsigned char)c) && c != '_' && c != '"' && c != '\'')
			return false;
	}
	out->name = name;
	out->command = line_trim(line_rest(&s));
	return name.len > 0;
}

/* ${fields} words, of which the first character of each belongs to a schedule. */
static bool schedule(struct scan *s, unsigned fields, struct bytes *out)
{
	struct bytes word = { NULL, 0 };

	line_blanks(s);
	out->p = s->p;
	if (!line_ended(s) && *s->p == '@')
		fields = 1;
	for (unsigned i = 0; i < fields; i++) {
		word = line_word(s);
		if (word.len == 0)
			return false;
		if (fields > 1 && !isalnum(*(const unsigned char *)word.p) &&
		    *(const char *)word.p != '*' && *(const char *)word.p != '-' &&
		    *(const char *)word.p != '~')
			return false;
	}
	out->len = (size_t)((const char *)word.p + word.len - (const char *)out->p);
	return true;
}

static bool anacron(struct scan *s, struct crontab_line *out)
{
	struct bytes delay;

	if (!schedule(s, 1, &out->schedule))
		return false;
	delay = line_word(s);
	out->schedule.len =
		(size_t)((const char *)delay.p + delay.len - (const char *)out->schedule.p);
	out->name = line_word(s);
	return out->name.len > 0;
}

enum crontab_kind crontab_parse(enum crontab_form form, const char *text, size_t n,
				struct crontab_line *out)
{
	struct scan s = scan_begin(text, n);

	*out = (struct crontab_line){ { NULL, 0 }, { NULL, 0 }, { NULL, 0 }, { NULL, 0 } };
	line_blanks(&s);
	if (line_ended(&s) || *s.p == '#' || *s.p == '\r')
		return CRONTAB_NOTHING;
	if (variable(s, out))
		return CRONTAB_VARIABLE;
	if (form == CRONTAB_ANACRON ? !anacron(&s, out) : !schedule(&s, 5, &out->schedule))
		return CRONTAB_DAMAGED;
	if (form == CRONTAB_SYSTEM)
		out->user = line_word(&s);
	out->command = line_trim(line_rest(&s));
	return out->command.len > 0 ? CRONTAB_JOB : CRONTAB_DAMAGED;
}
