#include "workstation/parse/rtnet.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "workstation/parse/binary.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Types of messages, and lengths of what stands before their attributes. */
enum { LINK = 16, ADDRESS = 20, ROUTE = 24, NEIGHBOUR = 28, CONNECTION = 0x100 };
enum {
	LINK_FIXED = 16,
	ADDRESS_FIXED = 8,
	ROUTE_FIXED = 12,
	NEIGHBOUR_FIXED = 12,
	NETFILTER_FIXED = 4
};

static bool put_address(struct bytes b, char out[RTNET_TEXT])
{
	out[0] = '\0';
	return (b.len == 4 && inet_ntop(AF_INET, b.p, out, RTNET_TEXT) != NULL) ||
	       (b.len == 16 && inet_ntop(AF_INET6, b.p, out, RTNET_TEXT) != NULL);
}

static void put_hardware(struct bytes b, char out[RTNET_TEXT])
{
	const uint8_t *p = b.p;
	size_t at = 0;

	out[0] = '\0';
	for (size_t i = 0; i < b.len && i < 32; i++)
		at += (size_t)snprintf(out + at, RTNET_TEXT - at, "%s%02x", i > 0 ? ":" : "", p[i]);
}

static int64_t u32_of(const struct nlread *nl, struct bytes body, size_t fixed, uint16_t type)
{
	const uint8_t *p = nlread_find(nl, body, fixed, type, 4);

	return p != NULL ? (int64_t)binary_u32(p, nl->big) : -1;
}

/* struct ifinfomsg; IFLA_ADDRESS 1, IFNAME 3, MTU 4, PROMISCUITY 30 */
bool rtnet_link(const struct nlread *nl, const struct nlread_message *m, struct rtnet_link *out)
{
	const uint8_t *p = m->body.p;

	if (m->type != LINK || m->body.len < LINK_FIXED)
		return false;
	out->number = binary_u32(p + 4, nl->big);
	out->up = (binary_u32(p + 8, nl->big) & 1) != 0;
	out->name = nlread_find_bytes(nl, m->body, LINK_FIXED, 3);
	if (out->name.len > 0)
		out->name.len = strnlen(out->name.p, out->name.len);
	put_hardware(nlread_find_bytes(nl, m->body, LINK_FIXED, 1), out->hardware);
	out->mtu = u32_of(nl, m->body, LINK_FIXED, 4);
	out->promiscuous = u32_of(nl, m->body, LINK_FIXED, 30);
	return true;
}

/* struct ifaddrmsg; IFA_ADDRESS 1 (the peer of a tunnel), IFA_LOCAL 2 */
bool rtnet_address(const struct nlread *nl, const struct nlread_message *m,
		   struct rtnet_address *out)
{
	const uint8_t *p = m->body.p;

	if (m->type != ADDRESS || m->body.len < ADDRESS_FIXED)
		return false;
	out->prefix = p[1];
	out->interface = binary_u32(p + 4, nl->big);
	return put_address(nlread_find_bytes(nl, m->body, ADDRESS_FIXED, 2), out->address) ||
	       put_address(nlread_find_bytes(nl, m->body, ADDRESS_FIXED, 1), out->address);
}

/* struct ndmsg; NDA_DST 1, NDA_LLADDR 2 */
bool rtnet_neighbour(const struct nlread *nl, const struct nlread_message *m,
		     struct rtnet_neighbour *out)
{
	static const struct {
		unsigned bit;
		const char *name;
	} states[] = {
		{ 0x01, "incomplete" }, { 0x02, "reachable" }, { 0x04, "stale" },
		{ 0x08, "delay" },      { 0x10, "probe" },     { 0x20, "failed" },
		{ 0x40, "noarp" },      { 0x80, "permanent" },
	};
	const uint8_t *p = m->body.p;

	if (m->type != NEIGHBOUR || m->body.len < NEIGHBOUR_FIXED)
		return false;
	out->interface = binary_u32(p + 4, nl->big);
	out->state = NULL;
	for (size_t i = 0; i < COUNT(states); i++)
		if ((binary_u16(p + 8, nl->big) & states[i].bit) != 0)
			out->state = states[i].name;
	put_hardware(nlread_find_bytes(nl, m->body, NEIGHBOUR_FIXED, 2), out->hardware);
	return put_address(nlread_find_bytes(nl, m->body, NEIGHBOUR_FIXED, 1), out->address);
}

/* struct rtmsg; RTA_DST 1, OIF 4, GATEWAY 5, PRIORITY 6, PREFSRC 7, TABLE 15 */
bool rtnet_route(const struct nlread *nl, const struct nlread_message *m, struct rtnet_route *out)
{
	static const char *const types[] = {
		NULL,        "unicast",     "local",    "broadcast", "anycast", "multicast",
		"blackhole", "unreachable", "prohibit", "throw",     "nat",     "xresolve",
	};
	const uint8_t *p = m->body.p;
	char address[RTNET_TEXT];

	if (m->type != ROUTE || m->body.len < ROUTE_FIXED)
		return false;
	out->table = u32_of(nl, m->body, ROUTE_FIXED, 15);
	out->table = out->table >= 0 ? out->table : p[4];
	out->type = p[7] < COUNT(types) ? types[p[7]] : NULL;
	out->interface = u32_of(nl, m->body, ROUTE_FIXED, 4);
	out->metric = u32_of(nl, m->body, ROUTE_FIXED, 6);
	put_address(nlread_find_bytes(nl, m->body, ROUTE_FIXED, 5), out->gateway);
	put_address(nlread_find_bytes(nl, m->body, ROUTE_FIXED, 7), out->source);
	if (put_address(nlread_find_bytes(nl, m->body, ROUTE_FIXED, 1), address))
		snprintf(out->destination, RTNET_TEXT, "%.64s/%u", address, p[1]);
	else
		snprintf(out->destination, RTNET_TEXT, "default");
	return true;
}

