/*
 * bech32: a few bytes as text with a checksum, for people (BIP 173).
 *
 * "age1qyq..." is a human-readable part, the last 1, the bytes in groups of five bits,
 * and six letters of checksum, which finds any four mistyped letters.
 */
#ifndef EXHIBIT_CRYPT_BECH32_H
#define EXHIBIT_CRYPT_BECH32_H

#include <stddef.h>
#include <stdint.h>

#define BECH32_MAX 90u		/* characters, as BIP 173 has it */

struct bech32 {
	char hrp[BECH32_MAX + 1];	/* in lower case */
	uint8_t values[BECH32_MAX];	/* 0..31, without the checksum */
	size_t count;
};

/**
 * bech32_parse(b, s):
 * Take ${s} apart.  Return NULL, or what is wrong with it, for a person ("its letters are
 * mixed in case").  The text that is parsed may be secret: wipe ${b}.
 */
const char *bech32_parse(struct bech32 *b, const char *s);

/**
 * bech32_bytes(b, out, n):
 * Make bytes of the groups.  Return 0, or -1 unless they are exactly ${n} bytes and the bits
 * left over are zero.
 */
int bech32_bytes(const struct bech32 *b, uint8_t *out, size_t n);

/**
 * bech32_write(out, hrp, data, n):
 * The text of ${n} bytes, in lower case, with a NUL, into ${out} of BECH32_MAX + 1 bytes; the
 * caller sees to it that it fits: strlen(hrp) + 7 + (8 n + 4) / 5.  Returns ${out}.
 */
char *bech32_write(char *out, const char *hrp, const uint8_t *data, size_t n);

#endif
