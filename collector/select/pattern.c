#include "collector/select/pattern.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "collector/select/glob.h"

#define ROOT 0u			/* node of "/" */
#define HOME 1u			/* node of "~" */
#define FIXED_NODES 2u
#define NO_STARS 0u		/* the root is nobody's child */

struct node {
	const char *name;
	uint32_t len;
	uint8_t kind;		/* enum glob_kind */
	bool home;		/* a home: HOME is reached with it */
	bool exclude;
	bool named;		/* only literal and {pid} components lead here */
	bool stored;		/* only literal ones, and none of them /proc, /sys or /dev */
	uint32_t first, literals, end;	/* children: literal ones, then others, without "**" */
	uint32_t stars;		/* child "**", or NO_STARS */
	uint32_t claim, claims;	/* its range of claim[] */
	int owner;		/* best row that is none of facts, or -1 */
	uint64_t owner_rank;
	uint64_t here, below;	/* categories that match it; something below it */
};

/* A row that ends at a node. */
struct claim {
	uint64_t rank;
	uint32_t node, row;
};

struct pattern_tree {
	struct node *node;
	uint32_t node_count, node_room;
	struct claim *claim;
	uint32_t claim_count;
	bool has_ways;
	struct claim ways;	/* of the row with ARTIFACT_WAYS */
};

/* A pattern on its way down while the tree is built level by level. */
struct front {
	const struct pattern *pattern;
	const char *next;	/* text not yet used */
	const char *name;	/* the component of this level */
	uint32_t len;
	uint8_t kind;
	uint32_t parent, node;
};

uint64_t pattern_rank(const struct artifact *row, uint32_t order)
{
	uint64_t shallow = DEPTH_COUNT - 1 - row->depth;

	return shallow << 48 | (uint64_t)row->category << 32 | order;
}

static enum category rank_category(uint64_t rank)
{
	return (enum category)(rank >> 32 & 0xffff);
}

/* Take the next component, "**" after "**" swallowed; false at the end of the glob. */
static bool front_take(struct front *f)
{
	const char *glob = f->pattern->glob;

	for (;;) {
		const char *p = f->next + strspn(f->next, "/");
		size_t len = strcspn(p, "/");
		bool again;

		if (len == 0)
			return false;
		again = f->kind == GLOB_STARS;
		f->name = p;
		f->len = (uint32_t)len;
		f->next = p + len;
		if ((size_t)(p - glob) < f->pattern->literal)
			f->kind = GLOB_LITERAL;
		else
			f->kind = (uint8_t)glob_kind(p, len);
		if (!again || f->kind != GLOB_STARS)
			return true;
	}
}

static void front_begin(struct front *f, const struct pattern *p)
{
	bool tilde = p->glob[0] == '~' && p->literal == 0;

	*f = (struct front){
		.pattern = p, .next = p->glob + tilde,
		.parent = tilde ? HOME : ROOT, .node = tilde ? HOME : ROOT,
	};
}

/* Length of the glob as it was typed: plan.c adds "and all below" to those of the operator. */
static int typed_len(const char *glob)
{
	size_t len = strlen(glob);

	if (len > 3 && strcmp(glob + len - 3, "/**") == 0)
		len -= 3;
	return len < 200 ? (int)len : 200;
}

int pattern_check(const struct pattern *p, struct err *e)
{
	const char *at = p->glob;

	if (*at == '~' && p->literal == 0)
		at++;
	if (*at != '/' && (*at != '\0' || at == p->glob))
		return err_set(e, 0, "the pattern \"%.*s\" does not begin with / or ~/",
			       typed_len(p->glob), p->glob);
	while (*at == '/' && at[1] != '\0') {
		size_t len = strcspn(++at, "/");

		if ((size_t)(at - p->glob) >= p->literal && glob_kind(at, len) == GLOB_BAD)
			return err_set(e, 0, "malformed component in the pattern \"%.*s\"",
				       typed_len(p->glob), p->glob);
		at += len;
	}
	return 0;
}

