#include "workstation/report/section.h"

#include <string.h>

#define ANSWERS 3 /* observations of a question on the first screen */

/* ------------------------------------------------------------------- the archive */

static const struct {
	const char *word, *class, *sentence;
} verdicts[] = {
	{ "COMPLETE", "complete", "Every byte is as it was sealed, up to the final seal." },
	{ "TRUNCATED", "truncated",
	  "It stops before its end. What was sealed before that holds; "
	  "what came after the last seal is not shown here." },
	{ "ALTERED", "altered",
	  "It is not what was sealed. It was examined all the same, because "
	  "that was asked for: nothing on this page is proven by it." },
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static bool is(struct bytes text, const char *word)
{
	return text.len == strlen(word) && memcmp(text.p, word, text.len) == 0;
}

static size_t verdict_row(struct bytes word)
{
	size_t i = 0;

	while (i + 1 < COUNT(verdicts) && !is(word, verdicts[i].word))
		i++;
	return i;
}

/* Columns of the query below. */
enum {
	ID,
	ARCHIVE,
	SHA256,
	VERDICT,
	NAME,
	BEGIN,
	END,
	FINGERPRINT,
	ROOT,
	OS,
	KERNEL,
	ARCH,
	MODE,
	ZONE,
	TOOL,
	ZONE_FILE,
	ZONE_RULE,
	ZONE_ASSUMED, /* 1: there is no file; 2: it has a flaw */
	COMPLETED
};

static const char hosts_sql[] =
	"SELECT id, archive, sha256, verdict, name, \"begin\", \"end\", fingerprint, root, os,"
	" kernel, arch, mode, tz, tool_version, (SELECT path FROM zone z WHERE z.host = host.id"
	" AND z.root = '/' AND source = 'file'), (SELECT rule FROM zone z WHERE z.host = host.id"
	" AND z.root = '/'), (SELECT (source = 'none') * (1 + (object IS NOT NULL)) FROM zone z"
	" WHERE z.host = host.id AND z.root = '/'), plan = 'completed' FROM host ORDER BY id";

static void fact(struct page *p, const char *name, struct bytes value)
{
	if (value.len > 0 && !is(value, "-"))
		html_put(&p->html, "<div><dt>%s</dt><dd>%q</dd></div>\n", name, value);
}

/* Lines of the session that say who did this, where and why; with a dash in front: left out if
 * nobody said it. */
static const struct {
	const char *label, *names;
} custody[] = {
	{ "Case", "'case'" },
	{ "Exhibit", "'exhibit'" },
	{ "Profile", "'profile'" },
	{ "Examiner", "'examiner-name', 'examiner-id', 'examiner-organisation'" },
	{ "-Authority", "'authority'" },
	{ "-Location", "'location'" },
	{ "-Witness", "'witness'" },
};

/* That nobody said who, for which case, is for the reader to know. */
static int take_word(struct page *p, struct case_query *q, void *ctx)
{
	const char *label = custody[*(size_t *)ctx].label;
	struct bytes value = case_query_text(q, 0);

	if (value.len == 0 && label[0] != '-')
		html_put(&p->html, "<div><dt>%s</dt><dd class=\"none\">not stated</dd></div>\n",
			 label);
	fact(p, label[0] == '-' ? label + 1 : label, value);
	return 0;
}

static int custody_facts(struct page *p, int64_t host)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < COUNT(custody); i++) {
		struct buf sql;

		buf_init(&sql, 4096);
		buf_printf(&sql,
			   "SELECT group_concat(value, ', ') FROM (SELECT value FROM session"
			   " WHERE host = %lld AND name IN (%s) AND value NOT IN ('', '-') ORDER "
			   "BY line)",
			   (long long)host, custody[i].names);
		r = page_each(p, buf_cstr(&sql), take_word, &i);
		buf_release(&sql);
	}
	return r;
}

/* By what clock the times of logs were read that say no offset. */
static void zone(struct page *p, struct case_query *q)
{
	static const char label[] = "Local times in logs";

	fact(p, "Time zone of the host", case_query_text(q, ZONE));
	if (case_query_text(q, ZONE_FILE).len > 0)
		html_put(&p->html, "<div><dt>%s</dt><dd>read by %q, %q</dd></div>\n", label,
			 case_query_text(q, ZONE_FILE), case_query_text(q, ZONE_RULE));
	else if (case_query_int(q, ZONE_ASSUMED) > 0)
		html_put(&p->html,
			 "<div><dt>%s</dt><dd><b>read as UTC</b>: the file of the zone %s</dd>"
			 "</div>\n",
			 label,
			 case_query_int(q, ZONE_ASSUMED) == 1 ? "is not in the archive"
							      : "contradicts itself");
}

