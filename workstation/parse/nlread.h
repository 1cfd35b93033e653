/*
 * nlread: messages of the kernel as they stand one behind the other in an answer, and the
 * attributes in them (netlink(7); linux/netlink.h: struct nlmsghdr, struct nlattr).
 *
 * Their byte order is the host's and is found from the first header: a length in the wrong
 * order is far too large.  Addresses and ports inside have the order of the network.
 */
#ifndef EXHIBIT_PARSE_NLREAD_H
#define EXHIBIT_PARSE_NLREAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/bytes.h"

#define NLREAD_DONE 3u		/* NLMSG_DONE: the end of a dump; 2 is an error, 1 nothing */
#define NLREAD_FIRST 16u	/* types below are those of netlink itself */

/* An answer, or the attributes behind a fixed part. */
struct nlread {
	const uint8_t *start, *p, *end;
	bool big;		/* the high byte of a number is first */
};

struct nlread_message {
	uint16_t type;
	size_t pos;		/* of its header in the answer */
	struct bytes body;	/* behind the header */
};

struct nlread_attribute {
	uint16_t type;		/* without the bits NESTED and NET_BYTEORDER */
	struct bytes value;
};

struct nlread nlread_begin(const void *p, size_t n);

/**
 * nlread_next(nl, out):
 * Take the next message.  Return 1; 0 at the end; -1 if a header does not fit into what is
 * left: then nothing behind it can be found.
 */
int nlread_next(struct nlread *nl, struct nlread_message *out);

/**
 * nlread_attributes(nl, body, fixed):
 * The attributes behind the ${fixed} bytes that a ${body} of the answer ${nl} begins with; none
 * if it is shorter.  Nested ones: give the value as body and 0.
 */
struct nlread nlread_attributes(const struct nlread *nl, struct bytes body, size_t fixed);

/**
 * nlread_attribute(attributes, out):
 * Take the next one.  False at the end, and where one does not fit.
 */
bool nlread_attribute(struct nlread *attributes, struct nlread_attribute *out);

/**
 * nlread_find(nl, body, fixed, type, least):
 * The value of the first attribute ${type} of at least ${least} bytes; NULL: there is none.
 */
const uint8_t *nlread_find(const struct nlread *nl, struct bytes body, size_t fixed,
			   uint16_t type, size_t least);

/**
 * nlread_find_bytes(nl, body, fixed, type):
 * The same, of any length; p NULL: there is none.
 */
struct bytes nlread_find_bytes(const struct nlread *nl, struct bytes body, size_t fixed,
				uint16_t type);

#endif