/* Order of the children of one node, as find_literal expects it. */
static int compare_name(const struct front *a, const struct front *b)
{
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->len != b->len)
		return a->len < b->len ? -1 : 1;
	return memcmp(a->name, b->name, a->len);
}

static int compare_front(const void *left, const void *right)
{
	const struct front *a = left, *b = right;

	if (a->parent != b->parent)
		return a->parent < b->parent ? -1 : 1;
	return compare_name(a, b);
}

static int compare_claim(const void *left, const void *right)
{
	const struct claim *a = left, *b = right;

	if (a->node != b->node)
		return a->node < b->node ? -1 : 1;
	return (a->rank > b->rank) - (a->rank < b->rank);
}

/* Append an empty node; its index, or ROOT without memory. */
static uint32_t add_node(struct pattern_tree *t)
{
	if (t->node_count == t->node_room) {
		uint32_t room = t->node_room * 2;
		struct node *bigger = realloc(t->node, room * sizeof(*bigger));

		if (bigger == NULL)
			return ROOT;
		t->node = bigger;
		t->node_room = room;
	}
	t->node[t->node_count] = (struct node){ .owner = -1, .owner_rank = UINT64_MAX };
	return t->node_count++;
}

/* The places at the top where the kernel shows itself. */
static bool is_kernel_root(const struct front *f)
{
	return f->parent == ROOT &&
	       ((f->len == 4 && memcmp(f->name, "proc", 4) == 0) ||
		(f->len == 3 && memcmp(f->name, "sys", 3) == 0) ||
		(f->len == 3 && memcmp(f->name, "dev", 3) == 0));
}

/* Make the node of a front that differs from its neighbours and hang it to its parent. */
static int grow_child(struct pattern_tree *t, const struct front *f)
{
	uint32_t id = add_node(t);
	struct node *n, *parent;

	if (id == ROOT)
		return -1;
	n = &t->node[id];
	parent = &t->node[f->parent];
	n->name = f->name;
	n->len = f->len;
	n->kind = f->kind;
	n->named = parent->named && (f->kind == GLOB_LITERAL || f->kind == GLOB_PID);
	n->stored = parent->stored && f->kind == GLOB_LITERAL && !is_kernel_root(f);
	if (f->kind == GLOB_STARS) {	/* sorted last: the range of the others stays whole */
		parent->stars = id;
		return 0;
	}
	if (parent->end == 0)
		parent->first = parent->end = id;
	parent->end = id + 1;
	parent->literals += f->kind == GLOB_LITERAL;
	return 0;
}

/* A pattern ends at a node. */
static void finish(struct pattern_tree *t, const struct front *f)
{
	switch (f->pattern->role) {
	case PATTERN_HOME:
		t->node[f->node].home = true;
		break;
	case PATTERN_EXCLUDE:
		t->node[f->node].exclude = true;
		break;
	case PATTERN_ROW:
		t->claim[t->claim_count++] = (struct claim){
			f->pattern->rank, f->node, f->pattern->row
		};
		if (f->pattern->ways) {
			t->has_ways = true;
			t->ways = t->claim[t->claim_count - 1];
		}
		break;
	}
}

/* Level by level, so that the children of a node get neighbouring numbers. */
static int grow(struct pattern_tree *t, struct front *f, size_t n)
{
	while (n > 0) {
		size_t alive = 0;

		for (size_t i = 0; i < n; i++) {
			f[i].parent = f[i].node;
			if (front_take(&f[i]))
				f[alive++] = f[i];
			else
				finish(t, &f[i]);
		}
		n = alive;
		if (n > 0)
			qsort(f, n, sizeof(*f), compare_front);
		for (size_t i = 0; i < n; i++) {
			bool new = i == 0 || compare_front(&f[i - 1], &f[i]) != 0;

			if (new && grow_child(t, &f[i]) != 0)
				return -1;
			f[i].node = t->node_count - 1;
		}
	}
	return 0;
}

