#include <arpa/inet.h>
#include <check.h>
#include <linux/netfilter.h>
#include <linux/netfilter/ipset/ip_set.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "collector/volatile/netlink.h"
#include "tests/support/emulator.h"
#include "tests/support/live_box.h"

Suite *suite_src_netfilter(void);

#define ELEMENT 0x0a426642u		/* an address in the set */
#define NFT(message) (uint16_t)(NFNL_SUBSYS_NFTABLES << 8 | (message))

static struct live_box *box;
static uint64_t netns;
static pid_t child;

/* One message of a batch. */
static size_t put(unsigned char *out, size_t at, uint16_t type, const unsigned char *body, size_t n)
{
	struct nlmsghdr head = { .nlmsg_len = (uint32_t)(sizeof(head) + n), .nlmsg_type = type,
				 .nlmsg_flags = NLM_F_REQUEST | NLM_F_CREATE };

	memcpy(out + at, &head, sizeof(head));
	memcpy(out + at + sizeof(head), body, n);
	return at + NLMSG_ALIGN(head.nlmsg_len);
}

static size_t start(unsigned char *body, uint8_t family, uint16_t res)
{
	struct nfgenmsg g = { .nfgen_family = family, .res_id = htons(res) };

	memset(body, 0, NETLINK_BODY_MAX);
	memcpy(body, &g, sizeof(g));
	return sizeof(g);
}

static size_t put_set(unsigned char *out, size_t at)
{
	unsigned char body[NETLINK_BODY_MAX];
	uint32_t four = htonl(4), type = htonl(7), one = htonl(1);
	size_t n = start(body, NFPROTO_IPV4, 0);

	n = netlink_put(body, n, NFTA_SET_TABLE, "exhibit_t", 10);
	n = netlink_put(body, n, NFTA_SET_NAME, "exhibit_s", 10);
	n = netlink_put(body, n, NFTA_SET_KEY_TYPE, &type, 4);
	n = netlink_put(body, n, NFTA_SET_KEY_LEN, &four, 4);
	n = netlink_put(body, n, NFTA_SET_ID, &one, 4);
	return put(out, at, NFT(NFT_MSG_NEWSET), body, n);
}

static size_t put_element(unsigned char *out, size_t at)
{
	unsigned char body[NETLINK_BODY_MAX], list[64], element[64], key[64];
	uint32_t value = htonl(ELEMENT);
	size_t n;

	n = netlink_put(key, 0, NFTA_DATA_VALUE, &value, 4);
	n = netlink_put(element, 0, NFTA_SET_ELEM_KEY | NLA_F_NESTED, key, n);
	n = netlink_put(list, 0, 1 | NLA_F_NESTED, element, n);
	memcpy(element, list, n);
	start(body, NFPROTO_IPV4, 0);
	n = netlink_put(body, netlink_put(body, netlink_put(body, sizeof(struct nfgenmsg),
		NFTA_SET_ELEM_LIST_TABLE, "exhibit_t", 10), NFTA_SET_ELEM_LIST_SET, "exhibit_s", 10),
		NFTA_SET_ELEM_LIST_ELEMENTS | NLA_F_NESTED, element, n);
	return put(out, at, NFT(NFT_MSG_NEWSETELEM), body, n);
}

static void make_rules(void)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	unsigned char out[2048] = { 0 }, body[NETLINK_BODY_MAX];
	int s = socket(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER);
	size_t at = 0, n = start(body, AF_UNSPEC, NFNL_SUBSYS_NFTABLES);

	at = put(out, at, NFNL_MSG_BATCH_BEGIN, body, n);
	n = netlink_put(body, start(body, NFPROTO_IPV4, 0), NFTA_TABLE_NAME, "exhibit_t", 10);
	at = put(out, at, NFT(NFT_MSG_NEWTABLE), body, n);
	at = put_element(out, put_set(out, at));
	n = start(body, AF_UNSPEC, NFNL_SUBSYS_NFTABLES);
	at = put(out, at, NFNL_MSG_BATCH_END, body, n);
	if (s >= 0)
		sendto(s, out, at, 0, (struct sockaddr *)&kernel, sizeof(kernel));
}

