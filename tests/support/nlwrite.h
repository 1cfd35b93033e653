/*
 * nlwrite: netlink messages as a kernel of either byte order would write them, for the tests of
 * who reads them.  Lengths are bytes; what does not fit into the room fails the test.
 */
#ifndef EXHIBIT_TESTS_NLWRITE_H
#define EXHIBIT_TESTS_NLWRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct nlwrite {
	uint8_t p[1024];
	size_t n;		/* bytes in use */
	bool big;		/* the high byte of a number comes first */
};

/* Begin an answer. */
void nlwrite_begin(struct nlwrite *a, bool big);

/* Append a number of ${n} bytes in the host's order; raw bytes; zeros up to four bytes. */
void nlwrite_number(struct nlwrite *a, uint64_t v, size_t n);
void nlwrite_bytes(struct nlwrite *a, const void *p, size_t n);

/* Begin a message of ${type}, and end it: give what the first returned. */
size_t nlwrite_open(struct nlwrite *a, uint16_t type);
void nlwrite_close(struct nlwrite *a, size_t at);

/* An attribute with bytes; with a number of 32 bits; one that holds others. */
void nlwrite_attribute(struct nlwrite *a, uint16_t type, const void *value, size_t n);
void nlwrite_attribute_u32(struct nlwrite *a, uint16_t type, uint32_t v);
size_t nlwrite_nest(struct nlwrite *a, uint16_t type);
void nlwrite_nest_end(struct nlwrite *a, size_t at);

#endif
