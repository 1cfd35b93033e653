#include "workstation/report/page.h"

#include <stdio.h>

int page_each(struct page *p, const char *sql, page_row *row, void *ctx)
{
	struct case_query *q = NULL;
	int r = case_query_open(&q, p->db, sql, p->e);

	while (r == 0 && (r = case_query_step(q, p->e)) > 0)
		r = row(p, q, ctx);
	case_query_close(&q);
	return r;
}

static int take_int(struct page *p, struct case_query *q, void *ctx)
{
	(void)p;
	*(int64_t *)ctx = case_query_int(q, 0);
	return 0;
}

int page_int(struct page *p, const char *sql, int64_t *out)
{
	*out = CASE_NULL;
	return page_each(p, sql, take_int, out);
}

static void head(struct page *p, const struct table *t)
{
	html_put(&p->html,
		 "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-labelledby=\"%s-c\">"
		 "<table id=\"%s\" class=\"sort\"><caption id=\"%s-c\">%s</caption><thead><tr>",
		 t->id, t->id, t->id, t->caption);
	for (int i = 0; i < t->columns; i++)
		html_put(&p->html, "<th scope=\"col\" class=\"%s\">%s</th>",
			 t->column[i].kind == COLUMN_NUMBER ? "n" : "", t->column[i].heading);
	html_put(&p->html, "</tr></thead><tbody>\n");
}

static void cell(struct page *p, enum column kind, struct case_query *q, int at)
{
	struct html *h = &p->html;

	switch (kind) {
	case COLUMN_TEXT:
		html_put(h, "<td>%q</td>", case_query_text(q, at));
		break;
	case COLUMN_CODE:
		html_put(h, "<td><code>%q</code></td>", case_query_text(q, at));
		break;
	case COLUMN_NUMBER:
		html_put(h, "<td class=\"n\">%d</td>", case_query_int(q, at));
		break;
	case COLUMN_TIME:
		html_put(h, "<td class=\"t\">%t</td>", case_query_int(q, at));
		break;
	case COLUMN_HASH:
		html_put(h, "<td class=\"h\"><code>%x</code></td>", case_query_text(q, at));
		break;
	case COLUMN_MEMBER:
		html_put(h, "<td><a href=\"#o%d\">%d</a></td>", case_query_int(q, at),
			 case_query_int(q, at));
		break;
	}
}

struct rows {
	const struct table *table;
	int64_t n;
};

static int row(struct page *p, struct case_query *q, void *ctx)
{
	struct rows *rows = ctx;
	const struct table *t = rows->table;

	if (rows->n++ == 0)
		head(p, t);
	if (rows->n > t->limit)
		return 0;
	html_put(&p->html, "<tr>");
	for (int i = 0; i < t->columns; i++)
		cell(p, t->column[i].kind, q, i);
	html_put(&p->html, "</tr>\n");
	return 0;
}

int page_table(struct page *p, const struct table *t)
{
	struct rows rows = { .table = t };

	if (page_each(p, t->sql, row, &rows) != 0)
		return -1;
	if (rows.n == 0) {
		html_put(&p->html, "<p class=\"none\">%s: nothing.</p>\n", t->caption);
		return 0;
	}
	html_put(&p->html, "</tbody></table></div>\n");
	if (rows.n > t->limit) {
		html_put(&p->html, "<p class=\"more\">%d more", rows.n - t->limit);
		if (t->more != NULL)
			html_put(&p->html, ": <code>%s %s</code>", t->more, p->name);
		html_put(&p->html, "</p>\n");
	}
	return 0;
}
