/*
 * Interfaces and routing by rtnetlink(7).  None of these lists makes the kernel load a
 * module.
 */
#include <errno.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/net_namespace.h>
#include <linux/nexthop.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "collector/volatile/answer.h"
#include "collector/volatile/bpf_query.h"
#include "collector/volatile/genl.h"
#include "collector/volatile/netlink.h"
#include "collector/volatile/netns.h"
#include "collector/volatile/source.h"

#define ROUTE_LINKS_MAX 1024u			/* interfaces whose programs are asked for */
#define QUEUES_MAX 1024u		/* queueing disciplines whose filters are asked for */
#define CLSACT_MAJOR 0xffff0000u	/* handle of ingress and clsact */

/* One list: what comes behind the header is all zero but for the family, the first byte of
 * all these structs, and the extension mask of links. */
static const struct list {
	const char *name;
	const char *request;
	uint16_t type;
	uint8_t family;
	uint16_t body;			/* bytes of the struct that the kernel expects */
	uint32_t mask;			/* IFLA_EXT_MASK, 0: none */
} lists[] = {
	{ "neighbour", "RTM_GETNEIGH", RTM_GETNEIGH, AF_UNSPEC, sizeof(struct ndmsg), 0 },
	{ "fdb", "RTM_GETNEIGH AF_BRIDGE", RTM_GETNEIGH, AF_BRIDGE, sizeof(struct ndmsg), 0 },
	{ "link", "RTM_GETLINK", RTM_GETLINK, AF_UNSPEC, sizeof(struct ifinfomsg),
	  RTEXT_FILTER_VF },
	{ "bridge", "RTM_GETLINK AF_BRIDGE", RTM_GETLINK, AF_BRIDGE, sizeof(struct ifinfomsg),
	  RTEXT_FILTER_BRVLAN },
	{ "address", "RTM_GETADDR", RTM_GETADDR, AF_UNSPEC, sizeof(struct ifaddrmsg), 0 },
	{ "route", "RTM_GETROUTE", RTM_GETROUTE, AF_UNSPEC, sizeof(struct rtmsg), 0 },
	{ "nexthop", "RTM_GETNEXTHOP", RTM_GETNEXTHOP, AF_UNSPEC, sizeof(struct nhmsg), 0 },
	{ "rule", "RTM_GETRULE", RTM_GETRULE, AF_UNSPEC, sizeof(struct rtmsg), 0 },
	{ "mdb", "RTM_GETMDB", RTM_GETMDB, AF_BRIDGE, 8, 0 },
	{ "nsid", "RTM_GETNSID", RTM_GETNSID, AF_UNSPEC, sizeof(struct rtgenmsg), 0 },
	{ "netconf", "RTM_GETNETCONF", RTM_GETNETCONF, AF_UNSPEC, sizeof(struct rtgenmsg), 0 },
};

#define LIST_COUNT (sizeof(lists) / sizeof(lists[0]))

static void begin(struct answer *a, struct source_env *env, const struct netns *ns,
		  const char *name, const char *request)
{
	answer_begin(a, env, "net/%llu/route/%s", (unsigned long long)ns->ino, name);
	answer_note(a, "\"request\":\"%s\",\"netns\":%llu", request,
		    (unsigned long long)ns->ino);
}

static int ask(struct netlink *nl, struct answer *a, const struct list *l)
{
	unsigned char body[NETLINK_BODY_MAX] = { 0 };
	struct netlink_request req = { .type = l->type, .flags = NLM_F_DUMP, .body = body,
				       .len = NLMSG_ALIGN(l->body) };

	body[0] = l->family;
	if (l->mask != 0)
		req.len = netlink_put(body, req.len, IFLA_EXT_MASK, &l->mask, sizeof(l->mask));
	return netlink_ask(nl, &req, a);
}

/* ===== programs of bpf on interfaces ===== */

/* BPF_TCX_INGRESS, BPF_TCX_EGRESS (6.6), BPF_NETKIT_PRIMARY, BPF_NETKIT_PEER (6.7). */
static const uint8_t program_types[] = { 46, 47, 54, 55 };

static int take_programs(struct source_env *env, const struct netns *ns, const uint32_t *link,
			 size_t n)
{
	struct bpf_place p = { .types = program_types, .count = sizeof(program_types) };
	struct answer a;
	char line[32];
	int end = 0;

	begin(&a, env, ns, "tcx", "BPF_PROG_QUERY of every interface");
	if (n == ROUTE_LINKS_MAX)
		answer_fail(&a, GAP_ENTRY_LIMIT, 0, NULL);
	p.line = line;
	for (size_t i = 0; i < n && end == 0; i++) {
		p.target = link[i];
		snprintf(line, sizeof(line), "{\"ifindex\":%u", link[i]);
		end = bpf_query(env, &a, &p);
	}
	return answer_end(&a) < 0 || end < 0 ? -1 : 0;
}

/* ===== traffic control ===== */

static int ask_filters(struct netlink *nl, struct answer *a, int ifindex, uint32_t parent)
{
	struct tcmsg tc = { .tcm_ifindex = ifindex, .tcm_parent = parent };
	struct netlink_request req = { .type = RTM_GETTFILTER, .flags = NLM_F_DUMP, .body = &tc,
				       .len = sizeof(tc) };

	return netlink_ask(nl, &req, a);
}

