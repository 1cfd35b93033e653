/*
 * Generic netlink: the list of what speaks it, and the lists that tunnels give.  Only a family
 * that the first list has is asked (genl.h), so that nothing is loaded.  wireguard gives
 * its private and preshared keys to who may administer the network; they are blanked.
 */
#include <errno.h>
#include <linux/fou.h>
#include <linux/genetlink.h>
#include <linux/gtp.h>
#include <linux/if_link.h>
#include <linux/if_macsec.h>
#include <linux/mptcp.h>
#include <linux/rtnetlink.h>
#include <linux/tcp_metrics.h>
#include <linux/wireguard.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "collector/volatile/answer.h"
#include "collector/volatile/genl.h"
#include "collector/volatile/netlink.h"
#include "collector/volatile/netns.h"
#include "collector/volatile/source.h"

#define L2TP_NAME "l2tp"			/* linux/l2tp.h, which musl does not bear: */
#define L2TP_VERSION 1
#define L2TP_TUNNEL_GET 4		/* L2TP_CMD_TUNNEL_GET */
#define L2TP_SESSION_GET 8		/* L2TP_CMD_SESSION_GET */
#define DEVICES_MAX 1024u			/* interfaces of one kind that are asked about */

static const struct secret_place wireguard_keys[] = {
	{ .path = { WGDEVICE_A_PRIVATE_KEY }, .levels = 1 },
	{ .path = { WGDEVICE_A_PEERS, SECRET_EACH, WGPEER_A_PRESHARED_KEY }, .levels = 3 },
};

static const struct secret wireguard = {
	GENL_HDRLEN, wireguard_keys, sizeof(wireguard_keys) / sizeof(wireguard_keys[0]),
};

/* One list; with an index, one of each interface of the kind that is called like the family. */
static const struct list {
	const char *name;
	const char *family;
	const char *request;
	uint8_t command, version;
	uint16_t index;			/* attribute of the question: number of the interface */
	const struct secret *secret;
} lists[] = {
	{ "wireguard", WG_GENL_NAME, "WG_CMD_GET_DEVICE of every interface", WG_CMD_GET_DEVICE,
	  WG_GENL_VERSION, WGDEVICE_A_IFINDEX, &wireguard },
	{ "l2tp_tunnel", L2TP_NAME, "L2TP_CMD_TUNNEL_GET", L2TP_TUNNEL_GET,
	  L2TP_VERSION, 0, NULL },
	{ "l2tp_session", L2TP_NAME, "L2TP_CMD_SESSION_GET", L2TP_SESSION_GET,
	  L2TP_VERSION, 0, NULL },
	{ "macsec", MACSEC_GENL_NAME, "MACSEC_CMD_GET_TXSC", MACSEC_CMD_GET_TXSC,
	  MACSEC_GENL_VERSION, 0, NULL },
	{ "fou", FOU_GENL_NAME, "FOU_CMD_GET", FOU_CMD_GET, FOU_GENL_VERSION, 0, NULL },
	{ "gtp", "gtp", "GTP_CMD_GETPDP", GTP_CMD_GETPDP, 0, 0, NULL },
	{ "tcp_metrics", TCP_METRICS_GENL_NAME, "TCP_METRICS_CMD_GET", TCP_METRICS_CMD_GET,
	  TCP_METRICS_GENL_VERSION, 0, NULL },
	{ "mptcp_endpoint", MPTCP_PM_NAME, "MPTCP_PM_CMD_GET_ADDR", MPTCP_PM_CMD_GET_ADDR,
	  MPTCP_PM_VER, 0, NULL },
};

static void begin(struct answer *a, struct source_env *env, const struct netns *ns,
		  const char *name, const char *request)
{
	unsigned long long ino = ns->ino;

	answer_begin(a, env, "net/%llu/generic/%s", ino, name);
	answer_note(a, "\"request\":\"%s\",\"netns\":%llu", request, ino);
}

/* Interfaces of the kind that the family is named after, from rtnetlink.  What the kernel
 * sends of others, because it is too old to choose, is there too. */
