#include "workstation/report/section.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PROCESSES 20000 /* of a host that are looked at */
#define SHOWN 3000      /* that are in the page */
#define DEPTH 40        /* of the tree; deeper ones are shown as if they began there */
#define KTHREADD 2      /* parent of the kernel's own threads */

struct process {
	int64_t pid, ppid, start, uid;
	size_t text, text_len; /* command line or name, in `texts` */
	size_t user, user_len;
	size_t exe, exe_len;
	int64_t seen;       /* observation about it, or CASE_NULL */
	size_t child, next; /* index + 1; 0: none */
	bool placed, kernel;
};

struct tree {
	struct process *p;
	size_t n, shown;
	int64_t more;
	struct buf texts;
};

static size_t keep(struct tree *t, struct bytes b, size_t *len)
{
	size_t at = t->texts.len;

	*len = b.len > 400 ? 400 : b.len;
	buf_add(&t->texts, b.p, *len);
	return at;
}

static int take(struct page *p, struct case_query *q, void *ctx)
{
	struct tree *t = ctx;
	struct process *one;

	(void)p;
	if (t->n == PROCESSES) {
		t->more++;
		return 0;
	}
	one = &t->p[t->n++];
	*one = (struct process){ .pid = case_query_int(q, 0),
				 .ppid = case_query_int(q, 1),
				 .start = case_query_int(q, 2),
				 .uid = case_query_int(q, 3),
				 .seen = case_query_int(q, 7),
				 .kernel = case_query_int(q, 8) == 1 };
	one->text = keep(t, case_query_text(q, 4), &one->text_len);
	one->user = keep(t, case_query_text(q, 5), &one->user_len);
	one->exe = keep(t, case_query_text(q, 6), &one->exe_len);
	return 0;
}

/* In the order of the query, which is that of the pid. */
static struct process *by_pid(struct tree *t, int64_t pid)
{
	size_t lo = 0, hi = t->n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (t->p[mid].pid < pid)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < t->n && t->p[lo].pid == pid ? &t->p[lo] : NULL;
}

/* From the last to the first, so that children stand in order. */
static void link_children(struct tree *t)
{
	for (size_t i = t->n; i-- > 0;) {
		struct process *parent = by_pid(t, t->p[i].ppid);

		if (parent == NULL || parent == &t->p[i])
			continue;
		t->p[i].next = parent->child;
		parent->child = i + 1;
	}
}

static struct bytes text_of(const struct tree *t, size_t at, size_t len)
{
	return (struct bytes){ t->texts.p != NULL ? t->texts.p + at : "", len };
}

static void line(struct page *p, struct tree *t, struct process *one)
{
	struct html *h = &p->html;

	html_put(h, "<span class=\"pid\">%d</span> <span class=\"user\">%b</span> <code>%q</code>",
		 one->pid, text_of(t, one->user, one->user_len),
		 text_of(t, one->text, one->text_len));
	if (one->seen != CASE_NULL)
		html_put(h,
			 " <span class=\"exe\">%q</span> <a class=\"flag\" "
			 "href=\"#n%d\">observed</a>",
			 text_of(t, one->exe, one->exe_len), one->seen);
}

static void branch(struct page *p, struct tree *t, struct process *one, int depth);

static void children(struct page *p, struct tree *t, struct process *one, int depth)
{
	bool fold = one->pid == KTHREADD;

	if (one->child == 0 || depth >= DEPTH)
		return;
	html_put(&p->html,
		 fold ? "<details><summary>Threads of the kernel</summary><ul>\n" : "<ul>\n");
	for (size_t at = one->child; at != 0; at = t->p[at - 1].next)
		branch(p, t, &t->p[at - 1], depth + 1);
	html_put(&p->html, fold ? "</ul></details>" : "</ul>");
}

/* A hostile parent number can make a ring: each is placed once. */
static void branch(struct page *p, struct tree *t, struct process *one, int depth)
{
	if (one->placed)
		return;
	one->placed = true;
	if (t->shown++ >= SHOWN) {
		t->more++;
		return;
	}
	html_put(&p->html, "<li>");
	line(p, t, one);
	children(p, t, one, depth);
	html_put(&p->html, "</li>\n");
}

static void draw(struct page *p, struct tree *t)
{
	link_children(t);
	html_put(&p->html, "<ul class=\"tree\">\n");
	for (size_t i = 0; i < t->n; i++) {
		if (by_pid(t, t->p[i].ppid) == NULL || t->p[i].pid == t->p[i].ppid)
			branch(p, t, &t->p[i], 0);
	}
	/* What is left hangs in a ring, or too deep. */
	for (size_t i = 0; i < t->n; i++)
		branch(p, t, &t->p[i], 0);
	html_put(&p->html, "</ul>\n");
	if (t->more > 0)
		html_put(&p->html,
			 "<p class=\"more\">%d more: <code>exhibit show processes %s</code></p>\n",
			 t->more, p->name);
}

static const char processes_sql[] =
	"SELECT p.pid, p.ppid, p.start, p.euid, COALESCE(NULLIF(p.cmdline, ''), '[' || p.name || "
	"']'),"
	" COALESCE((SELECT a.name FROM account a WHERE a.host = p.host AND a.uid = p.euid AND "
	"a.container IS NULL LIMIT 1), p.euid),"
	" p.exe, (SELECT o.id FROM observation o WHERE o.host = p.host AND (o.subject = 'process ' "
	"|| p.pid OR o.subject ="
	" printf('process %%d %%s', p.pid, p.name)) AND o.weight >= 40 ORDER BY o.weight DESC "
	"LIMIT 1), p.exe_kind = 'kernel' FROM process p"
	" WHERE p.host = %lld ORDER BY p.pid";

static int host_tree(struct page *p, struct case_query *q, void *ctx)
{
	struct tree t = { .p = calloc(PROCESSES, sizeof(*t.p)) };
	struct buf sql;
	int r;

	(void)ctx;
	if (t.p == NULL)
		return err_set(p->e, ENOMEM, "drawing the processes");
	buf_init(&t.texts, 64u << 20);
	buf_init(&sql, 4096);
	buf_printf(&sql, processes_sql, (long long)case_query_int(q, 0));
	r = page_each(p, buf_cstr(&sql), take, &t);
	html_put(&p->html, "<h3>%b: %d processes</h3>\n", case_query_text(q, 1),
		 (int64_t)t.n + t.more);
	if (t.texts.failed)
		r = err_set(p->e, ENOMEM, "drawing the processes");
	if (r == 0 && t.n > 0)
		draw(p, &t);
	buf_release(&sql);
	buf_release(&t.texts);
	free(t.p);
	return r;
}

int section_processes(struct page *p)
{
	html_put(&p->html, "<section id=\"processes\" aria-labelledby=\"h-processes\"><h2 "
			   "id=\"h-processes\">What was running</h2>\n"
			   "<p>Number, user and command line; a child hangs under its parent. What "
			   "a rule noticed is marked.</p>\n");
	if (page_each(p, "SELECT id, name FROM host ORDER BY id LIMIT 50", host_tree, NULL) != 0)
		return -1;
	html_put(&p->html, "</section>\n");
	return 0;
}
