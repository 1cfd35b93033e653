#include "workstation/verify/planned.h"

#include <inttypes.h>
#include <stdio.h>
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

static struct planned_category *find(struct planned *p, const char *word)
{
	for (size_t i = 0; i < p->count; i++)
		if (strcmp(p->of[i].word, word) == 0)
			return &p->of[i];
	return NULL;
}

void planned_line(struct planned *p, const char *category)
{
	struct planned_category *c = find(p, category);

	if (c != NULL)
		c->line = true;
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

/* ===== the log of acts ===== */

/* Where the reading of the log is. */
struct acts {
	struct planned *p;
	struct planned_category *in;	/* the category that it is within, or NULL */
	bool limit;			/* the act before was `limit` */
};

/* The reason is a sentence of the collector's; of anything else only what can be printed. */
static void keep_reason(struct planned *p, const char *text)
{
	snprintf(p->reason, sizeof(p->reason), "%s", text);
	for (char *c = p->reason; *c != '\0'; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
}

static void take_act(struct acts *a, const char *act, const char *detail)
{
	struct planned_category *c = find(a->p, detail);

	/* a log that is full has nothing behind its `limit` */
	if (a->limit && a->in != NULL)
		a->in->stopped = true;
	a->limit = strcmp(act, "limit") == 0;
	if (strcmp(act, "category-begin") == 0 && c != NULL)
		c->begun = true;
	if (strcmp(act, "category-begin") == 0)
		a->in = c;
	if (strcmp(act, "category-end") == 0 && c != NULL)
		c->ended = true;
	if (strcmp(act, "category-end") == 0)
		a->in = NULL;
	if (strcmp(act, "end") == 0)
		keep_reason(a->p, detail);
}

static void take_line(struct acts *a, const char *line, size_t n)
{
	yyjson_doc *doc = document_read(line, n, NULL);
	yyjson_val *root = yyjson_doc_get_root(doc);
	const char *act = yyjson_get_str(yyjson_obj_get(root, "act"));
	const char *detail = yyjson_get_str(yyjson_obj_get(root, "detail"));

	if (act != NULL && detail != NULL)
		take_act(a, act, detail);
	yyjson_doc_free(doc);
}

void planned_finish(struct planned *p, const struct bundle_facts *f)
{
	const char *at = p->actions.p, *end;
	size_t left = p->actions.len;
	struct acts a = { .p = p };

	p->end = !f->has_root			      ? PLANNED_CUT :
		 f->last_seal.status == SEAL_COMPLETE ? PLANNED_COMPLETED : PLANNED_STOPPED;
	while (left > 0 && (end = memchr(at, '\n', left)) != NULL) {
		take_line(&a, at, (size_t)(end - at));
		left -= (size_t)(end - at) + 1;
		at = end + 1;
	}
	p->full = a.limit;
	p->altered = f->verdict == BUNDLE_ALTERED;
	p->unsealed = f->unsealed;
	buf_clear(&p->actions);
}

/* ===== what it means ===== */

/* Categories are walked in the order of the plan: is there anything of this one or a later? */
static bool seen_from(const struct planned *p, size_t i)
{
	for (; i < p->count; i++)
		if (p->of[i].line || p->of[i].begun || p->of[i].ended)
			return true;
	return false;
}

enum planned_state planned_state(const struct planned *p, size_t i)
{
	const struct planned_category *c = &p->of[i];

	if (p->end == PLANNED_COMPLETED)
		return c->line || c->ended || p->full ? PLANNED_DONE : PLANNED_NOT_REACHED;
	if (c->ended && !c->stopped)
		return PLANNED_DONE;
	if (p->end == PLANNED_STOPPED && !p->full)
		return c->line || c->begun ? PLANNED_BEGUN : PLANNED_NOT_REACHED;
	return seen_from(p, i) ? PLANNED_BEGUN : PLANNED_NOT_SEEN;
}

const char *planned_word(enum planned_state state)
{
	static const char *const words[PLANNED_STATES] = {
		[PLANNED_DONE] = "done",
		[PLANNED_BEGUN] = "begun",
		[PLANNED_NOT_REACHED] = "not-reached",
		[PLANNED_NOT_SEEN] = "not-seen",
	};

	return words[state];
}

const char *planned_end_word(enum planned_end end)
{
	static const char *const words[] = {
		[PLANNED_CUT] = "cut",
		[PLANNED_STOPPED] = "stopped",
		[PLANNED_COMPLETED] = "completed",
	};

	return words[end];
}

size_t planned_count(const struct planned *p, enum planned_state state)
{
	size_t n = 0;

	for (size_t i = 0; i < p->count; i++)
		n += planned_state(p, i) == state;
	return n;
}

bool planned_broken(const struct planned *p, const struct bundle_facts *f, struct finding *out)
{
	size_t i = 0;

	*out = (struct finding){ .id = FINDING_PLAN, .segment = f->last_seal.seq };
	if (f->verdict != BUNDLE_COMPLETE || p->end != PLANNED_COMPLETED)
		return false;
	while (i < p->count && planned_state(p, i) == PLANNED_DONE)
		i++;
	if (i == p->count)
		return false;
	snprintf(out->detail, sizeof(out->detail), "category %s", p->of[i].word);
	return true;
}

/* ", 17 of 21 categories: logs account web" */
static void say_words(struct buf *b, const struct planned *p, enum planned_state state)
{
	buf_printf(b, ", %zu of %zu categories:", planned_count(p, state), p->count);
	for (size_t i = 0; i < p->count; i++)
		if (planned_state(p, i) == state)
			buf_printf(b, " %s", p->of[i].word);
}

/* The last of a plan that was cut is where the cut is, or before it.  A member is named with its
 * category by the manifest behind it: those before the cut may be of what is not seen. */
static void say_cut(struct buf *b, const struct planned *p, const char *between)
{
	size_t last = p->count;

	for (size_t i = 0; i < p->count; i++)
		if (planned_state(p, i) == PLANNED_BEGUN)
			last = i;
	if (planned_count(p, PLANNED_NOT_SEEN) > 0) {
		buf_printf(b, "%snot seen under a seal", between);
		say_words(b, p, PLANNED_NOT_SEEN);
		if (p->unsealed > 0)
			buf_printf(b, "%smembers under no seal, which may be of these: %" PRIu64,
				   between, p->unsealed);
	}
	if (last < p->count)
		buf_printf(b, "%sthe cut is in category %s or behind it", between,
			   p->of[last].word);
}

static void say_stopped(struct buf *b, const struct planned *p, const char *between)
{
	static const struct {
		enum planned_state state;
		const char *text;
	} rows[] = {
		{ PLANNED_NOT_REACHED, "not reached" },
		{ PLANNED_NOT_SEEN, "nothing is seen" },
		{ PLANNED_BEGUN, "begun, not finished" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (planned_count(p, rows[i].state) == 0)
			continue;
		buf_printf(b, "%s%s", between, rows[i].text);
		say_words(b, p, rows[i].state);
	}
	if (p->count > 0 && planned_count(p, PLANNED_DONE) == p->count)
		buf_printf(b, "%sall of its %zu categories were walked to their end: what is "
			   "missing was left out within them", between, p->count);
}

void planned_say(struct buf *b, const struct planned *p, const char *between)
{
	if (p->end == PLANNED_CUT)
		buf_puts(b, "NOT KNOWN: no final seal holds");
	if (p->end == PLANNED_CUT && !p->altered) {
		buf_puts(b, ", what came after the cut is not here");
		say_cut(b, p, between);
	}
	if (p->end == PLANNED_STOPPED) {
		buf_printf(b, "NOT COMPLETED: %s",
			   p->reason[0] != '\0' ? p->reason : "its log does not say why");
		say_stopped(b, p, between);
	}
}
