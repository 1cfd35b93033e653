#include "workstation/report/section.h"

static const struct table gaps = {
	.id = "gaps",
	.caption = "Objects that are not whole, by reason",
	.sql = "SELECT gap, result, count(*), min(path), COALESCE(errname, '') FROM object WHERE "
	       "gap <> 'none'"
	       " GROUP BY gap, result, errname ORDER BY 3 DESC, 1, 5",
	.more = "exhibit list --gap any",
	.limit = 60,
	.columns = 5,
	.column = { { "Reason", COLUMN_TEXT },
		    { "Result", COLUMN_TEXT },
		    { "Objects", COLUMN_NUMBER },
		    { "For example", COLUMN_CODE },
		    { "Error", COLUMN_TEXT } },
};

static const struct table weighty_gaps = {
	.id = "weighty",
	.caption = "Of these, files that rules and pictures read",
	.sql = "SELECT id, path, gap, size, stored FROM object WHERE gap <> 'none' AND result <> "
	       "'ok' AND ("
	       "path GLOB '/var/log/*' OR path GLOB '/etc/*' OR path GLOB '*history' OR path GLOB "
	       "'live/*'"
	       " OR path GLOB '/var/www/*' OR path GLOB '/tmp/*' OR path GLOB '/var/tmp/*' OR path "
	       "GLOB '/dev/shm/*')"
	       " ORDER BY path",
	.more = "exhibit list --gap any",
	.limit = 100,
	.columns = 5,
	.column = { { "Object", COLUMN_NUMBER },
		    { "Path", COLUMN_CODE },
		    { "Reason", COLUMN_TEXT },
		    { "Bytes", COLUMN_NUMBER },
		    { "Kept", COLUMN_NUMBER } },
};

static const struct table findings = {
	.id = "findings",
	.caption = "What verification found",
	.sql = "SELECT severity, word, member, text FROM finding ORDER BY severity, id",
	.more = "exhibit verify",
	.limit = 50,
	.columns = 4,
	.column = { { "Severity", COLUMN_TEXT },
		    { "What", COLUMN_TEXT },
		    { "Where", COLUMN_CODE },
		    { "Sentence", COLUMN_TEXT } },
};

static const struct table notes = {
	.id = "notes",
	.caption = "What could not be read, or wants a look, by kind",
	.sql = "SELECT n.kind, n.parser, count(*), min(o.path), min(n.text) FROM note n LEFT JOIN "
	       "object o ON"
	       " o.id = n.object GROUP BY n.kind, n.parser ORDER BY 3 DESC, 1, 2",
	.more = "exhibit show notes",
	.limit = 80,
	.columns = 5,
	.column = { { "Kind", COLUMN_TEXT },
		    { "Reader", COLUMN_TEXT },
		    { "Places", COLUMN_NUMBER },
		    { "For example", COLUMN_CODE },
		    { "Sentence", COLUMN_TEXT } },
};

static const struct table disagreements = {
	.id = "differ",
	.caption = "Lists of the kernel that disagree",
	.sql = "SELECT view, kind, subject, text FROM disagreement ORDER BY view, id",
	.more = "exhibit show views",
	.limit = 60,
	.columns = 4,
	.column = { { "Lists", COLUMN_TEXT },
		    { "What", COLUMN_TEXT },
		    { "About", COLUMN_CODE },
		    { "Line", COLUMN_CODE } },
};

int section_missing(struct page *p)
{
	html_put(&p->html, "<section id=\"missing\" aria-labelledby=\"h-missing\"><h2 "
			   "id=\"h-missing\">What is missing, "
			   "and what could not be read</h2>\n<p>An object that was attempted and "
			   "did not come whole has a gap. "
			   "What is below may be where the answer lies.</p>\n");
	if (page_table(p, &gaps) != 0 || page_table(p, &weighty_gaps) != 0 ||
	    page_table(p, &findings) != 0 || page_table(p, &notes) != 0 ||
	    page_table(p, &disagreements) != 0)
		return -1;
	html_put(&p->html, "</section>\n");
	return 0;
}

