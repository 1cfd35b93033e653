#include "workstation/report/section.h"

#include <stdlib.h>
#include <string.h>

#define NODES 18 /* of a side */
#define EDGES 120
#define NAME 96 /* bytes of a name in the picture */
#define ROW 26
#define WIDTH 900
#define LEFT 250 /* where the lines begin and end */
#define RIGHT 600

/*
 * Who met whom: an address on one side; an account, a process or a log on the other. Failed
 * attempts on many accounts are one line. The weight sorts.
 */
static const char edges_sql[] =
	"SELECT address, other, kind, sum(n) AS n, max(w) AS w FROM ("
	"SELECT from_where AS address, 'account ' || user AS other, 'login' AS kind, count(*) AS "
	"n, 100 AS w FROM x_entered"
	" GROUP BY 1, 2"
	" UNION ALL SELECT COALESCE(address, origin), CASE WHEN count(DISTINCT user) > 3 THEN "
	"count(DISTINCT user) || ' names, failed'"
	" ELSE 'account ' || group_concat(DISTINCT user) END, 'failed', count(*), 40 FROM login "
	"WHERE kind IN ('failed', 'invalid')"
	" AND COALESCE(address, origin, '') <> '' AND source <> 'log' GROUP BY 1"
	" UNION ALL SELECT replace(s.remote, '::ffff:', ''), COALESCE((SELECT printf('process %d "
	"%s', p.pid, p.name) FROM open_file f JOIN process p"
	" ON p.host = f.host AND p.pid = f.pid WHERE f.host = s.host AND f.kind = 'socket' AND "
	"f.ino = s.ino AND s.ino <> 0 LIMIT 1),"
	" 'socket without process'), 'socket', count(*), 90 FROM socket s WHERE s.remote_port > 0 "
	"AND s.remote NOT IN ('', '*', '0.0.0.0',"
	" '::', '127.0.0.1', '::1') AND s.protocol IN ('tcp', 'tcp6', 'udp', 'udp6') GROUP BY 1, 2"
	" UNION ALL SELECT address, 'web log', 'web', count(*), 10 FROM web WHERE address NOT IN "
	"('127.0.0.1', '::1', '')"
	" AND address IN (SELECT address FROM (SELECT address, count(*) FROM web GROUP BY 1 ORDER "
	"BY 2 DESC LIMIT 8)"
	" UNION SELECT from_where FROM x_entered UNION SELECT replace(remote, '::ffff:', '') FROM "
	"socket UNION SELECT subject FROM observation)"
	" GROUP BY 1"
	") WHERE address <> '' GROUP BY 1, 2, 3 ORDER BY EXISTS (SELECT 1 FROM observation o WHERE "
	"o.subject = address OR o.subject GLOB address || ' port*')"
	" DESC, w DESC, n DESC, 1, 2 LIMIT 2000";

struct node {
	char name[NAME];
	size_t len;
};

struct side {
	struct node node[NODES];
	int n;
};

struct edge {
	int from, to;
	int64_t count;
	char kind[8];
};

struct map {
	struct side left, right;
	struct edge edge[EDGES];
	int n;
	int64_t left_out;
};

static int find(struct side *s, struct bytes name)
{
	size_t len = name.len < NAME ? name.len : NAME;
	int i = 0;

	/* Not within a character; what is cut short twice alike is one. */
	while (len < name.len && len > 0 && (((const unsigned char *)name.p)[len] & 0xc0) == 0x80)
		len--;
	while (i < s->n && (s->node[i].len != len || memcmp(s->node[i].name, name.p, len) != 0))
		i++;
	if (i == NODES)
		return -1;
	if (i == s->n) {
		memcpy(s->node[i].name, name.p, len);
		s->node[i].len = len;
		s->n++;
	}
	return i;
}

static int take(struct page *p, struct case_query *q, void *ctx)
{
	struct bytes kind = case_query_text(q, 2);
	struct map *m = ctx;
	struct edge *e = &m->edge[m->n];

	(void)p;
	if (m->n == EDGES) {
		m->left_out++;
		return 0;
	}
	*e = (struct edge){ .from = find(&m->left, case_query_text(q, 0)),
			    .to = find(&m->right, case_query_text(q, 1)),
			    .count = case_query_int(q, 3) };
	memcpy(e->kind, kind.p, kind.len < sizeof(e->kind) ? kind.len : sizeof(e->kind) - 1);
	if (e->from < 0 || e->to < 0)
		m->left_out++;
	else
		m->n++;
	return 0;
}

