/*
 * Histories of shells and their like.
 */
#include <stdlib.h>

#include "workstation/case/load_message.h"
#include "workstation/case/loaders.h"
#include "workstation/parse/history.h"
#include "workstation/parse/userpath.h"

struct history_state {
	struct history h;
	const char *source;
	struct loading *l; /* of the call that goes on */
};

static int put(void *ctx, const struct history_row *r)
{
	struct history_state *s = ctx;
	struct case_command row;

	case_init_command(&row);
	row.object = s->l->object;
	row.pos = (int64_t)r->pos;
	row.line = (int64_t)r->line;
	row.source = s->source;
	row.user = userpath_user(s->l->path);
	row.time = r->time_ns;
	row.text = r->text;
	return case_put_command(s->l->db, &row, s->l->e);
}

int load_history_begin(struct loading *l)
{
	struct history_state *s = malloc(sizeof(*s));
	enum history_kind kind = HISTORY_PLAIN;

	if (s == NULL)
		return err_set(l->e, 0, "no memory to read a history");
	s->source = history_kind_of(l->name, &kind);
	if (s->source == NULL)
		s->source = "sh";
	history_begin(&s->h, kind, put, s);
	l->state = s;
	return 0;
}

int load_history(struct loading *l, const char *text, size_t n, uint64_t pos, uint64_t line)
{
	struct history_state *s = l->state;

	s->l = l;
	return history_line(&s->h, text, n, pos, line);
}

int load_history_end(struct loading *l, bool whole)
{
	struct history_state *s = l->state;
	int r;

	(void)whole;
	if (s == NULL)
		return 0;
	s->l = l;
	r = history_finish(&s->h);
	history_release(&s->h);
	free(s);
	l->state = NULL;
	return r;
}
