#include "workstation/report/section.h"

#include <stdio.h>

#include "workstation/report/rules.h"

#define SLICES 480 /* of the window */
#define LEFT 170   /* units of the picture: names of the lanes */
#define WIDTH 960  /* of the lanes */
#define LANE 36
#define TOP 26
#define DAY_NS INT64_C(86400000000000)
#define EVENTS 600 /* lines of the table */

/* What a lane counts: a statement with a column `time`, nanoseconds. */
static const struct lane {
	const char *name, *class, *sql;
} lanes[] = {
	{ "Observations", "seen", "SELECT time FROM observation" },
	{ "Logins", "login", "SELECT time FROM login WHERE kind = 'login'" },
	{ "Failed logins", "failed", "SELECT time FROM login WHERE kind IN ('failed', 'invalid')" },
	{ "Commands", "command", "SELECT time FROM command" },
	{ "Web requests", "web", "SELECT time FROM web" },
	{ "Programs and libraries", "file",
	  "SELECT COALESCE(btime, ctime) AS time FROM x_system WHERE type = 'file' UNION ALL"
	  " SELECT ctime FROM x_system WHERE type = 'file' AND ctime <> btime" },
	{ "Temporary and web files", "file",
	  "SELECT COALESCE(btime, ctime) AS time FROM x_temp UNION ALL SELECT COALESCE(btime, "
	  "ctime) FROM x_web"
	  " UNION ALL SELECT mtime FROM x_web WHERE mtime <> btime" },
	{ "Settings and jobs", "file", "SELECT ctime AS time FROM x_settings WHERE type = 'file'" },
	{ "Processes started", "process", "SELECT start AS time FROM process" },
	{ "Packages installed", "package", "SELECT time FROM package" },
};

#define LANES ((int)(sizeof(lanes) / sizeof(lanes[0])))

/* ---------------------------------------------------------------------- window */

/*
 * From a little before the first observation of weight, but no more than a year before the
 * end, to the end of the collection; without one, a month.
 */
static int choose_window(struct page *p)
{
	int64_t first;

	if (page_int(p, "SELECT COALESCE(max(\"end\"), max(\"begin\")) FROM host", &p->to) != 0)
		return -1;
	if (p->to == CASE_NULL && page_int(p, "SELECT max(time) FROM login", &p->to) != 0)
		return -1;
	if (p->to == CASE_NULL)
		p->to = 0;
	/* Attempts that led to something began before it. */
	if (page_int(p,
		     "SELECT min(time) FROM (SELECT o.host, o.time FROM observation o WHERE "
		     "o.weight >= 50 UNION ALL"
		     " SELECT f.host, f.first FROM x_failed f JOIN observation o ON o.host = "
		     "f.host AND o.subject = f.origin"
		     " AND o.rule = 'login-after-failures') t JOIN host h ON h.id = t.host"
		     " WHERE t.time > h.\"begin\" - 31536000000000000",
		     &first) != 0)
		return -1;
	if (first == CASE_NULL || first > p->to - 3 * DAY_NS)
		first = p->to - 30 * DAY_NS;
	p->from = first - (p->to - first) / 20;
	return 0;
}

/* ----------------------------------------------------------------------- marks */

struct marks {
	const struct lane *lane;
	int64_t slice; /* nanoseconds */
	int at;        /* upper edge of the lane */
	int64_t sum;
};

static int height(int64_t count)
{
	int h = 5;

	for (; count > 1 && h < LANE - 8; count /= 2)
		h += 3;
	return h;
}

static int mark(struct page *p, struct case_query *q, void *ctx)
{
	struct marks *m = ctx;
	int64_t slot = case_query_int(q, 0), count = case_query_int(q, 1);
	int h = height(count);
	char begin[32], end[32];

	m->sum += count;
	html_utc(begin, case_query_int(q, 2));
	html_utc(end, case_query_int(q, 3));
	html_put(&p->html,
		 "<rect class=\"%s\" data-s=\"%d\" x=\"%d\" y=\"%i\" width=\"2\" "
		 "height=\"%i\"><title>%s: %d, %s%s%s"
		 "</title></rect>\n",
		 m->lane->class, slot, LEFT + slot * WIDTH / SLICES, m->at + LANE - 4 - h, h,
		 m->lane->name, count, begin, count > 1 ? " to " : "", count > 1 ? end : "");
	return 0;
}

