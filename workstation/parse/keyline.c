#include "workstation/parse/keyline.h"

#include "workstation/parse/line.h"

static bool is_type(struct bytes word)
{
	static const char *const begins[] = { "ssh-", "ecdsa-sha2-", "sk-ssh-", "sk-ecdsa-" };

	for (size_t i = 0; i < sizeof(begins) / sizeof(begins[0]); i++)
		if (scan_begins(word, begins[i]))
			return true;
	return false;
}

/* Up to a blank that stands in no quotes. */
static struct bytes options(struct scan *s)
{
	struct bytes b = { s->p, 0 };
	bool quoted = false;

	for (; !line_ended(s); s->p++) {
		if (*s->p == '\\' && s->end - s->p > 1)
			s->p++;
		else if (*s->p == '"')
			quoted = !quoted;
		else if (!quoted && (*s->p == ' ' || *s->p == '\t'))
			break;
	}
	b.len = (size_t)(s->p - (const char *)b.p);
	return b;
}

enum keyline_kind keyline_parse(const char *text, size_t n, struct keyline *out)
{
	struct scan s = scan_begin(text, n), at;

	*out = (struct keyline){ { NULL, 0 }, { NULL, 0 }, { NULL, 0 }, { NULL, 0 } };
	line_blanks(&s);
	if (line_ended(&s) || *s.p == '#' || *s.p == '\r')
		return KEYLINE_NOTHING;
	at = s;
	out->type = line_word(&at);
	if (!is_type(out->type)) {
		out->options = options(&s);
		out->type = line_word(&s);
		at = s;
	}
	out->key = line_trim(line_word(&at));
	out->comment = line_trim(line_rest(&at));
	return is_type(out->type) && out->key.len > 0 ? KEYLINE_KEY : KEYLINE_DAMAGED;
}
