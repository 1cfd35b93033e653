#include "workstation/parse/authlog.h"

#include <string.h>

#include "workstation/parse/line.h"

#define LITERAL_MAX 64u

static const struct pattern {
	const char *program;
	enum authlog_kind kind;
	const char *text;
} patterns[] = {
#define AUTHLOG(program, kind, text) { program, AUTHLOG_##kind, text },
#include "workstation/parse/authlog.def"
#undef AUTHLOG
};

static struct bytes *field(struct authlog *out, char letter)
{
	switch (letter) {
	case 'u':
	case 'U':
		return &out->user;
	case 'b':
		return &out->by;
	case 'a':
		return &out->address;
	case 'p':
		return &out->port;
	case 't':
		return &out->tty;
	case 'm':
		return &out->method;
	case 'k':
		return &out->key;
	case 'd':
		return &out->folder;
	case 'c':
		return &out->command;
	default:
		return NULL;
	}
}

/* The last place where ${text} stands: take what is before it, not ${text} itself. */
static bool up_to_last(struct scan *s, const char *text, struct bytes *before)
{
	struct scan at = *s;
	const char *found = NULL;

	while (line_to(&at, text, NULL))
		found = at.p - strlen(text);
	if (found == NULL)
		return false;
	*before = (struct bytes){ s->p, (size_t)(found - s->p) };
	s->p = found;
	return true;
}

static bool up_to(struct scan *s, const char *text, struct bytes *before)
{
	struct scan at = *s;

	if (!line_to(&at, text, before))
		return false;
	s->p = (const char *)before->p + before->len;
	return true;
}

/* The literal text that follows in the pattern, up to the next field; empty: at the end. */
static void literal(const char *pattern, char out[LITERAL_MAX])
{
	size_t n = strcspn(pattern, "%");

	n = n < LITERAL_MAX - 1 ? n : LITERAL_MAX - 1;
	memcpy(out, pattern, n);
	out[n] = '\0';
}

static struct bytes digits(struct scan *s)
{
	struct bytes b = { s->p, 0 };

	while (!line_ended(s) && *s->p >= '0' && *s->p <= '9')
		s->p++;
	b.len = (size_t)(s->p - (const char *)b.p);
	return b;
}

/* Take one field, whose letter stands at ${pattern}. */
static bool take(struct scan *s, const char *pattern, struct authlog *out)
{
	struct bytes *to = field(out, *pattern), got;
	char next[LITERAL_MAX];

	literal(pattern + 1, next);
	if (*pattern == 'p')
		got = digits(s);
	else if (next[0] == '\0')
		got = *pattern == 'c' || *pattern == 'k' ? line_rest(s) : line_until(s, " ");
	else if (!(*pattern == 'U' || *pattern == 'c' ? up_to_last : up_to)(s, next, &got))
		return false;
	if (to != NULL)
		*to = got;
	return true;
}

static bool fits(struct bytes text, const char *pattern, struct authlog *out)
{
	struct scan s = line_of(text);
	char next[LITERAL_MAX];

	while (*pattern != '\0') {
		if (*pattern == '%') {
			if (!take(&s, pattern + 1, out))
				return false;
			pattern += 2;
			continue;
		}
		literal(pattern, next);
		if (!line_text(&s, next))
			return false;
		pattern += strlen(next);
	}
	return true;
}

/* The session processes of sshd have names of their own (OpenSSH 9.8). */
static bool is_program(struct bytes program, const char *name)
{
	return scan_is(program, name) ||
	       (strcmp(name, "sshd") == 0 && scan_begins(program, "sshd-"));
}

bool authlog_parse(struct bytes program, struct bytes text, struct authlog *out)
{
	struct scan s = line_of(text);

	text = scan_rest(&s);
	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		if (!is_program(program, patterns[i].program))
			continue;
		*out = (struct authlog){ .kind = patterns[i].kind };
		if (fits(text, patterns[i].text, out))
			return true;
	}
	return false;
}