static int draw_lane(struct page *p, int i)
{
	struct marks m = { .lane = &lanes[i],
			   .slice = (p->to - p->from) / SLICES + 1,
			   .at = TOP + i * LANE };
	struct buf sql;
	int r;

	html_put(&p->html,
		 "<g><text class=\"lane\" x=\"0\" y=\"%i\">%s</text><line class=\"base\" x1=\"%i\" "
		 "x2=\"%i\" y1=\"%i\" "
		 "y2=\"%i\"/><g class=\"marks\">\n",
		 m.at + LANE - 8, lanes[i].name, LEFT, LEFT + WIDTH, m.at + LANE - 4,
		 m.at + LANE - 4);
	buf_init(&sql, 8192);
	buf_printf(&sql,
		   "SELECT (time - %lld) / %lld, count(*), min(time), max(time) FROM (%s) WHERE "
		   "time >= %lld AND"
		   " time <= %lld GROUP BY 1 ORDER BY 1",
		   (long long)p->from, (long long)m.slice, lanes[i].sql, (long long)p->from,
		   (long long)p->to);
	r = page_each(p, buf_cstr(&sql), mark, &m);
	buf_release(&sql);
	html_put(&p->html, "</g><text class=\"sum\" x=\"%i\" y=\"%i\">%d</text></g>\n",
		 LEFT + WIDTH + 6, m.at + LANE - 8, m.sum);
	return r;
}

static void draw_axis(struct page *p)
{
	html_put(&p->html, "<g class=\"axis\">\n");
	for (int i = 0; i <= 6; i++) {
		char utc[32];
		int x = LEFT + i * WIDTH / 6;

		html_utc(utc, p->from + (p->to - p->from) / 6 * i);
		utc[16] = '\0';
		html_put(&p->html,
			 "<line x1=\"%i\" x2=\"%i\" y1=\"%i\" y2=\"%i\"/><text x=\"%i\" y=\"14\" "
			 "text-anchor=\"%s\">%s"
			 "</text>\n",
			 x, x, TOP - 6, TOP + LANES * LANE, x,
			 i == 0   ? "start"
			 : i == 6 ? "end"
				  : "middle",
			 utc);
	}
	html_put(&p->html, "</g>\n");
}

static int picture(struct page *p)
{
	char from[32], to[32];

	html_utc(from, p->from);
	html_utc(to, p->to);
	html_put(&p->html,
		 "<p class=\"tools\" id=\"zoom\" hidden><button type=\"button\" "
		 "data-do=\"in\">Zoom in</button> "
		 "<button type=\"button\" data-do=\"out\">Zoom out</button> <button "
		 "type=\"button\" data-do=\"left\">Earlier"
		 "</button> <button type=\"button\" data-do=\"right\">Later</button> <button "
		 "type=\"button\" data-do=\"all\">All"
		 "</button> <output id=\"shown\" aria-live=\"polite\"></output></p>\n<div "
		 "class=\"scroll\" tabindex=\"0\" "
		 "role=\"region\" aria-label=\"Timeline, picture\"><svg id=\"time\" viewBox=\"0 0 "
		 "%i %i\" role=\"img\" aria-labelledby="
		 "\"time-t time-d\" data-from=\"%d\" data-to=\"%d\" data-left=\"%i\" "
		 "data-width=\"%i\" data-slices=\"%i\">"
		 "<title id=\"time-t\">What happened when</title><desc id=\"time-d\">From %s to %s "
		 "UTC. A mark is a "
		 "%i-th of that time; the higher, the more; each step of three doubles. The table "
		 "below has the "
		 "events in words.</desc>\n",
		 LEFT + WIDTH + 70, TOP + LANES * LANE + 6, p->from / 1000000, p->to / 1000000,
		 LEFT, WIDTH, SLICES, from, to, SLICES);
	draw_axis(p);
	for (int i = 0; i < LANES; i++) {
		if (draw_lane(p, i) != 0)
			return -1;
	}
	html_put(&p->html, "</svg></div>\n");
	return 0;
}

