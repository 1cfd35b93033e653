#include "workstation/parse/nlread.h"

#include "workstation/parse/binary.h"

#define HEADER 16u		/* sizeof(struct nlmsghdr) */
#define ATTRIBUTE 4u		/* sizeof(struct nlattr) */
#define ATTRIBUTE_TYPE 0x3fffu	/* NLA_TYPE_MASK */

struct nlread nlread_begin(const void *p, size_t n)
{
	const uint8_t *at = p;
	struct nlread nl = { at, at, at + n, false };

	if (n >= HEADER)
		nl.big = binary_u32(at, true) < binary_u32(at, false);
	return nl;
}

/* Go behind something of ${len} bytes, padded to four if there is more. */
static void advance(struct nlread *nl, size_t len)
{
	size_t left = (size_t)(nl->end - nl->p), padded = (len + 3) & ~(size_t)3;

	nl->p += padded < left ? padded : left;
}

int nlread_next(struct nlread *nl, struct nlread_message *out)
{
	size_t left = (size_t)(nl->end - nl->p);
	uint32_t len;

	if (left == 0)
		return 0;
	if (left < HEADER)
		return -1;
	len = binary_u32(nl->p, nl->big);
	if (len < HEADER || len > left)
		return -1;
	out->type = binary_u16(nl->p + 4, nl->big);
	out->pos = (size_t)(nl->p - nl->start);
	out->body = (struct bytes){ nl->p + HEADER, len - HEADER };
	advance(nl, len);
	return 1;
}

struct nlread nlread_attributes(const struct nlread *nl, struct bytes body, size_t fixed)
{
	const uint8_t *p = body.p != NULL ? body.p : (const uint8_t *)"";
	size_t at = (fixed + 3) & ~(size_t)3;

	at = at < body.len ? at : body.len;
	return (struct nlread){ nl->start, p + at, p + body.len, nl->big };
}

bool nlread_attribute(struct nlread *a, struct nlread_attribute *out)
{
	size_t left = (size_t)(a->end - a->p);
	uint16_t len;

	if (left < ATTRIBUTE)
		return false;
	len = binary_u16(a->p, a->big);
	if (len < ATTRIBUTE || len > left)
		return false;
	out->type = binary_u16(a->p + 2, a->big) & ATTRIBUTE_TYPE;
	out->value = (struct bytes){ a->p + ATTRIBUTE, len - ATTRIBUTE };
	advance(a, len);
	return true;
}

struct bytes nlread_find_bytes(const struct nlread *nl, struct bytes body, size_t fixed,
				uint16_t type)
{
	struct nlread a = nlread_attributes(nl, body, fixed);
	struct nlread_attribute one;

	while (nlread_attribute(&a, &one))
		if (one.type == type)
			return one.value;
	return (struct bytes){ NULL, 0 };
}

const uint8_t *nlread_find(const struct nlread *nl, struct bytes body, size_t fixed,
			   uint16_t type, size_t least)
{
	struct bytes value = nlread_find_bytes(nl, body, fixed, type);

	return value.len >= least ? value.p : NULL;
}
