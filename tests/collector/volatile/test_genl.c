#include "collector/volatile/genl.h"

#include <check.h>
#include <linux/genetlink.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/wireguard.h>
#include <string.h>

#include "collector/volatile/netlink.h"

Suite *suite_genl(void);

static unsigned char list[2048];
static size_t list_len;

static void set_up(void)
{
	memset(list, 0, sizeof(list));
	list_len = 0;
}

static void add(uint16_t type, const void *body, size_t n)
{
	struct nlmsghdr head = { .nlmsg_len = (uint32_t)(sizeof(head) + n), .nlmsg_type = type };

	memcpy(list + list_len, &head, sizeof(head));
	memcpy(list + list_len + sizeof(head), body, n);
	list_len += NLMSG_ALIGN(head.nlmsg_len);
}

static void add_family(const char *name, uint16_t id)
{
	unsigned char body[NETLINK_BODY_MAX];
	size_t n = genl_question(body, CTRL_CMD_NEWFAMILY, 2);

	n = netlink_put(body, n, CTRL_ATTR_FAMILY_NAME, name, strlen(name) + 1);
	n = netlink_put(body, n, CTRL_ATTR_FAMILY_ID, &id, sizeof(id));
	add(GENL_ID_CTRL, body, n);
}

static void add_link(int32_t index, const char *kind)
{
	unsigned char body[NETLINK_BODY_MAX] = { 0 }, info[64];
	struct ifinfomsg link = { .ifi_index = index };
	size_t n = netlink_put(info, 0, IFLA_INFO_KIND, kind, strlen(kind) + 1);

	memcpy(body, &link, sizeof(link));
	n = netlink_put(body, netlink_put(body, sizeof(link), IFLA_IFNAME, "x", 2),
			IFLA_LINKINFO | NLA_F_NESTED, info, n);
	add(RTM_NEWLINK, body, n);
}

START_TEST(test_a_family_is_found_by_its_whole_name)
{
	add_family("wireguard2", 30);
	add_family("wire", 31);
	add_family("wireguard", 32);
	ck_assert_uint_eq(genl_family(list, list_len, "wireguard"), 32);
	ck_assert_uint_eq(genl_family(list, list_len, "wire"), 31);
	ck_assert_uint_eq(genl_family(list, list_len, "l2tp"), 0);
	ck_assert_uint_eq(genl_family(list, list_len - 1, "wireguard"), 0);
	ck_assert_uint_eq(genl_family(NULL, 0, "wireguard"), 0);
}
END_TEST

START_TEST(test_interfaces_are_found_by_their_kind_alone)
{
	uint32_t link[4] = { 0 };

	add_link(3, "vxlan");
	add_link(5, "wireguard");
	add(RTM_NEWADDR, "short", 5);
	add_link(9, "wireguard");
	ck_assert_uint_eq(genl_links(list, list_len, "wireguard", link, 4), 2);
	ck_assert_uint_eq(link[0], 5);
	ck_assert_uint_eq(link[1], 9);
	ck_assert_uint_eq(genl_links(list, list_len, "wireguard", link, 1), 1);
	ck_assert_uint_eq(genl_links(list, list_len, "ipip", link, 4), 0);
}
END_TEST

START_TEST(test_a_question_about_an_interface_is_what_wireguard_expects)
{
	static const unsigned char expected[] = {
		WG_CMD_GET_DEVICE, WG_GENL_VERSION, 0, 0, 8, 0, WGDEVICE_A_IFINDEX, 0, 5, 0, 0, 0,
	};
	unsigned char body[NETLINK_BODY_MAX];
	uint32_t link = 5;
	size_t n = genl_question(body, WG_CMD_GET_DEVICE, WG_GENL_VERSION);

	n = netlink_put(body, n, WGDEVICE_A_IFINDEX, &link, sizeof(link));
	if (*(unsigned char *)&link == 5)		/* written down for little endian */
		ck_assert_int_eq(memcmp(body, expected, sizeof(expected)), 0);
	ck_assert_uint_eq(n, sizeof(expected));
}
END_TEST

Suite *suite_genl(void)
{
	Suite *s = suite_create("collector/volatile/genl");
	TCase *t = tcase_create("genl");

	tcase_add_checked_fixture(t, set_up, NULL);
	tcase_add_test(t, test_a_family_is_found_by_its_whole_name);
	tcase_add_test(t, test_interfaces_are_found_by_their_kind_alone);
	tcase_add_test(t, test_a_question_about_an_interface_is_what_wireguard_expects);
	suite_add_tcase(s, t);
	return s;
}
