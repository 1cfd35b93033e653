#include "lib/crypt/base64.h"

#include <stdint.h>
#include <string.h>

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_add(struct buf *b, const void *data, size_t n)
{
	const uint8_t *p = data;
	uint32_t bits = 0;
	unsigned held = 0;

	for (size_t i = 0; i < n; i++) {
		bits = bits << 8 | p[i];
		held += 8;
		while (held >= 6) {
			held -= 6;
			buf_putc(b, letters[bits >> held & 63]);
		}
	}
	if (held > 0)
		buf_putc(b, letters[bits << (6 - held) & 63]);
}

ssize_t base64_read(void *out, size_t room, const char *s, size_t n)
{
	uint8_t *to = out;
	uint32_t bits = 0;
	unsigned held = 0;
	size_t made = 0;

	if (n % 4 == 1)
		return -1;
	for (size_t i = 0; i < n; i++) {
		const char *at = s[i] == '\0' ? NULL : strchr(letters, s[i]);

		if (at == NULL)
			return -1;
		bits = bits << 6 | (uint32_t)(at - letters);
		held += 6;
		if (held < 8)
			continue;
		held -= 8;
		if (made == room)
			return -1;
		to[made++] = (uint8_t)(bits >> held);
	}
	return (bits & ((1u << held) - 1)) == 0 ? (ssize_t)made : -1;
}
