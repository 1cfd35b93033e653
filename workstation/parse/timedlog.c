#include "workstation/parse/timedlog.h"

#include <string.h>

#include "workstation/parse/line.h"

bool timedlog_parse(const char *s, size_t n, struct datetime *when, struct bytes *text)
{
	struct scan at = scan_begin(s, n);
	bool bracket = line_char(&at, '[');

	if (!datetime_iso(&at, when) && !datetime_bsd(&at, when) && !datetime_ctime(&at, when) &&
	    !datetime_slash(&at, when))
		return false;
	if (bracket && !line_char(&at, ']'))
		return false;
	*text = line_trim(line_rest(&at));
	return true;
}

void timedlog_begin(struct timedlog_stanza *t)
{
	memset(t, 0, sizeof(*t));
	buf_init(&t->text, TIMEDLOG_TEXT_MAX);
}

void timedlog_release(struct timedlog_stanza *t)
{
	buf_release(&t->text);
}

static void add(struct timedlog_stanza *t, struct bytes line)
{
	size_t room = t->text.max - t->text.len;

	if (t->text.len > 0 && room >= 2) {
		buf_puts(&t->text, "; ");
		room -= 2;
	}
	buf_add(&t->text, line.p, line.len < room ? line.len : room);
}

bool timedlog_line(struct timedlog_stanza *t, const char *text, size_t n, uint64_t pos,
		   uint64_t line)
{
	struct bytes all = line_trim((struct bytes){ text, n });
	struct scan s = line_of(all);

	if (all.len == 0)
		return timedlog_finish(t);
	if (!t->open) {
		buf_clear(&t->text);
		t->has_start = false;
		t->pos = pos;
		t->line = line;
		t->open = true;
	}
	if (line_text(&s, "Start-Date:")) {
		line_blanks(&s);
		t->has_start = datetime_iso(&s, &t->start);
	} else if (!scan_begins(all, "End-Date:")) {
		add(t, all);
	}
	return false;
}

bool timedlog_finish(struct timedlog_stanza *t)
{
	bool was = t->open;

	t->open = false;
	return was;
}
