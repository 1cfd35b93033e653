/*
 * plan, pattern, facts: whatever homes, links and files a host has, a plan is made of them or
 * refused with a sentence, and any path can be walked by it.  The first byte of each line says
 * what it is: h (/etc/passwd), e (an environment), a (the target of /var/log), i, x (globs to
 * include, to exclude), p (a path to walk).
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "collector/facts.h"
#include "collector/select/plan.h"

#define GLOBS 8u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

struct world {
	struct plan_facts facts;
	struct sink *sink;
	char *globs[2][GLOBS];		/* to include, to exclude */
	size_t count[2];
};

static void expect(int holds)
{
	if (!holds)
		abort();
}

static void tell(struct world *w, const char *path, enum item_type type, const char *text, size_t n)
{
	struct item it = { .path = { path, strlen(path) }, .category = "facts", .artifact = "x",
			   .type = type, .depth = type == ITEM_FILE ? DEPTH_CONTENT : DEPTH_META };
	struct item_end end = { .gap = GAP_NONE };

	if (type == ITEM_SYMLINK)
		it.link = (struct bytes){ text, n };
	else
		it.promise = n;
	expect(w->sink->begin(w->sink, &it) == 0);
	if (type == ITEM_FILE && n > 0)
		expect(w->sink->write(w->sink, text, n) == 0);
	expect(w->sink->end(w->sink, &end) == 0);
}

static void add_glob(struct world *w, int which, const char *text, size_t n)
{
	char *glob;

	if (w->count[which] == GLOBS)
		return;
	glob = strndup(text, n);
	expect(glob != NULL);
	w->globs[which][w->count[which]++] = glob;
}

static void take_line(struct world *w, const char *text, size_t n)
{
	switch (n == 0 ? '\0' : *text) {
	case 'h': tell(w, "/etc/passwd", ITEM_FILE, text + 1, n - 1); break;
	case 'e': tell(w, "/proc/1/environ", ITEM_FILE, text + 1, n - 1); break;
	case 'a': tell(w, "/var/log", ITEM_SYMLINK, text + 1, n - 1); break;
	case 'i': add_glob(w, 0, text + 1, n - 1); break;
	case 'x': add_glob(w, 1, text + 1, n - 1); break;
	default: break;
	}
}

/* Down the components of a path, as the walker goes. */
static void walk(const struct plan *p, const char *path, size_t n)
{
	struct plan_dir at, below;
	size_t from = 1;

	if (n == 0 || *path != '/')
		return;
	plan_root(p, &at);
	while (from < n) {
		const char *slash = memchr(path + from, '/', n - from);
		size_t to = slash == NULL ? n : (size_t)(slash - path);
		struct plan_match m;

		if (to > from) {
			plan_match(p, &at, (struct bytes){ path, to }, from, CATEGORY_EXTRA, &m);
			expect(m.owner < (int)plan_rows(p) && m.mine < (int)plan_rows(p));
			plan_enter(p, &at, (struct bytes){ path, to }, from, &below);
			expect(below.count <= PLAN_DIR_STATES);
			at = below;
		}
		from = to + 1;
	}
}

static void each_line(const char *text, size_t n, struct world *w, const struct plan *p)
{
	while (n > 0) {
		const char *stop = memchr(text, '\n', n);
		size_t len = stop == NULL ? n : (size_t)(stop - text);

		if (p == NULL)
			take_line(w, text, len);
		else if (len > 0 && *text == 'p')
			walk(p, text + 1, len - 1);
		len += stop != NULL;
		text += len;
		n -= len;
	}
}

static void check_homes(const struct plan_facts *f)
{
	for (size_t i = 0; i < f->homes_len; i += strlen(f->homes + i) + 1)
		expect(f->homes[i] == '/' && f->homes[i + 1] != '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct world w;
	struct plan_request req = { .profile = "logs" };
	struct err e = { 0 };
	struct facts *facts;
	struct plan *p;

	memset(&w, 0, sizeof(w));
	facts = facts_new(&w.facts, &e);
	expect(facts != NULL);
	w.sink = facts_sink(facts);
	each_line((const char *)data, n, &w, NULL);
	check_homes(&w.facts);
	req.include = (const char *const *)w.globs[0];
	req.exclude = (const char *const *)w.globs[1];
	req.include_count = w.count[0];
	req.exclude_count = w.count[1];
	p = plan_new(&req, &w.facts, &e);
	expect(p != NULL || e.set);
	if (p != NULL)
		each_line((const char *)data, n, &w, p);
	plan_free(p);
	facts_free(facts);
	for (size_t i = 0; i < 2 * GLOBS; i++)
		free(w.globs[i / GLOBS][i % GLOBS]);
	return 0;
}
