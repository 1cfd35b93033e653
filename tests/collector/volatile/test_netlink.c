#include <check.h>
#include <errno.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "collector/volatile/netlink.h"
#include "tests/support/live_box.h"

Suite *suite_netlink(void);

static struct live_box *box;
static struct netlink nl;

static void set_up(void)
{
	box = live_box_new();
	ck_assert_int_eq(netlink_open(&nl, &box->env, NETLINK_ROUTE), 0);
}

static void tear_down(void)
{
	netlink_close(&nl);
	live_box_free(box);
}

static const struct live_item *ask(uint16_t type, uint16_t last)
{
	struct ifinfomsg body = { .ifi_family = AF_UNSPEC };
	struct netlink_request req = { .type = type, .flags = NLM_F_DUMP, .last = last,
				       .body = &body, .len = sizeof(body) };
	struct answer a;

	answer_begin(&a, &box->env, "answer");
	ck_assert_int_eq(netlink_ask(&nl, &req, &a), 0);
	ck_assert_int_eq(answer_end(&a), 0);
	return live_box_get(box, "answer");
}

START_TEST(test_a_list_is_kept_as_received_to_its_end)
{
	const struct live_item *i = ask(RTM_GETLINK, 0);
	struct netlink_message m;
	size_t at = 0, links = 0;

	ck_assert_int_eq(i->how.gap, GAP_NONE);
	while (netlink_next(i->data.p, i->data.len, &at, &m)) {
		struct bytes name = m.type == RTM_NEWLINK ?
			netlink_attribute(m.body + sizeof(struct ifinfomsg),
					  m.len - sizeof(struct ifinfomsg), IFLA_IFNAME) :
			(struct bytes){ NULL, 0 };

		links += name.p != NULL && strcmp(name.p, "lo") == 0;
	}
	ck_assert_uint_eq(at, i->data.len);
	ck_assert_uint_eq(m.type, NLMSG_DONE);
	ck_assert_uint_eq(links, 1);
}
END_TEST

START_TEST(test_a_question_that_the_kernel_does_not_know_is_unsupported)
{
	const struct live_item *i = ask(RTM_MAX + 1, 0);

	ck_assert_int_eq(i->how.gap, GAP_UNSUPPORTED);
	ck_assert_int_eq(i->how.oserr, EOPNOTSUPP);
	ck_assert(!i->has_content);
}
END_TEST

START_TEST(test_a_message_of_the_last_type_ends_the_answer)
{
	ck_assert_int_eq(ask(RTM_GETLINK, RTM_NEWLINK)->how.gap, GAP_NONE);
}
END_TEST

START_TEST(test_a_run_that_is_to_end_cuts_the_answer)
{
	box->stop = 1;
	ck_assert_int_eq(ask(RTM_GETLINK, 0)->how.gap, GAP_CUT);
}
END_TEST

/* Headers whose length lies; bytes of a 16 byte header and what is there. */
static const struct {
	uint32_t length, there;
	bool good;
} heads[] = {
	{ 16, 16, true }, { 20, 20, true }, { 16, 15, false }, { 20, 16, false }, { 15, 16, false },
	{ 0, 16, false }, { UINT32_MAX, 16, false }, { UINT32_MAX - 3, 64, false },
};

START_TEST(test_a_message_of_a_wrong_length_is_the_end)
{
	unsigned char data[64] = { 0 };
	struct netlink_message m;
	size_t at = 0;

	memcpy(data, &heads[_i].length, sizeof(heads[_i].length));
	ck_assert_int_eq(netlink_next(data, heads[_i].there, &at, &m), heads[_i].good);
	ck_assert_int_eq(netlink_next(data, heads[_i].there, &at, &m), false);
}
END_TEST

static const struct {
	uint16_t at[7];			/* length, type, two of content; the next one */
	size_t n;			/* bytes of it that are there */
	bool found;			/* attribute 2, of one byte */
} attributes[] = {
	{ { 5, 2 }, 5, true }, { { 5, 2 | NLA_F_NESTED }, 5, true },
	{ { 5, 1, 0, 0, 5, 2 }, 13, true }, { { 5, 1, 0, 0, 6, 2 }, 13, false },
	{ { 5, 1 }, 5, false }, { { 0, 2 }, 5, false }, { { 3, 2 }, 5, false },
	{ { 65535, 1 }, 5, false }, { { 5, 2 }, 3, false }, { { 0 }, 0, false },
};

START_TEST(test_attributes_of_a_wrong_length_are_the_end)
{
	struct bytes got = netlink_attribute(attributes[_i].at, attributes[_i].n, 2);

	ck_assert_int_eq(got.p != NULL, attributes[_i].found);
	if (got.p != NULL)
		ck_assert_uint_eq(got.len, 1);
}
END_TEST

START_TEST(test_an_attribute_without_room_is_left_out)
{
	unsigned char body[NETLINK_BODY_MAX];
	size_t n = netlink_put(body, 0, 1, "abcde", 5);

	ck_assert_uint_eq(n, 12);
	ck_assert_uint_eq(netlink_put(body, NETLINK_BODY_MAX - 8, 1, "abcde", 5),
			  NETLINK_BODY_MAX - 8);
	ck_assert_uint_eq(netlink_put(body, NETLINK_BODY_MAX - 8, 1, "abcd", 4), NETLINK_BODY_MAX);
}
END_TEST

Suite *suite_netlink(void)
{
	Suite *s = suite_create("collector/volatile/netlink");
	TCase *t = tcase_create("netlink");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, test_a_list_is_kept_as_received_to_its_end);
	tcase_add_test(t, test_a_question_that_the_kernel_does_not_know_is_unsupported);
	tcase_add_test(t, test_a_message_of_the_last_type_ends_the_answer);
	tcase_add_test(t, test_a_run_that_is_to_end_cuts_the_answer);
	tcase_add_loop_test(t, test_a_message_of_a_wrong_length_is_the_end, 0,
			    sizeof(heads) / sizeof(heads[0]));
	tcase_add_loop_test(t, test_attributes_of_a_wrong_length_are_the_end, 0,
			    sizeof(attributes) / sizeof(attributes[0]));
	tcase_add_test(t, test_an_attribute_without_room_is_left_out);
	suite_add_tcase(s, t);
	return s;
}
