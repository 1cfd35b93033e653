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
	buf_init(&p->log.line, PLAN_LINE_MAX);
}

void planned_release(struct planned *p)
{
	buf_release(&p->log.line);
}

static struct planned_category *find(struct planned *p, const char *word)
{
	for (size_t i = 0; i < p->count; i++)
		if (strcmp(p->of[i].word, word) == 0)
			return &p->of[i];
	return NULL;
}

static bool add_category(struct planned *p, const char *s, size_t n)
{
	char word[PLAN_WORD_MAX];

	if (n == 0 || n >= sizeof(word))
		return false;
	memcpy(word, s, n);
	word[n] = '\0';
	if (find(p, word) != NULL)
		return true;
	if (p->count == PLAN_CATEGORIES_MAX)
		return false;
	memcpy(p->of[p->count++].word, word, n + 1);
	return true;
}

/* "3 logs what the services wrote": number, word, reason. */
static bool add_row(struct planned *p, const char *s, size_t n)
{
	const char *word = memchr(s, ' ', n), *end;

	if (word == NULL)
		return false;
	if (n > 2 && s[0] == '0' && s[1] == ' ')
		return true;
	word++;
	n -= (size_t)(word - s);
	end = memchr(word, ' ', n);
	return add_category(p, word, end == NULL ? n : (size_t)(end - word));
}

void planned_session(struct planned *p, const char *text, size_t n)
{
	struct session_read r;

	if (session_read_begin(&r, text, n) != 0)
		return;
	while (session_read_next(&r))
		if (r.name.len == 4 && memcmp(r.name.p, "plan", 4) == 0)
			p->unread += !add_row(p, r.value.p, r.value.len);
	p->unread += r.broken;
	p->log.within = p->count;
}

void planned_line(struct planned *p, const char *category)
{
	struct planned_category *c = find(p, category);

	if (c != NULL)
		c->line = true;
}

/* ===== the log of acts ===== */

