#include "collector/select/plan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "collector/select/pattern.h"
#include "collector/select/plan_alias.h"
#include "lib/base/buf.h"
#include "lib/base/text.h"

#define ALIAS_STEPS 4u		/* an alias of an alias of ... */
#define HOME_TWINS_MAX 65536u	/* homes found through aliases */

/* What a row came from. */
struct origin {
	uint32_t order;		/* place of the catalogue row among equals */
	uint32_t steps;		/* aliases applied */
	size_t literal;		/* leading bytes of the glob that are literal */
	char *text;		/* the glob, if it is ours to free */
};

struct home {
	const char *path;
	uint32_t steps;
	char *text;		/* the path, if it is ours to free */
};

struct plan {
	uint64_t categories;
	struct artifact *row;
	struct origin *origin;
	size_t rows, row_room, rows_max;
	char *facts;		/* copies of facts.homes and facts.aliases */
	struct plan_aliases aliases;
	struct home *home;
	size_t homes, home_room, homes_max;
	char **exclude;
	size_t excludes;
	struct pattern *pattern;
	struct pattern_tree *tree;
};

/* Make room for one more element; the array may move.  -1 without memory. */
static int make_room(void **array, size_t used, size_t *room, size_t size)
{
	size_t wanted = *room * 2 + 256;
	void *bigger;

	if (used < *room)
		return 0;
	bigger = realloc(*array, wanted * size);
	if (bigger == NULL)
		return -1;
	*array = bigger;
	*room = wanted;
	return 0;
}

static int find_profile(const char *name, size_t *out)
{
	for (size_t i = 0; plan_profile_name(i) != NULL; i++)
		if (name == NULL || strcmp(name, plan_profile_name(i)) == 0) {
			*out = i;
			return 0;
		}
	return -1;
}

/* Append a row; takes over from.text, which is NULL for a glob that outlives the plan. */
static int add_row(struct plan *p, const struct artifact *row, struct origin from)
{
	if (p->rows == p->row_room) {
		size_t room = p->row_room;
		void *rows = p->row, *origins = p->origin;
		int bad = make_room(&rows, p->rows, &room, sizeof(*p->row));

		p->row = rows;
		if (bad == 0)
			bad = make_room(&origins, p->rows, &p->row_room, sizeof(*p->origin));
		p->origin = origins;
		if (bad != 0) {
			free(from.text);
			return -1;
		}
	}
	p->row[p->rows] = *row;
	p->origin[p->rows++] = from;
	return 0;
}

/* What dies with a container, and what somebody did in it.  Its programs, packages and
 * configuration came with the image. */
static const uint64_t inside =
	UINT64_C(1) << CATEGORY_RUN | UINT64_C(1) << CATEGORY_TEMPORARY |
	UINT64_C(1) << CATEGORY_LOGIN | UINT64_C(1) << CATEGORY_HISTORY |
	UINT64_C(1) << CATEGORY_SCHEDULE | UINT64_C(1) << CATEGORY_LOGS |
	UINT64_C(1) << CATEGORY_ACCOUNT | UINT64_C(1) << CATEGORY_STARTUP;

bool plan_inside(enum category c)
{
	return (unsigned)c < CATEGORY_COUNT && (inside >> c & 1);
}

/* The kernel's own files are the host's, whoever shows them. */
static bool of_kernel(const struct artifact *row)
{
	return strncmp(row->glob, "/proc/", 6) == 0 || strncmp(row->glob, "/sys/", 5) == 0;
}

static int add_catalogue(struct plan *p, const struct plan_request *req)
{
	for (size_t i = 0; i < artifact_count; i++)
		if (plan_has(p, artifact_rows[i].category) &&
		    !(req->inside && of_kernel(&artifact_rows[i])) &&
		    add_row(p, &artifact_rows[i], (struct origin){ .order = (uint32_t)i }) != 0)
			return -1;
	return 0;
}

/* The operator's glob without trailing slashes, and all below what it names. */
static char *with_everything_below(const char *glob)
{
	size_t len = strlen(glob);
	char *all = malloc(len + sizeof("/**"));

	if (all == NULL)
		return NULL;
	if (len == 0) {		/* not "everything": refused later */
		*all = '\0';
		return all;
	}
	while (len > 1 && glob[len - 1] == '/')
		len--;
	if (len == 1 && glob[0] == '/')
		len = 0;
	memcpy(all, glob, len);
	memcpy(all + len, "/**", sizeof("/**"));
	return all;
}

static int add_includes(struct plan *p, const struct plan_request *req)
{
	for (size_t i = 0; i < req->include_count && !req->inside; i++) {
		struct artifact row = {
			.id = "include", .category = CATEGORY_EXTRA, .depth = DEPTH_CONTENT,
			.cap = UINT64_MAX, .reason = "named by the operator",
		};
		char *glob = with_everything_below(req->include[i]);

		row.glob = glob;
		if (glob == NULL ||
		    add_row(p, &row, (struct origin){ .order = (uint32_t)i, .text = glob }) != 0)
			return -1;
	}
	return 0;
}

