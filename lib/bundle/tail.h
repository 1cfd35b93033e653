/*
 * tail: the last bytes of an archive, which no seal can cover.
 *
 * A seal signs the bytes before its own header.  The headers and the padding of
 * the final seal and of its signature are therefore fixed by the format
 * (docs/FORMAT.md section 6): ustar headers, their checksum written in one form, no
 * extended record but hdrcharset=BINARY, zeros as padding.  So a changed bit shows
 * there too.
 */
#ifndef EXHIBIT_BUNDLE_TAIL_H
#define EXHIBIT_BUNDLE_TAIL_H

#include <stdbool.h>
#include <stddef.h>

#define TAIL_MAX 8192u			/* bytes: the headers, a seal's text, a signature, padding */

/**
 * tail_is_plain(raw, n, text_len, sig_len):
 * ${raw} are the ${n} tar bytes from the first header block of seal.txt on, ${text_len} and
 * ${sig_len} the sizes of the two members.  True if everything in front of, between
 * and behind their contents is as the format fixes it.  Source of the header: POSIX
 * pax, ustar Interchange Format.
 */
bool tail_is_plain(const void *raw, size_t n, size_t text_len, size_t sig_len);

#endif
