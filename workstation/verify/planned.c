#include "workstation/verify/planned.h"

#include <string.h>
#include <yyjson.h>

#include "lib/custody/document.h"
#include "lib/custody/session_read.h"

void planned_init(struct planned *p)
{
	*p = (struct planned){ .count = 0 };
	buf_init(&p->actions, PLAN_ACTIONS_MAX);
}

void planned_release(struct planned *p)
{
	buf_release(&p->actions);
}

/* "3 logs what the services wrote": number, word, reason. */
static void add_row(struct planned *p, const char *s, size_t n)
{
	const char *word = memchr(s, ' ', n), *end;
	size_t len;

	if (word == NULL || (n > 2 && s[0] == '0' && s[1] == ' '))
		return;
	word++;
	n -= (size_t)(word - s);
	end = memchr(word, ' ', n);
	len = end == NULL ? n : (size_t)(end - word);
	if (len == 0 || len >= PLAN_WORD_MAX || p->count == PLAN_CATEGORIES_MAX)
		return;
	memcpy(p->of[p->count].word, word, len);
	p->of[p->count].word[len] = '\0';
	p->count++;
}

void planned_session(struct planned *p, const char *text, size_t n)
{
	struct session_read r;

	if (session_read_begin(&r, text, n) != 0)
		return;
	while (session_read_next(&r))
		if (r.name.len == 4 && memcmp(r.name.p, "plan", 4) == 0)
			add_row(p, r.value.p, r.value.len);
}

void planned_line(struct planned *p, const char *category)
{
	for (size_t i = 0; i < p->count; i++)
		if (!p->of[i].done && strcmp(p->of[i].word, category) == 0)
			p->of[i].done = true;
}

void planned_member(struct planned *p, struct bytes name)
{
	static const char actions[] = "CUSTODY/actions.jsonl";

	p->in_actions = name.len == sizeof(actions) - 1 &&
			memcmp(name.p, actions, sizeof(actions) - 1) == 0;
}

void planned_data(struct planned *p, const void *data, size_t n)
{
	if (p->in_actions)
		buf_add(&p->actions, data, n);
}

/* One act: a category that ended, or the end of the log itself. */
static void take_action(struct planned *p, const char *line, size_t n)
{
	yyjson_doc *doc = document_read(line, n, NULL);
	yyjson_val *root = yyjson_doc_get_root(doc);
	const char *act = yyjson_get_str(yyjson_obj_get(root, "act"));
	const char *detail = yyjson_get_str(yyjson_obj_get(root, "detail"));

	if (act != NULL && detail != NULL && strcmp(act, "category-end") == 0)
		planned_line(p, detail);
	if (act != NULL && strcmp(act, "limit") == 0)
		for (size_t i = 0; i < p->count; i++)
			p->of[i].done = true;
	yyjson_doc_free(doc);
}

const char *planned_missing(struct planned *p)
{
	const char *at = p->actions.p, *end;
	size_t left = p->actions.len;

	while (left > 0 && (end = memchr(at, '\n', left)) != NULL) {
		take_action(p, at, (size_t)(end - at));
		left -= (size_t)(end - at) + 1;
		at = end + 1;
	}
	buf_clear(&p->actions);
	for (size_t i = 0; i < p->count; i++)
		if (!p->of[i].done)
			return p->of[i].word;
	return NULL;
}
