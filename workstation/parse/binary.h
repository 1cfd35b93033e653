/*
 * binary: numbers of a given width and byte order out of bytes, at any alignment.
 * Whoever calls has checked that they are there.
 */
#ifndef EXHIBIT_PARSE_BINARY_H
#define EXHIBIT_PARSE_BINARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/bytes.h"

/* ${width} bytes (1 to 8) as a number without sign, least or, if ${big}, most significant first. */
uint64_t binary_get(const void *p, unsigned width, bool big);

/* The same of 2, 4 and 8 bytes. */
uint16_t binary_u16(const void *p, bool big);
uint32_t binary_u32(const void *p, bool big);
uint64_t binary_u64(const void *p, bool big);

/* The same, least significant first. */
uint16_t binary_le16(const void *p);
uint32_t binary_le32(const void *p);
uint64_t binary_le64(const void *p);

/* The bytes of a field of ${n} bytes up to its first NUL. */
struct bytes binary_text(const void *p, size_t n);

/* Are all ${n} bytes zero? */
bool binary_zero(const void *p, size_t n);

#endif
