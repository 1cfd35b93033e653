/*
 * Sockets that wait for somebody: those of /proc/net against those of NETLINK_SOCK_DIAG in the
 * same network namespace, by local address, port and inode.  TCP sockets that listen, UDP
 * sockets without a peer, raw sockets.  The two lists are made by different functions of the
 * kernel; whoever filters one has to know of the other.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector/volatile/answer.h"
#include "collector/volatile/netlink.h"
#include "collector/volatile/netns.h"
#include "collector/volatile/procfs.h"
#include "collector/volatile/source.h"
#include "collector/volatile/view.h"

#define STATE_LISTEN 10u		/* enum of net/tcp_states.h */
#define STATE_CLOSE 7u			/* UDP: no peer */
#define ALL_STATES UINT32_MAX
#define PROTOCOL_UDPLITE 136

static const struct protocol {
	const char *name, *file;	/* below /proc/net */
	int family, number;
	enum symbol needs;
	unsigned state;			/* 0: all */
	bool sorted;			/* those of the state come first in the file */
} protocols[] = {
	{ "tcp4", "tcp", AF_INET, IPPROTO_TCP, SYMBOL_TCP_DIAG, STATE_LISTEN, true },
	{ "tcp6", "tcp6", AF_INET6, IPPROTO_TCP, SYMBOL_TCP_DIAG, STATE_LISTEN, true },
	{ "udp4", "udp", AF_INET, IPPROTO_UDP, SYMBOL_UDP_DIAG, STATE_CLOSE, false },
	{ "udp6", "udp6", AF_INET6, IPPROTO_UDP, SYMBOL_UDP_DIAG, STATE_CLOSE, false },
	{ "udplite4", "udplite", AF_INET, PROTOCOL_UDPLITE, SYMBOL_UDP_DIAG, STATE_CLOSE, false },
	{ "udplite6", "udplite6", AF_INET6, PROTOCOL_UDPLITE, SYMBOL_UDP_DIAG, STATE_CLOSE, false },
	{ "raw4", "raw", AF_INET, IPPROTO_RAW, SYMBOL_RAW_DIAG, 0, false },
	{ "raw6", "raw6", AF_INET6, IPPROTO_RAW, SYMBOL_RAW_DIAG, 0, false },
};

#define PROTOCOL_COUNT (sizeof(protocols) / sizeof(protocols[0]))

/* What names a socket; compared as bytes. */
struct key {
	unsigned char address[16];	/* as on the wire; of IPv4 the first four */
	unsigned char port[2];		/* likewise; the protocol of a raw socket */
	unsigned char inode[4];		/* likewise; 0: a socket of the kernel itself */
};

struct sockets {
	struct source_env *env;
	const struct protocol *protocol;
	int file_errno;			/* of /proc/net/...: no such protocol here */
	struct view_set *into;		/* the list that is being made */
	/* Where the answers of netlink go instead of into the archive. */
	struct sink sink;
	struct source_env asking;
};

static void set_number(unsigned char *out, size_t n, uint32_t v)
{
	for (size_t i = n; i-- > 0; v >>= 8)
		out[i] = (unsigned char)v;
}

/* ===== /proc/net ===== */

/* The blank-separated fields of a line that are wanted. */
enum { FIELD_LOCAL = 1, FIELD_STATE = 3, FIELD_INODE = 9, FIELD_COUNT };

static bool split(const char *line, const char *field[FIELD_COUNT])
{
	for (size_t i = 0; i < FIELD_COUNT; i++) {
		line += strspn(line, " ");
		field[i] = line;
		if (*line == '\0')
			return false;
		line += strcspn(line, " ");
	}
	return true;
}

/* "  0: 0100007F:0050 00000000:0000 0A ... uid timeout inode ...": addresses are words of the
 * host's byte order.  False if it is none of these: the heading. */
static bool parse_line(const char *line, struct key *k, unsigned *state)
{
	const char *field[FIELD_COUNT];
	size_t digits;

	if (!split(line, field))
		return false;
	digits = strspn(field[FIELD_LOCAL], "0123456789ABCDEFabcdef");
	if ((digits != 8 && digits != 32) || field[FIELD_LOCAL][digits] != ':')
		return false;
	memset(k, 0, sizeof(*k));
	for (size_t i = 0; i < digits / 8; i++) {
		char word[9] = "";
		uint32_t v;

		memcpy(word, field[FIELD_LOCAL] + i * 8, 8);
		v = (uint32_t)strtoul(word, NULL, 16);
		memcpy(k->address + i * 4, &v, 4);
	}
	set_number(k->port, 2, (uint32_t)strtoul(field[FIELD_LOCAL] + digits + 1, NULL, 16));
	set_number(k->inode, 4, (uint32_t)strtoul(field[FIELD_INODE], NULL, 10));
	*state = (unsigned)strtoul(field[FIELD_STATE], NULL, 16);
	return true;
}

/* False when no line behind this one is wanted. */
static bool take_line(void *of, const char *line)
{
	const struct sockets *s = of;
	const struct protocol *p = s->protocol;
	unsigned state;
	struct key k;

	if (!parse_line(line, &k, &state))
		return true;		/* the heading */
	if (p->state == 0 || state == p->state)
		view_set_add(s->into, &k);
	return !p->sorted || state == p->state;
}