static int ask_links(struct source_env *env, struct answer *a, const char *kind)
{
	unsigned char body[NETLINK_BODY_MAX] = { 0 }, info[64];
	struct netlink_request req = { .type = RTM_GETLINK, .flags = NLM_F_DUMP, .body = body };
	struct netlink nl;
	size_t n = netlink_put(info, 0, IFLA_INFO_KIND, kind, strlen(kind));
	int end = 0;

	req.len = netlink_put(body, sizeof(struct ifinfomsg), IFLA_LINKINFO | NLA_F_NESTED, info,
			      n);
	if (netlink_open(&nl, env, NETLINK_ROUTE) < 0)
		answer_errno(a, errno, "socket");
	else
		end = netlink_ask(&nl, &req, a);
	netlink_close(&nl);
	return end;
}

/* Their numbers.  The list itself is an answer too. */
static int find_links(struct source_env *env, const struct netns *ns, const struct list *l,
		      uint32_t *link, size_t *n)
{
	struct answer a;
	char name[64];
	int end;

	snprintf(name, sizeof(name), "%s_link", l->name);
	begin(&a, env, ns, name, "RTM_GETLINK of the kind");
	end = ask_links(env, &a, l->family);
	*n = genl_links(a.part.p, a.part.len, l->family, link, DEVICES_MAX);
	if (*n == DEVICES_MAX || a.parts > 0)
		answer_fail(&a, GAP_ENTRY_LIMIT, 0, NULL);
	return answer_end(&a) < 0 || end < 0 ? -1 : 0;
}

static int ask(struct netlink *nl, struct answer *a, const struct list *l, uint16_t family,
	       const uint32_t *link)
{
	unsigned char body[NETLINK_BODY_MAX];
	struct netlink_request req = { .type = family, .flags = NLM_F_DUMP, .body = body,
				       .secret = l->secret };

	req.len = genl_question(body, l->command, l->version);
	if (link != NULL)
		req.len = netlink_put(body, req.len, l->index, link, sizeof(*link));
	return netlink_ask(nl, &req, a);
}

static int take_list(struct netlink *nl, const struct netns *ns, const struct list *l,
		     uint16_t family)
{
	uint32_t link[DEVICES_MAX];
	struct answer a;
	size_t n = 0;
	int end = 0;

	if (l->index != 0 && find_links(nl->env, ns, l, link, &n) < 0)
		return -1;
	begin(&a, nl->env, ns, l->name, l->request);
	if (l->index == 0)
		end = ask(nl, &a, l, family, NULL);
	for (size_t i = 0; i < n && end == 0; i++)
		end = ask(nl, &a, l, family, &link[i]);
	return answer_end(&a) < 0 || end < 0 ? -1 : 0;
}

/* Numbers of the families of the lists, 0 for one that this kernel does not have. */
static int find_families(struct netlink *nl, const struct netns *ns, uint16_t *family)
{
	unsigned char body[NETLINK_BODY_MAX];
	struct netlink_request req = { .type = GENL_ID_CTRL, .flags = NLM_F_DUMP, .body = body };
	struct answer a;
	int end;

	begin(&a, nl->env, ns, "family", "CTRL_CMD_GETFAMILY");
	req.len = genl_question(body, CTRL_CMD_GETFAMILY, 1);
	end = netlink_ask(nl, &req, &a);
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		family[i] = genl_family(a.part.p, a.part.len, lists[i].family);
	return answer_end(&a) < 0 || end < 0 ? -1 : 0;
}

static int take_all(struct netlink *nl, const struct netns *ns)
{
	uint16_t family[sizeof(lists) / sizeof(lists[0])];
	int end = find_families(nl, ns, family);

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]) && end == 0; i++)
		if (family[i] != 0)
			end = source_stopped(nl->env) ? 1 :
				take_list(nl, ns, &lists[i], family[i]);
	return end;
}

static int in_namespace(struct source_env *env, const struct netns *ns)
{
	struct netlink nl;
	struct answer a;
	int end;

	if (netlink_open(&nl, env, NETLINK_GENERIC) < 0) {
		begin(&a, env, ns, "family", "CTRL_CMD_GETFAMILY");
		answer_errno(&a, errno, "socket");
		end = answer_end(&a);
	} else {
		end = take_all(&nl, ns);
	}
	netlink_close(&nl);
	return end;
}

int generic_netlink_run(struct source_env *env)
{
	return netns_each(env, in_namespace);
}
