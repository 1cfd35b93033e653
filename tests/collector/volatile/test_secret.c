#include <check.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/wireguard.h>
#include <string.h>

#include "collector/volatile/netlink.h"

Suite *suite_secret(void);

#define KEY "0123456789abcdefghijklmnopqrstuv"	/* as long as a key of wireguard */
#define OTHER "ABCDEFGHIJKLMNOPQRSTUVWXYZ!?&%$#"
#define KEY_LEN 32

static const struct secret_place places[] = {
	{ .path = { WGDEVICE_A_PRIVATE_KEY }, .levels = 1 },
	{ .path = { WGDEVICE_A_PEERS, SECRET_EACH, WGPEER_A_PRESHARED_KEY }, .levels = 3 },
};

static const struct secret wireguard = { GENL_HDRLEN, places, 2 };

/* How many times the bytes are in it. */
static unsigned count(const void *data, size_t n, const char *what, size_t len)
{
	const char *p = data, *end = p + n;
	unsigned found = 0;

	while ((p = memmem(p, (size_t)(end - p), what, len)) != NULL) {
		found++;
		p += len;
	}
	return found;
}

/* What the kernel sends of an interface with two peers, the second without a preshared key. */
static size_t device(unsigned char body[NETLINK_BODY_MAX])
{
	unsigned char peer[2][NETLINK_BODY_MAX], peers[NETLINK_BODY_MAX];
	size_t n[2] = { 0, 0 }, all = 0, len = GENL_HDRLEN;

	memset(body, 0, NETLINK_BODY_MAX);
	for (int i = 0; i < 2; i++) {
		n[i] = netlink_put(peer[i], 0, WGPEER_A_PUBLIC_KEY, OTHER, KEY_LEN);
		n[i] = netlink_put(peer[i], n[i], WGPEER_A_PRESHARED_KEY,
				   i == 0 ? KEY : (const char[KEY_LEN]){ 0 }, KEY_LEN);
		all = netlink_put(peers, all, NLA_F_NESTED | (uint16_t)(7 * i), peer[i], n[i]);
	}
	len = netlink_put(body, len, WGDEVICE_A_IFNAME, "wg0", 4);
	len = netlink_put(body, len, WGDEVICE_A_PRIVATE_KEY, KEY, KEY_LEN);
	len = netlink_put(body, len, WGDEVICE_A_PUBLIC_KEY, OTHER, KEY_LEN);
	return netlink_put(body, len, WGDEVICE_A_PEERS | NLA_F_NESTED, peers, all);
}

START_TEST(test_private_and_preshared_keys_of_every_peer_go_and_all_else_stays)
{
	unsigned char body[NETLINK_BODY_MAX], before[NETLINK_BODY_MAX];
	size_t n = device(body), changed = 0;

	memcpy(before, body, sizeof(before));
	ck_assert_uint_eq(count(body, n, KEY, KEY_LEN), 2);
	ck_assert_uint_eq(secret_blank(&wireguard, body, n), 2);
	ck_assert_uint_eq(count(body, n, KEY, 4), 0);
	ck_assert_uint_eq(count(body, n, OTHER, KEY_LEN), 3);
	for (size_t i = 0; i < sizeof(body); i++)
		changed += body[i] != before[i];
	ck_assert_uint_eq(changed, 2 * KEY_LEN);
	ck_assert_uint_eq(secret_blank(&wireguard, body, n), 0);
}
END_TEST

START_TEST(test_of_an_array_of_records_every_key_goes_and_what_stands_before_it_stays)
{
	static const struct secret_place at = { .path = { 5 }, .levels = 1, .from = 4, .every = 12 };
	const struct secret records = { 0, &at, 1 };
	unsigned char body[NETLINK_BODY_MAX];
	size_t n = netlink_put(body, 0, 5, "headSECRET!!headSECRET!!headSE", 30);

	ck_assert_uint_eq(secret_blank(&records, body, n), 2);
	ck_assert_int_eq(memcmp(body + 4, "head\0\0\0\0\0\0\0\0head\0\0\0\0\0\0\0\0headSE", 30), 0);
}
END_TEST

/* Cut anywhere, or with lengths that lead out of it, nothing behind its end is touched. */
START_TEST(test_nothing_outside_of_a_broken_message_is_written)
{
	unsigned char body[NETLINK_BODY_MAX + 64];
	size_t n = device(body);

	for (size_t cut = 0; cut <= n; cut++)
		for (int length = 0; length < 3; length++) {
			memset(body + NETLINK_BODY_MAX, 0xa5, 64);
			device(body);
			memset(body + cut, 0xa5, sizeof(body) - cut);
			if (length > 0 && cut > GENL_HDRLEN)
				body[GENL_HDRLEN] = length == 1 ? 0xff : 3;
			secret_blank(&wireguard, body, cut);
			for (size_t i = cut; i < sizeof(body); i++)
				ck_assert_uint_eq(body[i], 0xa5);
		}
}
END_TEST

Suite *suite_secret(void)
{
	Suite *s = suite_create("collector/volatile/secret");
	TCase *t = tcase_create("secret");

	tcase_add_test(t, test_private_and_preshared_keys_of_every_peer_go_and_all_else_stays);
	tcase_add_test(t, test_of_an_array_of_records_every_key_goes_and_what_stands_before_it_stays);
	tcase_add_test(t, test_nothing_outside_of_a_broken_message_is_written);
	suite_add_tcase(s, t);
	return s;
}
