/*
 * In a guest whose kernel has modules: makes tunnels with keys, and sets a trap where the kernel
 * looks for its module loader.
 *
 *	tunnels make		a wireguard interface, an IPsec association, a table of
 *				iptables; then the trap, which is this program
 *	tunnels untouched	0 if the trap was not sprung
 *	tunnels spring		ask for what is not loaded; 0 if that sprang the trap
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/genetlink.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/wireguard.h>
#include <linux/xfrm.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SPRUNG "/tmp/sprung"
#define PRIVATE "private key of this wireguard !!"	/* 32 bytes */
#define PRESHARED "preshared key of the other end !"
#define ESP_KEY "key of the ipsec"
#define PUBLIC "public key of the peer, as it is"

static size_t put(unsigned char *to, size_t n, uint16_t type, const void *data, size_t len)
{
	struct nlattr head = { .nla_len = (uint16_t)(sizeof(head) + len), .nla_type = type };

	memset(to + n, 0, NLA_ALIGN(head.nla_len));
	memcpy(to + n, &head, sizeof(head));
	memcpy(to + n + sizeof(head), data, len);
	return n + NLA_ALIGN(head.nla_len);
}

/* Sends one question; the first answer into the room.  Its length. */
static ssize_t talk(int protocol, uint16_t type, uint16_t flags, const void *body, size_t n,
		    unsigned char *room, size_t size)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct nlmsghdr head = { .nlmsg_len = (uint32_t)(sizeof(head) + n), .nlmsg_type = type,
				 .nlmsg_flags = NLM_F_REQUEST | flags };
	unsigned char message[4096];
	int s = socket(AF_NETLINK, SOCK_RAW, protocol);
	ssize_t got = -1;

	memcpy(message, &head, sizeof(head));
	memcpy(message + sizeof(head), body, n);
	if (s >= 0 && sendto(s, message, head.nlmsg_len, 0, (struct sockaddr *)&kernel,
			     sizeof(kernel)) >= 0)
		got = recv(s, room, size, 0);
	close(s);
	return got;
}

static int tell(const char *what, int protocol, uint16_t type, const void *body, size_t n)
{
	unsigned char room[4096];
	/* generic netlink of newer kernels refuses flags that it has no meaning for */
	uint16_t flags = NLM_F_ACK | (protocol == NETLINK_GENERIC ? 0 : NLM_F_CREATE);
	int code = -1;

	if (talk(protocol, type, flags, body, n, room, sizeof(room)) >= 20)
		memcpy(&code, room + sizeof(struct nlmsghdr), sizeof(code));
	printf("%s: %d\n", what, code);
	return code;
}

static uint16_t family(const char *name)
{
	unsigned char body[64] = { CTRL_CMD_GETFAMILY, 1 }, room[4096];
	size_t n = put(body, GENL_HDRLEN, CTRL_ATTR_FAMILY_NAME, name, strlen(name) + 1);
	ssize_t got = talk(NETLINK_GENERIC, GENL_ID_CTRL, 0, body, n, room, sizeof(room));
	size_t at = sizeof(struct nlmsghdr) + GENL_HDRLEN;
	struct nlattr a;
	uint16_t id = 0;

	while (got > 0 && at + sizeof(a) <= (size_t)got) {
		memcpy(&a, room + at, sizeof(a));
		if (a.nla_len < sizeof(a))
			break;
		if (a.nla_type == CTRL_ATTR_FAMILY_ID)
			memcpy(&id, room + at + sizeof(a), sizeof(id));
		at += NLA_ALIGN(a.nla_len);
	}
	return id;
}

