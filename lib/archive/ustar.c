#include "lib/archive/ustar.h"

#include <stdbool.h>
#include <string.h>

#define OCTAL_11 INT64_C(077777777777)

/* Fields of the header that are used: offset and length in bytes (IEEE 1003.1, pax). */
enum {
	MODE = 100, UID = 108, GID = 116, SIZE = 124, MTIME = 136, CHECKSUM = 148, TYPE = 156,
	MAGIC = 257, DEVMAJOR = 329, DEVMINOR = 337
};

/* Octal digits with leading zeros, and a NUL. */
static void put_octal(char *field, size_t width, uint64_t v)
{
	for (size_t i = width - 1; i-- > 0; v /= 8)
		field[i] = (char)('0' + v % 8);
	field[width - 1] = '\0';
}

static void fill_header(char *h, const char *name, uint64_t size, uint64_t seconds)
{
	unsigned sum = 0;

	memset(h, 0, USTAR_BLOCK);
	memcpy(h, name, strlen(name));
	put_octal(h + MODE, 8, 0444);
	put_octal(h + UID, 8, 0);
	put_octal(h + GID, 8, 0);
	put_octal(h + SIZE, 12, size);
	put_octal(h + MTIME, 12, seconds);
	h[TYPE] = '0';
	memcpy(h + MAGIC, "ustar\00000", 8);
	put_octal(h + DEVMAJOR, 8, 0);
	put_octal(h + DEVMINOR, 8, 0);
	/* The sum is taken with blanks in its own place. */
	memset(h + CHECKSUM, ' ', 8);
	for (size_t i = 0; i < USTAR_BLOCK; i++)
		sum += (unsigned char)h[i];
	put_octal(h + CHECKSUM, 7, sum);
}

void ustar_member(struct buf *out, const char *name, const void *data, size_t n, int64_t seconds)
{
	size_t padding = (USTAR_BLOCK - n % USTAR_BLOCK) % USTAR_BLOCK;
	uint64_t size = n;
	char *p;

	if (strlen(name) > USTAR_NAME_MAX || size > OCTAL_11) {
		out->failed = true;
		return;
	}
	if (seconds < 0)
		seconds = 0;
	if (seconds > OCTAL_11)
		seconds = OCTAL_11;
	p = buf_room(out, USTAR_BLOCK);
	if (p == NULL)
		return;
	fill_header(p, name, size, (uint64_t)seconds);
	out->len += USTAR_BLOCK;
	buf_add(out, data, n);
	p = buf_room(out, padding);
	if (p == NULL)
		return;
	memset(p, 0, padding);
	out->len += padding;
}