/* The reason is a sentence of the collector's; of anything else only what can be printed. */
static void keep_reason(struct planned *p, const char *text)
{
	snprintf(p->reason, sizeof(p->reason), "%s", text);
	for (char *c = p->reason; *c != '\0'; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
}

static void take_category(struct planned *p, const char *word, bool begins)
{
	struct planned_category *c = find(p, word);
	size_t i = c == NULL ? p->count : (size_t)(c - p->of);

	if (c != NULL) {
		c->begun |= begins;
		c->ended |= !begins;
		c->open = begins;
	}
	/* the end of another one does not end this one */
	if (begins)
		p->log.within = i;
	else if (p->log.within == i)
		p->log.within = p->count;
}

/* Nothing comes after the end, and a log that is full has nothing behind its `limit`: something
 * does, an act or not. */
static void something_follows(struct planned *p, bool is_act)
{
	struct planned_log *l = &p->log;

	l->garbled += l->end || !is_act;
	if (l->limit && l->within < p->count)
		p->of[l->within].stopped = true;
	l->limit = l->end = false;
}

static void take_act(struct planned *p, const char *act, const char *detail)
{
	struct planned_log *l = &p->log;

	l->limit = strcmp(act, "limit") == 0;
	l->end = strcmp(act, "end") == 0;
	if (strcmp(act, "category-begin") == 0)
		take_category(p, detail, true);
	if (strcmp(act, "category-end") == 0)
		take_category(p, detail, false);
	if (l->end && *detail != '\0')
		keep_reason(p, detail);
}

/* The text of a key; NULL if it has none, or one that ends before its end. */
static const char *text_of(yyjson_val *root, const char *key)
{
	yyjson_val *value = yyjson_obj_get(root, key);
	const char *text = yyjson_get_str(value);

	return text != NULL && strlen(text) == yyjson_get_len(value) ? text : NULL;
}

static void take_line(struct planned *p, const char *line, size_t n)
{
	yyjson_doc *doc = document_read(line, n, NULL);
	yyjson_val *root = yyjson_doc_get_root(doc);
	const char *act = text_of(root, "act"), *detail = text_of(root, "detail");

	something_follows(p, act != NULL && detail != NULL);
	if (act != NULL && detail != NULL)
		take_act(p, act, detail);
	yyjson_doc_free(doc);
}

static void end_line(struct planned *p)
{
	struct planned_log *l = &p->log;

	if (l->skipping) {
		something_follows(p, true);
		l->longer++;
	} else {
		take_line(p, l->line.p != NULL ? l->line.p : "", l->line.len);
	}
	l->skipping = false;
	buf_clear(&l->line);
}

/* A last line without its end is none. */
static void end_log(struct planned *p)
{
	struct planned_log *l = &p->log;

	if (l->skipping || l->line.len > 0)
		something_follows(p, false);
	l->skipping = false;
	buf_clear(&l->line);
}

void planned_member(struct planned *p, struct bytes name)
{
	static const char actions[] = "CUSTODY/actions.jsonl";

	end_log(p);
	p->log.here = name.len == sizeof(actions) - 1 &&
		      memcmp(name.p, actions, sizeof(actions) - 1) == 0;
	p->log.found |= p->log.here;
}

void planned_data(struct planned *p, const void *data, size_t n)
{
	struct planned_log *l = &p->log;
	const char *at = data;

	while (l->here && n > 0) {
		const char *end = memchr(at, '\n', n);
		size_t len = end == NULL ? n : (size_t)(end - at);

		l->skipping |= len > PLAN_LINE_MAX - l->line.len;
		if (!l->skipping)
			buf_add(&l->line, at, len);
		if (end != NULL)
			end_line(p);
		len += end != NULL;
		at += len;
		n -= len;
	}
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

/* Is every act of the run in the log? */
static bool is_whole(const struct planned *p)
{
	return p->log.end && p->log.longer == 0 && p->log.garbled == 0;
}

/* What the final seal says was done.  Lines alone are something of a category, not its end. */
static enum planned_state state_sworn(const struct planned *p, const struct planned_category *c)
{
	if ((c->ended || (c->line && is_whole(p))) && !c->stopped && !c->open)
		return PLANNED_DONE;
	if (c->line || c->ended)
		return PLANNED_BEGUN;
	if (!p->log.limit && p->log.longer == 0)
		return PLANNED_NOT_REACHED;
	return c->begun ? PLANNED_BEGUN : PLANNED_NOT_SEEN;
}

enum planned_state planned_state(const struct planned *p, size_t i)
{
	const struct planned_category *c = &p->of[i];

	if (p->end == PLANNED_COMPLETED || p->end == PLANNED_UNKNOWN)
		return state_sworn(p, c);
	if (c->ended && !c->open && !c->stopped)
		return PLANNED_DONE;
	if (p->end == PLANNED_STOPPED && is_whole(p))
		return c->line || c->begun || c->ended ? PLANNED_BEGUN : PLANNED_NOT_REACHED;
	return seen_from(p, i) ? PLANNED_BEGUN : PLANNED_NOT_SEEN;
}

/* Nothing shows that the final seal is wrong, and nothing that it is right. */
static bool is_unknown(const struct planned *p)
{
	if (planned_count(p, PLANNED_NOT_REACHED) > 0)
		return false;
	return p->count == 0 || planned_count(p, PLANNED_DONE) < p->count || p->unread > 0 ||
	       p->log.garbled > 0 || p->reason[0] != '\0';
}

void planned_finish(struct planned *p, const struct bundle_facts *f)
{
	end_log(p);
	p->end = !f->has_root			      ? PLANNED_CUT :
		 f->last_seal.status == SEAL_COMPLETE ? PLANNED_COMPLETED : PLANNED_STOPPED;
	if (p->end == PLANNED_COMPLETED && is_unknown(p))
		p->end = PLANNED_UNKNOWN;
	p->altered = f->verdict == BUNDLE_ALTERED;
	p->unsealed = f->unsealed;
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
		[PLANNED_UNKNOWN] = "unknown",
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
	while (i < p->count && planned_state(p, i) != PLANNED_NOT_REACHED)
		i++;
	if (i == p->count)
		return false;
	snprintf(out->detail, sizeof(out->detail), "category %s", p->of[i].word);
	return true;
}

/* What is said of categories in a state; of those begun there is more than one thing to say. */
struct saying {
	enum planned_state state;
	bool left;
	const char *text;
};

/* A log that lacks acts does not say that a category was left: it may lack its end. */
static bool is_said(const struct planned *p, size_t i, const struct saying *s)
{
	bool left = p->of[i].stopped || is_whole(p);

	return planned_state(p, i) == s->state && (s->state != PLANNED_BEGUN || s->left == left);
}

/* "not reached, 17 of 21 categories: logs account web", if there are any. */
static void say_words(struct buf *b, const struct planned *p, const char *between,
		      const struct saying *s)
{
	size_t n = 0;

	for (size_t i = 0; i < p->count; i++)
		n += is_said(p, i, s);
	if (n == 0)
		return;
	buf_printf(b, "%s%s, %zu of %zu categories:", between, s->text, n, p->count);
	for (size_t i = 0; i < p->count; i++)
		if (is_said(p, i, s))
			buf_printf(b, " %s", p->of[i].word);
}

/* The last of a plan that was cut is where the cut is, or before it.  A member is named with its
 * category by the manifest behind it: those before the cut may be of what is not seen. */
static void say_cut(struct buf *b, const struct planned *p, const char *between)
{
	static const struct saying not_seen = { PLANNED_NOT_SEEN, false, "not seen under a seal" };
	size_t last = p->count;

	for (size_t i = 0; i < p->count; i++)
		if (planned_state(p, i) == PLANNED_BEGUN)
			last = i;
	say_words(b, p, between, &not_seen);
	if (planned_count(p, PLANNED_NOT_SEEN) > 0 && p->unsealed > 0)
		buf_printf(b, "%smembers under no seal, which may be of these: %" PRIu64, between,
			   p->unsealed);
	if (last < p->count)
		buf_printf(b, "%sthe cut is in category %s or behind it", between,
			   p->of[last].word);
}

/* What became of the categories that are not known to have been walked to their end. */
static void say_states(struct buf *b, const struct planned *p, const char *between)
{
	static const struct saying rows[] = {
		{ PLANNED_NOT_REACHED, false, "not reached" },
		{ PLANNED_NOT_SEEN, false, "nothing is seen" },
		{ PLANNED_BEGUN, true, "begun, not finished" },
		{ PLANNED_BEGUN, false, "begun, the end is not seen" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		say_words(b, p, between, &rows[i]);
	if (p->unread > 0)
		buf_printf(b, "%slines of the plan that could not be read: %" PRIu64, between,
			   p->unread);
}

static void say_stopped(struct buf *b, const struct planned *p, const char *between)
{
	buf_printf(b, "NOT COMPLETED: %s",
		   p->reason[0] != '\0' ? p->reason :
		   p->log.limit		? "its log of acts was full and does not say why" :
					  "its log does not say why");
	say_states(b, p, between);
	if (p->count > 0 && p->unread == 0 && planned_count(p, PLANNED_DONE) == p->count)
		buf_printf(b, "%sall of its %zu categories were walked to their end: what is "
			   "missing was left out within them", between, p->count);
}

static void say_unknown(struct buf *b, const struct planned *p, const char *between)
{
	buf_puts(b, "NOT KNOWN: the final seal says that it was completed, and the archive does "
		 "not show it");
	if (p->count == 0)
		buf_printf(b, "%sno category of the plan is in the session", between);
	if (p->log.limit)
		buf_printf(b, "%sthe log of acts was full: later acts are not in it", between);
	if (p->log.longer > 0)
		buf_printf(b, "%slines of the log of acts too long to be read: %" PRIu64, between,
			   p->log.longer);
	if (p->log.garbled > 0)
		buf_printf(b, "%slines of the log of acts that are no act, or behind its end: %"
			   PRIu64, between, p->log.garbled);
	if (!p->log.end && !p->log.limit)
		buf_printf(b, "%s%s", between, p->log.found ? "the log of acts has no end" :
							      "there is no log of acts");
	if (p->reason[0] != '\0')
		buf_printf(b, "%sthe log of acts says why the run ended: %s", between, p->reason);
	say_states(b, p, between);
}

void planned_say(struct buf *b, const struct planned *p, const char *between)
{
	if (p->end == PLANNED_CUT)
		buf_puts(b, "NOT KNOWN: no final seal holds");
	if (p->end == PLANNED_CUT && !p->altered) {
		buf_puts(b, ", what came after the cut is not here");
		say_cut(b, p, between);
	}
	if (p->end == PLANNED_STOPPED)
		say_stopped(b, p, between);
	if (p->end == PLANNED_UNKNOWN)
		say_unknown(b, p, between);
}
