/*
 * sums: lines of SHA256SUMS as coreutils writes and checks them.
 *
 * Form: 64 hex digits, two spaces, name, LF.  A name with a backslash, LF or CR
 * has these written as \\ \n \r and the line begins with a backslash (coreutils
 * manual, "cksum output modes"; CR since 9.0).  Every other byte stays raw, so
 * the text is for sha256sum -c, not for a terminal.
 */
#ifndef EXHIBIT_CUSTODY_SUMS_H
#define EXHIBIT_CUSTODY_SUMS_H

#include "lib/base/buf.h"
#include "lib/hash/digest.h"
#include "lib/item/item.h"

/**
 * sums_line(out, hash, name):
 * Append the line for the file ${name} (raw bytes, no NUL among them).
 */
void sums_line(struct buf *out, const uint8_t hash[DIGEST_LEN], struct bytes name);

#endif
