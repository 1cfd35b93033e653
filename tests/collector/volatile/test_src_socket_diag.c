#include <arpa/inet.h>
#include <check.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/inet_diag.h>
#include <linux/packet_diag.h>
#include <linux/tcp.h>
#include <linux/unix_diag.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "collector/volatile/netlink.h"
#include "tests/support/emulator.h"
#include "tests/support/live_box.h"

Suite *suite_src_socket_diag(void);

#define PORT 45678
#define KEY "key of two routers"	/* with which they sign their segments */
#define ODD_CODE 0x6b65796fu		/* in the filter, to be found again */

static struct live_box *box;
static uint64_t netns;
static pid_t child;

/* Segments of the listener's connections with one peer carry a signature. */
static void sign(int s)
{
	struct tcp_md5sig md5 = { .tcpm_keylen = sizeof(KEY) - 1, .tcpm_key = KEY };
	struct sockaddr_in peer = { .sin_family = AF_INET, .sin_addr.s_addr = inet_addr("192.0.2.9") };

	memcpy(&md5.tcpm_addr, &peer, sizeof(peer));
	if (setsockopt(s, IPPROTO_TCP, TCP_MD5SIG, &md5, sizeof(md5)) < 0)
		return;		/* a kernel without */
}

/* A listener, a named local socket and a packet socket with a filter. */
static void make_sockets(void)
{
	struct sock_filter code[] = { { BPF_RET | BPF_K, 0, 0, ODD_CODE } };
	struct sock_fprog filter = { 1, code };
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(PORT) };
	struct sockaddr_un un = { .sun_family = AF_UNIX, .sun_path = "\0exhibit-test-name" };
	int s = socket(AF_INET, SOCK_STREAM, 0);

	if (bind(s, (struct sockaddr *)&in, sizeof(in)) < 0 || listen(s, 5) < 0)
		_exit(1);
	sign(s);
	s = socket(AF_UNIX, SOCK_STREAM, 0);
	if (bind(s, (struct sockaddr *)&un, sizeof(un)) < 0 || listen(s, 5) < 0)
		_exit(1);
	s = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL));
	if (setsockopt(s, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof(filter)) < 0)
		_exit(1);
}

static void set_up(void)
{
	child = live_box_child(make_sockets, &netns);
	box = live_box_new();
}

static void tear_down(void)
{
	live_box_free(box);
	live_box_end(child);
}

static size_t listeners(const struct live_item *i)
{
	struct netlink_message m;
	struct inet_diag_msg d;
	size_t at = 0, n = 0;

	while (netlink_next(i->data.p, i->data.len, &at, &m)) {
		if (m.len < sizeof(d))
			continue;
		memcpy(&d, m.body, sizeof(d));
		n += d.idiag_family == AF_INET && ntohs(d.id.idiag_sport) == PORT &&
		     d.idiag_state == 10;
	}
	return n;
}

START_TEST(test_sockets_of_another_namespace_are_listed_there_and_only_there)
{
	const struct live_item *i;

	if (emulator_lacks("netlink of sockets"))
		return;
	if (child == 0)
		return;		/* without root there is no other namespace */
	ck_assert_int_eq(socket_diag_run(&box->env), 0);
	if (symbols_has(&box->env.symbols, SYMBOL_TCP_DIAG)) {
		i = live_box_get(box, "net/%llu/socket_diag/tcp4", (unsigned long long)netns);
		ck_assert_uint_eq(listeners(i), 1);
		i = live_box_get(box, "net/%llu/socket_diag/tcp4",
				 (unsigned long long)live_box_netns(getpid()));
		ck_assert_uint_eq(listeners(i), 0);
	}
	if (symbols_has(&box->env.symbols, SYMBOL_UNIX_DIAG)) {
		i = live_box_get(box, "net/%llu/socket_diag/unix", (unsigned long long)netns);
		ck_assert(live_item_has(i, "exhibit-test-name", 17));
	}
}
END_TEST

