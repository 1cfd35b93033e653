#include "workstation/report/section.h"

#include <string.h>

#define SQL_MAX (1u << 20)

static int put_label(struct page *p, struct case_query *q, void *ctx)
{
	int64_t *n = ctx;

	html_put(&p->html, "%s%b", (*n)++ == 0 ? "" : ", ", case_query_text(q, 0));
	return 0;
}

/* The labels of ${lacks}, each once, with commas between. */
static int put_labels(struct page *p, struct buf *lacks)
{
	struct buf sql;
	int64_t n = 0;
	int r;

	buf_init(&sql, SQL_MAX);
	buf_printf(&sql, "SELECT label FROM (%s) GROUP BY label ORDER BY min(i)", buf_cstr(lacks));
	r = page_each(p, buf_cstr(&sql), put_label, &n);
	buf_release(&sql);
	return r;
}

/* Of how many hosts ${rule} was not asked. */
static int unasked(struct page *p, const struct rule *rule, int64_t *hosts)
{
	struct buf sql;
	int r;

	buf_init(&sql, 4096);
	buf_printf(&sql,
		   "SELECT count(*) FROM host WHERE id NOT IN (SELECT host FROM rule_count WHERE "
		   "rule = '%s')",
		   rule->id);
	r = page_int(p, buf_cstr(&sql), hosts);
	buf_release(&sql);
	return r;
}

/* What the rules of a question were not asked for want of. */
struct want {
	int64_t rules, not_asked, nowhere; /* nowhere: of no host at all */
	struct buf lacks;
};

static int add_rule(struct page *p, struct want *w, const struct rule *rule)
{
	int64_t hosts;

	if (unasked(p, rule, &hosts) != 0)
		return -1;
	w->rules++;
	if (hosts == 0)
		return 0;
	if (w->not_asked++ > 0)
		buf_puts(&w->lacks, " UNION ALL ");
	w->nowhere += hosts == p->hosts;
	rules_lacks(&w->lacks, rule);
	return 0;
}

static int say(struct page *p, struct want *w, int64_t shown)
{
	struct html *h = &p->html;
	int64_t cut;

	if (page_int(p, "SELECT count(*) FROM host WHERE plan = 'cut'", &cut) != 0)
		return -1;
	if (shown == 0 && w->nowhere < w->rules)
		html_put(h, "Nothing that a rule looks for. ");
	if (w->not_asked == 0)
		return 0;
	if (w->nowhere == w->rules)
		html_put(h, "<span class=\"want\"><b>Not asked</b>: nothing of this %s: ",
			 cut > 0 ? "is under a seal" : "in the archive");
	else
		html_put(h, "<span class=\"want\"><b>Not asked</b>%s, %d of %d rules, for want of ",
			 p->hosts > 1 ? " of one host or more" : "", w->not_asked, w->rules);
	if (put_labels(p, &w->lacks) != 0)
		return -1;
	html_put(h, ".</span>");
	return 0;
}

int section_asked(struct page *p, enum question question, int64_t shown)
{
	struct want w = { .rules = 0 };
	int r = 0;

	buf_init(&w.lacks, SQL_MAX);
	for (size_t i = 0; r == 0 && rules_at(i) != NULL; i++)
		if (rules_at(i)->question == question)
			r = add_rule(p, &w, rules_at(i));
	if (r == 0)
		r = say(p, &w, shown);
	buf_release(&w.lacks);
	return r;
}

int section_asked_rule(struct page *p, const struct rule *rule, int64_t *hosts)
{
	struct buf lacks;
	int r = unasked(p, rule, hosts);

	buf_init(&lacks, SQL_MAX);
	rules_lacks(&lacks, rule);
	if (r == 0 && *hosts > 0)
		r = put_labels(p, &lacks);
	buf_release(&lacks);
	return r;
}