/* target + what follows from in path; NULL without memory. */
static char *replace_prefix(const char *path, size_t from_len, const char *target)
{
	size_t head = strlen(target), tail = strlen(path + from_len);
	char *s = malloc(head + tail + 1);

	if (s != NULL) {
		memcpy(s, target, head);
		memcpy(s + head, path + from_len, tail + 1);
	}
	return s;
}

/* Gives element i a twin that does not lead through the alias; -1 without memory. */
typedef int twin_maker(struct plan *p, size_t i, const struct plan_alias *alias);

/* Make the twins of element i for every alias that its path leads through. */
static int make_twins(struct plan *p, size_t i, const char *path, twin_maker *make)
{
	for (size_t len = 1; path[len - 1] != '\0'; len++) {
		const struct plan_alias *alias;
		size_t count = 0;

		if (path[len] != '/' && path[len] != '\0')
			continue;
		alias = plan_alias_find(&p->aliases, path, len, &count);
		for (size_t k = 0; k < count; k++)
			if (make(p, i, &alias[k]) != 0)
				return -1;
	}
	return 0;
}

static int make_row_twin(struct plan *p, size_t i, const struct plan_alias *a)
{
	struct artifact twin = p->row[i];
	struct origin origin = p->origin[i];
	size_t kept = origin.literal > a->from_len ? origin.literal - a->from_len : 0;

	/* What is a wildcard in the row is not the same bytes in the name of a link. */
	if ((!a->plain && origin.literal < a->from_len) || p->rows >= p->rows_max)
		return 0;
	origin.text = replace_prefix(twin.glob, a->from_len, a->target);
	if (origin.text == NULL)
		return -1;
	twin.glob = origin.text;
	origin.literal = a->target_len + kept;
	origin.steps++;
	return add_row(p, &twin, origin);
}

/* Twins are appended and so get their turn for a second alias. */
static int add_row_twins(struct plan *p)
{
	p->rows_max = p->rows + PLAN_ALIAS_ROWS_MAX;
	for (size_t i = 0; i < p->rows; i++)
		if (p->origin[i].steps < ALIAS_STEPS &&
		    make_twins(p, i, p->row[i].glob, make_row_twin) != 0)
			return -1;
	return 0;
}

static int add_home(struct plan *p, struct home home)
{
	void *homes = p->home;
	int bad = make_room(&homes, p->homes, &p->home_room, sizeof(*p->home));

	p->home = homes;
	if (bad != 0) {
		free(home.text);
		return -1;
	}
	p->home[p->homes++] = home;
	return 0;
}

static int make_home_twin(struct plan *p, size_t i, const struct plan_alias *a)
{
	struct home home = p->home[i];

	if (p->homes >= p->homes_max)
		return 0;
	home.text = replace_prefix(home.path, a->from_len, a->target);
	if (home.text == NULL)
		return -1;
	home.path = home.text;
	home.steps++;
	return add_home(p, home);
}

static int add_homes(struct plan *p, const char *homes, size_t len)
{
	for (size_t i = 0; i < len; i += strlen(homes + i) + 1)
		if (homes[i] == '/' && add_home(p, (struct home){ .path = homes + i }) != 0)
			return -1;
	p->homes_max = p->homes + HOME_TWINS_MAX;
	for (size_t i = 0; i < p->homes; i++)
		if (p->home[i].steps < ALIAS_STEPS &&
		    make_twins(p, i, p->home[i].path, make_home_twin) != 0)
			return -1;
	return 0;
}

/* The facts are in memory that a reader could write to; the plan needs them to stay. */
static int add_facts(struct plan *p, const struct plan_facts *facts)
{
	size_t homes = facts->homes_len, aliases = facts->aliases_len;

	if (homes > PLAN_FACTS_MAX || aliases > PLAN_FACTS_MAX)
		return -1;
	p->facts = calloc(1, homes + aliases + 3);
	if (p->facts == NULL)
		return -1;
	/* One NUL behind the homes and two behind the aliases end whatever is torn. */
	memcpy(p->facts, facts->homes, homes);
	memcpy(p->facts + homes + 1, facts->aliases, aliases);
	if (plan_alias_parse(&p->aliases, p->facts + homes + 1, aliases) != 0)
		return -1;
	if (add_row_twins(p) != 0)
		return -1;
	return add_homes(p, p->facts, homes);
}

static int add_excludes(struct plan *p, const struct plan_request *req)
{
	p->exclude = calloc(req->exclude_count + 1, sizeof(*p->exclude));
	if (p->exclude == NULL)
		return -1;
	for (; p->excludes < req->exclude_count; p->excludes++) {
		p->exclude[p->excludes] = with_everything_below(req->exclude[p->excludes]);
		if (p->exclude[p->excludes] == NULL)
			return -1;
	}
	return 0;
}

