#include "workstation/report/section.h"

#include <string.h>

#define OPEN 5 /* observations of a rule that are shown at once */

/* Columns of the query below. */
enum { OBSERVATION, TEXT, TIME, PIECES, HOST, OBJECT, POS, LINE, QUOTE, MEMBER, SHA256, EVIDENCE };

static const char evidence_sql[] =
	"SELECT o.id, o.text, o.time, o.pieces, h.name, e.object, e.pos, e.line, e.quote,"
	" COALESCE(b.member, b.path), b.sha256, e.id FROM observation o LEFT JOIN evidence e ON "
	"e.observation = o.id"
	" LEFT JOIN object b ON b.id = e.object JOIN host h ON h.id = o.host WHERE o.rule = ? "
	"ORDER BY o.id, e.id";

struct list {
	int64_t observation, pieces, shown; /* the one that is open; of it; in the list */
};

static void place(struct page *p, struct case_query *q)
{
	struct html *h = &p->html;
	struct bytes sha256 = case_query_text(q, SHA256);

	if (case_query_int(q, OBJECT) == CASE_NULL) {
		html_put(h, "<a class=\"place\" href=\"#session\">CUSTODY/session.txt</a>");
	} else {
		html_put(h, "<a class=\"place\" href=\"#o%d\">%q</a>", case_query_int(q, OBJECT),
			 case_query_text(q, MEMBER));
	}
	if (case_query_int(q, LINE) != CASE_NULL)
		html_put(h, " <span class=\"at\">line %d</span>", case_query_int(q, LINE));
	if (case_query_int(q, POS) != CASE_NULL)
		html_put(h, " <span class=\"at\">offset %d</span>", case_query_int(q, POS));
	if (sha256.len > 8)
		html_put(h, " <span class=\"at\">SHA-256 <span class=\"h\">%x…</span></span>",
			 (struct bytes){ sha256.p, 8 });
}

static void close_observation(struct page *p, struct list *l)
{
	if (l->observation == CASE_NULL)
		return;
	html_put(&p->html, "</ul>");
	if (l->pieces > RULES_EVIDENCE)
		html_put(&p->html, "<p class=\"more\">%d more places</p>",
			 l->pieces - RULES_EVIDENCE);
	html_put(&p->html, "</li>\n");
}

static void open_observation(struct page *p, struct case_query *q, struct list *l)
{
	struct html *h = &p->html;

	close_observation(p, l);
	l->observation = case_query_int(q, OBSERVATION);
	l->pieces = case_query_int(q, PIECES);
	if (l->shown++ == OPEN)
		html_put(h,
			 "</ol><details><summary>More of the same kind</summary><ol class=\"seen\" "
			 "start=\"%i\">\n",
			 OPEN + 1);
	html_put(h, "<li id=\"n%d\"><p class=\"says\">%q</p>", l->observation,
		 case_query_text(q, TEXT));
	if (p->hosts > 1)
		html_put(h, "<span class=\"on\">%b</span> ", case_query_text(q, HOST));
	if (case_query_int(q, TIME) != CASE_NULL)
		html_put(h, "<span class=\"when\">%t</span>", case_query_int(q, TIME));
	html_put(h, "<ul class=\"evidence\">");
}

static int list(struct page *p, const struct rule *rule)
{
	struct list l = { .observation = CASE_NULL };
	struct case_query *q = NULL;
	int r = case_query_open(&q, p->db, evidence_sql, p->e);

	if (r == 0)
		case_query_bind_text(q, 1, (struct bytes){ rule->id, strlen(rule->id) });
	html_put(&p->html, "<ol class=\"seen\">\n");
	while (r == 0 && (r = case_query_step(q, p->e)) > 0) {
		if (case_query_int(q, OBSERVATION) != l.observation)
			open_observation(p, q, &l);
		if (case_query_int(q, EVIDENCE) != CASE_NULL) {
			html_put(&p->html, "<li>");
			place(p, q);
			html_put(&p->html, " <code class=\"quote\">%q</code></li>",
				 case_query_text(q, QUOTE));
		}
		r = 0;
	}
	close_observation(p, &l);
	html_put(&p->html, l.shown > OPEN ? "</ol></details>\n" : "</ol>\n");
	case_query_close(&q);
	return r;
}