/* One direction: CTA_TUPLE_IP 1 (V4_SRC 1, V4_DST 2, V6_SRC 3, V6_DST 4), CTA_TUPLE_PROTO 2
 * (NUM 1, SRC_PORT 2, DST_PORT 3, both in the order of the network). */
struct tuple {
	char from[RTNET_TEXT], to[RTNET_TEXT];
	int64_t from_port, to_port, protocol;
};

static int64_t port_of(const struct nlread *nl, struct bytes proto, uint16_t type)
{
	const uint8_t *p = nlread_find(nl, proto, 0, type, 2);

	return p != NULL ? binary_u16(p, true) : -1;
}

static bool read_tuple(const struct nlread *nl, struct bytes tuple, struct tuple *out)
{
	struct bytes ip = nlread_find_bytes(nl, tuple, 0, 1);
	struct bytes proto = nlread_find_bytes(nl, tuple, 0, 2);
	const uint8_t *number;

	if (tuple.p == NULL || ip.p == NULL || proto.p == NULL)
		return false;
	number = nlread_find(nl, proto, 0, 1, 1);
	out->protocol = number != NULL ? *number : -1;
	out->from_port = port_of(nl, proto, 2);
	out->to_port = port_of(nl, proto, 3);
	return (put_address(nlread_find_bytes(nl, ip, 0, 1), out->from) ||
		put_address(nlread_find_bytes(nl, ip, 0, 3), out->from)) &&
	       (put_address(nlread_find_bytes(nl, ip, 0, 2), out->to) ||
		put_address(nlread_find_bytes(nl, ip, 0, 4), out->to));
}

/* A number of 64 bits within a nested attribute, in the order of the network. */
static int64_t nested_u64(const struct nlread *nl, struct bytes body, uint16_t outer,
			  uint16_t inner)
{
	struct bytes nest = nlread_find_bytes(nl, body, NETFILTER_FIXED, outer);
	const uint8_t *p = nest.p != NULL ? nlread_find(nl, nest, 0, inner, 8) : NULL;

	return p != NULL ? (int64_t)(binary_u64(p, true) & INT64_MAX) : -1;
}

/* CTA_PROTOINFO 4, CTA_PROTOINFO_TCP 1, its STATE 1 (nf_conntrack_tcp.h) */
static const char *tcp_state(const struct nlread *nl, struct bytes body)
{
	static const char *const states[] = {
		NULL,         "SYN_SENT", "SYN_RECV",  "ESTABLISHED", "FIN_WAIT",
		"CLOSE_WAIT", "LAST_ACK", "TIME_WAIT", "CLOSE",       "SYN_SENT2",
	};
	struct bytes info = nlread_find_bytes(nl, body, NETFILTER_FIXED, 4);
	struct bytes tcp = info.p != NULL ? nlread_find_bytes(nl, info, 0, 1) : info;
	const uint8_t *p = tcp.p != NULL ? nlread_find(nl, tcp, 0, 1, 1) : NULL;

	return p != NULL && *p < COUNT(states) ? states[*p] : NULL;
}

static const char *protocol_name(int64_t number)
{
	static const struct {
		int64_t number;
		const char *name;
	} names[] = {
		{ 1, "icmp" }, { 6, "tcp" },    { 17, "udp" },   { 33, "dccp" },     { 47, "gre" },
		{ 50, "esp" }, { 58, "icmp6" }, { 132, "sctp" }, { 136, "udplite" },
	};

	for (size_t i = 0; i < COUNT(names); i++)
		if (names[i].number == number)
			return names[i].name;
	return NULL;
}

/* struct nfgenmsg; CTA_TUPLE_ORIG 1, REPLY 2, TIMEOUT 7, COUNTERS_ORIG 9, REPLY 10 (BYTES 2),
 * TIMESTAMP 20 (START 1) */
bool rtnet_connection(const struct nlread *nl, const struct nlread_message *m,
		      struct rtnet_connection *out)
{
	struct tuple first, reply;
	const uint8_t *timeout;

	if (m->type != CONNECTION || m->body.len < NETFILTER_FIXED ||
	    !read_tuple(nl, nlread_find_bytes(nl, m->body, NETFILTER_FIXED, 1), &first))
		return false;
	out->number = first.protocol;
	out->protocol = protocol_name(first.protocol);
	out->state = tcp_state(nl, m->body);
	memcpy(out->from, first.from, sizeof(out->from));
	memcpy(out->to, first.to, sizeof(out->to));
	out->from_port = first.from_port;
	out->to_port = first.to_port;
	out->reply_from[0] = '\0';
	out->reply_port = -1;
	if (read_tuple(nl, nlread_find_bytes(nl, m->body, NETFILTER_FIXED, 2), &reply)) {
		memcpy(out->reply_from, reply.from, sizeof(out->reply_from));
		out->reply_port = reply.from_port;
	}
	out->bytes = nested_u64(nl, m->body, 9, 2);
	out->reply_bytes = nested_u64(nl, m->body, 10, 2);
	out->start = nested_u64(nl, m->body, 20, 1);
	timeout = nlread_find(nl, m->body, NETFILTER_FIXED, 7, 4);
	out->timeout = timeout != NULL ? (int64_t)binary_u32(timeout, true) : -1;
	return true;
}