START_TEST(test_the_filter_of_a_packet_socket_is_taken)
{
	const uint32_t odd = ODD_CODE;

	if (emulator_lacks("netlink of sockets"))
		return;
	if (child == 0)
		return;
	ck_assert_int_eq(socket_diag_run(&box->env), 0);
	if (symbols_has(&box->env.symbols, SYMBOL_PACKET_DIAG))
		ck_assert(live_item_has(live_box_get(box, "net/%llu/socket_diag/packet",
						     (unsigned long long)netns), &odd, sizeof(odd)));
}
END_TEST

/* Bytes of the attribute of the listener; p NULL if it has none. */
static struct bytes attribute(const struct live_item *i, uint16_t type)
{
	struct netlink_message m;
	struct inet_diag_msg d;
	size_t at = 0;

	while (netlink_next(i->data.p, i->data.len, &at, &m)) {
		if (m.len < sizeof(d))
			continue;
		memcpy(&d, m.body, sizeof(d));
		if (ntohs(d.id.idiag_sport) == PORT)
			return netlink_attribute(m.body + sizeof(d), m.len - sizeof(d), type);
	}
	return (struct bytes){ NULL, 0 };
}

START_TEST(test_a_listener_comes_with_its_memory_and_congestion_control)
{
	const struct live_item *i;

	if (emulator_lacks("netlink of sockets"))
		return;
	if (child == 0)
		return;
	ck_assert_int_eq(socket_diag_run(&box->env), 0);
	if (!symbols_has(&box->env.symbols, SYMBOL_TCP_DIAG))
		return;
	i = live_box_get(box, "net/%llu/socket_diag/tcp4", (unsigned long long)netns);
	ck_assert_ptr_nonnull(attribute(i, INET_DIAG_SKMEMINFO).p);
	ck_assert_ptr_nonnull(attribute(i, INET_DIAG_CONG).p);
	ck_assert_ptr_nonnull(attribute(i, INET_DIAG_INFO).p);
}
END_TEST

START_TEST(test_the_key_of_signed_connections_is_kept_only_if_keys_were_asked_for)
{
	struct bytes md5;
	const struct live_item *i;

	if (child == 0)
		return;
	box->env.private_keys = _i != 0;
	ck_assert_int_eq(socket_diag_run(&box->env), 0);
	if (!symbols_has(&box->env.symbols, SYMBOL_TCP_DIAG))
		return;
	i = live_box_get(box, "net/%llu/socket_diag/tcp4", (unsigned long long)netns);
	md5 = attribute(i, INET_DIAG_MD5SIG);
	if (md5.p == NULL)
		return;		/* a kernel without signatures */
	ck_assert_uint_eq(md5.len, sizeof(struct tcp_diag_md5sig));
	ck_assert_int_eq(live_item_has(i, KEY, sizeof(KEY) - 1), _i != 0);
	ck_assert(memmem(md5.p, md5.len, "\xc0\x00\x02\x09", 4) != NULL);
	i = live_box_get(box, "net/%llu/socket_diag/tcp4.json", (unsigned long long)netns);
	ck_assert_int_eq(live_item_has(i, "\"keys_blanked\":1", 16), _i == 0);
}
END_TEST

START_TEST(test_what_the_kernel_does_not_list_is_never_asked_for)
{
	box->env.symbols.state = SYMBOLS_READ;
	box->env.symbols.seen = 0;
	ck_assert_int_eq(socket_diag_run(&box->env), 0);
	ck_assert_uint_gt(box->count, 10);
	ck_assert_uint_eq(live_box_gaps(box, GAP_UNSUPPORTED), box->count);
	ck_assert_int_eq(live_box_get(box, "socket_diag/tcp4")->has_content, false);
}
END_TEST

Suite *suite_src_socket_diag(void)
{
	Suite *s = suite_create("collector/volatile/src_socket_diag");
	TCase *t = tcase_create("socket_diag");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, test_sockets_of_another_namespace_are_listed_there_and_only_there);
	tcase_add_test(t, test_the_filter_of_a_packet_socket_is_taken);
	tcase_add_test(t, test_a_listener_comes_with_its_memory_and_congestion_control);
	tcase_add_loop_test(t, test_the_key_of_signed_connections_is_kept_only_if_keys_were_asked_for,
			    0, 2);
	tcase_add_test(t, test_what_the_kernel_does_not_list_is_never_asked_for);
	suite_add_tcase(s, t);
	return s;
}
