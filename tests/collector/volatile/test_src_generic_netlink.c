#include <arpa/inet.h>
#include <check.h>
#include <linux/genetlink.h>
#include <linux/mptcp.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "collector/volatile/genl.h"
#include "collector/volatile/netlink.h"
#include "tests/support/live_box.h"

Suite *suite_src_generic_netlink(void);

#define ENDPOINT "192.0.2.77"		/* that the namespace of the child announces */

static struct live_box *box;
static uint64_t netns;
static pid_t child;

/* The number of the family of multipath TCP; 0 if there is none. */
static uint16_t family_here(int s)
{
	unsigned char body[NETLINK_BODY_MAX], message[65536];
	struct nlmsghdr head = { .nlmsg_type = GENL_ID_CTRL,
				 .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP };
	size_t n = genl_question(body, CTRL_CMD_GETFAMILY, 1);
	uint16_t id = 0;
	ssize_t got;

	head.nlmsg_len = (uint32_t)(sizeof(head) + n);
	memcpy(message, &head, sizeof(head));
	memcpy(message + sizeof(head), body, n);
	send(s, message, head.nlmsg_len, 0);
	while (id == 0 && (got = recv(s, message, sizeof(message), 0)) > 0) {
		id = genl_family(message, (size_t)got, MPTCP_PM_NAME);
		memcpy(&head, message, sizeof(head));
		if (head.nlmsg_type == NLMSG_DONE)
			break;
	}
	return id;
}

static void make_endpoint(void)
{
	unsigned char body[NETLINK_BODY_MAX], address[64], message[1024] = { 0 };
	struct nlmsghdr head = { .nlmsg_flags = NLM_F_REQUEST };
	int s = socket(AF_NETLINK, SOCK_RAW, NETLINK_GENERIC);
	uint16_t family = AF_INET;
	in_addr_t in = inet_addr(ENDPOINT);
	size_t n;

	head.nlmsg_type = family_here(s);
	if (head.nlmsg_type == 0)
		_exit(1);
	n = netlink_put(address, 0, MPTCP_PM_ADDR_ATTR_FAMILY, &family, 2);
	n = netlink_put(address, n, MPTCP_PM_ADDR_ATTR_ADDR4, &in, 4);
	n = netlink_put(body, genl_question(body, MPTCP_PM_CMD_ADD_ADDR, MPTCP_PM_VER),
			MPTCP_PM_ATTR_ADDR | NLA_F_NESTED, address, n);
	head.nlmsg_len = (uint32_t)(sizeof(head) + n);
	memcpy(message, &head, sizeof(head));
	memcpy(message + sizeof(head), body, n);
	send(s, message, head.nlmsg_len, 0);
	close(s);
}

static void set_up(void)
{
	box = live_box_new();
	child = live_box_child(make_endpoint, &netns);
}

static void tear_down(void)
{
	live_box_free(box);
	live_box_end(child);
}

static const struct live_item *in(const char *name)
{
	return live_box_get(box, "net/%llu/generic/%s", (unsigned long long)netns, name);
}

START_TEST(test_families_and_what_they_list_of_another_namespace_are_taken)
{
	in_addr_t endpoint = inet_addr(ENDPOINT);

	if (child == 0)
		return;		/* no multipath TCP, or no namespaces */
	ck_assert_int_eq(generic_netlink_run(&box->env), 0);
	ck_assert(live_item_has(in("family"), "nlctrl", 7));
	ck_assert_int_eq(in("family")->how.gap, GAP_NONE);
	ck_assert(live_item_has(in("mptcp_endpoint"), &endpoint, 4));
	ck_assert(live_item_has(in("mptcp_endpoint.json"), "MPTCP_PM_CMD_GET_ADDR", 21));
}
END_TEST

START_TEST(test_a_family_that_is_not_there_is_not_asked)
{
	const struct live_item *family;
	uint64_t own = live_box_netns(getpid());

	ck_assert_int_eq(generic_netlink_run(&box->env), 0);
	family = live_box_get(box, "net/%llu/generic/family", (unsigned long long)own);
	if (genl_family(family->data.p, family->data.len, "wireguard") != 0)
		return;
	for (size_t i = 0; i < box->count; i++)
		ck_assert_ptr_null(strstr(box->items[i].name, "wireguard"));
}
END_TEST

Suite *suite_src_generic_netlink(void)
{
	Suite *s = suite_create("collector/volatile/src_generic_netlink");
	TCase *t = tcase_create("generic_netlink");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, test_families_and_what_they_list_of_another_namespace_are_taken);
	tcase_add_test(t, test_a_family_that_is_not_there_is_not_asked);
	suite_add_tcase(s, t);
	return s;
}
