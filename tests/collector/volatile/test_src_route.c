#include <arpa/inet.h>
#include <check.h>
#include <linux/if_addr.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "collector/volatile/netlink.h"
#include "tests/support/live_box.h"

Suite *suite_src_route(void);

#define TABLE 173			/* a routing table that nobody else uses */
#define HANDLE 0x00170017u		/* of the filter */

static struct live_box *box;
static uint64_t netns;
static pid_t child;

/* Tell the kernel to make something; what it refuses shows in the test. */
static void make(uint16_t type, const void *body, size_t n)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	unsigned char message[1024] = { 0 };
	struct nlmsghdr head = { .nlmsg_len = (uint32_t)(sizeof(head) + n), .nlmsg_type = type,
				 .nlmsg_flags = NLM_F_REQUEST | NLM_F_CREATE | NLM_F_ACK };
	int s = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);

	memcpy(message, &head, sizeof(head));
	memcpy(message + sizeof(head), body, n);
	if (sendto(s, message, head.nlmsg_len, 0, (struct sockaddr *)&kernel, sizeof(kernel)) < 0 ||
	    recv(s, message, sizeof(message), 0) < 0)
		_exit(1);
	close(s);
}

static void make_address(void)
{
	unsigned char body[NETLINK_BODY_MAX];
	struct ifinfomsg up = { .ifi_index = 1, .ifi_flags = IFF_UP, .ifi_change = IFF_UP };
	struct ifaddrmsg a = { .ifa_family = AF_INET, .ifa_prefixlen = 32, .ifa_index = 1 };
	struct rtmsg r = { .rtm_family = AF_INET, .rtm_dst_len = 32, .rtm_table = TABLE,
			   .rtm_protocol = RTPROT_STATIC, .rtm_type = RTN_UNICAST };
	uint32_t address = inet_addr("10.9.8.7"), target = inet_addr("10.66.6.66"), lo = 1;
	size_t n = sizeof(a);

	make(RTM_NEWLINK, &up, sizeof(up));
	memcpy(body, &a, sizeof(a));
	n = netlink_put(body, n, IFA_LOCAL, &address, 4);
	make(RTM_NEWADDR, body, n);
	memcpy(body, &r, sizeof(r));
	n = netlink_put(body, sizeof(r), RTA_DST, &target, 4);
	n = netlink_put(body, n, RTA_OIF, &lo, 4);
	make(RTM_NEWROUTE, body, n);
}

/* A filter that drops what comes in, as an intruder would hide one. */
static void make_filter(void)
{
	unsigned char body[NETLINK_BODY_MAX];
	unsigned char options[64];
	struct tcmsg tc = { .tcm_ifindex = 1, .tcm_handle = 0xffff0000u, .tcm_parent = TC_H_CLSACT };
	struct tc_u32_sel sel = { .flags = TC_U32_TERMINAL };
	size_t n;

	memcpy(body, &tc, sizeof(tc));
	n = netlink_put(body, sizeof(tc), TCA_KIND, "clsact", 7);
	make(RTM_NEWQDISC, body, n);
	tc.tcm_parent = 0xffff0000u | TC_H_MIN_INGRESS;
	tc.tcm_handle = 0;
	tc.tcm_info = TC_H_MAKE(HANDLE & 0xffff0000u, htons(0x0300));
	memcpy(body, &tc, sizeof(tc));
	n = netlink_put(options, 0, TCA_U32_SEL, &sel, sizeof(sel));
	n = netlink_put(body, netlink_put(body, sizeof(tc), TCA_KIND, "u32", 4), TCA_OPTIONS, options, n);
	make(RTM_NEWTFILTER, body, n);
}

static void make_network(void)
{
	make_address();
	make_filter();
}

static void set_up(void)
{
	child = live_box_child(make_network, &netns);
	box = live_box_new();
}

static void tear_down(void)
{
	live_box_free(box);
	live_box_end(child);
}

static const struct live_item *in(const char *name)
{
	return live_box_get(box, "net/%llu/route/%s", (unsigned long long)netns, name);
}

START_TEST(test_addresses_and_routes_of_every_table_of_another_namespace_are_taken)
{
	uint32_t address = inet_addr("10.9.8.7"), target = inet_addr("10.66.6.66");

	if (child == 0)
		return;
	ck_assert_int_eq(route_run(&box->env), 0);
	ck_assert(live_item_has(in("address"), &address, 4));
	ck_assert(live_item_has(in("route"), &target, 4));
	ck_assert(live_item_has(in("link"), "lo", 3));
	ck_assert_int_eq(in("rule")->how.gap, GAP_NONE);
	ck_assert(live_item_has(in("rule.json"), "RTM_GETRULE", 11));
}
END_TEST

START_TEST(test_traffic_filters_behind_a_queue_are_taken)
{
	if (child == 0)
		return;
	ck_assert_int_eq(route_run(&box->env), 0);
	if (!live_item_has(in("qdisc"), "clsact", 6))
		return;		/* a kernel without it */
	ck_assert_int_eq(in("filter")->how.gap, GAP_NONE);
	ck_assert(live_item_has(in("filter"), "u32", 4));
}
END_TEST

Suite *suite_src_route(void)
{
	Suite *s = suite_create("collector/volatile/src_route");
	TCase *t = tcase_create("route");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, test_addresses_and_routes_of_every_table_of_another_namespace_are_taken);
	tcase_add_test(t, test_traffic_filters_behind_a_queue_are_taken);
	suite_add_tcase(s, t);
	return s;
}
