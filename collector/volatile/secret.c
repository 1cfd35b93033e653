#include "collector/volatile/secret.h"

#include <linux/netlink.h>
#include <string.h>

static uint32_t blank_bytes(unsigned char *p, size_t n)
{
	uint32_t was = 0;

	for (size_t i = 0; i < n; i++)
		was |= p[i];
	memset(p, 0, n);
	return was != 0;
}

static uint32_t blank_records(const struct secret_place *at, unsigned char *p, size_t n)
{
	size_t each = at->every == 0 ? n : at->every;
	uint32_t count = 0;

	for (; each > 0 && n >= each; p += each, n -= each)
		if (each > at->from)
			count += blank_bytes(p + at->from, each - at->from);
	return count;
}

/* Attributes that are still to be looked at, on one level of nesting. */
struct level {
	unsigned char *p;
	size_t left;
};

/* The next attribute of a level, its content; NULL at the end. */
static unsigned char *next(struct level *l, struct nlattr *head)
{
	unsigned char *p = l->p;
	size_t whole;

	if (l->left < sizeof(*head))
		return NULL;
	memcpy(head, p, sizeof(*head));
	if (head->nla_len < sizeof(*head) || head->nla_len > l->left)
		return NULL;
	whole = NLA_ALIGN((size_t)head->nla_len);
	whole = whole < l->left ? whole : l->left;
	l->p += whole;
	l->left -= whole;
	return p + sizeof(*head);
}

static uint32_t blank_place(const struct secret_place *at, unsigned char *p, size_t n)
{
	struct level level[SECRET_LEVELS] = { { p, n } };
	struct nlattr head;
	uint32_t count = 0;
	unsigned deep = 0;

	for (;;) {
		unsigned char *content = next(&level[deep], &head);
		size_t len = content == NULL ? 0 : head.nla_len - sizeof(head);

		if (content == NULL && deep == 0)
			return count;
		if (content == NULL)
			deep--;
		else if (at->path[deep] != SECRET_EACH &&
			 at->path[deep] != (head.nla_type & NLA_TYPE_MASK))
			continue;
		else if (deep + 1 == at->levels)
			count += blank_records(at, content, len);
		else
			level[++deep] = (struct level){ content, len };
	}
}

uint32_t secret_blank(const struct secret *s, void *body, size_t n)
{
	uint32_t count = 0;

	if (n < s->head)
		return 0;
	for (size_t i = 0; i < s->places; i++)
		count += blank_place(&s->place[i], (unsigned char *)body + s->head, n - s->head);
	return count;
}