/* The set "exhibit_i" of addresses (hash:ip) with one element; at most two requests. */
static void make_ipset(void)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	unsigned char out[512] = { 0 }, body[NETLINK_BODY_MAX], ip[32], data[64];
	uint8_t protocol = 6, family = NFPROTO_IPV4, revision = 0;
	uint32_t value = htonl(ELEMENT);
	int s = socket(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER);
	size_t n = start(body, NFPROTO_IPV4, 0);

	n = netlink_put(body, n, IPSET_ATTR_PROTOCOL, &protocol, 1);
	n = netlink_put(body, n, IPSET_ATTR_SETNAME, "exhibit_i", 10);
	n = netlink_put(body, n, IPSET_ATTR_TYPENAME, "hash:ip", 8);
	n = netlink_put(body, n, IPSET_ATTR_REVISION, &revision, 1);
	n = netlink_put(body, n, IPSET_ATTR_FAMILY, &family, 1);
	n = netlink_put(body, n, IPSET_ATTR_DATA | NLA_F_NESTED, NULL, 0);
	n = put(out, 0, NFNL_SUBSYS_IPSET << 8 | IPSET_CMD_CREATE, body, n);
	sendto(s, out, n, 0, (struct sockaddr *)&kernel, sizeof(kernel));
	n = netlink_put(ip, 0, IPSET_ATTR_IPADDR_IPV4 | NLA_F_NET_BYTEORDER, &value, 4);
	n = netlink_put(data, 0, IPSET_ATTR_IP | NLA_F_NESTED, ip, n);
	memcpy(ip, data, n);
	start(body, NFPROTO_IPV4, 0);
	n = netlink_put(body, netlink_put(body, netlink_put(body, sizeof(struct nfgenmsg),
		IPSET_ATTR_PROTOCOL, &protocol, 1), IPSET_ATTR_SETNAME, "exhibit_i", 10),
		IPSET_ATTR_DATA | NLA_F_NESTED, ip, n);
	n = put(out, 0, NFNL_SUBSYS_IPSET << 8 | IPSET_CMD_ADD, body, n);
	sendto(s, out, n, 0, (struct sockaddr *)&kernel, sizeof(kernel));
	close(s);
}

static void make_all(void)
{
	make_rules();
	make_ipset();
}

static void set_up(void)
{
	box = live_box_new();
	symbols_load(&box->env.symbols, box->env.proc_fd, &box->pulse);
	child = symbols_has(&box->env.symbols, SYMBOL_NF_TABLES) ?
		live_box_child(make_all, &netns) : 0;
}

static void tear_down(void)
{
	live_box_free(box);
	live_box_end(child);
}

static const struct live_item *in(const char *name)
{
	return live_box_get(box, "net/%llu/netfilter/%s", (unsigned long long)netns, name);
}

START_TEST(test_tables_sets_and_their_elements_of_another_namespace_are_taken)
{
	uint32_t value = htonl(ELEMENT);

	if (emulator_lacks("netlink of netfilter"))
		return;
	if (child == 0)
		return;		/* no nftables, or no namespaces */
	ck_assert_int_eq(netfilter_run(&box->env), 0);
	ck_assert(live_item_has(in("nft_table"), "exhibit_t", 10));
	ck_assert(live_item_has(in("nft_set"), "exhibit_s", 10));
	ck_assert(live_item_has(in("nft_element"), &value, 4));
	ck_assert_int_eq(in("nft_generation")->how.gap, GAP_NONE);
}
END_TEST

START_TEST(test_sets_of_addresses_of_another_namespace_are_taken)
{
	uint32_t value = htonl(ELEMENT);

	if (emulator_lacks("netlink of netfilter"))
		return;
	if (child == 0 || !symbols_has(&box->env.symbols, SYMBOL_IPSET))
		return;
	ck_assert_int_eq(netfilter_run(&box->env), 0);
	ck_assert_int_eq(in("ipset")->how.gap, GAP_NONE);
	ck_assert(live_item_has(in("ipset"), "exhibit_i", 10));
	ck_assert(live_item_has(in("ipset"), &value, 4));
}
END_TEST

START_TEST(test_without_nfnetlink_its_socket_is_not_made)
{
	box->env.symbols.seen = 0;
	ck_assert_int_eq(netfilter_run(&box->env), 0);
	ck_assert_uint_eq(box->count, 4);
	ck_assert_uint_eq(live_box_gaps(box, GAP_UNSUPPORTED), 4);
	ck_assert_ptr_null(box->env.netns);
}
END_TEST

Suite *suite_src_netfilter(void)
{
	Suite *s = suite_create("collector/volatile/src_netfilter");
	TCase *t = tcase_create("netfilter");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, test_tables_sets_and_their_elements_of_another_namespace_are_taken);
	tcase_add_test(t, test_sets_of_addresses_of_another_namespace_are_taken);
	tcase_add_test(t, test_without_nfnetlink_its_socket_is_not_made);
	suite_add_tcase(s, t);
	return s;
}
