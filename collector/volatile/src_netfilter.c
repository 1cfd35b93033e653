/*
 * Packet filter state by NETLINK_NETFILTER: nftables (linux/netfilter/nf_tables.h), connection
 * tracking, sets of addresses (ipset), hooks (5.14).  The protocol itself is asked for only
 * when nfnetlink is there, and each of its parts only when that is.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/ipset/ip_set.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "collector/volatile/answer.h"
#include "collector/volatile/netlink.h"
#include "collector/volatile/netns.h"
#include "collector/volatile/source.h"

#define IPSET_PROTOCOL_LEAST 6		/* IPSET_ATTR_PROTOCOL: all versions know it */
#define SUBSYS_HOOK 12			/* NFNL_SUBSYS_HOOK, nfnetlink_hook.h: */
#define HOOK_GET 0			/* NFNL_MSG_HOOK_GET */
#define HOOK_NUM 1			/* NFNLA_HOOK_HOOKNUM, big endian */
#define HOOKS_PER_FAMILY 5u		/* NF_INET_PRE_ROUTING ... POST_ROUTING */
#define SETS_MAX 4096u			/* sets whose elements are asked for */

/* One list. */
static const struct list {
	const char *name;
	const char *request;
	uint8_t subsys, message, family;
	bool single;			/* one answer, no list */
	enum symbol needs;
} lists[] = {
	{ "conntrack", "IPCTNL_MSG_CT_GET", NFNL_SUBSYS_CTNETLINK, IPCTNL_MSG_CT_GET, AF_UNSPEC,
	  false, SYMBOL_CONNTRACK },
	{ "expect", "IPCTNL_MSG_EXP_GET", NFNL_SUBSYS_CTNETLINK_EXP, IPCTNL_MSG_EXP_GET, AF_UNSPEC,
	  false, SYMBOL_CONNTRACK },
	{ "nft_generation", "NFT_MSG_GETGEN", NFNL_SUBSYS_NFTABLES, NFT_MSG_GETGEN, AF_UNSPEC,
	  true, SYMBOL_NF_TABLES },
	{ "nft_table", "NFT_MSG_GETTABLE", NFNL_SUBSYS_NFTABLES, NFT_MSG_GETTABLE, AF_UNSPEC,
	  false, SYMBOL_NF_TABLES },
	{ "nft_chain", "NFT_MSG_GETCHAIN", NFNL_SUBSYS_NFTABLES, NFT_MSG_GETCHAIN, AF_UNSPEC,
	  false, SYMBOL_NF_TABLES },
	{ "nft_rule", "NFT_MSG_GETRULE", NFNL_SUBSYS_NFTABLES, NFT_MSG_GETRULE, AF_UNSPEC,
	  false, SYMBOL_NF_TABLES },
	{ "nft_object", "NFT_MSG_GETOBJ", NFNL_SUBSYS_NFTABLES, NFT_MSG_GETOBJ, AF_UNSPEC,
	  false, SYMBOL_NF_TABLES },
	{ "nft_flowtable", "NFT_MSG_GETFLOWTABLE", NFNL_SUBSYS_NFTABLES, NFT_MSG_GETFLOWTABLE,
	  AF_UNSPEC, false, SYMBOL_NF_TABLES },
	{ "ipset", "IPSET_CMD_LIST", NFNL_SUBSYS_IPSET, IPSET_CMD_LIST, AF_UNSPEC, false,
	  SYMBOL_IPSET },
};

#define LIST_COUNT (sizeof(lists) / sizeof(lists[0]))

static const struct list set_list = {
	"nft_set", "NFT_MSG_GETSET", NFNL_SUBSYS_NFTABLES, NFT_MSG_GETSET, AF_UNSPEC, false,
	SYMBOL_NF_TABLES,
};

static const struct list element_list = {
	"nft_element", "NFT_MSG_GETSETELEM of every set", NFNL_SUBSYS_NFTABLES,
	NFT_MSG_GETSETELEM, AF_UNSPEC, false, SYMBOL_NF_TABLES,
};

static const struct list hook_list = {
	"hook", "NFNL_MSG_HOOK_GET of every hook", SUBSYS_HOOK, HOOK_GET, AF_UNSPEC, false,
	SYMBOL_NF_HOOKS,
};

static void begin(struct answer *a, struct source_env *env, const struct netns *ns,
		  const struct list *l)
{
	answer_begin(a, env, "net/%llu/netfilter/%s", (unsigned long long)ns->ino, l->name);
	answer_note(a, "\"request\":\"%s\",\"netns\":%llu", l->request,
		    (unsigned long long)ns->ino);
}

/* Ask for the list of a family; ${more} bytes of attributes follow in ${body}. */
static int ask(struct netlink *nl, struct answer *a, const struct list *l, unsigned char *body,
	       size_t n)
{
	struct netlink_request req = {
		.type = (uint16_t)(l->subsys << 8 | l->message),
		.flags = l->single ? NLM_F_ACK : NLM_F_DUMP, .body = body, .len = n,
	};

	return netlink_ask(nl, &req, a);
}

static size_t head(unsigned char *body, uint8_t family)
{
	struct nfgenmsg g = { .nfgen_family = family, .version = NFNETLINK_V0 };

	memset(body, 0, NETLINK_BODY_MAX);
	memcpy(body, &g, sizeof(g));
	return sizeof(g);
}

