#include "workstation/parse/sock.h"

#include <check.h>
#include <string.h>

#include "tests/support/nlwrite.h"
#include "workstation/parse/binary.h"
#include "workstation/parse/order.h"
#include "workstation/parse/scan.h"

Suite *suite_sock(void);

static struct nlwrite a;

static bool read_first(const char *name, struct sock *s)
{
	struct nlread nl = nlread_begin(a.p, a.n);
	struct nlread_message m;

	ck_assert_int_eq(nlread_next(&nl, &m), 1);
	ck_assert_uint_eq(m.type, 20);
	return sock_diag(sock_kind_diag((struct bytes){ name, strlen(name) }), &nl, &m, s);
}

static void put_inet(uint8_t family, uint8_t state)
{
	size_t at = nlwrite_open(&a, 20);

	nlwrite_bytes(&a, (const char[]){ (char)family, (char)state, 0, 0 }, 4);
	nlwrite_bytes(&a, "\x00\x16\x9c\x40", 4);
	nlwrite_bytes(&a, "\xc0\x00\x02\x01\0\0\0\0\0\0\0\0\0\0\0\0", 16);
	nlwrite_bytes(&a, "\xcb\x00\x71\x07\0\0\0\0\0\0\0\0\0\0\0\0", 16);
	nlwrite_number(&a, 3, 4);
	nlwrite_number(&a, 0, 8);
	nlwrite_number(&a, 0, 4);
	nlwrite_number(&a, 17, 4);
	nlwrite_number(&a, 18, 4);
	nlwrite_number(&a, 1000, 4);
	nlwrite_number(&a, 70000, 4);
	nlwrite_close(&a, at);
}

START_TEST(test_tcp_is_read_in_both_byte_orders)
{
	struct sock s;

	nlwrite_begin(&a, _i == 1);
	put_inet(2, 1);
	ck_assert(read_first("tcp4", &s));
	ck_assert_str_eq(s.protocol, "tcp");
	ck_assert_str_eq(s.state, "ESTABLISHED");
	ck_assert_str_eq(s.local, "192.0.2.1");
	ck_assert_uint_eq(s.local_len, 9);
	ck_assert_int_eq(s.local_port, 22);
	ck_assert_str_eq(s.remote, "203.0.113.7");
	ck_assert_int_eq(s.remote_port, 40000);
	ck_assert_int_eq(s.interface, 3);
	ck_assert_int_eq(s.rx, 17);
	ck_assert_int_eq(s.tx, 18);
	ck_assert_int_eq(s.uid, 1000);
	ck_assert_int_eq(s.ino, 70000);
	ck_assert(!read_first("tcp6", &s));
	nlwrite_begin(&a, _i == 1);
	put_inet(10, 10);
	ck_assert(read_first("tcp6", &s));
	ck_assert_str_eq(s.state, "LISTEN");
	ck_assert_str_eq(s.local, "c000:201::");
	nlwrite_begin(&a, _i == 1);
	put_inet(2, 7);
	ck_assert(read_first("udp4", &s));
	ck_assert_str_eq(s.state, "UNCONN");
	ck_assert(read_first("tcp4", &s));
	ck_assert_str_eq(s.state, "CLOSE");
}
END_TEST

START_TEST(test_unix_sockets_have_a_path_and_a_peer)
{
	struct sock s;
	size_t at;

	nlwrite_begin(&a, _i == 1);
	at = nlwrite_open(&a, 20);
	nlwrite_bytes(&a, "\x01\x01\x0a\x00", 4);
	nlwrite_number(&a, 4711, 4);
	nlwrite_number(&a, 0, 8);
	nlwrite_attribute(&a, 0, "/run/x\0", 7);
	nlwrite_attribute_u32(&a, 2, 4712);
	nlwrite_attribute(&a, 4, "\0\0\0\0\0\0\0\0", 8);
	nlwrite_attribute_u32(&a, 7, 33);
	nlwrite_close(&a, at);
	ck_assert(read_first("unix", &s));
	ck_assert_str_eq(s.state, "LISTEN");
	ck_assert_int_eq(s.ino, 4711);
	ck_assert_str_eq(s.local, "/run/x");
	ck_assert_uint_eq(s.local_len, 6);
	ck_assert_str_eq(s.remote, "4712");
	ck_assert_int_eq(s.uid, 33);
	nlwrite_begin(&a, _i == 1);
	at = nlwrite_open(&a, 20);
	nlwrite_bytes(&a, "\x01\x01\x07\x00", 4);
	nlwrite_number(&a, 9, 4);
	nlwrite_number(&a, 0, 8);
	nlwrite_attribute(&a, 0, "\0a\0b", 4);
	nlwrite_close(&a, at);
	ck_assert(read_first("unix", &s));
	ck_assert_mem_eq(s.local, "@a\0b", 4);
	ck_assert_uint_eq(s.local_len, 4);
	ck_assert_uint_eq(s.remote_len, 0);
	ck_assert_int_eq(s.uid, -1);
}
END_TEST