static int host(struct page *p, struct case_query *q, void *ctx)
{
	size_t v = verdict_row(case_query_text(q, VERDICT));
	struct html *h = &p->html;

	(void)ctx;
	html_put(h,
		 "<section class=\"host %s%s\" aria-label=\"Archive of %b\">\n<p "
		 "class=\"verdict\"><strong>%s</strong> %s</p>\n",
		 verdicts[v].class, case_query_int(q, COMPLETED) == 0 ? " unfinished" : "",
		 case_query_text(q, NAME), verdicts[v].word, verdicts[v].sentence);
	if (section_plan(p, case_query_int(q, ID)) != 0)
		return -1;
	/* of one host the title of the page has the name */
	html_put(h, "<h2 class=\"name%s\">%b</h2>\n<dl class=\"facts\">\n",
		 p->hosts == 1 ? " unseen" : "", case_query_text(q, NAME));
	if (custody_facts(p, case_query_int(q, ID)) != 0)
		return -1;
	html_put(h, "<div class=\"span\"><dt>Collected</dt><dd>%t to %t</dd></div>\n",
		 case_query_int(q, BEGIN), case_query_int(q, END));
	fact(p, "System", case_query_text(q, OS));
	if (case_query_text(q, KERNEL).len > 0)
		html_put(h, "<div><dt>Kernel</dt><dd>%b %b</dd></div>\n",
			 case_query_text(q, KERNEL), case_query_text(q, ARCH));
	zone(p, q);
	if (!is(case_query_text(q, MODE), "live"))
		fact(p, "Taken from", case_query_text(q, MODE));
	fact(p, "Archive", case_query_text(q, ARCHIVE));
	html_put(
		h,
		"<div class=\"wide\"><dt>SHA-256 of the archive</dt><dd class=\"h\">%x</dd></div>\n"
		"<div class=\"wide\"><dt>Fingerprint of the first seal key</dt><dd "
		"class=\"h\">%x</dd></div>\n"
		"<div class=\"wide\"><dt>Root</dt><dd class=\"h\">%x</dd></div>\n</dl>\n"
		"<p class=\"hint\">Fingerprint and root tie the archive to its run, if they are "
		"those that were read "
		"from the host's screen on the day.</p>\n</section>\n",
		case_query_text(q, SHA256), case_query_text(q, FINGERPRINT),
		case_query_text(q, ROOT));
	return 0;
}

/* --------------------------------------------------------------- what is missing */

static int gap_item(struct page *p, struct case_query *q, void *ctx)
{
	(void)ctx;
	html_put(&p->html, "<li><b>%d</b> %b</li>\n", case_query_int(q, 0), case_query_text(q, 1));
	return 0;
}

/* Folders that were given up, or could not be listed, with all that lies below them: what is not
 * known of them is no "nothing". */
#define NOT_ENTERED                                                                           \
	"FROM object WHERE gap IN ('hung-mount', 'no-answer', 'time-limit', 'reader-died',"   \
	" 'open-failed') AND type IN ('directory', 'unknown') AND path >= '/'"                \
	" AND path < '0'"                                                                     \
	" AND path NOT GLOB '/proc/[0-9]*'"

static int not_entered_item(struct page *p, struct case_query *q, void *ctx)
{
	(void)ctx;
	html_put(&p->html, "<li>%q</li>\n", case_query_text(q, 0));
	return 0;
}

static int not_entered(struct page *p, int64_t *all)
{
	if (page_int(p, "SELECT count(*) " NOT_ENTERED, all) != 0)
		return -1;
	if (*all == 0)
		return 0;
	html_put(&p->html,
		 "<p><b>Not entered</b>, with all that lies below, <b>%d</b> paths:</p>\n"
		 "<ul class=\"gaps\">\n",
		 *all);
	if (page_each(p, "SELECT path " NOT_ENTERED " ORDER BY length(path), path LIMIT 7",
		      not_entered_item, NULL) != 0)
		return -1;
	html_put(&p->html, "</ul>\n");
	return 0;
}

