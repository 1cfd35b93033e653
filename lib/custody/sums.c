#include "lib/custody/sums.h"

#include <string.h>

/* Letter of the escape for a character that needs one, or NUL. */
static char escape_of(char c)
{
	return c == '\\' ? '\\' : c == '\n' ? 'n' : c == '\r' ? 'r' : '\0';
}

static bool is_simple(struct bytes name)
{
	return memchr(name.p, '\\', name.len) == NULL && memchr(name.p, '\n', name.len) == NULL &&
	       memchr(name.p, '\r', name.len) == NULL;
}

void sums_line(struct buf *out, const uint8_t hash[DIGEST_LEN], struct bytes name)
{
	char hex[DIGEST_HEX_LEN];
	const char *p = name.p;
	bool simple = is_simple(name);

	if (!simple)
		buf_putc(out, '\\');
	buf_add(out, digest_hex(hex, hash), DIGEST_HEX_LEN - 1);
	buf_add(out, "  ", 2);
	if (simple)
		buf_add(out, p, name.len);
	for (size_t i = 0; !simple && i < name.len; i++) {
		char letter = escape_of(p[i]);

		if (letter != '\0')
			buf_putc(out, '\\');
		buf_putc(out, letter != '\0' ? letter : p[i]);
	}
	buf_putc(out, '\n');
}