START_TEST(test_other_families_are_read)
{
	struct sock s;
	size_t at;

	nlwrite_begin(&a, _i == 1);
	at = nlwrite_open(&a, 20);
	nlwrite_bytes(&a, "\x11\x03", 2);
	nlwrite_number(&a, 3, 2);
	nlwrite_number(&a, 55, 4);
	nlwrite_number(&a, 0, 8);
	nlwrite_attribute_u32(&a, 0, 2);
	nlwrite_attribute_u32(&a, 5, 1000);
	nlwrite_close(&a, at);
	ck_assert(read_first("packet", &s));
	ck_assert(s.local_port == 3 && s.ino == 55 && s.interface == 2 && s.uid == 1000);
	nlwrite_begin(&a, _i == 1);
	at = nlwrite_open(&a, 20);
	nlwrite_bytes(&a, "\x10\x03\x09\x00", 4);
	nlwrite_number(&a, 812, 4);
	nlwrite_number(&a, 0, 8);
	nlwrite_number(&a, 56, 4);
	nlwrite_number(&a, 0, 8);
	nlwrite_close(&a, at);
	ck_assert(read_first("netlink", &s));
	ck_assert_str_eq(s.local, "audit");
	ck_assert(s.local_port == 812 && s.ino == 56);
	nlwrite_begin(&a, _i == 1);
	at = nlwrite_open(&a, 20);
	nlwrite_bytes(&a, "\x28\x01\x0a\x00", 4);
	nlwrite_number(&a, UINT32_MAX, 4);
	nlwrite_number(&a, 2024, 4);
	nlwrite_number(&a, 0, 8);
	nlwrite_number(&a, 57, 4);
	nlwrite_number(&a, 0, 8);
	nlwrite_close(&a, at);
	ck_assert(read_first("vsock", &s));
	ck_assert_str_eq(s.local, "4294967295");
	ck_assert_str_eq(s.state, "LISTEN");
	ck_assert(s.local_port == 2024 && s.ino == 57);
	ck_assert(!read_first("xdp", &s));
}
END_TEST

START_TEST(test_a_short_message_is_refused)
{
	static const char *const names[] = { "tcp4", "tcp6", "unix", "packet", "netlink", "vsock", "xdp" };
	static const char families[] = { 2, 10, 1, 17, 16, 40, 44 };
	struct sock s;
	size_t at;

	for (size_t i = 0; i < sizeof(families); i++) {
		nlwrite_begin(&a, false);
		at = nlwrite_open(&a, 20);
		nlwrite_bytes(&a, &families[i], 1);
		nlwrite_bytes(&a, "\0\0\0\0\0\0\0", 7);
		nlwrite_close(&a, at);
		ck_assert_msg(!read_first(names[i], &s), "%s", names[i]);
	}
}
END_TEST

START_TEST(test_messages_that_do_not_fit_end_the_answer)
{
	struct nlread_message m;
	struct nlread nl;

	nlwrite_begin(&a, false);
	put_inet(2, 1);
	nl = nlread_begin(a.p, a.n - 1);
	ck_assert_int_eq(nlread_next(&nl, &m), -1);
	nl = nlread_begin(a.p, 15);
	ck_assert_int_eq(nlread_next(&nl, &m), -1);
	nl = nlread_begin(a.p, 0);
	ck_assert_int_eq(nlread_next(&nl, &m), 0);
	memset(a.p, 0, 16);
	nl = nlread_begin(a.p, 16);
	ck_assert_int_eq(nlread_next(&nl, &m), -1);
	put_inet(2, 1);
	a.p[0] = (uint8_t)88;
	nl = nlread_begin(a.p, a.n);
	ck_assert_int_eq(nlread_next(&nl, &m), 1);
	ck_assert_int_eq(nlread_next(&nl, &m), 1);
	ck_assert_uint_eq(m.pos, 88);
	ck_assert_int_eq(nlread_next(&nl, &m), 0);
}
END_TEST

static bool line(const char *name, const char *text, bool big, struct sock *s)
{
	return sock_line(sock_kind_proc((struct bytes){ name, strlen(name) }),
			 (struct bytes){ text, strlen(text) }, big, s);
}

