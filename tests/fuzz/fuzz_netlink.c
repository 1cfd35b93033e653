/*
 * netlink, genl, secret: whatever the kernel answers, messages and attributes lie within it, and
 * blanking a key changes nothing but the key.
 */
#include <linux/rtnetlink.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "collector/volatile/genl.h"
#include "collector/volatile/netlink.h"
#include "collector/volatile/secret.h"

#define LINKS 16u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void expect(int holds)
{
	if (!holds)
		abort();
}

static void check_attributes(const unsigned char *p, size_t n)
{
	for (uint16_t type = 0; type < 40; type++) {
		struct bytes a = netlink_attribute(p, n, type);
		const unsigned char *at = a.p;

		expect(at == NULL || (at >= p && a.len <= n && at + a.len <= p + n));
	}
}

static void check_messages(const uint8_t *data, size_t n)
{
	struct netlink_message m;
	size_t offset = 0, before = 0;

	while (netlink_next(data, n, &offset, &m)) {
		expect(offset > before && m.body >= data && m.body + m.len <= data + n);
		before = offset;
		check_attributes(m.body, m.len);
	}
}

/* Places of one and of three levels, and an array. */
static void check_blank(const uint8_t *data, size_t n)
{
	static const struct secret_place places[] = {
		{ { 1 }, 1, 0, 0 }, { { 8, SECRET_EACH, 3 }, 3, 0, 0 }, { { 2 }, 1, 4, 24 },
	};
	static const struct secret s = { 4, places, sizeof(places) / sizeof(places[0]) };
	uint8_t *copy = malloc(n + 1);

	expect(copy != NULL);
	memcpy(copy, data, n);
	secret_blank(&s, copy, n);
	for (size_t i = 0; i < n; i++)
		expect(copy[i] == data[i] || (copy[i] == 0 && i >= s.head));
	expect(secret_blank(&s, copy, n) == 0);
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	uint32_t out[LINKS];
	uint8_t *aligned = malloc(n + 1);	/* as the answers that are kept are */

	expect(aligned != NULL);
	memcpy(aligned, data, n);
	check_messages(aligned, n);
	check_blank(aligned, n);
	genl_family(aligned, n, "wireguard");
	expect(genl_links(aligned, n, "wireguard", out, LINKS) <= LINKS);
	expect(genl_links(aligned, n, NULL, out, LINKS) <= LINKS);
	free(aligned);
	return 0;
}