/* Claim the directories that lead to something for the row that wants them. */
static int claim_ways(struct pattern_tree *t)
{
	size_t room = (size_t)t->claim_count + t->node_count;
	struct claim *bigger = realloc(t->claim, room * sizeof(*bigger));

	if (bigger == NULL)
		return -1;
	t->claim = bigger;
	for (uint32_t i = FIXED_NODES; i < t->node_count; i++) {
		const struct node *n = &t->node[i];

		if (n->stored && (n->end != 0 || n->stars != NO_STARS))
			t->claim[t->claim_count++] = (struct claim){ t->ways.rank, i, t->ways.row };
	}
	return 0;
}

/* Give each node its rows, best first, the same row only once. */
static void settle_claims(struct pattern_tree *t)
{
	uint32_t kept = 0;

	if (t->claim_count > 0)
		qsort(t->claim, t->claim_count, sizeof(*t->claim), compare_claim);
	for (uint32_t i = 0; i < t->claim_count; i++) {
		struct claim c = t->claim[i];
		struct node *n = &t->node[c.node];
		enum category category = rank_category(c.rank);

		if (kept > 0 && compare_claim(&t->claim[kept - 1], &c) == 0)
			continue;
		if (n->claims++ == 0)
			n->claim = kept;
		n->here |= UINT64_C(1) << category;
		if (n->owner < 0 && category != CATEGORY_FACTS) {
			n->owner = (int)c.row;
			n->owner_rank = c.rank;
		}
		t->claim[kept++] = c;
	}
	t->claim_count = kept;
}

/* Categories that match the object at a node or something below it. */
static uint64_t reached(const struct pattern_tree *t, const struct node *n)
{
	const struct node *home = &t->node[HOME];

	return n->here | n->below | (n->home ? home->here | home->below : 0);
}

static uint64_t beneath(const struct pattern_tree *t, const struct node *n)
{
	uint64_t below = 0;

	for (uint32_t c = n->first; c < n->end; c++)
		below |= reached(t, &t->node[c]);
	if (n->stars != NO_STARS)
		below |= reached(t, &t->node[n->stars]);
	if (n->kind == GLOB_STARS)
		below |= n->here;
	if (n->home)
		below |= t->node[HOME].below;
	return below;
}

/* Children have larger numbers than parents; only HOME is needed by nodes with a
 * larger number, and it is settled after the first round. */
static void settle_below(struct pattern_tree *t)
{
	for (int round = 0; round < 2; round++)
		for (uint32_t i = t->node_count; i-- > 0; )
			t->node[i].below = beneath(t, &t->node[i]);
}

void pattern_tree_free(struct pattern_tree *t)
{
	if (t == NULL)
		return;
	free(t->claim);
	free(t->node);
	free(t);
}

struct pattern_tree *pattern_tree_new(const struct pattern *patterns, size_t n, struct err *e)
{
	struct pattern_tree *t = calloc(1, sizeof(*t));
	struct front *f = calloc(n + 1, sizeof(*f));

	if (t == NULL || f == NULL)
		goto err1;
	t->node_room = 4096;
	t->node = calloc(t->node_room, sizeof(*t->node));
	t->claim = calloc(n + 1, sizeof(*t->claim));
	if (t->node == NULL || t->claim == NULL)
		goto err1;
	while (t->node_count < FIXED_NODES)
		add_node(t);
	t->node[ROOT].named = t->node[ROOT].stored = true;
	for (size_t i = 0; i < n; i++)
		front_begin(&f[i], &patterns[i]);
	if (grow(t, f, n) != 0 || (t->has_ways && claim_ways(t) != 0))
		goto err1;
	settle_claims(t);
	settle_below(t);
	free(f);
	return t;
err1:
	free(f);
	pattern_tree_free(t);
	err_set(e, ENOMEM, "making the plan");
	return NULL;
}

