#include <arpa/inet.h>
#include <check.h>
#include <linux/xfrm.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "collector/volatile/netlink.h"
#include "tests/support/live_box.h"

Suite *suite_src_xfrm(void);

#define KEY "key of the tunnel"		/* 17 bytes */
#define KEY_LEN 17u
#define PEER "192.0.2.66"

static struct live_box *box;
static uint64_t netns;
static pid_t child;

static bool tell(uint16_t type, const void *body, size_t n)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct nlmsghdr head = { .nlmsg_len = (uint32_t)(sizeof(head) + n), .nlmsg_type = type,
				 .nlmsg_flags = NLM_F_REQUEST | NLM_F_CREATE | NLM_F_ACK };
	unsigned char message[1024] = { 0 };
	int s = socket(AF_NETLINK, SOCK_RAW, NETLINK_XFRM);
	bool done;

	memcpy(message, &head, sizeof(head));
	memcpy(message + sizeof(head), body, n);
	done = s >= 0 && sendto(s, message, head.nlmsg_len, 0, (struct sockaddr *)&kernel,
				sizeof(kernel)) >= 0 &&
	       recv(s, message, sizeof(message), 0) >= 20 &&
	       memcmp(message + sizeof(head), "\0\0\0\0", 4) == 0;
	close(s);
	return done;
}

/* Needs ESP and an algorithm, which not every kernel has loaded. */
static void make_association(void)
{
	struct xfrm_usersa_info sa = { .family = AF_INET, .mode = XFRM_MODE_TUNNEL, .reqid = 7,
				       .lft = { XFRM_INF, XFRM_INF, XFRM_INF, XFRM_INF, 0, 0, 0, 0 } };
	union {
		struct xfrm_algo algo;
		unsigned char room[sizeof(struct xfrm_algo) + 64];
	} crypt = { .algo.alg_name = "cipher_null" }, hash = { .algo.alg_name = "hmac(sha256)" };
	unsigned char body[NETLINK_BODY_MAX];
	size_t n = sizeof(sa);

	sa.id.daddr.a4 = inet_addr(PEER);
	sa.id.spi = htonl(0x1234);
	sa.id.proto = IPPROTO_ESP;
	sa.saddr.a4 = inet_addr("192.0.2.1");
	hash.algo.alg_key_len = KEY_LEN * 8;
	memcpy(hash.algo.alg_key, KEY, KEY_LEN);
	memcpy(body, &sa, sizeof(sa));
	n = netlink_put(body, n, XFRMA_ALG_CRYPT, &crypt, sizeof(crypt.algo));
	n = netlink_put(body, n, XFRMA_ALG_AUTH, &hash, sizeof(hash.algo) + KEY_LEN);
	tell(XFRM_MSG_NEWSA, body, n);
}

/* Drops what comes from the peer: needs no algorithm. */
static void make_policy(void)
{
	struct xfrm_userpolicy_info p = { .dir = XFRM_POLICY_IN, .action = XFRM_POLICY_BLOCK,
					  .lft = { XFRM_INF, XFRM_INF, XFRM_INF, XFRM_INF, 0, 0, 0, 0 } };

	p.sel.family = AF_INET;
	p.sel.saddr.a4 = inet_addr(PEER);
	p.sel.prefixlen_s = 32;
	if (!tell(XFRM_MSG_NEWPOLICY, &p, sizeof(p)))
		_exit(1);
	make_association();
}

static void set_up(void)
{
	box = live_box_new();
	symbols_load(&box->env.symbols, box->env.proc_fd, &box->pulse);
	child = symbols_has(&box->env.symbols, SYMBOL_XFRM) ?
		live_box_child(make_policy, &netns) : 0;
}

static void tear_down(void)
{
	live_box_free(box);
	live_box_end(child);
}

static const struct live_item *in(const char *name)
{
	return live_box_get(box, "net/%llu/xfrm/%s", (unsigned long long)netns, name);
}

/* Has the kernel made the association? */
static bool has_association(void)
{
	in_addr_t peer = inet_addr(PEER);
	const struct live_item *i = in("state");

	ck_assert_int_eq(i->how.gap, GAP_NONE);
	return live_item_has(i, &peer, 4);
}

START_TEST(test_a_policy_of_another_namespace_is_taken)
{
	in_addr_t peer = inet_addr(PEER);

	if (child == 0)
		return;		/* no IPsec, or no namespaces */
	ck_assert_int_eq(xfrm_run(&box->env), 0);
	ck_assert_int_eq(in("policy")->how.gap, GAP_NONE);
	ck_assert(live_item_has(in("policy"), &peer, 4));
	ck_assert(live_item_has(in("policy.json"), "XFRM_MSG_GETPOLICY", 18));
}
END_TEST

START_TEST(test_an_association_is_taken_with_its_key_only_if_keys_were_asked_for)
{
	box->env.private_keys = _i != 0;
	if (child == 0)
		return;
	ck_assert_int_eq(xfrm_run(&box->env), 0);
	if (!has_association())
		return;
	ck_assert(live_item_has(in("state"), "hmac(sha256)", 12));
	ck_assert_int_eq(live_item_has(in("state"), KEY, KEY_LEN), _i != 0);
	ck_assert_int_eq(live_item_has(in("state.json"), "\"keys_blanked\":", 15), _i == 0);
}
END_TEST

START_TEST(test_without_the_protocol_its_socket_is_not_made)
{
	box->env.symbols.state = SYMBOLS_READ;
	box->env.symbols.seen = 0;
	ck_assert_int_eq(xfrm_run(&box->env), 0);
	ck_assert_int_eq(live_box_get(box, "xfrm")->how.gap, GAP_UNSUPPORTED);
	ck_assert_ptr_null(box->env.netns);
}
END_TEST

Suite *suite_src_xfrm(void)
{
	Suite *s = suite_create("collector/volatile/src_xfrm");
	TCase *t = tcase_create("xfrm");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, test_a_policy_of_another_namespace_is_taken);
	tcase_add_loop_test(t, test_an_association_is_taken_with_its_key_only_if_keys_were_asked_for,
			    0, 2);
	tcase_add_test(t, test_without_the_protocol_its_socket_is_not_made);
	suite_add_tcase(s, t);
	return s;
}
