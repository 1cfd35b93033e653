#include "workstation/parse/rtnet.h"

#include <check.h>
#include <string.h>

#include "tests/support/nlwrite.h"
#include "workstation/parse/scan.h"

Suite *suite_rtnet(void);

static struct nlwrite a;
static struct nlread nl;
static struct nlread_message m;

static void first(void)
{
	nl = nlread_begin(a.p, a.n);
	ck_assert_int_eq(nlread_next(&nl, &m), 1);
}

START_TEST(test_an_interface_has_a_name_and_may_listen_to_all)
{
	struct rtnet_address address;
	struct rtnet_link l;
	size_t at;

	nlwrite_begin(&a, _i == 1);
	at = nlwrite_open(&a, 16);
	nlwrite_number(&a, 0, 2);
	nlwrite_number(&a, 1, 2);
	nlwrite_number(&a, 2, 4);
	nlwrite_number(&a, 0x1043, 4);
	nlwrite_number(&a, 0, 4);
	nlwrite_attribute(&a, 3, "eth0", 5);
	nlwrite_attribute(&a, 1, "\x02\xfc\0\0\0\1", 6);
	nlwrite_attribute_u32(&a, 4, 1500);
	nlwrite_attribute_u32(&a, 30, 1);
	nlwrite_close(&a, at);
	first();
	ck_assert(rtnet_link(&nl, &m, &l));
	ck_assert(l.number == 2 && l.up && l.mtu == 1500 && l.promiscuous == 1);
	ck_assert(scan_is(l.name, "eth0"));
	ck_assert_str_eq(l.hardware, "02:fc:00:00:00:01");
	ck_assert(!rtnet_address(&nl, &m, &address));
}
END_TEST

START_TEST(test_addresses_neighbours_and_routes_are_read)
{
	struct rtnet_neighbour neighbour;
	struct rtnet_address address;
	struct rtnet_route route;
	size_t at;

	nlwrite_begin(&a, _i == 1);
	at = nlwrite_open(&a, 20);
	nlwrite_bytes(&a, "\2\x18\0\0", 4);
	nlwrite_number(&a, 2, 4);
	nlwrite_attribute(&a, 1, "\xc0\0\2\x63", 4);
	nlwrite_attribute(&a, 2, "\xc0\0\2\2", 4);
	nlwrite_close(&a, at);
	first();
	ck_assert(rtnet_address(&nl, &m, &address));
	ck_assert_str_eq(address.address, "192.0.2.2");
	ck_assert(address.prefix == 24 && address.interface == 2);

	nlwrite_begin(&a, _i == 1);
	at = nlwrite_open(&a, 28);
	nlwrite_bytes(&a, "\2\0\0\0", 4);
	nlwrite_number(&a, 2, 4);
	nlwrite_number(&a, 4, 2);
	nlwrite_number(&a, 0, 2);
	nlwrite_attribute(&a, 1, "\xc0\0\2\1", 4);
	nlwrite_attribute(&a, 2, "\x02\xfc\0\0\0\2", 6);
	nlwrite_close(&a, at);
	first();
	ck_assert(rtnet_neighbour(&nl, &m, &neighbour));
	ck_assert_str_eq(neighbour.address, "192.0.2.1");
	ck_assert_str_eq(neighbour.hardware, "02:fc:00:00:00:02");
	ck_assert_str_eq(neighbour.state, "stale");

	nlwrite_begin(&a, _i == 1);
	at = nlwrite_open(&a, 24);
	nlwrite_bytes(&a, "\2\0\0\0\xfe\3\0\1", 8);
	nlwrite_number(&a, 0, 4);
	nlwrite_attribute(&a, 5, "\xc0\0\2\1", 4);
	nlwrite_attribute_u32(&a, 4, 2);
	nlwrite_close(&a, at);
	first();
	ck_assert(rtnet_route(&nl, &m, &route));
	ck_assert_str_eq(route.destination, "default");
	ck_assert_str_eq(route.gateway, "192.0.2.1");
	ck_assert_str_eq(route.type, "unicast");
	ck_assert(route.interface == 2 && route.table == 254 && route.metric == -1);
}
END_TEST

