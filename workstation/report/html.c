#include "workstation/report/html.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/fd.h"
#include "lib/base/text.h"
#include "workstation/case/db.h"

#define FLUSH_AT 65536u
#define OUT_MAX (256u << 20)
#define SCRATCH_MAX (16u << 20)
#define NS 1000000000

void html_begin(struct html *h, int fd, struct err *e)
{
	buf_init(&h->out, OUT_MAX);
	buf_init(&h->scratch, SCRATCH_MAX);
	h->fd = fd;
	h->e = e;
}

static void flush(struct html *h)
{
	if (h->out.failed || h->scratch.failed)
		err_set(h->e, ENOMEM, "making the page");
	else if (!h->e->set && fd_write_all(h->fd, h->out.p, h->out.len) != 0)
		err_set(h->e, errno, "writing the page");
	buf_clear(&h->out);
}

int html_end(struct html *h)
{
	if (h->fd >= 0)
		flush(h);
	buf_release(&h->out);
	buf_release(&h->scratch);
	return h->e->set ? -1 : 0;
}

static void put_safe(struct buf *out, const char *s, size_t n)
{
	static const char special[] = "&<>\"'";
	static const char *const entities[] = { "&amp;", "&lt;", "&gt;", "&quot;", "&#39;" };

	for (size_t i = 0; i < n; i++) {
		const char *at = s[i] != '\0' ? strchr(special, s[i]) : NULL;

		if (at != NULL)
			buf_puts(out, entities[at - special]);
		else
			buf_putc(out, s[i]);
	}
}

static void put_text(struct html *h, struct bytes text)
{
	if (text.len == 0)
		return;
	if (text_is_shown(text.p, text.len)) {
		put_safe(&h->out, text.p, text.len);
		return;
	}
	buf_clear(&h->scratch);
	text_escape(&h->scratch, text.p, text.len);
	put_safe(&h->out, h->scratch.p, h->scratch.len);
}

/* Not within a character. */
static void put_cut(struct html *h, struct bytes text)
{
	const unsigned char *p = text.p;
	size_t n = text.len;

	if (n > HTML_QUOTE) {
		n = HTML_QUOTE;
		while (n > 0 && (p[n] & 0xc0) == 0x80)
			n--;
	}
	put_text(h, (struct bytes){ p, n });
	if (n < text.len)
		buf_printf(&h->out, "<i class=\"cut\"> … %zu bytes more</i>", text.len - n);
}

char *html_utc(char *out, int64_t ns)
{
	char full[CLOCK_UTC_LEN];
	int64_t sec = ns / NS - (ns % NS < 0);

	clock_utc(full, (struct instant){ sec, 0 });
	snprintf(out, 32, "%.10s %.8s", full, strlen(full) >= 19 ? full + 11 : "");
	return out;
}

static void put_time(struct html *h, int64_t ns)
{
	char utc[32];

	if (ns == CASE_NULL) {
		buf_puts(&h->out, "<span class=\"none\">not known</span>");
		return;
	}
	html_utc(utc, ns);
	buf_printf(&h->out, "<time datetime=\"%.10sT%sZ\">%s</time>", utc, utc + 11, utc);
}

static void put_int(struct html *h, int64_t v)
{
	if (v != CASE_NULL)
		buf_i64(&h->out, v);
}

static void put_argument(struct html *h, char kind, va_list *ap)
{
	const char *s;

	switch (kind) {
	case 's':
		s = va_arg(*ap, const char *);
		put_text(h, (struct bytes){ s, strlen(s) });
		break;
	case 'b':
		put_text(h, va_arg(*ap, struct bytes));
		break;
	case 'q':
		put_cut(h, va_arg(*ap, struct bytes));
		break;
	case 'x': {
		struct bytes b = va_arg(*ap, struct bytes);

		text_hex(&h->out, b.p, b.len);
		break;
	}
	case 'd':
		put_int(h, va_arg(*ap, int64_t));
		break;
	case 'i':
		buf_i64(&h->out, va_arg(*ap, int));
		break;
	case 't':
		put_time(h, va_arg(*ap, int64_t));
		break;
	default:
		buf_putc(&h->out, kind);
	}
}

void html_put(struct html *h, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	while (*format != '\0') {
		size_t plain = strcspn(format, "%");

		buf_add(&h->out, format, plain);
		format += plain;
		if (format[0] == '\0' || format[1] == '\0')
			break;
		put_argument(h, format[1], &ap);
		format += 2;
	}
	va_end(ap);
	if (h->fd >= 0 && h->out.len >= FLUSH_AT)
		flush(h);
}

void html_own(struct html *h, const char *bytes, size_t n)
{
	buf_add(&h->out, bytes, n);
}
