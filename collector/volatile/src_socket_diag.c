/*
 * Sockets by NETLINK_SOCK_DIAG (3.3; sock_diag(7)): every family whose answering function the
 * kernel already has.
 */
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink_diag.h>
#include <linux/packet_diag.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>
#include <linux/unix_diag.h>
#include <linux/vm_sockets_diag.h>
#include <linux/xdp_diag.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "collector/volatile/answer.h"
#include "collector/volatile/netlink.h"
#include "collector/volatile/netns.h"
#include "collector/volatile/source.h"

#define ALL_STATES UINT32_MAX
#define ALL_EXTENSIONS 0xffu		/* memory, tcp_info, congestion control, tos, shutdown... */
#define UNIX_SHOW (UDIAG_SHOW_NAME | UDIAG_SHOW_VFS | UDIAG_SHOW_PEER | UDIAG_SHOW_ICONS | \
		   UDIAG_SHOW_RQLEN | UDIAG_SHOW_MEMINFO | 0x40u)	/* 0x40: UID, since 5.2 */
#define PACKET_SHOW (PACKET_SHOW_INFO | PACKET_SHOW_MCLIST | PACKET_SHOW_RING_CFG | \
		     PACKET_SHOW_FANOUT | PACKET_SHOW_MEMINFO | PACKET_SHOW_FILTER)
#define NETLINK_SHOW (NDIAG_SHOW_MEMINFO | NDIAG_SHOW_GROUPS | NDIAG_SHOW_RING_CFG | \
		      NDIAG_SHOW_FLAGS)
#define XDP_SHOW_ALL (XDP_SHOW_INFO | XDP_SHOW_RING_CFG | XDP_SHOW_UMEM | XDP_SHOW_MEMINFO | \
		      XDP_SHOW_STATS)
#define PROTOCOL_UDPLITE 136
#define PROTOCOL_DCCP 33
#define PROTOCOL_MPTCP 262

/* Keys of signed TCP connections, an array. */
static const struct secret_place signatures = {
	.path = { INET_DIAG_MD5SIG }, .levels = 1,
	.from = offsetof(struct tcp_diag_md5sig, tcpm_key),
	.every = sizeof(struct tcp_diag_md5sig),
};

static const struct secret inet_secret = { sizeof(struct inet_diag_msg), &signatures, 1 };

/* One list.  Which kernel function answers, how it is asked for. */
static const struct list {
	const char *name;
	int family;
	int protocol;
	enum symbol needs;
} lists[] = {
	{ "tcp4", AF_INET, IPPROTO_TCP, SYMBOL_TCP_DIAG },
	{ "tcp6", AF_INET6, IPPROTO_TCP, SYMBOL_TCP_DIAG },
	{ "udp4", AF_INET, IPPROTO_UDP, SYMBOL_UDP_DIAG },
	{ "udp6", AF_INET6, IPPROTO_UDP, SYMBOL_UDP_DIAG },
	{ "raw4", AF_INET, IPPROTO_RAW, SYMBOL_RAW_DIAG },
	{ "raw6", AF_INET6, IPPROTO_RAW, SYMBOL_RAW_DIAG },
	{ "packet", AF_PACKET, 0, SYMBOL_PACKET_DIAG },
	{ "unix", AF_UNIX, 0, SYMBOL_UNIX_DIAG },
	{ "netlink", AF_NETLINK, NDIAG_PROTO_ALL, SYMBOL_NETLINK_DIAG },
	{ "udplite4", AF_INET, PROTOCOL_UDPLITE, SYMBOL_UDP_DIAG },
	{ "udplite6", AF_INET6, PROTOCOL_UDPLITE, SYMBOL_UDP_DIAG },
	{ "sctp4", AF_INET, IPPROTO_SCTP, SYMBOL_SCTP_DIAG },
	{ "sctp6", AF_INET6, IPPROTO_SCTP, SYMBOL_SCTP_DIAG },
	{ "dccp4", AF_INET, PROTOCOL_DCCP, SYMBOL_DCCP_DIAG },
	{ "dccp6", AF_INET6, PROTOCOL_DCCP, SYMBOL_DCCP_DIAG },
	{ "mptcp4", AF_INET, PROTOCOL_MPTCP, SYMBOL_MPTCP_DIAG },
	{ "mptcp6", AF_INET6, PROTOCOL_MPTCP, SYMBOL_MPTCP_DIAG },
	{ "vsock", AF_VSOCK, 0, SYMBOL_VSOCK_DIAG },
	{ "xdp", AF_XDP, 0, SYMBOL_XDP_DIAG },
};

#define LIST_COUNT (sizeof(lists) / sizeof(lists[0]))