static int list_file(void *of, struct view_set *out)
{
	struct sockets *s = of;
	char name[64];
	int oserr;

	s->into = out;
	snprintf(name, sizeof(name), "thread-self/net/%s", s->protocol->file);
	oserr = procfs_lines(s->env->proc_fd, name, s->env->pulse, take_line, s);
	if (oserr == ENOENT)		/* there is no thread-self before 3.17 */
		oserr = procfs_lines(s->env->proc_fd, name + strlen("thread-"), s->env->pulse,
				     take_line, s);
	s->file_errno = oserr;
	return oserr == ENOENT ? 0 : oserr;
}

/* ===== sock_diag ===== */

static int sink_begin(struct sink *to, const struct item *it)
{
	(void)to;
	(void)it;
	return 0;
}

/* Whole messages only: an answer is never cut inside one. */
static int sink_write(struct sink *to, const void *data, size_t n)
{
	struct sockets *s = (struct sockets *)((char *)to - offsetof(struct sockets, sink));
	struct netlink_message m;
	struct inet_diag_msg d;
	size_t at = 0;
	struct key k;

	while (netlink_next(data, n, &at, &m)) {
		if (m.type != SOCK_DIAG_BY_FAMILY || m.len < sizeof(d))
			continue;
		memcpy(&d, m.body, sizeof(d));
		memset(&k, 0, sizeof(k));
		memcpy(k.address, d.id.idiag_src, s->protocol->family == AF_INET ? 4 : 16);
		memcpy(k.port, &d.id.idiag_sport, 2);
		set_number(k.inode, 4, d.idiag_inode);
		view_set_add(s->into, &k);
	}
	return 0;
}

static int sink_end(struct sink *to, const struct item_end *how)
{
	(void)to;
	(void)how;
	return 0;
}

static int list_diag(void *of, struct view_set *out)
{
	struct sockets *s = of;
	const struct protocol *p = s->protocol;
	struct inet_diag_req_v2 body = {
		.sdiag_family = (uint8_t)p->family, .sdiag_protocol = (uint8_t)p->number,
		.idiag_states = p->state == 0 ? ALL_STATES : 1u << p->state,
	};
	const struct netlink_request req = { .type = SOCK_DIAG_BY_FAMILY, .flags = NLM_F_DUMP,
					     .body = &body, .len = sizeof(body) };
	struct netlink nl;
	struct answer a;

	s->asking = *s->env;
	s->asking.to = &s->sink;
	s->asking.budget = NULL;
	s->into = out;
	answer_begin(&a, &s->asking, "diag");
	if (netlink_open(&nl, &s->asking, NETLINK_SOCK_DIAG) < 0)
		answer_errno(&a, errno, "socket");
	else
		netlink_ask(&nl, &req, &a);
	netlink_close(&nl);
	answer_end(&a);
	/* A list that changed all the time is looked at again anyway. */
	return a.gap == GAP_INCONSISTENT ? 0 : a.oserr;
}

/* ===== telling ===== */

static void describe(void *of, const void *key, struct buf *out)
{
	const struct sockets *s = of;
	char text[INET6_ADDRSTRLEN] = "";
	const struct key *k = key;

	inet_ntop(s->protocol->family, k->address, text, sizeof(text));
	buf_printf(out, "\"local\":\"%s\",\"port\":%u,\"inode\":%u", text,
		   (unsigned)k->port[0] << 8 | k->port[1], view_set_number(k->inode));
}

static void put_file(void *of, struct buf *out)
{
	const struct sockets *s = of;

	buf_printf(out, ",\"a_errno\":%d", s->file_errno);
}

static int take(struct source_env *env, const struct protocol *p, struct answer *a)
{
	struct sockets s = { .env = env, .protocol = p,
			     .sink = { sink_begin, sink_write, sink_end } };
	const struct view v = {
		.check = p->name, .width = sizeof(struct key), .of = &s,
		.a = { p->file, list_file, NULL }, .b = { "sock_diag", list_diag, NULL },
		.describe = describe, .more = put_file,
	};
	struct view_result r;
	int end = 0;

	view_compare(env, &v, &r);
	if (r.oserr != 0)
		answer_errno(a, r.oserr, NULL);
	else
		end = view_report(a, &v, &r);
	view_result_release(&r);
	return end;
}

static int in_namespace(struct source_env *env, const struct netns *ns)
{
	struct answer a;
	int end = 0;

	answer_begin(&a, env, "view/socket/%llu", (unsigned long long)ns->ino);
	for (size_t i = 0; i < PROTOCOL_COUNT && end == 0; i++)
		if (symbols_has(&env->symbols, protocols[i].needs))
			end = take(env, &protocols[i], &a);
	return answer_end(&a) < 0 || end < 0 ? -1 : 0;
}

int view_socket_run(struct source_env *env)
{
	char name[64];
	int end = 0;

	symbols_load(&env->symbols, env->proc_fd, env->pulse);
	for (size_t i = 0; i < PROTOCOL_COUNT && end == 0; i++) {
		if (symbols_has(&env->symbols, protocols[i].needs))
			continue;
		snprintf(name, sizeof(name), "view/socket/%s", protocols[i].name);
		end = answer_gap(env, name, GAP_UNSUPPORTED, env->symbols.oserr, NULL);
	}
	return end == 0 ? netns_each(env, in_namespace) : end;
}