static int make_wireguard(void)
{
	unsigned char body[1024] = { 0 }, peers[512], peer[512];
	struct sockaddr_in end = { .sin_family = AF_INET, .sin_port = htons(51820),
				   .sin_addr.s_addr = inet_addr("192.0.2.66") };
	size_t n = put(peer, 0, IFLA_INFO_KIND, "wireguard", 9);

	n = put(body, put(body, sizeof(struct ifinfomsg), IFLA_IFNAME, "wg0", 4),
		IFLA_LINKINFO | NLA_F_NESTED, peer, n);
	if (tell("interface", NETLINK_ROUTE, RTM_NEWLINK, body, n) != 0)
		return 1;
	n = put(peer, 0, WGPEER_A_PUBLIC_KEY, PUBLIC, WG_KEY_LEN);
	n = put(peer, n, WGPEER_A_PRESHARED_KEY, PRESHARED, WG_KEY_LEN);
	n = put(peer, n, WGPEER_A_ENDPOINT, &end, sizeof(end));
	n = put(peers, 0, NLA_F_NESTED, peer, n);
	memset(body, 0, sizeof(body));
	body[0] = WG_CMD_SET_DEVICE;
	body[1] = WG_GENL_VERSION;
	n = put(body, put(body, put(body, GENL_HDRLEN, WGDEVICE_A_IFNAME, "wg0", 4),
			  WGDEVICE_A_PRIVATE_KEY, PRIVATE, WG_KEY_LEN),
		WGDEVICE_A_PEERS | NLA_F_NESTED, peers, n);
	return tell("wireguard", NETLINK_GENERIC, family(WG_GENL_NAME), body, n);
}

static int make_ipsec(void)
{
	struct xfrm_usersa_info sa = { .family = AF_INET, .mode = XFRM_MODE_TUNNEL, .reqid = 7,
				       .lft = { XFRM_INF, XFRM_INF, XFRM_INF, XFRM_INF, 0, 0, 0, 0 } };
	union {
		struct xfrm_algo algo;
		unsigned char room[sizeof(struct xfrm_algo) + 32];
	} crypt = { .algo.alg_name = "cbc(aes)" }, hash = { .algo.alg_name = "hmac(sha256)" };
	unsigned char body[1024];
	size_t n = sizeof(sa);

	sa.id.daddr.a4 = inet_addr("192.0.2.66");
	sa.saddr.a4 = inet_addr("192.0.2.1");
	sa.id.spi = htonl(0x1234);
	sa.id.proto = IPPROTO_ESP;
	crypt.algo.alg_key_len = hash.algo.alg_key_len = 128;
	memcpy(crypt.algo.alg_key, ESP_KEY, 16);
	memcpy(hash.algo.alg_key, ESP_KEY, 16);
	memcpy(body, &sa, sizeof(sa));
	n = put(body, n, XFRMA_ALG_CRYPT, &crypt, sizeof(crypt.algo) + 16);
	n = put(body, n, XFRMA_ALG_AUTH, &hash, sizeof(hash.algo) + 16);
	return tell("ipsec", NETLINK_XFRM, XFRM_MSG_NEWSA, body, n);
}

/* Asking for the table makes it. */
static int make_table(void)
{
	unsigned char info[84] = "filter";
	socklen_t len = sizeof(info);
	int s = socket(AF_INET, SOCK_DGRAM, 0);

	return getsockopt(s, IPPROTO_IP, 64, info, &len);
}

static int make(const char *self)
{
	int fd, bad = 0;

	bad |= make_wireguard();
	bad |= make_ipsec();
	bad |= make_table();
	fd = open("/proc/sys/kernel/modprobe", O_WRONLY);
	bad |= write(fd, self, strlen(self)) < 0;
	close(fd);
	unlink(SPRUNG);
	return bad != 0;
}

static int spring(void)
{
	close(socket(AF_BLUETOOTH, SOCK_RAW, 0));
	return access(SPRUNG, F_OK) != 0;
}

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "make") == 0)
		return make(argv[0]);
	if (argc == 2 && strcmp(argv[1], "untouched") == 0)
		return access(SPRUNG, F_OK) == 0;
	if (argc == 2 && strcmp(argv[1], "spring") == 0)
		return spring();
	/* the kernel wants a module: "-q -- NAME" */
	close(open(SPRUNG, O_WRONLY | O_CREAT, 0600));
	return 1;
}
