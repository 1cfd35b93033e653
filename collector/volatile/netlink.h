/*
 * netlink: questions to the kernel over an AF_NETLINK socket, raw answers.
 *
 * The answer is kept as received: the netlink messages of every datagram, one behind the
 * other, padded to 4 bytes each, NLMSG_DONE or NLMSG_ERROR included.  What is looked at
 * here is only what tells how the answer ended.  Only the kernel's own datagrams count
 * (sender port 0).  netlink(7), linux/netlink.h.
 */
#ifndef EXHIBIT_VOLATILE_NETLINK_H
#define EXHIBIT_VOLATILE_NETLINK_H

#include <linux/netlink.h>
#include <stddef.h>
#include <stdint.h>

#include "collector/volatile/answer.h"
#include "collector/volatile/secret.h"
#include "collector/volatile/source.h"

#define NETLINK_ROOM 131072u		/* bytes of the largest datagram that can be taken */
#define NETLINK_TRIES 3u		/* how often an inconsistent list is asked for */
#define NETLINK_SECONDS 5u		/* patience with a kernel that sends nothing */
#define NETLINK_BODY_MAX 512u		/* bytes of a question behind its header */

struct netlink {
	int fd;
	uint32_t seq;			/* of the last question */
	struct source_env *env;
	unsigned char *room;		/* NETLINK_ROOM bytes */
};

/* A question: header type and flags (NLM_F_REQUEST is added), what follows it. */
struct netlink_request {
	uint16_t type;
	uint16_t flags;			/* NLM_F_DUMP for a list, NLM_F_ACK to end other answers */
	uint16_t last;			/* a message of this type ends the answer too; 0: none */
	const void *body;
	size_t len;			/* <= NETLINK_BODY_MAX */
	const struct secret *secret;	/* keys that the answer comes with; NULL: none */
};

/**
 * netlink_open(nl, env, protocol):
 * Make a socket of that netlink protocol in the present network namespace.  The caller knows
 * that the kernel has the protocol.  Return 0, or -1 with errno; netlink_close in any case.
 */
int netlink_open(struct netlink *nl, struct source_env *env, int protocol);
void netlink_close(struct netlink *nl);

/**
 * netlink_ask(nl, req, a):
 * Ask, and append the answer to ${a}.  A list whose NLM_F_DUMP_INTR says that it changed
 * meanwhile is asked for again; still so in the end: GAP_INCONSISTENT.  A refusal is noted in
 * ${a} with its errno.  Keys named by req->secret are blanked, and counted in
 * a->blanked, unless env->private_keys.  Return 0, or -1 when the sink failed.
 */
int netlink_ask(struct netlink *nl, const struct netlink_request *req, struct answer *a);

/**
 * netlink_next(text, n, offset, type, body, len):
 * Walk the messages of an answer: the one at *${offset}, which is advanced.  True with its
 * type, and what follows its header.  False at the end or where lengths make no sense.
 */
struct netlink_message {
	uint16_t type, flags;
	const unsigned char *body;
	size_t len;
};
bool netlink_next(const void *data, size_t n, size_t *offset, struct netlink_message *out);

/**
 * netlink_attribute(data, n, type):
 * The first attribute of that type (NLA_F_* bits ignored) in ${n} bytes of attributes; p is
 * NULL if there is none.
 */
struct bytes netlink_attribute(const void *data, size_t n, uint16_t type);

/**
 * netlink_put(body, n, type, data, len):
 * Append an attribute to a question of ${n} bytes that has room for NETLINK_BODY_MAX.  Return
 * the new length; without room the old one.
 */
size_t netlink_put(void *body, size_t n, uint16_t type, const void *data, size_t len);

#endif
