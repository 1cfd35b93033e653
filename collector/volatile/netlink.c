#include "collector/volatile/netlink.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "lib/base/fd.h"

/* How one attempt at an answer ended. */
enum outcome { OUTCOME_WHOLE, OUTCOME_CHANGED, OUTCOME_REFUSED, OUTCOME_BROKEN };

int netlink_open(struct netlink *nl, struct source_env *env, int protocol)
{
	struct timeval patience = { .tv_sec = NETLINK_SECONDS };

	nl->env = env;
	nl->seq = 0;
	nl->room = malloc(NETLINK_ROOM);
	nl->fd = nl->room == NULL ? -1 : socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
	if (nl->fd < 0)
		return -1;
	return setsockopt(nl->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
}

void netlink_close(struct netlink *nl)
{
	int oserr = errno;

	fd_close(&nl->fd);
	free(nl->room);
	nl->room = NULL;
	errno = oserr;
}

/* In one piece: an emulator of processes turns round the numbers of the first piece alone. */
static int send_question(struct netlink *nl, const struct netlink_request *req)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct nlmsghdr head = { .nlmsg_len = (uint32_t)(sizeof(head) + req->len),
				 .nlmsg_type = req->type,
				 .nlmsg_flags = NLM_F_REQUEST | req->flags,
				 .nlmsg_seq = ++nl->seq };
	unsigned char message[sizeof(head) + NETLINK_BODY_MAX];
	struct iovec iov = { message, head.nlmsg_len };
	struct msghdr msg = { .msg_name = &kernel, .msg_namelen = sizeof(kernel),
			      .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t n;

	memcpy(message, &head, sizeof(head));
	if (req->len > 0)
		memcpy(message + sizeof(head), req->body, req->len);
	pulse_call(nl->env->pulse, PULSE_NETLINK);
	n = sendmsg(nl->fd, &msg, 0);
	pulse_idle(nl->env->pulse);
	return n < 0 ? -1 : 0;
}

/* The next datagram of the kernel.  Its length, or -1 with errno. */
static ssize_t receive(struct netlink *nl)
{
	struct sockaddr_nl from = { 0 };
	struct iovec iov = { nl->room, NETLINK_ROOM };
	struct msghdr msg;
	ssize_t n;

	do {
		msg = (struct msghdr){ .msg_name = &from, .msg_namelen = sizeof(from),
				       .msg_iov = &iov, .msg_iovlen = 1 };
		pulse_call(nl->env->pulse, PULSE_NETLINK);
		n = recvmsg(nl->fd, &msg, 0);
		pulse_idle(nl->env->pulse);
	} while ((n < 0 && errno == EINTR) || (n >= 0 && from.nl_pid != 0));
	if (n >= 0 && (msg.msg_flags & MSG_TRUNC) != 0) {
		errno = EMSGSIZE;
		return -1;
	}
	return n;
}

/* NLMSG_DONE and NLMSG_ERROR begin with an errno, negative or 0. */
static int oserr_of(const struct netlink_message *m)
{
	int32_t code = 0;

	if (m->len >= sizeof(code))
		memcpy(&code, m->body, sizeof(code));
	return code < 0 ? -code : 0;
}

/* What a datagram says: 1 the answer is complete, 0 more follows. */
static int judge(const struct netlink *nl, size_t n, uint16_t last, bool *changed, int *oserr)
{
	struct netlink_message m;
	size_t at = 0;

	while (netlink_next(nl->room, n, &at, &m)) {
		if ((m.flags & NLM_F_DUMP_INTR) != 0)
			*changed = true;
		if (last != 0 && m.type == last)
			return 1;
		if (m.type != NLMSG_DONE && m.type != NLMSG_ERROR)
			continue;
		*oserr = oserr_of(&m);
		return 1;
	}
	return 0;
}

/* Keys do not leave the room in which they were received. */
static uint32_t blank(const struct netlink *nl, size_t n, const struct secret *secret)
{
	struct netlink_message m;
	uint32_t count = 0;
	size_t at = 0;

	if (secret == NULL || nl->env->private_keys)
		return 0;
	while (netlink_next(nl->room, n, &at, &m))
		if (m.type >= NLMSG_MIN_TYPE)
			count += secret_blank(secret, nl->room + (m.body - nl->room), m.len);
	return count;
}

static enum outcome ask_once(struct netlink *nl, const struct netlink_request *req,
			     struct answer *a, int *oserr)
{
	bool changed = false;
	int end = 0;

	*oserr = 0;
	if (send_question(nl, req) < 0) {
		*oserr = errno;
		return OUTCOME_REFUSED;
	}
	while (end == 0) {
		ssize_t n = receive(nl);

		if (n <= 0) {
			*oserr = n < 0 ? errno : EIO;
			return OUTCOME_REFUSED;
		}
		end = judge(nl, (size_t)n, req->last, &changed, oserr);
		if (*oserr != 0)
			return OUTCOME_REFUSED;
		a->blanked += blank(nl, (size_t)n, req->secret);
		if (answer_add(a, nl->room, (size_t)n) < 0)
			return OUTCOME_BROKEN;
		if (source_stopped(nl->env)) {
			answer_fail(a, GAP_CUT, 0, NULL);
			return OUTCOME_WHOLE;
		}
	}
	return changed ? OUTCOME_CHANGED : OUTCOME_WHOLE;
}

int netlink_ask(struct netlink *nl, const struct netlink_request *req, struct answer *a)
{
	uint64_t mark = answer_mark(a);
	uint32_t blanked = a->blanked;
	enum outcome end = OUTCOME_CHANGED;
	int oserr = 0;

	for (unsigned i = 0; i < NETLINK_TRIES && end == OUTCOME_CHANGED; i++) {
		if (i > 0 && !answer_rewind(a, mark))
			break;
		a->blanked = blanked;
		end = ask_once(nl, req, a, &oserr);
	}
	if (end == OUTCOME_CHANGED)
		return answer_fail(a, GAP_INCONSISTENT, 0, NULL);
	if (end == OUTCOME_REFUSED)
		return answer_errno(a, oserr, "recvmsg");
	return end == OUTCOME_BROKEN ? -1 : 0;
}

bool netlink_next(const void *data, size_t n, size_t *offset, struct netlink_message *out)
{
	const unsigned char *p = data;
	struct nlmsghdr head;

	if (*offset > n || n - *offset < sizeof(head))
		return false;
	memcpy(&head, p + *offset, sizeof(head));
	if (head.nlmsg_len < sizeof(head) || head.nlmsg_len > n - *offset)
		return false;
	*out = (struct netlink_message){ .type = head.nlmsg_type, .flags = head.nlmsg_flags,
					 .body = p + *offset + sizeof(head),
					 .len = head.nlmsg_len - sizeof(head) };
	*offset += NLMSG_ALIGN(head.nlmsg_len);
	return true;
}

struct bytes netlink_attribute(const void *data, size_t n, uint16_t type)
{
	const unsigned char *p = data;
	struct nlattr head;
	size_t whole;

	while (n >= sizeof(head)) {
		memcpy(&head, p, sizeof(head));
		if (head.nla_len < sizeof(head) || head.nla_len > n)
			break;
		if ((head.nla_type & NLA_TYPE_MASK) == type)
			return (struct bytes){ p + sizeof(head), head.nla_len - sizeof(head) };
		whole = NLA_ALIGN((size_t)head.nla_len);
		if (whole >= n)
			break;
		p += whole;
		n -= whole;
	}
	return (struct bytes){ NULL, 0 };
}

size_t netlink_put(void *body, size_t n, uint16_t type, const void *data, size_t len)
{
	unsigned char *p = (unsigned char *)body + n;
	struct nlattr head = { .nla_len = (uint16_t)(sizeof(head) + len), .nla_type = type };
	size_t whole = NLA_ALIGN(sizeof(head) + len);

	if (n > NETLINK_BODY_MAX || whole > NETLINK_BODY_MAX - n)
		return n;
	memset(p, 0, whole);
	memcpy(p, &head, sizeof(head));
	if (len > 0)
		memcpy(p + sizeof(head), data, len);
	return n + whole;
}