static void put_tuple(uint16_t type, const char *from, const char *to, const char *ports)
{
	size_t at = nlwrite_nest(&a, type), in = nlwrite_nest(&a, 1);

	nlwrite_attribute(&a, 1, from, 4);
	nlwrite_attribute(&a, 2, to, 4);
	nlwrite_nest_end(&a, in);
	in = nlwrite_nest(&a, 2);
	nlwrite_attribute(&a, 1, "\6", 1);
	nlwrite_attribute(&a, 2, ports, 2);
	nlwrite_attribute(&a, 3, ports + 2, 2);
	nlwrite_nest_end(&a, in);
	nlwrite_nest_end(&a, at);
}

START_TEST(test_a_tracked_connection_has_two_ends_and_counters)
{
	struct rtnet_connection c;
	size_t at, outer, inner;

	nlwrite_begin(&a, _i == 1);
	at = nlwrite_open(&a, 0x100);
	nlwrite_bytes(&a, "\2\0\0\0", 4);
	put_tuple(1, "\xcb\0\x71\7", "\xc0\0\2\2", "\x9c\x40\0\x16");
	put_tuple(2, "\x0a\0\0\5", "\xcb\0\x71\7", "\x08\xae\x9c\x40");
	outer = nlwrite_nest(&a, 4);
	inner = nlwrite_nest(&a, 1);
	nlwrite_attribute(&a, 1, "\3", 1);
	nlwrite_nest_end(&a, inner);
	nlwrite_nest_end(&a, outer);
	outer = nlwrite_nest(&a, 9);
	nlwrite_attribute(&a, 2, "\0\0\0\0\0\0\1\0", 8);
	nlwrite_nest_end(&a, outer);
	nlwrite_attribute(&a, 7, "\0\0\0\x3c", 4);
	nlwrite_close(&a, at);
	first();
	ck_assert(rtnet_connection(&nl, &m, &c));
	ck_assert_str_eq(c.protocol, "tcp");
	ck_assert_str_eq(c.state, "ESTABLISHED");
	ck_assert_str_eq(c.from, "203.0.113.7");
	ck_assert_str_eq(c.to, "192.0.2.2");
	ck_assert(c.from_port == 40000 && c.to_port == 22);
	ck_assert_str_eq(c.reply_from, "10.0.0.5");
	ck_assert(c.reply_port == 2222 && c.bytes == 256 && c.reply_bytes == -1);
	ck_assert(c.timeout == 60 && c.start == -1);
}
END_TEST

START_TEST(test_short_messages_are_refused)
{
	static const uint16_t types[] = { 16, 20, 24, 28, 0x100 };
	struct rtnet_neighbour neighbour;
	struct rtnet_connection c;
	struct rtnet_address address;
	struct rtnet_route route;
	struct rtnet_link l;

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		nlwrite_begin(&a, false);
		nlwrite_close(&a, nlwrite_open(&a, types[i]));
		first();
		ck_assert(!rtnet_link(&nl, &m, &l) && !rtnet_address(&nl, &m, &address) &&
			  !rtnet_route(&nl, &m, &route) && !rtnet_neighbour(&nl, &m, &neighbour) &&
			  !rtnet_connection(&nl, &m, &c));
	}
}
END_TEST

Suite *suite_rtnet(void)
{
	Suite *s = suite_create("workstation/parse/rtnet");
	TCase *t = tcase_create("rtnet");

	tcase_add_loop_test(t, test_an_interface_has_a_name_and_may_listen_to_all, 0, 2);
	tcase_add_loop_test(t, test_addresses_neighbours_and_routes_are_read, 0, 2);
	tcase_add_loop_test(t, test_a_tracked_connection_has_two_ends_and_counters, 0, 2);
	tcase_add_test(t, test_short_messages_are_refused);
	suite_add_tcase(s, t);
	return s;
}