static int take_list(struct netlink *nl, struct source_env *env, const struct netns *ns,
		     const struct list *l)
{
	const uint8_t protocol = IPSET_PROTOCOL_LEAST;
	unsigned char body[NETLINK_BODY_MAX];
	size_t n = head(body, l->family);
	struct answer a;
	int end;

	if (l->subsys == NFNL_SUBSYS_IPSET)
		n = netlink_put(body, n, IPSET_ATTR_PROTOCOL, &protocol, sizeof(protocol));
	begin(&a, env, ns, l);
	end = ask(nl, &a, l, body, n);
	return answer_end(&a) < 0 || end < 0 ? -1 : 0;
}

/* The question for the elements of the set in a message of GETSET; 0 if it is none. */
static size_t elements_question(unsigned char *body, const struct netlink_message *m)
{
	struct nfgenmsg g;
	struct bytes table, name;
	size_t n;

	if (m->type != (NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_NEWSET) || m->len < sizeof(g))
		return 0;
	memcpy(&g, m->body, sizeof(g));
	table = netlink_attribute(m->body + sizeof(g), m->len - sizeof(g), NFTA_SET_TABLE);
	name = netlink_attribute(m->body + sizeof(g), m->len - sizeof(g), NFTA_SET_NAME);
	if (table.p == NULL || name.p == NULL)
		return 0;
	n = head(body, g.nfgen_family);
	n = netlink_put(body, n, NFTA_SET_ELEM_LIST_TABLE, table.p, table.len);
	return netlink_put(body, n, NFTA_SET_ELEM_LIST_SET, name.p, name.len);
}

/* Sets first, then what is in each; the list of sets must be in memory for that. */
static int take_sets(struct netlink *nl, struct source_env *env, const struct netns *ns)
{
	unsigned char body[NETLINK_BODY_MAX];
	struct answer sets, elements;
	struct netlink_message m;
	unsigned count = 0;
	size_t at = 0;
	int end;

	begin(&sets, env, ns, &set_list);
	end = ask(nl, &sets, &set_list, body, head(body, AF_UNSPEC));
	begin(&elements, env, ns, &element_list);
	while (end == 0 && count < SETS_MAX && netlink_next(sets.part.p, sets.part.len, &at, &m)) {
		size_t n = elements_question(body, &m);

		if (n == 0)
			continue;
		count++;
		end = ask(nl, &elements, &element_list, body, n);
	}
	if (sets.gap != GAP_NONE)
		answer_fail(&elements, sets.gap, sets.oserr, sets.syscall);
	if (count == SETS_MAX || sets.parts > 0)
		answer_fail(&elements, GAP_ENTRY_LIMIT, 0, NULL);
	if (answer_end(&sets) < 0)
		end = -1;
	return answer_end(&elements) < 0 || end < 0 ? -1 : 0;
}

/* A hook that this kernel does not have ends the list of its family, no more. */
static int take_hooks(struct netlink *nl, struct source_env *env, const struct netns *ns)
{
	static const uint8_t families[] = {
		NFPROTO_IPV4, NFPROTO_IPV6, NFPROTO_ARP, NFPROTO_BRIDGE,
	};
	unsigned char body[NETLINK_BODY_MAX];
	struct answer a;
	int end = 0;

	begin(&a, env, ns, &hook_list);
	for (size_t i = 0; i < sizeof(families) * HOOKS_PER_FAMILY && end == 0; i++) {
		uint32_t hook = htonl((uint32_t)(i % HOOKS_PER_FAMILY));
		size_t n = head(body, families[i / HOOKS_PER_FAMILY]);

		n = netlink_put(body, n, HOOK_NUM, &hook, sizeof(hook));
		end = ask(nl, &a, &hook_list, body, n);
		if (a.gap == GAP_UNSUPPORTED)
			a.gap = GAP_NONE;
	}
	return answer_end(&a) < 0 || end < 0 ? -1 : 0;
}

static int take_all(struct netlink *nl, struct source_env *env, const struct netns *ns)
{
	int end = 0;

	for (size_t i = 0; i < LIST_COUNT && end == 0; i++)
		if (symbols_has(&env->symbols, lists[i].needs))
			end = source_stopped(env) ? 1 : take_list(nl, env, ns, &lists[i]);
	if (end == 0 && symbols_has(&env->symbols, SYMBOL_NF_TABLES))
		end = take_sets(nl, env, ns);
	if (end == 0 && symbols_has(&env->symbols, SYMBOL_NF_HOOKS))
		end = take_hooks(nl, env, ns);
	return end;
}

static int in_namespace(struct source_env *env, const struct netns *ns)
{
	struct netlink nl;
	struct answer a;
	int end;

	if (netlink_open(&nl, env, NETLINK_NETFILTER) < 0) {
		begin(&a, env, ns, &lists[0]);
		answer_errno(&a, errno, "socket");
		end = answer_end(&a);
	} else {
		end = take_all(&nl, env, ns);
	}
	netlink_close(&nl);
	return end;
}

int netfilter_run(struct source_env *env)
{
	static const enum symbol parts[] = { SYMBOL_NF_TABLES, SYMBOL_CONNTRACK, SYMBOL_NF_HOOKS,
					     SYMBOL_IPSET };
	int end = 0;

	symbols_load(&env->symbols, env->proc_fd, env->pulse);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]) && end == 0; i++) {
		char name[96];

		if (symbols_has(&env->symbols, parts[i]))
			continue;
		snprintf(name, sizeof(name), "netfilter/%s", symbols_name(parts[i]));
		end = answer_gap(env, name, GAP_UNSUPPORTED, env->symbols.oserr, NULL);
	}
	if (end < 0 || !symbols_has(&env->symbols, SYMBOL_NFNETLINK))
		return end;
	return netns_each(env, in_namespace);
}
