#include "lib/custody/record.h"

#include <string.h>

#include "lib/base/text.h"

static void put_name(struct buf *out, const char *name)
{
	buf_puts(out, name);
	buf_puts(out, ": ");
}

void record_begin(struct buf *out, const char *title)
{
	buf_puts(out, title);
	buf_putc(out, '\n');
}

void record_bytes(struct buf *out, const char *name, const void *data, size_t n)
{
	put_name(out, name);
	if (n == 0)
		buf_putc(out, '-');
	else
		text_escape(out, data, n);
	buf_putc(out, '\n');
}

void record_text(struct buf *out, const char *name, const char *value)
{
	record_bytes(out, name, value, value == NULL ? 0 : strlen(value));
}

void record_u64(struct buf *out, const char *name, uint64_t value)
{
	put_name(out, name);
	buf_u64(out, value);
	buf_putc(out, '\n');
}

void record_flag(struct buf *out, const char *name, bool value)
{
	record_text(out, name, value ? "yes" : "no");
}

void record_time(struct buf *out, const char *name, struct instant t)
{
	char utc[CLOCK_UTC_LEN];

	record_text(out, name, t.sec == 0 && t.nsec == 0 ? NULL : clock_utc(utc, t));
}

void record_hex(struct buf *out, const char *name, const void *data, size_t n)
{
	put_name(out, name);
	text_hex(out, data, n);
	buf_putc(out, '\n');
}
