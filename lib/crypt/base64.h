/*
 * base64: base64 without padding, in its one canonical form, as the header of an age
 * file has it (RFC 4648 section 4; section 3.5 on the bits that are left over).
 */
#ifndef EXHIBIT_CRYPT_BASE64_H
#define EXHIBIT_CRYPT_BASE64_H

#include <stddef.h>
#include <sys/types.h>

#include "lib/base/buf.h"

#define BASE64_LEN(n) (((n) * 4 + 2) / 3)	/* characters of n bytes */

/* Append ${n} bytes as text. */
void base64_add(struct buf *b, const void *data, size_t n);

/**
 * base64_read(out, room, s, n):
 * Decode the ${n} characters of ${s} into ${out}.  Return the number of bytes, or -1: a
 * character that does not belong, a length or left-over bits that no encoder makes, or
 * more than ${room} bytes.
 */
ssize_t base64_read(void *out, size_t room, const char *s, size_t n);

#endif
