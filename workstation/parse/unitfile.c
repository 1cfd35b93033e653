#include "workstation/parse/unitfile.h"

#include "workstation/parse/line.h"

void unitfile_begin(struct unitfile *u, const void *p, size_t n)
{
	*u = (struct unitfile){ .s = scan_begin(p, n) };
	u->begin = u->s.p;
}

/* The next line, with those that it goes on in. */
static bool whole_line(struct unitfile *u, struct bytes *out)
{
	struct bytes line;

	u->line = u->lines + 1;
	u->pos = (uint64_t)(u->s.p - u->begin);
	if (!scan_line(&u->s, out))
		return false;
	u->lines++;
	line = *out;
	while (scan_ends(line, "\\") && !scan_begins(*out, "#") && scan_line(&u->s, &line)) {
		u->lines++;
		out->len = (size_t)((const char *)line.p + line.len - (const char *)out->p);
	}
	return true;
}

bool unitfile_next(struct unitfile *u)
{
	struct bytes line;
	struct scan s;

	while (whole_line(u, &line)) {
		s = line_of(line_trim(line));
		if (line_ended(&s) || *s.p == '#' || *s.p == ';')
			continue;
		if (line_char(&s, '[')) {
			u->section = line_until(&s, "]");
			continue;
		}
		u->key = line_trim(line_until(&s, "="));
		if (u->key.len == 0 || !line_char(&s, '='))
			continue;
		u->value = line_trim(line_rest(&s));
		return true;
	}
	return false;
}
