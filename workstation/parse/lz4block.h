/*
 * lz4block: one block of LZ4 (lz4.org, "LZ4 Block Format Description"), as journal files hold
 * them.
 */
#ifndef EXHIBIT_PARSE_LZ4BLOCK_H
#define EXHIBIT_PARSE_LZ4BLOCK_H

#include <stddef.h>
#include <stdint.h>

/**
 * lz4block_decode(out, room, p, n):
 * Decode the ${n} bytes at ${p} into ${out}, until they end, are wrong, or ${room} bytes are
 * there.  Return how many there are; SIZE_MAX if they are wrong.
 */
size_t lz4block_decode(uint8_t *out, size_t room, const uint8_t *p, size_t n);

#endif
