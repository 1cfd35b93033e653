/*
 * rtnet: interfaces, addresses, neighbours and routes of a network namespace as NETLINK_ROUTE
 * lists them (rtnetlink(7); linux/rtnetlink.h, if_link.h, if_addr.h, neighbour.h), and tracked
 * connections as NETLINK_NETFILTER does (linux/netfilter/nfnetlink_conntrack.h).
 *
 * A message is read only if it is of the kind that is asked for; what it does not tell is -1,
 * or an empty text.
 */
#ifndef EXHIBIT_PARSE_RTNET_H
#define EXHIBIT_PARSE_RTNET_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/bytes.h"
#include "workstation/parse/nlread.h"

#define RTNET_TEXT 128u		/* bytes of an address, or a hardware address, as text */

struct rtnet_link {
	int64_t number;			/* of the interface */
	struct bytes name;
	char hardware[RTNET_TEXT];	/* 02:fc:00:00:00:01 */
	int64_t mtu;
	bool up;			/* IFF_UP */
	int64_t promiscuous;		/* how many want all frames: more than 0, somebody listens */
};

struct rtnet_address {
	int64_t interface;
	char address[RTNET_TEXT];
	int64_t prefix;			/* bits of the network */
};

struct rtnet_neighbour {
	int64_t interface;
	char address[RTNET_TEXT];
	char hardware[RTNET_TEXT];	/* empty: nobody answered */
	const char *state;		/* reachable stale failed permanent ... */
};

struct rtnet_route {
	char destination[RTNET_TEXT];	/* with /PREFIX; "default" */
	char gateway[RTNET_TEXT];
	char source[RTNET_TEXT];	/* preferred address */
	int64_t interface;		/* -1: none, a route that refuses */
	int64_t table;			/* 254 main, 255 local */
	int64_t metric;
	const char *type;		/* unicast local blackhole unreachable ... */
};

struct rtnet_connection {
	const char *protocol;		/* tcp udp icmp ...; NULL: number is all there is */
	int64_t number;			/* of the protocol */
	const char *state;		/* of TCP; NULL: it has none */
	char from[RTNET_TEXT], to[RTNET_TEXT];	/* of the packet that began it */
	int64_t from_port, to_port;
	char reply_from[RTNET_TEXT];	/* who answers: another than to, if addresses are rewritten */
	int64_t reply_port;
	int64_t bytes, reply_bytes;	/* -1: not counted */
	int64_t start;			/* when it began, nanoseconds since 1970; -1: not told */
	int64_t timeout;		/* seconds until it is forgotten */
};

/**
 * rtnet_link(nl, m, out) ...:
 * Read the message ${m} of the answer ${nl}.  False if it is of another kind, or too short.
 */
bool rtnet_link(const struct nlread *nl, const struct nlread_message *m, struct rtnet_link *out);
bool rtnet_address(const struct nlread *nl, const struct nlread_message *m,
		   struct rtnet_address *out);
bool rtnet_neighbour(const struct nlread *nl, const struct nlread_message *m,
		     struct rtnet_neighbour *out);
bool rtnet_route(const struct nlread *nl, const struct nlread_message *m,
		 struct rtnet_route *out);
bool rtnet_connection(const struct nlread *nl, const struct nlread_message *m,
		      struct rtnet_connection *out);

#endif
