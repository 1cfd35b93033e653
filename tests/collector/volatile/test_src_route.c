#include <arpa/inet.h>
#include <check.h>
#include <linux/bpf.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "collector/volatile/netlink.h"
#include "tests/support/emulator.h"
#include "tests/support/live_box.h"

Suite *suite_src_route(void);

#define TABLE 173			/* a routing table that nobody else uses */
#define TCX_EGRESS 47			/* BPF_TCX_EGRESS, 6.6 */
#define TUNNEL_ID 0x426642u
#define TUNNEL_PEER "192.0.2.66"
#define HANDLE 0x00170017u		/* of the filter */
#define QUEUE 0x00420000u		/* handle of a queue with classes, */
#define CLASS 0x00420066u		/* of one of them, */
#define RATE 123456u			/* and how many bytes a second it lets pass */

static struct live_box *box;
static uint64_t netns;
static pid_t child;
static uint32_t *xdp;			/* shared: id of a program that the child has attached, and
					 * whether it has attached one for tcx */

/* Tell the kernel to make something; false if it refuses. */
static bool tell(uint16_t type, const void *body, size_t n)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	unsigned char message[1024] = { 0 };
	struct nlmsghdr head = { .nlmsg_len = (uint32_t)(sizeof(head) + n), .nlmsg_type = type,
				 .nlmsg_flags = NLM_F_REQUEST | NLM_F_CREATE | NLM_F_ACK };
	int s = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
	bool done;

	memcpy(message, &head, sizeof(head));
	memcpy(message + sizeof(head), body, n);
	done = sendto(s, message, head.nlmsg_len, 0, (struct sockaddr *)&kernel,
		      sizeof(kernel)) >= 0 &&
	       recv(s, message, sizeof(message), 0) >= 20 &&
	       memcmp(message + sizeof(head), "\0\0\0\0", 4) == 0;
	close(s);
	return done;
}