static int middle(const struct side *s, int i, int height)
{
	return (height - s->n * ROW) / 2 + i * ROW + ROW / 2;
}

static int thickness(int64_t count)
{
	int w = 1;

	for (; count > 3 && w < 7; count /= 4)
		w++;
	return w;
}

static void draw_edge(struct page *p, const struct map *m, const struct edge *e, int height)
{
	int y1 = middle(&m->left, e->from, height), y2 = middle(&m->right, e->to, height);
	const struct node *a = &m->left.node[e->from], *b = &m->right.node[e->to];

	html_put(&p->html,
		 "<path class=\"%s\" data-a=\"%i\" data-b=\"%i\" stroke-width=\"%i\" d=\"M%i %iC%i "
		 "%i %i %i %i %i\"><title>%b, %b: "
		 "%s, %d times</title></path>\n",
		 e->kind, e->from, e->to, thickness(e->count), LEFT, y1, LEFT + 150, y1,
		 RIGHT - 150, y2, RIGHT, y2, (struct bytes){ a->name, a->len },
		 (struct bytes){ b->name, b->len }, e->kind, e->count);
}

static void draw_side(struct page *p, const struct side *s, int height, bool left)
{
	for (int i = 0; i < s->n; i++) {
		html_put(&p->html,
			 "<text class=\"node\" data-%s=\"%i\" x=\"%i\" y=\"%i\" "
			 "text-anchor=\"%s\">%b</text>\n",
			 left ? "a" : "b", i, left ? LEFT - 8 : RIGHT + 8, middle(s, i, height) + 4,
			 left ? "end" : "start", (struct bytes){ s->node[i].name, s->node[i].len });
	}
}

static void draw(struct page *p, const struct map *m)
{
	int height = (m->left.n > m->right.n ? m->left.n : m->right.n) * ROW + 10;

	html_put(&p->html,
		 "<ul class=\"legend\"><li class=\"login\">login</li><li class=\"failed\">failed "
		 "login</li><li class=\"socket\">"
		 "connection</li><li class=\"web\">web request</li></ul>\n<div class=\"scroll\" "
		 "tabindex=\"0\" role=\"region\" "
		 "aria-label=\"Addresses, picture\"><svg id=\"map\" viewBox=\"0 0 %i %i\" "
		 "role=\"img\" aria-labelledby=\"map-t\"><title id=\"map-t\">"
		 "Addresses on the left, and what they met on the right; the table below says the "
		 "same</title>\n",
		 WIDTH, height);
	for (int i = 0; i < m->n; i++)
		draw_edge(p, m, &m->edge[i], height);
	draw_side(p, &m->left, height, true);
	draw_side(p, &m->right, height, false);
	html_put(&p->html, "</svg></div>\n");
	if (m->left_out > 0)
		html_put(&p->html,
			 "<p class=\"more\">%d connections of the table are not in the "
			 "picture.</p>\n",
			 m->left_out);
}

static const struct table words = {
	.id = "met",
	.caption = "Addresses and what they met",
	.sql = edges_sql,
	.more = "exhibit show sockets",
	.limit = 200,
	.columns = 4,
	.column = { { "Address", COLUMN_CODE },
		    { "Met", COLUMN_TEXT },
		    { "As", COLUMN_TEXT },
		    { "Times", COLUMN_NUMBER } },
};

int section_addresses(struct page *p)
{
	struct map *m = calloc(1, sizeof(*m));
	int r;

	if (m == NULL)
		return err_set(p->e, 0, "drawing the addresses: out of memory");
	html_put(&p->html, "<section id=\"addresses\" aria-labelledby=\"h-addresses\"><h2 "
			   "id=\"h-addresses\">Who came from where</h2>\n");
	r = page_each(p, edges_sql, take, m);
	if (r == 0 && m->n > 0)
		draw(p, m);
	free(m);
	if (r == 0)
		r = page_table(p, &words);
	html_put(&p->html, "</section>\n");
	return r;
}