/* ------------------------------------------------------------------- in words */

static int event_row(struct page *p, struct case_query *q, void *ctx)
{
	int64_t *n = ctx;

	if (++*n > EVENTS)
		return 0;
	html_put(&p->html,
		 "<tr data-t=\"%d\"><td class=\"t\">%t</td><td>%b</td><td><code>%q</code></td><td>",
		 case_query_int(q, 0) / 1000000, case_query_int(q, 0), case_query_text(q, 1),
		 case_query_text(q, 2));
	if (case_query_int(q, 3) != CASE_NULL)
		html_put(&p->html, "<a href=\"#n%d\">observation</a>", case_query_int(q, 3));
	html_put(&p->html, "</td></tr>\n");
	return 0;
}

/*
 * What bears on the questions, not everything: logins, commands, starts, what was observed, and
 * the files that were.  The rest is `exhibit show timeline`.
 */
static const char events_sql[] =
	"SELECT time, kind, text, link FROM ("
	"SELECT time, 'observation' AS kind, text, id AS link FROM observation WHERE weight >= 40"
	" UNION ALL SELECT time, kind, printf('%%s %%s %%s', user, tty, COALESCE(origin, address, "
	"'')) || " RULES_CLOCKS("time_from") ", NULL FROM login"
	" WHERE kind IN ('login', 'boot', 'shutdown') AND source NOT IN ('lastlog', 'lastlog2')"
	" UNION ALL SELECT \"end\", 'logout', printf('%%s %%s %%s', user, tty, COALESCE(origin, "
	"address, '')), NULL FROM login"
	" WHERE kind = 'login' AND \"end\" IS NOT NULL"
	" UNION ALL SELECT time, 'command', printf('%%s: %%s', COALESCE(user, '?'), text) "
	"|| " RULES_CLOCKS("time_from") ", NULL FROM command"
	" UNION ALL SELECT btime, 'file made', path, NULL FROM object WHERE id IN (SELECT e.object "
	"FROM evidence e WHERE e.line IS NULL"
	" AND e.pos IS NULL) AND path GLOB '/*' AND path NOT GLOB '/proc/*'"
	" UNION ALL SELECT mtime, 'file changed', path, NULL FROM object WHERE id IN (SELECT "
	"e.object FROM evidence e WHERE e.line IS NULL"
	" AND e.pos IS NULL) AND mtime <> btime AND path GLOB '/*' AND path NOT GLOB '/proc/*'"
	" UNION ALL SELECT time, 'package', printf('%%s %%s', name, version), NULL FROM package "
	"WHERE time_from = 'log'"
	") WHERE time >= %lld AND time <= %lld ORDER BY time LIMIT 100000";

static int words(struct page *p)
{
	struct html *h = &p->html;
	struct buf sql;
	int64_t n = 0;
	int r;

	html_put(h, "<details class=\"words\"><summary>The same in words: observations, logins, "
		    "commands, files</summary>\n"
		    "<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
		    "aria-labelledby=\"events-c\"><table id=\"events\" class=\"sort\">"
		    "<caption id=\"events-c\">Events of the window that bear on the "
		    "questions</caption><thead><tr><th scope=\"col\">Time</th>"
		    "<th scope=\"col\">Kind</th><th scope=\"col\">What</th><th "
		    "scope=\"col\">See</th></tr></thead><tbody>\n");
	buf_init(&sql, 16384);
	buf_printf(&sql, events_sql, (long long)p->from, (long long)p->to);
	r = page_each(p, buf_cstr(&sql), event_row, &n);
	buf_release(&sql);
	html_put(h, "</tbody></table></div>");
	if (n > EVENTS)
		html_put(h, "<p class=\"more\">%d more: <code>exhibit show timeline %s</code></p>",
			 n - EVENTS, p->name);
	html_put(h, "</details>\n");
	return r;
}

int section_timeline(struct page *p)
{
	html_put(&p->html, "<section id=\"timeline\" aria-labelledby=\"h-timeline\"><h2 "
			   "id=\"h-timeline\">When it happened</h2>\n");
	if (choose_window(p) != 0 || picture(p) != 0 || words(p) != 0)
		return -1;
	html_put(&p->html, "</section>\n");
	return 0;
}
