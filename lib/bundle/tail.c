#include "lib/bundle/tail.h"

#include <stdio.h>
#include <string.h>

#define BLOCK 512u
#define SUM_AT 148u			/* header checksum: eight bytes */
#define SUM_LEN 8u
#define TYPE_AT 156u

/* Sum of all bytes with the checksum itself as blanks, six octal digits, NUL, blank. */
static bool header_is_plain(const unsigned char *h, char type)
{
	char want[SUM_LEN + 1];
	unsigned sum = SUM_LEN * ' ';

	for (size_t i = 0; i < BLOCK; i++)
		if (i < SUM_AT || i >= SUM_AT + SUM_LEN)
			sum += h[i];
	snprintf(want, sizeof(want), "%06o", sum);
	want[6] = '\0';
	want[7] = ' ';
	return memcmp(h + SUM_AT, want, SUM_LEN) == 0 && h[TYPE_AT] == (unsigned char)type;
}

/* One header of the type with its content and zeros up to the block at *at.  Moves *at
 * behind them. */
static bool part_is_plain(const unsigned char *raw, size_t n, size_t *at, char type,
			  size_t len)
{
	size_t end = *at + BLOCK + (len + BLOCK - 1) / BLOCK * BLOCK;

	if (end > n || !header_is_plain(raw + *at, type))
		return false;
	for (size_t i = *at + BLOCK + len; i < end; i++)
		if (raw[i] != 0)
			return false;
	*at = end;
	return true;
}

/* A member, with or without the one extended record that says nothing. */
static bool member_is_plain(const unsigned char *raw, size_t n, size_t *at, size_t len)
{
	static const char record[] = "21 hdrcharset=BINARY\n";
	const size_t record_len = sizeof(record) - 1;

	if (*at + 2 * BLOCK <= n && raw[*at + TYPE_AT] == 'x') {
		if (memcmp(raw + *at + BLOCK, record, record_len) != 0 ||
		    !part_is_plain(raw, n, at, 'x', record_len))
			return false;
	}
	return part_is_plain(raw, n, at, '0', len);
}

bool tail_is_plain(const void *raw, size_t n, size_t text_len, size_t sig_len)
{
	size_t at = 0;

	return member_is_plain(raw, n, &at, text_len) && member_is_plain(raw, n, &at, sig_len);
}
