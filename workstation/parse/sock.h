/*
 * sock: sockets as the kernel lists them, by NETLINK_SOCK_DIAG (sock_diag(7); linux/inet_diag.h,
 * unix_diag.h, packet_diag.h, netlink_diag.h, vm_sockets_diag.h, xdp_diag.h) and by the files
 * of /proc/net (proc(5)), in one form.
 */
#ifndef EXHIBIT_PARSE_SOCK_H
#define EXHIBIT_PARSE_SOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/bytes.h"
#include "workstation/parse/nlread.h"

#define SOCK_NAME_MAX 128u	/* bytes of an address, or of the path of a unix socket (108) */

/* A socket.  Numbers that are not told are -1. */
struct sock {
	const char *protocol;	/* tcp tcp6 udp udp6 raw raw6 unix packet netlink vsock ... */
	const char *state;	/* LISTEN ESTABLISHED ... UNCONN; NULL: not known here */
	char local[SOCK_NAME_MAX];	/* numeric address; path of a unix socket, an abstract one
					 * with @ in front; protocol of a netlink socket; raw */
	char remote[SOCK_NAME_MAX];	/* address; of a unix socket the inode of its peer */
	size_t local_len, remote_len;	/* bytes; 0: none */
	int64_t local_port;	/* raw and packet: protocol number; netlink: port id */
	int64_t remote_port;
	int64_t ino;		/* 0: it belongs to no process any more, or not yet */
	int64_t uid;
	int64_t rx, tx;		/* bytes waiting; of a listener the backlog, and its limit */
	int64_t interface;	/* number of the interface it is bound to; 0: none */
};

/* What a list holds, by the name of its member or file. */
enum sock_list {
	SOCK_LIST_INET, SOCK_LIST_INET6, SOCK_LIST_UNIX, SOCK_LIST_PACKET, SOCK_LIST_NETLINK,
	SOCK_LIST_VSOCK, SOCK_LIST_XDP
};

struct sock_kind {
	const char *diag;	/* name below live/net/INODE/socket_diag; NULL: there is none */
	const char *proc;	/* name below /proc/net; NULL: there is none that is read */
	const char *protocol;
	enum sock_list list;
	bool streams;		/* has the states of TCP: one that is closed is no UNCONN */
};

/**
 * sock_kind_diag(name), sock_kind_proc(name):
 * The row for a name, of which parts (tcp4.1) are told by the caller; NULL: no such list.
 */
const struct sock_kind *sock_kind_diag(struct bytes name);
const struct sock_kind *sock_kind_proc(struct bytes name);

/**
 * sock_diag(kind, nl, m, out):
 * Read the message ${m} of the answer ${nl}.  False if it is too short for its struct, or of
 * another family than ${kind}.
 */
bool sock_diag(const struct sock_kind *kind, const struct nlread *nl,
	       const struct nlread_message *m, struct sock *out);

/**
 * sock_line(kind, line, big, out):
 * Read a line of a file of /proc/net; ${big} is the byte order of the host, in which addresses
 * are written there.  False if it is none: the line of headings is none.
 */
bool sock_line(const struct sock_kind *kind, struct bytes line, bool big, struct sock *out);

#endif
