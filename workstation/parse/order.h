/*
 * order: numbers in the byte order of the host that an archive comes from, whatever that of
 * the workstation is.
 */
#ifndef EXHIBIT_PARSE_ORDER_H
#define EXHIBIT_PARSE_ORDER_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/bytes.h"

/**
 * order_is_big(arch):
 * Does a machine of ${arch} (uname -m; host-arch of the session) keep the high byte first?
 * MIPS calls itself the same in both orders; here it counts as little.
 */
bool order_is_big(struct bytes arch);

/* Read 2, 4 or 8 bytes at ${p}, which need not be aligned; ${big}: the high one is first. */
uint16_t order_u16(const uint8_t *p, bool big);
uint32_t order_u32(const uint8_t *p, bool big);
uint64_t order_u64(const uint8_t *p, bool big);

#endif