/* Add a node to the state of a directory, and what is reached together with it. */
static void reach(const struct pattern_tree *t, struct plan_dir *d, uint32_t id)
{
	const struct node *n = &t->node[id];

	if (n->kind == GLOB_STARS)	/* may be there already: its own loop, and its parent */
		for (uint32_t i = 0; i < d->count; i++)
			if (d->state[i] == id)
				return;
	if (d->count == PLAN_DIR_STATES) {
		d->overflow = true;
		return;
	}
	d->state[d->count++] = id;
	d->excluded |= n->exclude;
	if (n->stars != NO_STARS)
		reach(t, d, n->stars);
	if (n->home)
		reach(t, d, HOME);
}

static uint32_t find_literal(const struct pattern_tree *t, const struct node *n, struct bytes name)
{
	uint32_t low = n->first, high = n->first + n->literals;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		const struct node *c = &t->node[middle];
		int order = c->len == name.len ? memcmp(c->name, name.p, name.len)
					       : (c->len < name.len ? -1 : 1);

		if (order == 0)
			return middle;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return ROOT;
}

static bool all_digits(struct bytes name)
{
	const unsigned char *p = name.p;
	size_t i = 0;

	while (i < name.len && p[i] >= '0' && p[i] <= '9')
		i++;
	return i == name.len && i > 0;
}

/* Does a child with a wildcard take the name? */
static bool takes(const struct node *n, struct bytes name)
{
	if (n->kind == GLOB_PID)
		return all_digits(name);
	return n->kind == GLOB_ANY || glob_match(n->name, n->len, name.p, name.len);
}

void pattern_root(const struct pattern_tree *t, struct plan_dir *d)
{
	d->count = 0;
	d->overflow = false;
	d->excluded = false;
	reach(t, d, ROOT);
}

void pattern_step(const struct pattern_tree *t, const struct plan_dir *d,
		  struct bytes name, struct plan_dir *child)
{
	child->count = 0;
	child->overflow = d->overflow;
	child->excluded = d->excluded;
	for (uint32_t i = 0; i < d->count; i++) {
		const struct node *n = &t->node[d->state[i]];

		if (n->kind == GLOB_STARS)
			reach(t, child, d->state[i]);
		if (n->literals > 0) {
			uint32_t c = find_literal(t, n, name);

			if (c != ROOT)
				reach(t, child, c);
		}
		for (uint32_t c = n->first + n->literals; c < n->end; c++)
			if (takes(&t->node[c], name))
				reach(t, child, c);
	}
}

/* The best claim of the category on a node; of the worst rank if there is none. */
static struct claim claim_of(const struct pattern_tree *t, const struct node *n, enum category c)
{
	uint32_t i = n->claim;

	if (!(n->here >> c & 1))
		return (struct claim){ .rank = UINT64_MAX };
	while (rank_category(t->claim[i].rank) != c)
		i++;
	return t->claim[i];
}

void pattern_judge(const struct pattern_tree *t, const struct plan_dir *d,
		   enum category c, struct plan_match *m)
{
	uint64_t owner_rank = UINT64_MAX, mine_rank = UINT64_MAX;

	*m = (struct plan_match){ .owner = -1, .mine = -1, .excluded = d->excluded };
	for (uint32_t i = 0; i < d->count; i++) {
		const struct node *n = &t->node[d->state[i]];
		struct claim mine = claim_of(t, n, c);

		if (!d->excluded) {
			m->below |= n->below;
			m->named |= n->named ? n->below : 0;
		}
		if (n->owner_rank < owner_rank) {
			owner_rank = n->owner_rank;
			m->owner = n->owner;
		}
		if (mine.rank < mine_rank) {
			mine_rank = mine.rank;
			m->mine = (int)mine.row;
		}
	}
}