/* What it refuses shows in the test. */
static void make(uint16_t type, const void *body, size_t n)
{
	tell(type, body, n);
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

/* A queue that lets RATE pass, by a class. */
static void make_class(void)
{
	unsigned char body[NETLINK_BODY_MAX], options[128];
	struct tcmsg tc = { .tcm_ifindex = 1, .tcm_handle = QUEUE, .tcm_parent = TC_H_ROOT };
	struct tc_htb_glob queue = { .version = 3, .rate2quantum = 10 };
	struct tc_htb_opt class = { .rate.rate = RATE, .ceil.rate = RATE, .quantum = 1500 };
	size_t n = netlink_put(options, 0, TCA_HTB_INIT, &queue, sizeof(queue));

	memcpy(body, &tc, sizeof(tc));
	n = netlink_put(body, netlink_put(body, sizeof(tc), TCA_KIND, "htb", 4), TCA_OPTIONS, options, n);
	make(RTM_NEWQDISC, body, n);
	tc.tcm_handle = CLASS;
	tc.tcm_parent = QUEUE;
	memcpy(body, &tc, sizeof(tc));
	n = netlink_put(options, 0, TCA_HTB_PARMS, &class, sizeof(class));
	n = netlink_put(body, netlink_put(body, sizeof(tc), TCA_KIND, "htb", 4), TCA_OPTIONS, options, n);
	make(RTM_NEWTCLASS, body, n);
}

/* A tunnel to TUNNEL_PEER with the number TUNNEL_ID, if this kernel has its kind. */
static void make_tunnel(void)
{
	unsigned char body[NETLINK_BODY_MAX] = { 0 }, info[128], data[64];
	uint32_t id = TUNNEL_ID, peer = inet_addr(TUNNEL_PEER);
	uint16_t port = htons(4789);
	size_t n = netlink_put(data, 0, IFLA_VXLAN_ID, &id, 4);

	n = netlink_put(data, netlink_put(data, n, IFLA_VXLAN_GROUP, &peer, 4), IFLA_VXLAN_PORT,
			&port, 2);
	n = netlink_put(info, netlink_put(info, 0, IFLA_INFO_KIND, "vxlan", 5),
			IFLA_INFO_DATA | NLA_F_NESTED, data, n);
	n = netlink_put(body, netlink_put(body, sizeof(struct ifinfomsg), IFLA_IFNAME, "tun66", 6),
			IFLA_LINKINFO | NLA_F_NESTED, info, n);
	make(RTM_NEWLINK, body, n);
}

static long bpf(int command, union bpf_attr *attr)
{
	return syscall(SYS_bpf, command, attr, sizeof(*attr));
}

/* A program that sees every packet of the interface before anybody else. */
static void attach_xdp(void)
{
	struct bpf_insn code[] = { { BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, XDP_PASS },
				   { BPF_JMP | BPF_EXIT, 0, 0, 0, 0 } };
	union bpf_attr attr = { .prog_type = BPF_PROG_TYPE_XDP, .insn_cnt = 2,
				.insns = (uint64_t)(uintptr_t)code,
				.license = (uint64_t)(uintptr_t)"GPL" };
	struct bpf_prog_info about = { 0 };
	unsigned char body[NETLINK_BODY_MAX], nest[64];
	struct ifinfomsg lo = { .ifi_index = 1 };
	uint32_t flags = XDP_FLAGS_SKB_MODE;
	int fd = (int)bpf(BPF_PROG_LOAD, &attr);
	size_t n;

	memset(&attr, 0, sizeof(attr));
	attr.info.bpf_fd = (uint32_t)fd;
	attr.info.info_len = sizeof(about);
	attr.info.info = (uint64_t)(uintptr_t)&about;
	if (fd < 0 || bpf(BPF_OBJ_GET_INFO_BY_FD, &attr) < 0)
		return;
	n = netlink_put(nest, netlink_put(nest, 0, IFLA_XDP_FD, &fd, 4), IFLA_XDP_FLAGS, &flags, 4);
	memcpy(body, &lo, sizeof(lo));
	n = netlink_put(body, sizeof(lo), IFLA_XDP | NLA_F_NESTED, nest, n);
	if (tell(RTM_SETLINK, body, n))
		*xdp = about.id;
}

/* A program that sees what leaves the interface, attached without a link. */
static void attach_tcx(void)
{
	struct bpf_insn code[] = { { BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, -1 },
				   { BPF_JMP | BPF_EXIT, 0, 0, 0, 0 } };
	union bpf_attr attr = { .prog_type = BPF_PROG_TYPE_SCHED_CLS, .insn_cnt = 2,
				.insns = (uint64_t)(uintptr_t)code,
				.license = (uint64_t)(uintptr_t)"GPL" };
	int fd = (int)bpf(BPF_PROG_LOAD, &attr);

	memset(&attr, 0, sizeof(attr));
	attr.target_fd = 1;		/* the interface lo */
	attr.attach_bpf_fd = (uint32_t)fd;
	attr.attach_type = TCX_EGRESS;
	xdp[1] = fd >= 0 && bpf(BPF_PROG_ATTACH, &attr) == 0;
}

static void make_network(void)
{
	attach_tcx();
	make_tunnel();
	attach_xdp();
	make_address();
	make_filter();
	make_class();
}

static void set_up(void)
{
	xdp = mmap(NULL, 2 * sizeof(*xdp), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	child = live_box_child(make_network, &netns);
	box = live_box_new();
}

static void tear_down(void)
{
	live_box_free(box);
	live_box_end(child);
	munmap(xdp, 2 * sizeof(*xdp));
}

static const struct live_item *in(const char *name)
{
	return live_box_get(box, "net/%llu/route/%s", (unsigned long long)netns, name);
}

START_TEST(test_addresses_and_routes_of_every_table_of_another_namespace_are_taken)
{
	uint32_t address = inet_addr("10.9.8.7"), target = inet_addr("10.66.6.66");

	if (emulator_lacks("netlink with every message"))
		return;
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

START_TEST(test_classes_of_a_queue_are_taken_once)
{
	const uint32_t class = CLASS, rate = RATE;
	const struct live_item *i;
	struct netlink_message m;
	size_t at = 0, classes = 0;

	if (child == 0)
		return;
	ck_assert_int_eq(route_run(&box->env), 0);
	if (!live_item_has(in("qdisc"), "htb", 4))
		return;		/* a kernel without it */
	i = in("class");
	ck_assert_int_eq(i->how.gap, GAP_NONE);
	ck_assert(live_item_has(i, &class, 4));
	ck_assert(live_item_has(i, &rate, 4));
	while (netlink_next(i->data.p, i->data.len, &at, &m))
		classes += m.type == RTM_NEWTCLASS;
	ck_assert_uint_eq(classes, 1);
}
END_TEST

/* Attributes of the interface in the answer. */
static struct bytes link_of(const struct live_item *i, int32_t index, const char *name)
{
	struct netlink_message m;
	struct ifinfomsg link;
	size_t at = 0;

	while (netlink_next(i->data.p, i->data.len, &at, &m)) {
		struct bytes all = { m.body + sizeof(link), m.len - sizeof(link) }, called;

		if (m.type != RTM_NEWLINK || m.len < sizeof(link))
			continue;
		memcpy(&link, m.body, sizeof(link));
		called = netlink_attribute(all.p, all.len, IFLA_IFNAME);
		if (link.ifi_index == index || (called.p != NULL && strcmp(called.p, name) == 0))
			return all;
	}
	return (struct bytes){ NULL, 0 };
}

START_TEST(test_the_other_end_of_a_tunnel_is_in_the_list_of_interfaces)
{
	uint32_t id = TUNNEL_ID, peer = inet_addr(TUNNEL_PEER);
	struct bytes all;

	if (child == 0)
		return;
	ck_assert_int_eq(route_run(&box->env), 0);
	all = link_of(in("link"), -1, "tun66");
	if (all.p == NULL)
		return;		/* a kernel without this kind */
	all = netlink_attribute(all.p, all.len, IFLA_LINKINFO);
	ck_assert_ptr_nonnull(all.p);
	ck_assert_ptr_nonnull(memmem(all.p, all.len, "vxlan", 5));
	ck_assert_ptr_nonnull(memmem(all.p, all.len, &id, 4));
	ck_assert_ptr_nonnull(memmem(all.p, all.len, &peer, 4));
}
END_TEST

START_TEST(test_a_program_before_every_packet_is_in_the_list_of_interfaces)
{
	struct bytes all;

	if (child == 0 || *xdp == 0)
		return;		/* no rights, or a kernel without it */
	ck_assert_int_eq(route_run(&box->env), 0);
	all = link_of(in("link"), 1, "lo");
	all = netlink_attribute(all.p, all.len, IFLA_XDP);
	ck_assert_ptr_nonnull(all.p);
	all = netlink_attribute(all.p, all.len, IFLA_XDP_PROG_ID);
	ck_assert_uint_eq(all.len, 4);
	ck_assert_int_eq(memcmp(all.p, xdp, 4), 0);
}
END_TEST

START_TEST(test_a_program_on_an_interface_without_a_link_is_found)
{
	if (child == 0)
		return;
	ck_assert_int_eq(route_run(&box->env), 0);
	if (xdp[1] == 0)
		return;		/* a kernel without it */
	ck_assert(live_item_has(in("tcx"), "{\"ifindex\":1,\"type\":47,", 23));
}
END_TEST

Suite *suite_src_route(void)
{
	Suite *s = suite_create("collector/volatile/src_route");
	TCase *t = tcase_create("route");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, test_addresses_and_routes_of_every_table_of_another_namespace_are_taken);
	tcase_add_test(t, test_traffic_filters_behind_a_queue_are_taken);
	tcase_add_test(t, test_classes_of_a_queue_are_taken_once);
	tcase_add_test(t, test_the_other_end_of_a_tunnel_is_in_the_list_of_interfaces);
	tcase_add_test(t, test_a_program_on_an_interface_without_a_link_is_found);
	tcase_add_test(t, test_a_program_before_every_packet_is_in_the_list_of_interfaces);
	suite_add_tcase(s, t);
	return s;
}