/* What the request changes on every row. */
static void apply_limits(struct plan *p, const struct plan_request *req)
{
	for (size_t i = 0; i < p->rows; i++) {
		if (req->file_max != 0 && p->row[i].cap > req->file_max)
			p->row[i].cap = req->file_max;
		if (req->private_keys)
			p->row[i].flags |= ARTIFACT_KEYS;
	}
}

/* The patterns of everything, in any order. */
static size_t list_patterns(struct plan *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->rows; i++)
		p->pattern[n++] = (struct pattern){
			.role = PATTERN_ROW, .glob = p->row[i].glob,
			.literal = p->origin[i].literal, .row = (uint32_t)i,
			.ways = p->row[i].flags & ARTIFACT_WAYS,
			.rank = pattern_rank(&p->row[i], p->origin[i].order),
		};
	for (size_t i = 0; i < p->homes; i++)
		p->pattern[n++] = (struct pattern){
			.role = PATTERN_HOME, .glob = p->home[i].path, .literal = SIZE_MAX,
		};
	for (size_t i = 0; i < p->excludes; i++)
		p->pattern[n++] = (struct pattern){
			.role = PATTERN_EXCLUDE, .glob = p->exclude[i],
		};
	return n;
}

static int compile(struct plan *p, struct err *e)
{
	size_t n;

	p->pattern = calloc(p->rows + p->homes + p->excludes + 1, sizeof(*p->pattern));
	if (p->pattern == NULL)
		return -1;
	n = list_patterns(p);
	for (size_t i = 0; i < n; i++)
		if (pattern_check(&p->pattern[i], e) != 0)
			return -1;
	p->tree = pattern_tree_new(p->pattern, n, e);
	return p->tree != NULL ? 0 : -1;
}

struct plan *plan_new(const struct plan_request *req, const struct plan_facts *facts, struct err *e)
{
	struct plan *p = calloc(1, sizeof(*p));
	size_t profile = 0;

	if (p == NULL)
		goto err1;
	if (find_profile(req->profile, &profile) != 0) {
		err_set(e, 0, "there is no profile \"%.100s\"; --list shows them", req->profile);
		goto err1;
	}
	for (unsigned c = 0; c < CATEGORY_COUNT; c++)
		if (plan_profile_has(profile, (enum category)c))
			p->categories |= UINT64_C(1) << c;
	if (req->inside)
		p->categories &= inside | UINT64_C(1) << CATEGORY_FACTS;
	if (req->memory)
		p->categories |= UINT64_C(1) << CATEGORY_MEMORY;
	if (add_catalogue(p, req) != 0 || add_includes(p, req) != 0 || add_excludes(p, req) != 0 ||
	    (facts != NULL && add_facts(p, facts) != 0))
		goto err1;
	apply_limits(p, req);
	if (compile(p, e) != 0)
		goto err1;
	return p;
err1:
	plan_free(p);
	err_set(e, ENOMEM, "making the plan");	/* what was said before stays */
	return NULL;
}

void plan_free(struct plan *p)
{
	if (p == NULL)
		return;
	pattern_tree_free(p->tree);
	free(p->pattern);
	for (size_t i = 0; i < p->rows; i++)
		free(p->origin[i].text);
	for (size_t i = 0; i < p->homes; i++)
		free(p->home[i].text);
	for (size_t i = 0; i < p->excludes; i++)
		free(p->exclude[i]);
	free(p->exclude);
	free(p->home);
	plan_alias_free(&p->aliases);
	free(p->facts);
	free(p->origin);
	free(p->row);
	free(p);
}

bool plan_has(const struct plan *p, enum category c)
{
	return (unsigned)c < CATEGORY_COUNT && (p->categories >> c & 1);
}

size_t plan_rows(const struct plan *p)
{
	return p->rows;
}

const struct artifact *plan_row(const struct plan *p, size_t i)
{
	return &p->row[i];
}

void plan_describe(const struct plan *p, struct buf *out)
{
	for (size_t i = 0; i < p->rows; i++) {
		const struct artifact *row = &p->row[i];

		buf_printf(out, "%s\t%s\t%s\t", row->id, artifact_category_word(row->category),
			   item_depth_word(row->depth));
		text_escape(out, row->glob, strlen(row->glob));
		buf_printf(out, "\t%llu\t%u\n", (unsigned long long)row->cap, row->flags);
	}
}

void plan_root(const struct plan *p, struct plan_dir *d)
{
	pattern_root(p->tree, d);
}

void plan_match(const struct plan *p, const struct plan_dir *d, struct bytes path,
		size_t name_offset, enum category c, struct plan_match *m)
{
	struct bytes name = { (const char *)path.p + name_offset, path.len - name_offset };
	struct plan_dir here;

	if (name.len == 0) {
		pattern_judge(p->tree, d, c, m);
		return;
	}
	pattern_step(p->tree, d, name, &here);
	pattern_judge(p->tree, &here, c, m);
}

void plan_enter(const struct plan *p, const struct plan_dir *d, struct bytes path,
		size_t name_offset, struct plan_dir *child)
{
	struct bytes name = { (const char *)path.p + name_offset, path.len - name_offset };

	pattern_step(p->tree, d, name, child);
}
