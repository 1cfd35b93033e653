/*
 * text: bytes as text and back.  Everything that a hostile host can name
 * passes through here before it reaches a terminal, a JSON line or a list.
 */
#ifndef EXHIBIT_BASE_TEXT_H
#define EXHIBIT_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/buf.h"

/**
 * text_escape(b, data, n):
 * Append ${n} raw bytes as printable UTF-8.  A byte below 0x20, 0x7f, a byte
 * of a sequence that is not valid UTF-8 (RFC 3629: no overlong forms, no
 * surrogates, at most U+10FFFF), and the bytes of U+0080..U+009F, of U+2028,
 * U+2029 and of the bidirectional controls U+200E, U+200F, U+202A..U+202E,
 * U+2066..U+2069 become \xNN (lower-case hex, one per byte); a
 * backslash becomes \\.  Everything else stays.  The result is safe for a
 * terminal and bijective: text_unescape gives the bytes back.
 */
void text_escape(struct buf *b, const void *data, size_t n);

/**
 * text_unescape(b, s, n):
 * Inverse of text_escape on the ${n} characters of ${s}.  Return 0, or -1 if
 * ${s} holds a backslash that starts neither \\ nor \xNN (then ${b} is
 * unspecified).
 */
int text_unescape(struct buf *b, const char *s, size_t n);

/**
 * text_is_plain(data, n):
 * True if text_escape would change nothing.
 */
bool text_is_plain(const void *data, size_t n);

/**
 * text_utf8(data, n):
 * Length of the one character at ${data}, of which ${n} bytes are there: 1 to 4; 0 if it is
 * no valid UTF-8 (RFC 3629), or ${n} is 0.
 */
size_t text_utf8(const void *data, size_t n);

/**
 * text_is_shown(s, n):
 * True if text_escape would change nothing but backslashes: ${s} may be the work of
 * text_escape, or JSON around it, and is safe for a terminal as it is.
 */
bool text_is_shown(const char *s, size_t n);

/**
 * text_json(b, s, n):
 * Append ${n} bytes of valid UTF-8 as a JSON string with its quotes.  Escapes
 * the quote, the backslash and everything below 0x20 (RFC 8259 section 7).
 */
void text_json(struct buf *b, const char *s, size_t n);

/**
 * text_json_escaped(b, data, n):
 * text_escape followed by text_json in one pass: raw bytes to a JSON string.
 */
void text_json_escaped(struct buf *b, const void *data, size_t n);

/* Append as lower-case hex; as base64 with padding (RFC 4648 section 4). */
void text_hex(struct buf *b, const void *data, size_t n);
void text_base64(struct buf *b, const void *data, size_t n);

/**
 * text_unhex(out, n, s):
 * Read exactly 2*${n} hex digits of ${s}, either case, into ${out}, and expect
 * the end of the string.  Return 0, or -1.
 */
int text_unhex(void *out, size_t n, const char *s);

/**
 * text_parse_size(s, out):
 * Read a byte count: digits with an optional suffix k, M, G or T (powers of
 * 1024, either case, optionally followed by B or iB).  Return 0, or -1 on
 * anything else, on overflow, and on the empty string.
 */
int text_parse_size(const char *s, uint64_t *out);

/**
 * text_parse_seconds(s, out):
 * Read a duration: digits with an optional suffix s, m, h or d.  Seconds.
 * Return 0 or -1.
 */
int text_parse_seconds(const char *s, uint64_t *out);

/**
 * text_size(out, n, bytes):
 * Write a short human form of ${bytes} ("3.4 GiB") into ${out} of ${n} bytes
 * (at least 16).  Returns ${out}.
 */
char *text_size(char *out, size_t n, uint64_t bytes);

#endif