/* A rule that was asked of no host has no count. */
static int sought_row(struct page *p, const struct rule *rule)
{
	struct html *h = &p->html;
	int64_t n, hosts = 0;
	struct buf sql;
	int r;

	buf_init(&sql, 4096);
	buf_printf(&sql, "SELECT sum(observations) FROM rule_count WHERE rule = '%s'", rule->id);
	r = page_int(p, buf_cstr(&sql), &n);
	buf_release(&sql);
	html_put(h, "<tr><td>%s</td><td>%s</td><td class=\"n\">%i</td><td class=\"n\">%d</td><td>",
		 rules_question_title(rule->question), rule->title, rule->weight, n);
	if (r == 0)
		r = section_asked_rule(p, rule, &hosts);
	if (hosts > 0 && p->hosts > 1)
		html_put(h, " (%d of %d hosts)", hosts, p->hosts);
	html_put(h, "</td></tr>\n");
	return r;
}

/* The rules are ours and stand in the program, not in the case: only the counts come from there. */
int section_sought(struct page *p)
{
	struct html *h = &p->html;
	int r = 0;

	html_put(h, "<section id=\"sought\" aria-labelledby=\"h-sought\"><h2 id=\"h-sought\">What "
		    "was asked</h2>\n"
		    "<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
		    "aria-labelledby=\"asked-c\"><table id=\"asked\" class=\"sort\">"
		    "<caption id=\"asked-c\">Every rule, with how often it noticed something; 0 is "
		    "an answer too, where there was something to ask</caption><thead><tr>"
		    "<th scope=\"col\">Question</th><th scope=\"col\">Rule</th><th "
		    "scope=\"col\">Weight</th><th scope=\"col\">Seen</th>"
		    "<th scope=\"col\">Not asked, for want of</th>"
		    "</tr></thead><tbody>\n");
	for (size_t i = 0; r == 0 && rules_at(i) != NULL; i++)
		r = sought_row(p, rules_at(i));
	html_put(h, "</tbody></table></div></section>\n");
	return r;
}

static int index_row(struct page *p, struct case_query *q, void *ctx)
{
	(void)ctx;
	html_put(&p->html,
		 "<tr id=\"o%d\"><td class=\"n\">%d</td><td><code>%q</code></td><td "
		 "class=\"h\"><code>%x</code></td>"
		 "<td class=\"n\">%d</td><td class=\"t\">%t</td><td class=\"t\">%t</td></tr>\n",
		 case_query_int(q, 0), case_query_int(q, 0), case_query_text(q, 1),
		 case_query_text(q, 2), case_query_int(q, 3), case_query_int(q, 4),
		 case_query_int(q, 5));
	return 0;
}

/* Bounded by what the rules keep. */
int section_index(struct page *p)
{
	html_put(&p->html, "<section id=\"index\" aria-labelledby=\"h-index\"><h2 "
			   "id=\"h-index\">Objects that are referred to</h2>\n"
			   "<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
			   "aria-labelledby=\"index-c\"><table class=\"sort\">"
			   "<caption id=\"index-c\">With the hash of the bytes that were read, as "
			   "sealed in the manifest. <code>exhibit cat --at OFFSET ARCHIVE "
			   "MEMBER</code> writes the line at an offset, of a packed log "
			   "too</caption><thead><tr>"
			   "<th scope=\"col\">No</th><th scope=\"col\">Member</th><th "
			   "scope=\"col\">SHA-256</th><th scope=\"col\">Bytes</th>"
			   "<th scope=\"col\">Content changed</th><th "
			   "scope=\"col\">Taken</th></tr></thead><tbody>\n");
	if (page_each(p,
		      "SELECT id, COALESCE(member, path), sha256, size, mtime, opened FROM object "
		      "WHERE id IN"
		      " (SELECT object FROM evidence) ORDER BY id",
		      index_row, NULL) != 0)
		return -1;
	html_put(&p->html, "</tbody></table></div></section>\n");
	return 0;
}

static const struct table session = {
	.id = "lines",
	.caption = "CUSTODY/session.txt: who collected what, when, where and how",
	.sql = "SELECT line, name, value FROM session ORDER BY host, line",
	.more = NULL,
	.limit = 2000,
	.columns = 3,
	.column = { { "Line", COLUMN_NUMBER }, { "Name", COLUMN_TEXT }, { "Value", COLUMN_CODE } },
};

int section_session(struct page *p)
{
	html_put(&p->html, "<section id=\"session\" aria-labelledby=\"h-session\"><h2 "
			   "id=\"h-session\">The session</h2>\n"
			   "<details><summary>All lines</summary>\n");
	if (page_table(p, &session) != 0)
		return -1;
	html_put(&p->html, "</details></section>\n");
	return 0;
}
