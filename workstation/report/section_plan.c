#include "workstation/report/section.h"

#include <string.h>

/* Columns of the query of section_plan; of a state how many categories are in it, and which. */
enum {
	PLAN,
	STOPPED,
	ALL,
	LAST,
	ALTERED,
	UNSEALED,
	NOT_REACHED,
	NOT_REACHED_WORDS,
	NOT_SEEN,
	NOT_SEEN_WORDS,
	BEGUN,
	BEGUN_WORDS
};

static const char *const states[] = { "not-reached", "not-seen", "begun" };

/* Of a log that does not say why the run ended, the end of a category may be missing, too. */
static const char begun[] = "Begun and not seen to end";

static const char plan_sql[] =
	"SELECT plan, stopped, (SELECT count(*) FROM planned WHERE host = h.id), "
	"(SELECT category FROM planned WHERE host = h.id AND state = 'begun' ORDER BY number DESC "
	"LIMIT 1), verdict = 'ALTERED', unsealed";
static const char state_sql[] =
	", (SELECT count(*) FROM planned WHERE host = h.id AND state = '%s'), "
	"(SELECT group_concat(category, ', ') FROM (SELECT category FROM planned WHERE host = "
	"h.id AND state = '%s' ORDER BY number))";

static bool is(struct bytes text, const char *word)
{
	return text.len == strlen(word) && memcmp(text.p, word, text.len) == 0;
}

/* "3 of 20 categories were not reached: logs, account, web." */
static void words(struct page *p, struct case_query *q, int count, const char *what)
{
	if (case_query_int(q, count) > 0)
		html_put(&p->html, " %s <b>%d</b> of %d categories of the plan: %b.", what,
			 case_query_int(q, count), case_query_int(q, ALL),
			 case_query_text(q, count + 1));
}

static void stopped(struct page *p, struct case_query *q)
{
	struct bytes reason = case_query_text(q, STOPPED);

	html_put(&p->html, "<p class=\"verdict plan\"><strong>PLAN NOT COMPLETED</strong> ");
	if (reason.len > 0)
		html_put(&p->html, "%b.", reason);
	else
		html_put(&p->html, "Its log does not say why.");
	words(p, q, NOT_REACHED, "Not reached");
	words(p, q, NOT_SEEN, "Nothing is seen of");
	words(p, q, BEGUN, reason.len > 0 ? "Begun and not finished" : begun);
	if (case_query_int(q, NOT_REACHED) + case_query_int(q, NOT_SEEN) +
		    case_query_int(q, BEGUN) ==
	    0)
		html_put(&p->html, " All categories of the plan were walked to their end: what "
			 "is missing was left out within them.");
	else
		html_put(&p->html, " Nothing here says anything of what was not reached.");
	html_put(&p->html, "</p>\n");
}

/* The final seal alone is no proof of it. */
static void unknown(struct page *p, struct case_query *q)
{
	html_put(&p->html,
		 "<p class=\"verdict plan\"><strong>PLAN NOT KNOWN</strong> The final seal "
		 "says that the plan was completed, and the archive does not show it: its log of "
		 "acts was full, has no end, cannot be read, or says otherwise.");
	if (case_query_text(q, STOPPED).len > 0)
		html_put(&p->html, " It says why the run ended: %b.", case_query_text(q, STOPPED));
	words(p, q, NOT_SEEN, "Nothing is seen of");
	words(p, q, BEGUN, begun);
	html_put(&p->html, "</p>\n");
}

/* Of one that is altered nobody knows where it was cut. */
static void cut(struct page *p, struct case_query *q)
{
	html_put(&p->html,
		 "<p class=\"verdict plan\"><strong>PLAN NOT KNOWN</strong> No final seal "
		 "holds");
	if (case_query_int(q, ALTERED) == 0) {
		html_put(&p->html, ": what came after the cut is not known.");
		words(p, q, NOT_SEEN, "Not seen under a seal");
		if (case_query_int(q, NOT_SEEN) > 0 && case_query_int(q, UNSEALED) > 0)
			html_put(&p->html,
				 " Members under no seal, which may be of these: <b>%d</b>.",
				 case_query_int(q, UNSEALED));
	} else {
		html_put(&p->html, ".");
	}
	if (case_query_int(q, ALTERED) == 0 && case_query_text(q, LAST).len > 0)
		html_put(&p->html, " The cut is in %b or behind it.", case_query_text(q, LAST));
	html_put(&p->html, "</p>\n");
}

static int take(struct page *p, struct case_query *q, void *ctx)
{
	(void)ctx;
	if (is(case_query_text(q, PLAN), "stopped"))
		stopped(p, q);
	if (is(case_query_text(q, PLAN), "cut"))
		cut(p, q);
	if (is(case_query_text(q, PLAN), "unknown"))
		unknown(p, q);
	return 0;
}

int section_plan(struct page *p, int64_t host)
{
	struct buf sql;
	int r;

	buf_init(&sql, 8192);
	buf_puts(&sql, plan_sql);
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		buf_printf(&sql, state_sql, states[i], states[i]);
	buf_printf(&sql, " FROM host h WHERE id = %lld", (long long)host);
	r = page_each(p, buf_cstr(&sql), take, NULL);
	buf_release(&sql);
	return r;
}

int section_plan_missing(struct page *p, struct unreached *u)
{
	if (page_int(p, "SELECT count(*) FROM planned WHERE state IN ('not-reached', 'not-seen')",
		     &u->categories) != 0 ||
	    page_int(p, "SELECT count(*) FROM host WHERE plan = 'cut'", &u->cut) != 0 ||
	    page_int(p, "SELECT count(*) FROM host WHERE plan = 'stopped'", &u->stopped) != 0 ||
	    page_int(p, "SELECT count(*) FROM host WHERE plan = 'unknown'", &u->unknown) != 0)
		return -1;
	if (u->categories > 0)
		html_put(&p->html,
			 "<p><b>Not attempted</b>, or not seen: <b>%d</b> whole categories of the "
			 "plan, named above.</p>\n",
			 u->categories);
	if (u->cut > 0)
		html_put(&p->html,
			 "<p>What came <b>after the cut</b> is not known, and not counted "
			 "here.</p>\n");
	return 0;
}

void section_plan_silence(struct page *p, const struct unreached *u)
{
	if (u->cut > 0)
		html_put(&p->html, " What came after the cut is not known.");
	if (u->stopped > 0)
		html_put(&p->html, " The plan was not completed.");
	if (u->unknown > 0)
		html_put(&p->html, " Whether the plan was completed is not known.");
}
