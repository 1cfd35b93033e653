/*
 * order: the byte order of the host that an archive comes from, whatever that of the
 * workstation is.  binary.h reads numbers in either.
 */
#ifndef EXHIBIT_PARSE_ORDER_H
#define EXHIBIT_PARSE_ORDER_H

#include <stdbool.h>

#include "lib/base/bytes.h"

/**
 * order_is_big(arch):
 * Does a machine of ${arch} (uname -m; host-arch of the session) keep the high byte first?
 * MIPS calls itself the same in both orders; here it counts as little.
 */
bool order_is_big(struct bytes arch);

#endif