START_TEST(test_lines_of_proc_net_are_read)
{
	struct sock s;

	ck_assert(line("tcp", "   1: 020200C0:9A5A 507100CB:0050 06 00000001:00000002 03:000007D5 "
			      "00000000     5        0 77 3 00000000073a4254", false, &s));
	ck_assert_str_eq(s.state, "TIME_WAIT");
	ck_assert_str_eq(s.local, "192.0.2.2");
	ck_assert_str_eq(s.remote, "203.0.113.80");
	ck_assert(s.local_port == 39514 && s.remote_port == 80 && s.tx == 1 && s.rx == 2);
	ck_assert(s.uid == 5 && s.ino == 77);
	ck_assert(line("tcp", "1: C0000202:0016 00000000:0000 0A 0:0 0:0 0 0 0 9", true, &s));
	ck_assert_str_eq(s.local, "192.0.2.2");
	ck_assert_str_eq(s.state, "LISTEN");
	ck_assert(line("udp6", "1: B80D0120000000000000000001000000:0035 "
			       "00000000000000000000000000000000:0000 07 0:0 0:0 0 0 0 9", false, &s));
	ck_assert_str_eq(s.local, "2001:db8::1");
	ck_assert_str_eq(s.remote, "::");
	ck_assert_str_eq(s.state, "UNCONN");
	ck_assert(line("unix", "0000: 00000002 00000000 00010000 0001 01 1029 /run/a b", false, &s));
	ck_assert_str_eq(s.state, "LISTEN");
	ck_assert_str_eq(s.local, "/run/a b");
	ck_assert_int_eq(s.ino, 1029);
	ck_assert(line("unix", "0000: 00000003 00000000 00000000 0001 03  1057", false, &s));
	ck_assert(s.local_len == 0 && s.ino == 1057);
	ck_assert_str_eq(s.state, "ESTABLISHED");
	ck_assert(line("packet", "00000000 3 3 0003 2 1 9 1000 4242", false, &s));
	ck_assert(s.local_port == 3 && s.interface == 2 && s.uid == 1000 && s.ino == 4242);
	ck_assert(line("netlink", "0000 9   812 00000001 0 0 0 2 0 5", false, &s));
	ck_assert_str_eq(s.local, "audit");
	ck_assert(s.local_port == 812 && s.ino == 5);
}
END_TEST

START_TEST(test_headings_and_damaged_lines_are_none)
{
	static const char *const bad[][2] = {
		{ "tcp", "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when" },
		{ "tcp", "1: 0202:0016 00000000:0000 0A 0:0 0:0 0 0 0 9" },
		{ "tcp6", "1: C0000202:0016 00000000:0000 0A 0:0 0:0 0 0 0 9" },
		{ "tcp", "1: C0000202:10016 00000000:0000 0A 0:0 0:0 0 0 0 9" },
		{ "tcp", "1: C000020x:0016 00000000:0000 0A 0:0 0:0 0 0 0 9" },
		{ "tcp", "1: C0000202:0016 00000000:0000 0A 0:0 0:0 0 0 0" },
		{ "tcp", "" },
		{ "unix", "Num       RefCount Protocol Flags    Type St Inode Path" },
		{ "packet", "sk               RefCnt Type Proto  Iface R Rmem   User   Inode" },
		{ "netlink", "sk               Eth Pid        Groups   Rmem     Wmem" },
	};
	struct sock s;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(!line(bad[i][0], bad[i][1], false, &s), "%s", bad[i][1]);
	ck_assert_ptr_null(sock_kind_proc((struct bytes){ "snmp", 4 }));
	ck_assert_ptr_null(sock_kind_diag((struct bytes){ "tcp", 3 }));
}
END_TEST

START_TEST(test_machines_have_their_byte_order)
{
	static const struct {
		const char *arch;
		bool big;
	} rows[] = {
		{ "x86_64", false }, { "aarch64", false }, { "s390x", true }, { "ppc64", true },
		{ "ppc64le", false }, { "armv7l", false }, { "armv5teb", true }, { "riscv64", false },
		{ "", false }, { "aarch64_be", true },
	};
	const uint8_t bytes[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ck_assert_msg(order_is_big((struct bytes){ rows[i].arch, strlen(rows[i].arch) }) ==
			      rows[i].big, "%s", rows[i].arch);
	ck_assert_uint_eq(binary_u16(bytes, true), 0x0102);
	ck_assert_uint_eq(binary_u32(bytes, false), 0x04030201);
	ck_assert_uint_eq(binary_u64(bytes, true), 0x0102030405060708);
	ck_assert_uint_eq(binary_u64(bytes, false), 0x0807060504030201);
}
END_TEST

Suite *suite_sock(void)
{
	Suite *s = suite_create("workstation/parse/sock");
	TCase *t = tcase_create("sock");

	tcase_add_loop_test(t, test_tcp_is_read_in_both_byte_orders, 0, 2);
	tcase_add_loop_test(t, test_unix_sockets_have_a_path_and_a_peer, 0, 2);
	tcase_add_loop_test(t, test_other_families_are_read, 0, 2);
	tcase_add_test(t, test_a_short_message_is_refused);
	tcase_add_test(t, test_messages_that_do_not_fit_end_the_answer);
	tcase_add_test(t, test_lines_of_proc_net_are_read);
	tcase_add_test(t, test_headings_and_damaged_lines_are_none);
	tcase_add_test(t, test_machines_have_their_byte_order);
	suite_add_tcase(s, t);
	return s;
}