static int filters_of(struct netlink *nl, struct answer *a, const struct tcmsg *queue)
{
	if ((queue->tcm_handle & TC_H_MAJ_MASK) != CLSACT_MAJOR)
		return ask_filters(nl, a, queue->tcm_ifindex, queue->tcm_handle);
	if (ask_filters(nl, a, queue->tcm_ifindex, CLSACT_MAJOR | TC_H_MIN_INGRESS) < 0)
		return -1;
	return ask_filters(nl, a, queue->tcm_ifindex, CLSACT_MAJOR | TC_H_MIN_EGRESS);
}

/* The queues of an answer that is still in memory. */
static size_t queues_of(const struct answer *a, struct tcmsg *out)
{
	struct netlink_message m;
	size_t at = 0, n = 0;

	while (n < QUEUES_MAX && netlink_next(a->part.p, a->part.len, &at, &m)) {
		if (m.type != RTM_NEWQDISC || m.len < sizeof(*out))
			continue;
		memcpy(&out[n], m.body, sizeof(*out));
		if (out[n].tcm_handle != 0)
			n++;
	}
	return n;
}

/* Filters hang on queues: those of each queue that has a handle. */
static int take_filters(struct netlink *nl, struct source_env *env, const struct netns *ns,
			const struct tcmsg *queue, size_t n)
{
	struct answer a;
	int end = 0;

	begin(&a, env, ns, "filter", "RTM_GETTFILTER of every queue");
	for (size_t i = 0; i < n && end == 0; i++)
		end = filters_of(nl, &a, &queue[i]);
	if (n == QUEUES_MAX)
		answer_fail(&a, GAP_ENTRY_LIMIT, 0, NULL);
	return answer_end(&a) < 0 || end < 0 ? -1 : 0;
}

/* Classes belong to queues: those of each interface that has a queue with a handle.  The queues
 * of an interface stand one behind the other. */
static int take_classes(struct netlink *nl, struct source_env *env, const struct netns *ns,
			const struct tcmsg *queue, size_t n)
{
	struct answer a;
	int end = 0;

	begin(&a, env, ns, "class", "RTM_GETTCLASS of every interface with queues");
	for (size_t i = 0; i < n && end == 0; i++) {
		struct tcmsg tc = { .tcm_ifindex = queue[i].tcm_ifindex };
		struct netlink_request req = { .type = RTM_GETTCLASS, .flags = NLM_F_DUMP,
					       .body = &tc, .len = sizeof(tc) };

		if (i == 0 || queue[i - 1].tcm_ifindex != tc.tcm_ifindex)
			end = netlink_ask(nl, &req, &a);
	}
	if (n == QUEUES_MAX)
		answer_fail(&a, GAP_ENTRY_LIMIT, 0, NULL);
	return answer_end(&a) < 0 || end < 0 ? -1 : 0;
}

static int take_queues(struct netlink *nl, struct source_env *env, const struct netns *ns)
{
	static const struct list l = { "qdisc", "RTM_GETQDISC", RTM_GETQDISC, AF_UNSPEC,
				       sizeof(struct tcmsg), 0 };
	struct tcmsg queue[QUEUES_MAX];
	struct answer a;
	size_t n;
	int end;

	begin(&a, env, ns, l.name, l.request);
	end = ask(nl, &a, &l);
	n = queues_of(&a, queue);
	if (answer_end(&a) < 0 || end < 0)
		return -1;
	if (n == 0)
		return 0;
	end = take_filters(nl, env, ns, queue, n);
	return end == 0 ? take_classes(nl, env, ns, queue, n) : end;
}

/* ===== all of it ===== */

static int take_list(struct netlink *nl, struct source_env *env, const struct netns *ns,
		     const struct list *l)
{
	uint32_t link[ROUTE_LINKS_MAX];
	struct answer a;
	size_t n;
	int end;

	begin(&a, env, ns, l->name, l->request);
	end = ask(nl, &a, l);
	n = l->mask == RTEXT_FILTER_VF ?
		genl_links(a.part.p, a.part.len, NULL, link, ROUTE_LINKS_MAX) : 0;
	if (answer_end(&a) < 0 || end < 0)
		return -1;
	return n == 0 ? 0 : take_programs(env, ns, link, n);
}

static int in_namespace(struct source_env *env, const struct netns *ns)
{
	struct netlink nl;
	struct answer a;
	int end = 0;

	if (netlink_open(&nl, env, NETLINK_ROUTE) < 0) {
		begin(&a, env, ns, "link", "RTM_GETLINK");
		answer_errno(&a, errno, "socket");
		netlink_close(&nl);
		return answer_end(&a);
	}
	for (size_t i = 0; i < LIST_COUNT && end == 0; i++)
		end = source_stopped(env) ? 1 : take_list(&nl, env, ns, &lists[i]);
	if (end == 0)
		end = take_queues(&nl, env, ns);
	netlink_close(&nl);
	return end;
}

int route_run(struct source_env *env)
{
	return netns_each(env, in_namespace);
}