static int rule_article(struct page *p, const struct rule *rule, int64_t count)
{
	struct html *h = &p->html;

	html_put(h,
		 "<article class=\"rule\" id=\"r-%s\" aria-labelledby=\"t-%s\">\n<header><h3 "
		 "id=\"t-%s\">%s</h3>"
		 "<p class=\"weight\"><svg class=\"bar\" width=\"50\" height=\"8\" "
		 "aria-hidden=\"true\"><rect class=\"all\" "
		 "width=\"50\" height=\"8\"/><rect width=\"%i\" height=\"8\"/></svg> weight %i · "
		 "seen %d×</p></header>\n",
		 rule->id, rule->id, rule->id, rule->title, rule->weight / 2, rule->weight, count);
	html_put(h,
		 "<dl class=\"why\"><div><dt>Why it is listed</dt><dd>%s</dd></div><div><dt>What "
		 "else explains it"
		 "</dt><dd>%s</dd></div><div><dt>All of it</dt><dd><code>%s "
		 "%s</code></dd></div></dl>\n",
		 rule->why, rule->innocent, rule->more, p->name);
	if (list(p, rule) != 0)
		return -1;
	if (count > RULES_OBSERVATIONS)
		html_put(h,
			 "<p class=\"more\">%d more are not on this page: <code>%s %s</code></p>\n",
			 count - RULES_OBSERVATIONS, rule->more, p->name);
	html_put(h, "</article>\n");
	return 0;
}

static int rule_row(struct page *p, struct case_query *q, void *ctx)
{
	struct bytes id = case_query_text(q, 0);

	(void)ctx;
	for (size_t i = 0; rules_at(i) != NULL; i++) {
		const struct rule *rule = rules_at(i);

		if (id.len == strlen(rule->id) && memcmp(id.p, rule->id, id.len) == 0)
			return rule_article(p, rule, case_query_int(q, 1));
	}
	return 0;
}

static int question_section(struct page *p, enum question question)
{
	const char *word = rules_question_word(question);
	struct buf sql;
	int64_t n;
	int r;

	html_put(&p->html,
		 "<section class=\"question\" id=\"q-%s\" aria-labelledby=\"h-%s\"><h2 "
		 "id=\"h-%s\">%s</h2>\n",
		 word, word, word, rules_question_title(question));
	buf_init(&sql, 4096);
	buf_printf(&sql, "SELECT count(*) FROM observation WHERE question = '%s'", word);
	r = page_int(p, buf_cstr(&sql), &n);
	html_put(&p->html, "<p class=\"none\">");
	if (r == 0)
		r = section_asked(p, question, n);
	html_put(&p->html, " <a href=\"#sought\">What was asked</a></p>\n");
	buf_clear(&sql);
	buf_printf(&sql,
		   "SELECT o.rule, (SELECT sum(c.observations) FROM rule_count c WHERE c.rule = "
		   "o.rule)"
		   " FROM observation o WHERE question = '%s' GROUP BY o.rule ORDER BY max(weight) "
		   "DESC, 1",
		   word);
	if (r == 0)
		r = page_each(p, buf_cstr(&sql), rule_row, NULL);
	buf_release(&sql);
	html_put(&p->html, "</section>\n");
	return r;
}

int section_questions(struct page *p)
{
	int r = 0;

	html_put(&p->html, "<p class=\"find\" hidden><label for=\"find\">Show only what "
			   "holds</label> <input id=\"find\" "
			   "type=\"search\" autocomplete=\"off\" spellcheck=\"false\"> <output "
			   "for=\"find\" id=\"found\"></output></p>\n");
	for (int i = 0; r == 0 && i < QUESTION_COUNT; i++)
		r = question_section(p, (enum question)i);
	return r;
}
