#include "collector/volatile/genl.h"

#include <linux/genetlink.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "collector/volatile/netlink.h"

/* Attributes of a message behind ${head} bytes of its body. */
static struct bytes attribute(const struct netlink_message *m, size_t head, uint16_t type)
{
	if (m->len < head)
		return (struct bytes){ NULL, 0 };
	return netlink_attribute(m->body + head, m->len - head, type);
}

static bool is_word(struct bytes b, const char *word)
{
	size_t n = strlen(word);

	return b.p != NULL && b.len >= n && memcmp(b.p, word, n) == 0 &&
	       (b.len == n || ((const char *)b.p)[n] == '\0');
}

uint16_t genl_family(const void *list, size_t n, const char *name)
{
	struct netlink_message m;
	size_t at = 0;
	uint16_t id;

	while (netlink_next(list, n, &at, &m)) {
		struct bytes number = attribute(&m, GENL_HDRLEN, CTRL_ATTR_FAMILY_ID);

		if (m.type != GENL_ID_CTRL || number.len < sizeof(id) ||
		    !is_word(attribute(&m, GENL_HDRLEN, CTRL_ATTR_FAMILY_NAME), name))
			continue;
		memcpy(&id, number.p, sizeof(id));
		return id;
	}
	return 0;
}

static bool is_of_kind(const struct netlink_message *m, const char *kind)
{
	struct bytes info = attribute(m, sizeof(struct ifinfomsg), IFLA_LINKINFO);

	return info.p != NULL &&
	       is_word(netlink_attribute(info.p, info.len, IFLA_INFO_KIND), kind);
}

size_t genl_links(const void *list, size_t n, const char *kind, uint32_t *out, size_t max)
{
	struct netlink_message m;
	struct ifinfomsg link;
	size_t at = 0, count = 0;

	while (count < max && netlink_next(list, n, &at, &m)) {
		if (m.type != RTM_NEWLINK || m.len < sizeof(link) ||
		    (kind != NULL && !is_of_kind(&m, kind)))
			continue;
		memcpy(&link, m.body, sizeof(link));
		out[count++] = (uint32_t)link.ifi_index;
	}
	return count;
}

size_t genl_question(void *body, uint8_t command, uint8_t version)
{
	const struct genlmsghdr head = { .cmd = command, .version = version };

	memset(body, 0, NETLINK_BODY_MAX);
	memcpy(body, &head, sizeof(head));
	return GENL_HDRLEN;
}
