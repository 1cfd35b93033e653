#include <stdlib.h>

#include "workstation/case/live.h"

#define NOBODY SIZE_MAX

/* A process by who started it; sorted, the children of one stand together in the order in which
 * they are shown, and those of nobody at the end. */
struct child {
	size_t parent, self; /* numbers in live.processes */
	int64_t pid, start;
};

/* Whose children are being visited, and which comes next. */
struct frame {
	size_t self, next;
};

struct walk {
	struct live *v;
	struct child *children;
	size_t *first; /* by parent: where its children begin; count: it has none */
	struct frame *frames;
	bool *seen;
	size_t count;
	struct live_place *out;
	size_t done;
};

static struct live_process *number(struct live *v, size_t i)
{
	int64_t pid, n;

	return keyed_at(v->processes, i, &pid, &n);
}

/* Of those that had the number, the last that was there when the child began. */
static const struct live_process *parent_of(struct live *v, const struct live_process *p)
{
	const struct live_process *first = keyed_find(v->processes, p->row.ppid, 0), *q;

	if (first == NULL || p->row.ppid == CASE_NULL)
		return NULL;
	for (int64_t n = first->generations; n >= 0; n--) {
		q = keyed_find(v->processes, p->row.ppid, n);
		if (q != NULL && q != p &&
		    (p->row.start_ticks == CASE_NULL || q->row.start_ticks <= p->row.start_ticks))
			return q;
	}
	return NULL;
}

static int by_parent(const void *a, const void *b)
{
	const struct child *x = a, *y = b;

	if (x->parent != y->parent)
		return x->parent < y->parent ? -1 : 1;
	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return x->self < y->self ? -1 : x->self > y->self;
}

static void sort(struct walk *w)
{
	const struct live_process *parent;
	struct live_process *p;

	for (size_t i = 0; i < w->count; i++)
		number(w->v, i)->number = i;
	for (size_t i = 0; i < w->count; i++) {
		p = number(w->v, i);
		parent = parent_of(w->v, p);
		w->first[i] = w->count;
		w->children[i] = (struct child){ parent != NULL ? parent->number : NOBODY, i,
						 p->row.pid, p->row.start_ticks };
	}
	qsort(w->children, w->count, sizeof(*w->children), by_parent);
	for (size_t i = w->count; i-- > 0;)
		if (w->children[i].parent != NOBODY)
			w->first[w->children[i].parent] = i;
}

static void visit(struct walk *w, const struct child *c, size_t depth)
{
	w->seen[c->self] = true;
	w->out[w->done++] = (struct live_place){ number(w->v, c->self), (int64_t)depth };
	w->frames[depth] = (struct frame){ c->self, w->first[c->self] };
}

/* It and all below it, in the order of a tree. */
static void descend(struct walk *w, const struct child *root)
{
	size_t depth = 1;

	if (w->seen[root->self])
		return;
	visit(w, root, 0);
	while (depth > 0) {
		struct frame *f = &w->frames[depth - 1];

		if (f->next >= w->count || w->children[f->next].parent != f->self) {
			depth--;
			continue;
		}
		if (!w->seen[w->children[f->next++].self])
			visit(w, &w->children[f->next - 1], depth++);
	}
}

struct live_place *live_tree(struct live *v, size_t *count, struct err *e)
{
	struct walk w = { .v = v, .count = *count = keyed_count(v->processes) };
	size_t room = w.count + 1;

	w.children = calloc(room, sizeof(*w.children));
	w.first = calloc(room, sizeof(*w.first));
	w.frames = calloc(room, sizeof(*w.frames));
	w.seen = calloc(room, sizeof(*w.seen));
	w.out = calloc(room, sizeof(*w.out));
	if (w.children != NULL && w.first != NULL && w.frames != NULL && w.seen != NULL &&
	    w.out != NULL) {
		sort(&w);
		for (size_t i = 0; i < w.count; i++)
			if (w.children[i].parent == NOBODY)
				descend(&w, &w.children[i]);
		/* Whose line of parents has no beginning: numbers that were forged, or reused. */
		for (size_t i = 0; i < w.count; i++)
			descend(&w, &w.children[i]);
	} else {
		err_set(e, 0, "no memory for the tree of processes");
		free(w.out);
		w.out = NULL;
	}
	free(w.children);
	free(w.first);
	free(w.frames);
	free(w.seen);
	return w.out;
}
