#include <stdio.h>
#include <string.h>

#include "workstation/case/loaders.h"
#include "workstation/parse/rtnet.h"
#include "workstation/parse/scan.h"

/* A message and where it stands. */
struct message {
	const struct nlread *nl;
	const struct nlread_message *m;
	int64_t netns;
};

static int64_t known(int64_t v)
{
	return v >= 0 ? v : CASE_NULL;
}

static struct bytes text_of(const char *s)
{
	return (struct bytes){ s[0] != '\0' ? s : NULL, strlen(s) };
}

static int no_message(struct loading *l, const struct message *m, const char *what)
{
	return case_note(l, (int64_t)m->m->pos, CASE_NULL, "unreadable", "no message about %s", what);
}

static int put_interface(struct loading *l, const struct message *m)
{
	struct case_interface row;
	struct rtnet_link k;

	if (!rtnet_link(m->nl, m->m, &k))
		return no_message(l, m, "an interface");
	case_init_interface(&row);
	row.object = l->object;
	row.pos = (int64_t)m->m->pos;
	row.netns = m->netns;
	row.number = k.number;
	row.name = k.name;
	row.hardware = text_of(k.hardware);
	row.mtu = known(k.mtu);
	row.up = k.up;
	row.promiscuous = known(k.promiscuous);
	return case_put_interface(l->db, &row, l->e);
}

static int put_address(struct loading *l, const struct message *m)
{
	struct case_address row;
	struct rtnet_address a;

	if (!rtnet_address(m->nl, m->m, &a))
		return no_message(l, m, "an address");
	case_init_address(&row);
	row.object = l->object;
	row.pos = (int64_t)m->m->pos;
	row.netns = m->netns;
	row.interface = a.interface;
	row.address = text_of(a.address);
	row.prefix = a.prefix;
	return case_put_address(l->db, &row, l->e);
}

static int put_neighbour(struct loading *l, const struct message *m)
{
	struct case_neighbour row;
	struct rtnet_neighbour n;

	if (!rtnet_neighbour(m->nl, m->m, &n))
		return no_message(l, m, "a neighbour");
	case_init_neighbour(&row);
	row.object = l->object;
	row.pos = (int64_t)m->m->pos;
	row.netns = m->netns;
	row.interface = n.interface;
	row.address = text_of(n.address);
	row.hardware = text_of(n.hardware);
	row.state = n.state;
	return case_put_neighbour(l->db, &row, l->e);
}

static int put_route(struct loading *l, const struct message *m)
{
	struct rtnet_route r;
	struct case_route row;

	if (!rtnet_route(m->nl, m->m, &r))
		return no_message(l, m, "a route");
	case_init_route(&row);
	row.object = l->object;
	row.pos = (int64_t)m->m->pos;
	row.netns = m->netns;
	row.destination = text_of(r.destination);
	row.gateway = text_of(r.gateway);
	row.source = text_of(r.source);
	row.interface = known(r.interface);
	row.rtable = r.table;
	row.metric = known(r.metric);
	row.type = r.type;
	return case_put_route(l->db, &row, l->e);
}

static int put_connection(struct loading *l, const struct message *m)
{
	struct case_connection row;
	struct rtnet_connection c;
	char number[24];

	if (!rtnet_connection(m->nl, m->m, &c))
		return no_message(l, m, "a connection");
	snprintf(number, sizeof(number), "%lld", (long long)c.number);
	case_init_connection(&row);
	row.object = l->object;
	row.pos = (int64_t)m->m->pos;
	row.netns = m->netns;
	row.protocol = text_of(c.protocol != NULL ? c.protocol : number);
	row.state = c.state;
	row.origin = text_of(c.from);
	row.origin_port = known(c.from_port);
	row.target = text_of(c.to);
	row.target_port = known(c.to_port);
	row.answerer = text_of(c.reply_from);
	row.answerer_port = known(c.reply_port);
	row.bytes = known(c.bytes);
	row.reply_bytes = known(c.reply_bytes);
	row.time = known(c.start);
	row.timeout = known(c.timeout);
	return case_put_connection(l->db, &row, l->e);
}

typedef int putter(struct loading *l, const struct message *m);

/* live/net/INODE/FOLDER/NAME[.PART]; which of the lists is it? */
static putter *find(struct bytes path, int64_t *netns)
{
	static const struct {
		const char *name;
		putter *put;
	} lists[] = {
		{ "link", put_interface },     { "address", put_address },
		{ "neighbour", put_neighbour }, { "route", put_route },
		{ "conntrack", put_connection },
	};
	struct scan s = scan_begin(path.p, path.len);
	struct bytes part, name = { "", 0 };
	uint64_t number;

	while (scan_until(&s, '/', &part)) {
		if (scan_is(name, "net") && !scan_i64(part, netns))
			return NULL;
		name = part;
	}
	part = scan_rest(&s);
	s = scan_begin(part.p, part.len);
	if (!scan_until(&s, '.', &name))
		name = part;
	else if (!scan_u64(scan_rest(&s), 10, &number))
		return NULL;
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		if (scan_is(name, lists[i].name))
			return lists[i].put;
	return NULL;
}

int load_network(struct loading *l, const uint8_t *p, size_t n)
{
	struct nlread nl = nlread_begin(p, n);
	struct nlread_message one;
	struct message m = { &nl, &one, CASE_NULL };
	putter *put = find(l->path, &m.netns);
	int got;

	if (put == NULL)
		return 0;
	while ((got = nlread_next(&nl, &one)) == 1)
		if (one.type >= NLREAD_FIRST && put(l, &m) != 0)
			return -1;
	return got == 0 ? 0 : case_note(l, nl.p - nl.start, CASE_NULL, "unreadable",
					"what comes is no netlink message");
}