static size_t ask_inet(unsigned char *body, const struct list *l, bool storage)
{
	struct inet_diag_req_v2 req = { .sdiag_family = (uint8_t)l->family,
					.sdiag_protocol = (uint8_t)l->protocol,
					.idiag_ext = ALL_EXTENSIONS, .idiag_states = ALL_STATES };
	uint32_t protocol = (uint32_t)l->protocol;
	size_t n = sizeof(req);

	if (protocol > UINT8_MAX)
		req.sdiag_protocol = IPPROTO_RAW;	/* the attribute counts */
	memcpy(body, &req, sizeof(req));
	if (protocol > UINT8_MAX)
		n = netlink_put(body, n, INET_DIAG_REQ_PROTOCOL, &protocol, sizeof(protocol));
	if (storage)
		n = netlink_put(body, n, INET_DIAG_REQ_SK_BPF_STORAGES | NLA_F_NESTED, NULL, 0);
	return n;
}

/* The question for a list into a body of NETLINK_BODY_MAX bytes; its length. */
static size_t question(unsigned char *body, const struct list *l, bool storage)
{
	struct unix_diag_req local = { .sdiag_family = AF_UNIX, .udiag_states = ALL_STATES,
				       .udiag_show = UNIX_SHOW };
	struct packet_diag_req packet = { .sdiag_family = AF_PACKET, .pdiag_show = PACKET_SHOW };
	struct netlink_diag_req netlink = { .sdiag_family = AF_NETLINK,
					    .sdiag_protocol = NDIAG_PROTO_ALL,
					    .ndiag_show = NETLINK_SHOW };
	struct vsock_diag_req vsock = { .sdiag_family = AF_VSOCK, .vdiag_states = ALL_STATES };
	struct xdp_diag_req xdp = { .sdiag_family = AF_XDP, .xdiag_show = XDP_SHOW_ALL };
	const struct {
		int family;
		const void *req;
		size_t n;
	} others[] = {
		{ AF_UNIX, &local, sizeof(local) }, { AF_PACKET, &packet, sizeof(packet) },
		{ AF_NETLINK, &netlink, sizeof(netlink) }, { AF_VSOCK, &vsock, sizeof(vsock) },
		{ AF_XDP, &xdp, sizeof(xdp) },
	};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (others[i].family != l->family)
			continue;
		memcpy(body, others[i].req, others[i].n);
		return others[i].n;
	}
	return ask_inet(body, l, storage);
}

/* What a packet socket is without: the filter's bytes need CAP_NET_ADMIN, and the kernel
 * leaves them out by itself; storage of bpf needs rights, or a kernel that knows it. */
static int ask(struct netlink *nl, struct answer *a, const struct list *l)
{
	unsigned char body[NETLINK_BODY_MAX] = { 0 };
	bool inet = l->family == AF_INET || l->family == AF_INET6;
	struct netlink_request req = { .type = SOCK_DIAG_BY_FAMILY, .flags = NLM_F_DUMP,
				       .body = body,
				       .secret = inet ? &inet_secret : NULL };
	int end = 0;

	for (int storage = inet ? 1 : 0; storage >= 0; storage--) {
		a->gap = GAP_NONE;
		a->oserr = 0;
		req.len = question(body, l, storage != 0);
		end = netlink_ask(nl, &req, a);
		if (end < 0 || a->gap == GAP_NONE || answer_mark(a) != 0)
			break;
	}
	answer_note(a, "\"request\":\"SOCK_DIAG_BY_FAMILY\",\"family\":%d,\"protocol\":%d",
		    l->family, l->protocol);
	answer_note_bytes(a, "request_b64", body, req.len);
	return end;
}

static int in_namespace(struct source_env *env, const struct netns *ns)
{
	struct netlink nl;
	struct answer a;
	int end = 0, opened = netlink_open(&nl, env, NETLINK_SOCK_DIAG);

	for (size_t i = 0; i < LIST_COUNT && end == 0; i++) {
		if (!symbols_has(&env->symbols, lists[i].needs))
			continue;
		if (source_stopped(env)) {
			end = 1;
			break;
		}
		answer_begin(&a, env, "net/%llu/socket_diag/%s", (unsigned long long)ns->ino,
			     lists[i].name);
		answer_note(&a, "\"netns\":%llu", (unsigned long long)ns->ino);
		if (opened < 0)
			answer_errno(&a, errno, "socket");
		else
			end = ask(&nl, &a, &lists[i]);
		if (answer_end(&a) < 0)
			end = -1;
	}
	netlink_close(&nl);
	return end;
}

/* One line of the manifest for each list that nobody here would answer. */
static int name_missing(struct source_env *env)
{
	int end = 0;

	for (size_t i = 0; i < LIST_COUNT && end == 0; i++) {
		char name[64];

		if (symbols_has(&env->symbols, lists[i].needs))
			continue;
		snprintf(name, sizeof(name), "socket_diag/%s", lists[i].name);
		end = answer_gap(env, name, GAP_UNSUPPORTED, env->symbols.oserr, NULL);
	}
	return end;
}

int socket_diag_run(struct source_env *env)
{
	int end;

	symbols_load(&env->symbols, env->proc_fd, env->pulse);
	end = netns_each(env, in_namespace);
	return end != 0 ? end : name_missing(env);
}
