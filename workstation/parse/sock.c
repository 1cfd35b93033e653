#include "workstation/parse/sock.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "workstation/parse/binary.h"
#include "workstation/parse/scan.h"

static const struct sock_kind kinds[] = {
	{ "tcp4", "tcp", "tcp", SOCK_LIST_INET, true },
	{ "tcp6", "tcp6", "tcp6", SOCK_LIST_INET6, true },
	{ "udp4", "udp", "udp", SOCK_LIST_INET, false },
	{ "udp6", "udp6", "udp6", SOCK_LIST_INET6, false },
	{ "raw4", "raw", "raw", SOCK_LIST_INET, false },
	{ "raw6", "raw6", "raw6", SOCK_LIST_INET6, false },
	{ "udplite4", "udplite", "udplite", SOCK_LIST_INET, false },
	{ "udplite6", "udplite6", "udplite6", SOCK_LIST_INET6, false },
	{ "sctp4", NULL, "sctp", SOCK_LIST_INET, true },
	{ "sctp6", NULL, "sctp6", SOCK_LIST_INET6, true },
	{ "dccp4", NULL, "dccp", SOCK_LIST_INET, true },
	{ "dccp6", NULL, "dccp6", SOCK_LIST_INET6, true },
	{ "mptcp4", NULL, "mptcp", SOCK_LIST_INET, true },
	{ "mptcp6", NULL, "mptcp6", SOCK_LIST_INET6, true },
	{ NULL, "icmp", "icmp", SOCK_LIST_INET, false },
	{ NULL, "icmp6", "icmp6", SOCK_LIST_INET6, false },
	{ "unix", "unix", "unix", SOCK_LIST_UNIX, false },
	{ "packet", "packet", "packet", SOCK_LIST_PACKET, false },
	{ "netlink", "netlink", "netlink", SOCK_LIST_NETLINK, false },
	{ "vsock", NULL, "vsock", SOCK_LIST_VSOCK, true },
	{ "xdp", NULL, "xdp", SOCK_LIST_XDP, false },
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

const struct sock_kind *sock_kind_diag(struct bytes name)
{
	for (size_t i = 0; i < KINDS; i++)
		if (kinds[i].diag != NULL && scan_is(name, kinds[i].diag))
			return &kinds[i];
	return NULL;
}

const struct sock_kind *sock_kind_proc(struct bytes name)
{
	for (size_t i = 0; i < KINDS; i++)
		if (kinds[i].proc != NULL && scan_is(name, kinds[i].proc))
			return &kinds[i];
	return NULL;
}

/* include/net/tcp_states.h; sockets of other kinds use the first, the seventh and the tenth. */
static const char *state_name(const struct sock_kind *kind, uint64_t state)
{
	static const char *const names[] = {
		NULL,	     "ESTABLISHED", "SYN_SENT",	  "SYN_RECV", "FIN_WAIT1", "FIN_WAIT2",
		"TIME_WAIT", "CLOSE",	    "CLOSE_WAIT", "LAST_ACK", "LISTEN",	   "CLOSING",
		"SYN_RECV",
	};

	if (state == 7 && !kind->streams)
		return "UNCONN";
	return state < sizeof(names) / sizeof(names[0]) ? names[state] : NULL;
}

static struct sock nothing_of(const struct sock_kind *kind)
{
	return (struct sock){ .protocol = kind->protocol, .local_port = -1, .remote_port = -1,
			      .ino = -1, .uid = -1, .rx = -1, .tx = -1, .interface = -1 };
}

static size_t put_address(char *out, bool six, const uint8_t *address)
{
	if (inet_ntop(six ? AF_INET6 : AF_INET, address, out, SOCK_NAME_MAX) == NULL)
		out[0] = '\0';
	return strlen(out);
}

static size_t put_number(char *out, uint64_t number)
{
	return (size_t)snprintf(out, SOCK_NAME_MAX, "%" PRIu64, number);
}

/* Names of netlink protocols (linux/netlink.h). */
static size_t put_netlink_protocol(char *out, uint64_t protocol)
{
	static const char *const names[] = {
		"route",   NULL,	"usersock", "firewall",	 "sock_diag", "nflog",
		"xfrm",	   "selinux",	"iscsi",    "audit",	 "fib_lookup", "connector",
		"netfilter", "ip6_fw",	"dnrtmsg",  "uevent",	 "generic",   NULL,
		"scsi",	   "ecryptfs",	"rdma",	    "crypto",	 "smc",
	};

	if (protocol >= sizeof(names) / sizeof(names[0]) || names[protocol] == NULL)
		return put_number(out, protocol);
	return (size_t)snprintf(out, SOCK_NAME_MAX, "%s", names[protocol]);
}

/* A path, or an abstract name, which begins with a NUL. */
static size_t put_path(char *out, const char *p, size_t n)
{
	n = n < SOCK_NAME_MAX ? n : SOCK_NAME_MAX - 1;
	if (n > 0)
		memcpy(out, p, n);
	if (n > 0 && out[0] == '\0')
		out[0] = '@';
	else
		n = strnlen(out, n);
	return n;
}

/* struct inet_diag_msg */
static bool diag_inet(const struct sock_kind *kind, const struct nlread *nl, struct bytes m,
		      struct sock *s)
{
	const uint8_t *p = m.p;
	bool six = kind->list == SOCK_LIST_INET6;

	if (m.len < 72 || p[0] != (six ? 10 : 2))
		return false;
	s->state = state_name(kind, p[1]);
	s->local_port = binary_u16(p + 4, true);
	s->remote_port = binary_u16(p + 6, true);
	s->local_len = put_address(s->local, six, p + 8);
	s->remote_len = put_address(s->remote, six, p + 24);
	s->interface = binary_u32(p + 40, nl->big);
	s->rx = binary_u32(p + 56, nl->big);
	s->tx = binary_u32(p + 60, nl->big);
	s->uid = binary_u32(p + 64, nl->big);
	s->ino = binary_u32(p + 68, nl->big);
	return true;
}

/* struct unix_diag_msg and its attributes: UNIX_DIAG_NAME 0, PEER 2, RQLEN 4, UID 7 */
static bool diag_unix(const struct sock_kind *kind, const struct nlread *nl, struct bytes m,
		      struct sock *s)
{
	const uint8_t *p = m.p, *at;
	struct bytes name;

	if (m.len < 16 || p[0] != 1)
		return false;
	s->state = state_name(kind, p[2]);
	s->ino = binary_u32(p + 4, nl->big);
	name = nlread_find_bytes(nl, m, 16, 0);
	s->local_len = put_path(s->local, name.p, name.len);
	at = nlread_find(nl, m, 16, 2, 4);
	if (at != NULL)
		s->remote_len = put_number(s->remote, binary_u32(at, nl->big));
	at = nlread_find(nl, m, 16, 4, 8);
	if (at != NULL) {
		s->rx = binary_u32(at, nl->big);
		s->tx = binary_u32(at + 4, nl->big);
	}
	at = nlread_find(nl, m, 16, 7, 4);
	if (at != NULL)
		s->uid = binary_u32(at, nl->big);
	return true;
}

/* struct packet_diag_msg and its attributes: PACKET_DIAG_INFO 0, UID 5 */
static bool diag_packet(const struct sock_kind *kind, const struct nlread *nl, struct bytes m,
			struct sock *s)
{
	const uint8_t *p = m.p, *at;

	if (m.len < 16 || p[0] != 17)
		return false;
	s->state = state_name(kind, 7);
	s->local_port = binary_u16(p + 2, nl->big);
	s->ino = binary_u32(p + 4, nl->big);
	at = nlread_find(nl, m, 16, 0, 4);
	if (at != NULL)
		s->interface = binary_u32(at, nl->big);
	at = nlread_find(nl, m, 16, 5, 4);
	if (at != NULL)
		s->uid = binary_u32(at, nl->big);
	return true;
}

/* struct netlink_diag_msg; whether it is connected is whether it has a peer */
static bool diag_netlink(const struct sock_kind *kind, const struct nlread *nl, struct bytes m,
			 struct sock *s)
{
	const uint8_t *p = m.p;

	if (m.len < 28 || p[0] != 16)
		return false;
	s->state = state_name(kind, p[3] != 0 ? 1 : 7);
	s->local_len = put_netlink_protocol(s->local, p[2]);
	s->local_port = binary_u32(p + 4, nl->big);
	s->remote_port = binary_u32(p + 8, nl->big);
	s->ino = binary_u32(p + 16, nl->big);
	return true;
}

/* struct vsock_diag_msg */
static bool diag_vsock(const struct sock_kind *kind, const struct nlread *nl, struct bytes m,
		       struct sock *s)
{
	const uint8_t *p = m.p;

	if (m.len < 32 || p[0] != 40)
		return false;
	s->state = state_name(kind, p[2]);
	s->local_len = put_number(s->local, binary_u32(p + 4, nl->big));
	s->local_port = binary_u32(p + 8, nl->big);
	s->remote_len = put_number(s->remote, binary_u32(p + 12, nl->big));
	s->remote_port = binary_u32(p + 16, nl->big);
	s->ino = binary_u32(p + 20, nl->big);
	return true;
}

/* struct xdp_diag_msg and its attributes: XDP_DIAG_INFO 1 (interface first), UID 2 */
static bool diag_xdp(const struct sock_kind *kind, const struct nlread *nl, struct bytes m,
		     struct sock *s)
{
	const uint8_t *p = m.p, *at;

	if (m.len < 16 || p[0] != 44)
		return false;
	s->state = state_name(kind, 7);
	s->ino = binary_u32(p + 4, nl->big);
	at = nlread_find(nl, m, 16, 1, 4);
	if (at != NULL)
		s->interface = binary_u32(at, nl->big);
	at = nlread_find(nl, m, 16, 2, 4);
	if (at != NULL)
		s->uid = binary_u32(at, nl->big);
	return true;
}

typedef bool diag_reader(const struct sock_kind *kind, const struct nlread *nl, struct bytes m,
			 struct sock *s);

bool sock_diag(const struct sock_kind *kind, const struct nlread *nl,
	       const struct nlread_message *m, struct sock *out)
{
	static diag_reader *const readers[] = {
		[SOCK_LIST_INET] = diag_inet,     [SOCK_LIST_INET6] = diag_inet,
		[SOCK_LIST_UNIX] = diag_unix,     [SOCK_LIST_PACKET] = diag_packet,
		[SOCK_LIST_NETLINK] = diag_netlink, [SOCK_LIST_VSOCK] = diag_vsock,
		[SOCK_LIST_XDP] = diag_xdp,
	};

	*out = nothing_of(kind);
	return readers[kind->list](kind, nl, m->body, out);
}

/* HEXADDRESS:HEXPORT, the address in words of 32 bits that are printed as numbers. */
static bool take_end(struct scan *line, bool six, bool big, char *name, int64_t *port)
{
	struct bytes word, digits;
	struct scan s;
	uint8_t address[16];
	uint64_t v;

	if (!scan_word(line, &word))
		return false;
	s = scan_begin(word.p, word.len);
	if (!scan_until(&s, ':', &digits) || digits.len != (six ? 32 : 8) ||
	    !scan_u64(scan_rest(&s), 16, &v) || v > UINT16_MAX)
		return false;
	*port = (int64_t)v;
	for (size_t i = 0; i < digits.len / 8; i++) {
		if (!scan_u64((struct bytes){ (const char *)digits.p + 8 * i, 8 }, 16, &v))
			return false;
		for (size_t k = 0; k < 4; k++)
			address[4 * i + k] = (uint8_t)(v >> 8 * (big ? 3 - k : k));
	}
	put_address(name, six, address);
	return true;
}

/* Two numbers of base 16 with a colon between. */
static bool take_pair(struct scan *line, int64_t *first, int64_t *second)
{
	struct bytes word, a;
	struct scan s;
	uint64_t v, w;

	if (!scan_word(line, &word))
		return false;
	s = scan_begin(word.p, word.len);
	if (!scan_until(&s, ':', &a) || !scan_u64(a, 16, &v) ||
	    !scan_u64(scan_rest(&s), 16, &w) || v > INT64_MAX || w > INT64_MAX)
		return false;
	*first = (int64_t)v;
	*second = (int64_t)w;
	return true;
}

static bool skip_words(struct scan *line, size_t n)
{
	struct bytes word;

	for (size_t i = 0; i < n; i++)
		if (!scan_word(line, &word))
			return false;
	return true;
}

static bool take_hex(struct scan *line, int64_t *out)
{
	struct bytes word;
	uint64_t v;

	if (!scan_word(line, &word) || !scan_u64(word, 16, &v) || v > INT64_MAX)
		return false;
	*out = (int64_t)v;
	return true;
}

/* sl local remote state tx:rx timer:when retransmits uid timeout inode ... */
static bool line_inet(const struct sock_kind *kind, struct scan *line, bool big, struct sock *s)
{
	bool six = kind->list == SOCK_LIST_INET6;
	int64_t state, timer, when;

	if (!skip_words(line, 1) ||
	    !take_end(line, six, big, s->local, &s->local_port) ||
	    !take_end(line, six, big, s->remote, &s->remote_port) || !take_hex(line, &state) ||
	    !take_pair(line, &s->tx, &s->rx) || !take_pair(line, &timer, &when) ||
	    !skip_words(line, 1) || !scan_words_i64(line, &s->uid, 1) || !skip_words(line, 1) ||
	    !scan_words_i64(line, &s->ino, 1))
		return false;
	s->local_len = strlen(s->local);
	s->remote_len = strlen(s->remote);
	s->state = state_name(kind, (uint64_t)state);
	return true;
}

/* Num: RefCount Protocol Flags Type St Inode [Path]; flag 0x10000: it listens */
static bool line_unix(const struct sock_kind *kind, struct scan *line, bool big, struct sock *s)
{
	int64_t flags, state;
	struct bytes path;

	(void)kind;
	(void)big;
	if (!skip_words(line, 3) || !take_hex(line, &flags) || !skip_words(line, 1) ||
	    !take_hex(line, &state) || !scan_words_i64(line, &s->ino, 1))
		return false;
	if ((flags & 0x10000) != 0)
		s->state = "LISTEN";
	else
		s->state = state == 3 ? "ESTABLISHED" : "UNCONN";
	if (line->p < line->end)
		line->p++;
	path = (struct bytes){ line->p, (size_t)(line->end - line->p) };
	s->local_len = put_path(s->local, path.p, path.len);
	return true;
}

/* sk RefCnt Type Proto Iface R Rmem User Inode */
static bool line_packet(const struct sock_kind *kind, struct scan *line, bool big, struct sock *s)
{
	(void)big;
	s->state = state_name(kind, 7);
	return skip_words(line, 3) && take_hex(line, &s->local_port) &&
	       scan_words_i64(line, &s->interface, 1) && skip_words(line, 1) &&
	       scan_words_i64(line, &s->rx, 1) && scan_words_i64(line, &s->uid, 1) &&
	       scan_words_i64(line, &s->ino, 1);
}

/* sk Eth Pid Groups Rmem Wmem Dump Locks Drops Inode */
static bool line_netlink(const struct sock_kind *kind, struct scan *line, bool big, struct sock *s)
{
	int64_t protocol;

	(void)big;
	s->state = state_name(kind, 7);
	if (!skip_words(line, 1) || !scan_words_i64(line, &protocol, 1) || protocol < 0 ||
	    !scan_words_i64(line, &s->local_port, 1) || !skip_words(line, 1) ||
	    !scan_words_i64(line, &s->rx, 1) || !scan_words_i64(line, &s->tx, 1) ||
	    !skip_words(line, 3) || !scan_words_i64(line, &s->ino, 1))
		return false;
	s->local_port &= UINT32_MAX;
	s->local_len = put_netlink_protocol(s->local, (uint64_t)protocol);
	return true;
}

typedef bool line_reader(const struct sock_kind *kind, struct scan *line, bool big, struct sock *s);

bool sock_line(const struct sock_kind *kind, struct bytes text, bool big, struct sock *out)
{
	static line_reader *const readers[] = {
		[SOCK_LIST_INET] = line_inet,	    [SOCK_LIST_INET6] = line_inet,
		[SOCK_LIST_UNIX] = line_unix,	    [SOCK_LIST_PACKET] = line_packet,
		[SOCK_LIST_NETLINK] = line_netlink, [SOCK_LIST_XDP] = NULL,
	};
	struct scan line = scan_begin(text.p, text.len);

	*out = nothing_of(kind);
	return kind->proc != NULL && readers[kind->list](kind, &line, big, out);
}
