/*
 * secret: keys in an answer of the kernel that are not to be kept.
 *
 * Some lists come with the keys of what they list: IPsec associations, wireguard
 * interfaces, TCP connections with signatures (RFC 2385).  They open more than this host,
 * so that, as with files that hold a private key, they stay out unless the operator asked
 * for them.  Their bytes become zeros where they stand; lengths and all else stay.
 */
#ifndef EXHIBIT_VOLATILE_SECRET_H
#define EXHIBIT_VOLATILE_SECRET_H

#include <stddef.h>
#include <stdint.h>

#define SECRET_LEVELS 3u
#define SECRET_EACH UINT16_MAX		/* in a path: any, as in an array */

/* Where a key stands: attribute in attribute, then bytes of it. */
struct secret_place {
	uint16_t path[SECRET_LEVELS];	/* types, outermost first, without NLA_F_* */
	uint16_t levels;		/* of them that are used, at least 1 */
	uint16_t from;			/* bytes before the key, which stay */
	uint16_t every;			/* bytes of each record, where it is an array; 0 */
};

/* What the messages of one kind of answer hide. */
struct secret {
	size_t head;			/* bytes of a message's body before its attributes */
	const struct secret_place *place;
	size_t places;
};

/**
 * secret_blank(s, body, n):
 * Write zeros over every key in the ${n} bytes of one message's body.  Return how many
 * there were that were not zeros before.  What does not fit (a length that leads out of its
 * container) is left as it is, and so is what follows it.
 */
uint32_t secret_blank(const struct secret *s, void *body, size_t n);

#endif
