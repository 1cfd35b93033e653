/*
 * The history of apt, whose entries are stanzas.
 */
#include <stdlib.h>

#include "workstation/case/load_message.h"
#include "workstation/case/loaders.h"
#include "workstation/parse/timedlog.h"

static int put_stanza(struct loading *l, struct timedlog_stanza *t)
{
	return load_message_timed(l, (int64_t)t->pos, (int64_t)t->line,
				  t->has_start ? &t->start : NULL,
				  (struct bytes){ t->text.p, t->text.len });
}

int load_apt_begin(struct loading *l)
{
	struct timedlog_stanza *t = malloc(sizeof(*t));

	if (t == NULL)
		return err_set(l->e, 0, "no memory to read a log");
	timedlog_begin(t);
	l->state = t;
	return 0;
}

int load_apt(struct loading *l, const char *s, size_t n, uint64_t pos, uint64_t line)
{
	struct timedlog_stanza *t = l->state;

	return timedlog_line(t, s, n, pos, line) ? put_stanza(l, t) : 0;
}

int load_apt_end(struct loading *l, bool whole)
{
	struct timedlog_stanza *t = l->state;
	int r = 0;

	(void)whole;
	if (t == NULL)
		return 0;
	if (timedlog_finish(t))
		r = put_stanza(l, t);
	timedlog_release(t);
	free(t);
	l->state = NULL;
	return r;
}
