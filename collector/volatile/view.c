#include "collector/volatile/view.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { A, B };

/* ===== sets ===== */

void view_set_init(struct view_set *s, size_t width)
{
	s->width = width;
	s->count = 0;
	buf_init(&s->keys, VIEW_SET_BYTES);
}

void view_set_release(struct view_set *s)
{
	buf_release(&s->keys);
	s->count = 0;
}

void view_set_add(struct view_set *s, const void *key)
{
	buf_add(&s->keys, key, s->width);
	s->count = s->keys.len / s->width;
}

static int compare_keys(const void *x, const void *y, void *width)
{
	return memcmp(x, y, *(const size_t *)width);
}

void view_set_sort(struct view_set *s)
{
	size_t kept = 0;

	if (s->count == 0)
		return;
	qsort_r(s->keys.p, s->count, s->width, compare_keys, &s->width);
	for (size_t i = 0; i < s->count; i++) {
		char *key = s->keys.p + i * s->width, *to = s->keys.p + kept * s->width;

		if (kept > 0 && memcmp(to - s->width, key, s->width) == 0)
			continue;
		memmove(to, key, s->width);
		kept++;
	}
	s->count = kept;
	s->keys.len = kept * s->width;
}

bool view_set_has(const struct view_set *s, const void *key)
{
	size_t low = 0, high = s->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = memcmp(view_set_at(s, middle), key, s->width);

		if (order == 0)
			return true;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

const void *view_set_at(const struct view_set *s, size_t i)
{
	return s->keys.p + i * s->width;
}

void view_set_add_number(struct view_set *s, uint32_t number)
{
	const unsigned char key[4] = { (unsigned char)(number >> 24), (unsigned char)(number >> 16),
				       (unsigned char)(number >> 8), (unsigned char)number };

	view_set_add(s, key);
}

uint32_t view_set_number(const void *key)
{
	const unsigned char *k = key;

	return (uint32_t)k[0] << 24 | (uint32_t)k[1] << 16 | (uint32_t)k[2] << 8 | k[3];
}

/* ===== comparing ===== */

/* A list of A, of B, of A, of B; the first pass has no second B. */
struct round {
	struct view_set list[4];
};

/* What is followed of one side, and what each was at first. */
struct followed {
	struct view_set keys;
	uint64_t identity[VIEW_FOLLOWED];
};

struct comparison {
	struct source_env *env;
	const struct view *v;
	struct view_result *r;
	struct followed side[2];
	struct round now;
};

static const struct view_side *side_of(const struct view *v, int i)
{
	return i % 2 == A ? &v->a : &v->b;
}

/* Those of the followed that this side has. */
static void ask_each(const struct comparison *c, const struct view_side *s, struct view_set *out)
{
	for (int i = A; i <= B; i++) {
		const struct view_set *keys = &c->side[i].keys;

		for (size_t k = 0; k < keys->count; k++)
			if (s->has(c->v->of, view_set_at(keys, k)))
				view_set_add(out, view_set_at(keys, k));
	}
}

static int take_list(struct comparison *c, int i, bool all)
{
	const struct view_side *s = side_of(c->v, i);
	struct view_set *out = &c->now.list[i];
	int oserr = 0;

	view_set_release(out);
	view_set_init(out, c->v->width);
	if (all || s->has == NULL)
		oserr = s->list(c->v->of, out);
	else
		ask_each(c, s, out);
	if (oserr != 0) {
		c->r->oserr = oserr;
		c->r->refused = s->name;
		return -1;
	}
	c->r->cut = c->r->cut || out->keys.failed;
	view_set_sort(out);
	return 0;
}

static uint64_t identity_of(const struct view *v, const void *key)
{
	return v->identity == NULL ? 0 : v->identity(v->of, key);
}

static void follow(struct comparison *c, int side, const void *key)
{
	struct followed *f = &c->side[side];

	c->r->candidates++;
	if (f->keys.count == VIEW_FOLLOWED) {
		c->r->left_out++;
		return;
	}
	f->identity[f->keys.count] = identity_of(c->v, key);
	view_set_add(&f->keys, key);
}

static void first_differences(struct comparison *c)
{
	const struct view_set *a = &c->now.list[0], *b = &c->now.list[1], *again = &c->now.list[2];

	for (size_t i = 0; i < b->count; i++) {
		const void *key = view_set_at(b, i);

		if (!view_set_has(a, key) && !view_set_has(again, key))
			follow(c, B, key);
	}
	for (size_t i = 0; i < a->count && !c->v->one_sided; i++) {
		const void *key = view_set_at(a, i);

		if (view_set_has(again, key) && !view_set_has(b, key))
			follow(c, A, key);
	}
}

/* Was it there on its side before and after the other was listed, and not in that? */
static bool still_differs(const struct comparison *c, int side, size_t i)
{
	const struct followed *f = &c->side[side];
	const void *key = view_set_at(&f->keys, i);

	return view_set_has(&c->now.list[side], key) && view_set_has(&c->now.list[side + 2], key) &&
	       !view_set_has(&c->now.list[side == A ? 1 : 2], key) &&
	       identity_of(c->v, key) == f->identity[i];
}

static void keep_what_differs(struct comparison *c, int side)
{
	struct followed *f = &c->side[side];
	size_t kept = 0;

	for (size_t i = 0; i < f->keys.count; i++) {
		if (!still_differs(c, side, i))
			continue;
		memmove(f->keys.keys.p + kept * f->keys.width, view_set_at(&f->keys, i),
			f->keys.width);
		f->identity[kept++] = f->identity[i];
	}
	f->keys.count = kept;
	f->keys.keys.len = kept * f->keys.width;
}

static bool anything_followed(const struct comparison *c)
{
	return c->side[A].keys.count + c->side[B].keys.count > 0;
}

static int one_round(struct comparison *c)
{
	const struct timespec pause = { .tv_nsec = VIEW_PAUSE_MS * 1000000L };

	nanosleep(&pause, NULL);
	for (int i = 0; i < 4; i++)
		if (take_list(c, i, false) < 0)
			return -1;
	keep_what_differs(c, A);
	keep_what_differs(c, B);
	c->r->rounds++;
	return 0;
}

static bool same(const struct view_set *a, const struct view_set *b)
{
	return a->count == b->count &&
	       (a->count == 0 || memcmp(a->keys.p, b->keys.p, a->keys.len) == 0);
}

static void run(struct comparison *c)
{
	for (int i = 0; i < 3; i++) {
		if (take_list(c, i, true) < 0)
			return;
		c->r->count[i] = c->now.list[i].count;
		c->r->lists++;
		if (i == 1 && same(&c->now.list[0], &c->now.list[1]))
			return;
	}
	/* What is behind the end of one list would seem to be missing in it. */
	if (c->r->cut)
		return;
	first_differences(c);
	while (c->r->rounds < VIEW_ROUNDS && anything_followed(c)) {
		if (source_stopped(c->env)) {
			c->r->cut = true;
			return;
		}
		if (one_round(c) < 0)
			return;
	}
}

void view_compare(struct source_env *env, const struct view *v, struct view_result *out)
{
	struct comparison *c = calloc(1, sizeof(*c));
	uint64_t begun = clock_monotonic_ns();

	memset(out, 0, sizeof(*out));
	out->begun = clock_read();
	view_set_init(&out->only[A], v->width);
	view_set_init(&out->only[B], v->width);
	if (c == NULL) {
		out->oserr = ENOMEM;
		return;
	}
	c->env = env;
	c->v = v;
	c->r = out;
	view_set_init(&c->side[A].keys, v->width);
	view_set_init(&c->side[B].keys, v->width);
	run(c);
	for (int i = 0; i < 4; i++)
		view_set_release(&c->now.list[i]);
	/* Seen through to the end, or not at all. */
	for (int i = A; i <= B; i++) {
		if (out->rounds == VIEW_ROUNDS && out->oserr == 0) {
			out->only[i] = c->side[i].keys;
			continue;
		}
		out->unresolved += c->side[i].keys.count;
		view_set_release(&c->side[i].keys);
	}
	free(c);
	out->ns = clock_monotonic_ns() - begun;
}

void view_result_release(struct view_result *r)
{
	view_set_release(&r->only[A]);
	view_set_release(&r->only[B]);
}

/* ===== telling ===== */

static void put_head(struct buf *b, const struct view *v, const struct view_result *r)
{
	size_t left = r->only[A].count + r->only[B].count;

	buf_printf(b, "{\"check\":\"%s\",\"a\":\"%s\",\"b\":\"%s\"", v->check, v->a.name,
		   v->b.name);
	buf_printf(b, ",\"count_a\":%zu,\"count_b\":%zu", r->count[0], r->count[1]);
	if (r->lists == 3)
		buf_printf(b, ",\"count_a_again\":%zu", r->count[2]);
	buf_printf(b, ",\"candidates\":%zu,\"cleared\":%zu,\"unresolved\":%zu,\"rounds\":%u",
		   r->candidates, r->candidates - r->left_out - r->unresolved - left,
		   r->left_out + r->unresolved, r->rounds);
	buf_printf(b, ",\"only_a\":%zu,\"only_b\":%zu,\"both_ways\":%s", r->only[A].count,
		   r->only[B].count, v->one_sided ? "false" : "true");
	buf_printf(b, ",\"begin\":[%lld,%u],\"ns\":%llu", (long long)r->begun.realtime.sec,
		   r->begun.realtime.nsec, (unsigned long long)r->ns);
}

static int add_line(struct answer *a, struct buf *line)
{
	int end = line->failed ? 0 : answer_add(a, line->p, line->len);

	if (line->failed)
		answer_fail(a, GAP_INTERNAL, ENOMEM, NULL);
	buf_clear(line);
	return end;
}

static int put_object(struct answer *a, const struct view *v, char side, const void *key)
{
	struct buf line;
	int end;

	buf_init(&line, 65536);
	buf_printf(&line, "{\"check\":\"%s\",\"only\":\"%c\",", v->check, side);
	v->describe(v->of, key, &line);
	buf_puts(&line, "}\n");
	end = add_line(a, &line);
	buf_release(&line);
	return end;
}

int view_report(struct answer *a, const struct view *v, const struct view_result *r)
{
	struct buf line;
	int end;

	buf_init(&line, 65536);
	put_head(&line, v, r);
	if (v->more != NULL)
		v->more(v->of, &line);
	buf_puts(&line, "}\n");
	end = add_line(a, &line);
	buf_release(&line);
	for (int side = A; side <= B; side++)
		for (size_t i = 0; i < r->only[side].count && end == 0; i++)
			end = put_object(a, v, "ab"[side], view_set_at(&r->only[side], i));
	if (r->cut)
		answer_fail(a, GAP_INCOMPLETE, 0, NULL);
	return end;
}

int view_take(struct source_env *env, const struct view *v, const char *folder)
{
	struct view_result r;
	struct answer a;
	int end = 0;

	answer_begin(&a, env, "view/%s/%s", folder, v->check);
	view_compare(env, v, &r);
	if (r.oserr != 0)
		answer_errno(&a, r.oserr, NULL);
	else
		end = view_report(&a, v, &r);
	view_result_release(&r);
	return answer_end(&a) < 0 || end < 0 ? -1 : 0;
}
