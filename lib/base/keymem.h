/*
 * keymem: memory for keys, and the random numbers that they are made of.
 *
 * A secret lives alone in its own mapping, which is locked, left out of core dumps
 * and not inherited by children, and which is wiped when it is given back.  This
 * raises the cost of stealing it; it does not stop root on the host.
 */
#ifndef EXHIBIT_BASE_KEYMEM_H
#define EXHIBIT_BASE_KEYMEM_H

#include <stddef.h>

#include "lib/base/err.h"

#define KEYMEM_RANDOM_MAX 256u	/* bytes that getrandom(2) gives whole or not at all */

/**
 * keymem_new(n, locked, e):
 * Map ${n} zero bytes.  *${locked} becomes 1 if they could be locked and kept out of
 * dumps, else 0; ${locked} may be NULL.  Return them, or NULL with ${e}.
 */
void *keymem_new(size_t n, int *locked, struct err *e);

/* Wipe and unmap the ${n} bytes of keymem_new.  NULL does nothing. */
void keymem_free(void *p, size_t n);

/* Overwrite ${n} bytes in a way that the compiler does not leave out. */
void keymem_wipe(void *p, size_t n);

/**
 * keymem_random(out, n):
 * Fill ${n} bytes (at most KEYMEM_RANDOM_MAX) from getrandom(2), or from /dev/urandom
 * where the kernel has no such call (before 3.17), if it is the kernel's.  Return 0, or -1
 * with errno; ENODEV: something else has that name.
 */
int keymem_random(void *out, size_t n);

#endif
