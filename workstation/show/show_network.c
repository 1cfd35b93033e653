/*
 * Verbs about the network, as the kernel knows it: one namespace after the other.
 */
#include "workstation/show/show_groups.h"

/* The name of an interface of the same namespace, or its number. */
#define INTERFACE(t)                                                                         \
	"ifnull((SELECT i.name FROM interface i WHERE i.host = " t ".host AND i.netns IS " t \
	".netns AND i.number = " t ".interface LIMIT 1), " t ".interface) AS dev"

static const struct show_column interfaces_columns[] = {
	{ "number", SHOW_INT },      { "name", SHOW_TEXT }, { "up", SHOW_INT },
	{ "promiscuous", SHOW_INT }, { "mtu", SHOW_INT },   { "hardware", SHOW_TEXT },
	{ "addresses", SHOW_TEXT },  { "netns", SHOW_INT }, { NULL, 0 },
};

static const struct show_option interfaces_options[] = {
	{ "promiscuous", NULL, SHOW_FLAG, "v.promiscuous > 0",
	  "only those that hand all frames to somebody", NULL },
	{ NULL, NULL, SHOW_FLAG, NULL, NULL, NULL },
};

static const struct show_column neighbours_columns[] = {
	{ "address", SHOW_TEXT }, { "hardware", SHOW_TEXT }, { "state", SHOW_TEXT },
	{ "dev", SHOW_TEXT },     { "netns", SHOW_INT },     { NULL, 0 },
};

static const struct show_column routes_columns[] = {
	{ "destination", SHOW_TEXT }, { "gateway", SHOW_TEXT }, { "source", SHOW_TEXT },
	{ "dev", SHOW_TEXT },         { "rtable", SHOW_INT },   { "metric", SHOW_INT },
	{ "type", SHOW_TEXT },        { "netns", SHOW_INT },    { NULL, 0 },
};

static const struct show_option routes_options[] = {
	{ "all", NULL, SHOW_FLAG, NULL, "the table of the host's own addresses, too", NULL },
	{ NULL, NULL, SHOW_FLAG, NULL, NULL, NULL },
};

static const struct show_column connections_columns[] = {
	{ "protocol", SHOW_TEXT },
	{ "state", SHOW_TEXT },
	{ "origin", SHOW_TEXT },
	{ "origin_port", SHOW_INT },
	{ "target", SHOW_TEXT },
	{ "target_port", SHOW_INT },
	{ "answerer", SHOW_TEXT },
	{ "answerer_port", SHOW_INT },
	{ "bytes", SHOW_INT },
	{ "reply_bytes", SHOW_INT },
	{ "time", SHOW_TIME },
	{ "timeout", SHOW_INT | SHOW_MORE },
	{ "netns", SHOW_INT | SHOW_MORE },
	{ NULL, 0 },
};

static const struct show_option connections_options[] = {
	{ "address", "ADDRESS", SHOW_STRING, ":address IN (v.origin, v.target, v.answerer)",
	  "only with this address at either end", NULL },
	{ "port", "N", SHOW_NUMBER, ":port IN (v.origin_port, v.target_port, v.answerer_port)",
	  "only with this port at either end", NULL },
	{ NULL, NULL, SHOW_FLAG, NULL, NULL, NULL },
};

const struct show_verb show_network_verbs[] = {
	{ .name = "interfaces",
	  .of = "sockets",
	  .typed = "ip address, ifconfig -a",
	  .what = "Network interfaces with their addresses, and whether somebody listens to all.",
	  .sql = "SELECT i.*, (SELECT group_concat(a.address || '/' || a.prefix, ' ') "
		 "FROM address a WHERE a.host = i.host AND a.netns IS i.netns "
		 "AND a.interface = i.number) AS addresses FROM interface i",
	  .order = "v.host, v.netns, v.number",
	  .columns = interfaces_columns,
	  .options = interfaces_options },
	{ .name = "neighbours",
	  .of = "sockets",
	  .typed = "arp -an, ip neighbour",
	  .what = "Hosts next to this one, with their hardware addresses.",
	  .sql = "SELECT n.*, " INTERFACE("n") " FROM neighbour n",
	  .order = "v.host, v.netns, v.address, v.id",
	  .columns = neighbours_columns },
	{ .name = "routes",
	  .of = "sockets",
	  .typed = "ip route, route -n",
	  .what = "Where packets are sent.",
	  .sql = "SELECT r.*, " INTERFACE("r") " FROM route r WHERE :all OR r.rtable <> 255",
	  .order = "v.host, v.netns, v.rtable, v.id",
	  .columns = routes_columns,
	  .options = routes_options },
	{ .name = "connections",
	  .of = "sockets",
	  .typed = "conntrack -L",
	  .what = "Connections that the packet filter tracks, those of other hosts through it too.",
	  .sql = "SELECT c.* FROM connection c",
	  .order = "v.host, v.netns, v.id",
	  .columns = connections_columns,
	  .options = connections_options },
	{ .name = NULL },
};