static int missing(struct page *p, struct unreached *u)
{
	int64_t all, gaps, notes, found;

	if (page_int(p, "SELECT COALESCE(sum(objects), (SELECT count(*) FROM object)) FROM host",
		     &all) != 0 ||
	    page_int(p, "SELECT count(*) FROM object WHERE gap <> 'none'", &gaps) != 0 ||
	    page_int(p, "SELECT count(*) FROM note", &notes) != 0 ||
	    page_int(p, "SELECT count(*) FROM finding WHERE severity <> 'NOTE'", &found) != 0)
		return -1;
	html_put(&p->html,
		 "<section class=\"short\" aria-labelledby=\"short-missing\"><h2 "
		 "id=\"short-missing\">What is missing</h2>\n<p>Of <b>%d</b> objects that were "
		 "attempted "
		 "<b>%d</b> are not whole in the archive",
		 all, gaps);
	html_put(&p->html,
		 gaps > 0 ? ":</p>\n<ul class=\"gaps\">\n" : ".</p>\n<ul class=\"gaps\">\n");
	if (page_each(p,
		      "SELECT count(*), gap FROM object WHERE gap <> 'none' GROUP BY gap ORDER BY "
		      "1 DESC, 2"
		      " LIMIT 7",
		      gap_item, NULL) != 0)
		return -1;
	html_put(&p->html, "</ul>\n");
	if (section_plan_missing(p, u) != 0 || not_entered(p, &u->closed) != 0)
		return -1;
	html_put(&p->html,
		 "<p>Verification found <b>%d</b> faults; of what is there, <b>%d</b> places "
		 "could not be read or want a look. <a href=\"#missing\">All of "
		 "it</a></p>\n</section>\n",
		 found, notes);
	return 0;
}

/* ------------------------------------------------------------- the five questions */

struct answer {
	int64_t shown;
};

/* The weightiest observation of a rule stands for it. */
static int answer_item(struct page *p, struct case_query *q, void *ctx)
{
	struct answer *a = ctx;
	int64_t more = case_query_int(q, 2) - 1;

	a->shown++;
	html_put(&p->html, "<li><a href=\"#r-%b\">%q</a>", case_query_text(q, 0),
		 case_query_text(q, 1));
	if (more > 0)
		html_put(&p->html, " <span class=\"n\">and %d more like it</span>", more);
	html_put(&p->html, "</li>\n");
	return 0;
}

static int answer(struct page *p, enum question question, const struct unreached *u)
{
	const char *word = rules_question_word(question);
	struct answer a = { 0 };
	struct buf sql;
	int64_t rules;
	int r;

	html_put(&p->html, "<tr><th scope=\"row\"><a href=\"#q-%s\">%s</a></th><td>", word,
		 rules_question_title(question));
	buf_init(&sql, 4096);
	buf_printf(&sql, "SELECT count(DISTINCT rule) FROM observation WHERE question = '%s'",
		   word);
	r = page_int(p, buf_cstr(&sql), &rules);
	buf_clear(&sql);
	buf_printf(&sql,
		   "SELECT g.rule, f.text, (SELECT sum(c.observations) FROM rule_count c WHERE "
		   "c.rule ="
		   " g.rule) FROM (SELECT rule, max(weight) AS w, min(id) AS first FROM "
		   "observation WHERE"
		   " question = '%s' GROUP BY rule) g JOIN observation f ON f.id = g.first"
		   " ORDER BY w DESC, first LIMIT %d",
		   word, ANSWERS);
	html_put(&p->html, "<ul>");
	if (r == 0)
		r = page_each(p, buf_cstr(&sql), answer_item, &a);
	buf_release(&sql);
	html_put(&p->html, "</ul>");
	if (rules > a.shown)
		html_put(&p->html, "<a href=\"#q-%s\">%d more kinds</a>. ", word, rules - a.shown);
	if (r == 0)
		r = section_asked(p, question, a.shown);
	if (a.shown == 0 && u->closed > 0)
		html_put(&p->html, " Not all folders were entered.");
	if (a.shown == 0)
		section_plan_silence(p, u);
	html_put(&p->html, "</td></tr>\n");
	return r;
}

int section_first(struct page *p)
{
	struct html *h = &p->html;
	struct unreached u = { 0 };

	html_put(h, "<main id=\"main\">\n");
	if (page_each(p, hosts_sql, host, NULL) != 0)
		return -1;
	html_put(h, "<div class=\"two\">\n");
	if (missing(p, &u) != 0)
		return -1;
	html_put(h, "<section class=\"short\" aria-labelledby=\"short-five\"><h2 "
		    "id=\"short-five\">The five "
		    "questions</h2>\n<p class=\"unseen\" id=\"five-c\">What was observed, by "
		    "question, weightiest first</p>"
		    "<table class=\"five\" aria-labelledby=\"five-c\">\n<tbody>\n");
	for (int i = 0; i < QUESTION_COUNT; i++) {
		if (answer(p, (enum question)i, &u) != 0)
			return -1;
	}
	html_put(h, "</tbody></table></section>\n</div>\n<p class=\"caveat\">This page shows and "
		    "accuses nobody. "
		    "Rules point at what is seldom seen on a host that nobody broke into; each "
		    "says what else "
		    "explains it. What no rule looks for is not here, and a kernel that lies can "
		    "hide anything. "
		    "All times are UTC; those of files and logs are what the host's clock said. "
		    "Each statement names the place in the archive: <code>exhibit cat ARCHIVE "
		    "PATH</code> shows it.</p>\n");
	return 0;
}
