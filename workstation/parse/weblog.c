#include "workstation/parse/weblog.h"

#include <string.h>

#include "workstation/parse/line.h"

#define HEAD_WORDS 8u /* words that are looked at before the time */

static struct bytes dash_or(struct bytes b)
{
	return scan_is(b, "-") ? (struct bytes){ b.p, 0 } : b;
}

/* Text in quotes, in which a backslash takes the next byte along.  A quote that no blank and no
 * end follows is text: some servers escape none. */
static bool quoted(struct scan *s, struct bytes *out)
{
	struct scan at = *s;

	if (!line_char(&at, '"'))
		return false;
	out->p = at.p;
	for (; !line_ended(&at); at.p++) {
		if (*at.p == '\\' && at.end - at.p > 1)
			at.p++;
		else if (*at.p == '"' && (at.end - at.p == 1 || at.p[1] == ' '))
			break;
	}
	out->len = (size_t)(at.p - (const char *)out->p);
	line_char(&at, '"');
	*s = at;
	return true;
}

static bool is_address(struct bytes b)
{
	const char *p = b.p;
	size_t marks = 0;

	for (size_t i = 0; i < b.len; i++) {
		if (p[i] == '.' || p[i] == ':')
			marks++;
		else if (line_hex(p[i]) < 0)
			return false;
	}
	return marks >= 2;
}

/* ADDRESS IDENT USER, or one more in front; a user may hold blanks. */
static bool head(struct scan *s, struct weblog_line *out)
{
	struct bytes words[HEAD_WORDS], before;
	struct scan in;
	unsigned n = 0, first;

	if (!line_to(s, " [", &before))
		return false;
	in = line_of(before);
	while (n < HEAD_WORDS && !line_ended(&in)) {
		words[n] = line_word(&in);
		n += words[n].len > 0;
	}
	if (n < 3)
		return false;
	first = n > 3 && !is_address(words[0]) && is_address(words[1]);
	if (first == 1)
		out->vhost = words[0];
	out->address = words[first];
	out->user.p = words[first + 2].p;
	out->user.len = (size_t)((const char *)before.p + before.len - (const char *)out->user.p);
	out->user = dash_or(out->user);
	return true;
}

static bool is_method(struct bytes b)
{
	const char *p = b.p;

	for (size_t i = 0; i < b.len; i++)
		if ((p[i] < 'A' || p[i] > 'Z') && p[i] != '_' && p[i] != '-')
			return false;
	return b.len > 0 && b.len <= 24;
}

static void request(struct bytes r, struct weblog_line *out)
{
	struct scan s = line_of(r);
	struct bytes method = line_until(&s, " ");

	out->url = dash_or(r);
	if (!is_method(method) || !line_char(&s, ' '))
		return;
	out->method = method;
	out->url = line_rest(&s);
	/* HTTP/1.1 is what follows the last blank */
	for (size_t i = out->url.len; i > 0; i--) {
		const char *p = (const char *)out->url.p + i - 1;

		if (*p != ' ')
			continue;
		if (scan_begins((struct bytes){ p + 1, out->url.len - i }, "HTTP/"))
			out->url.len = i - 1;
		return;
	}
}

bool weblog_access(const char *text, size_t n, struct weblog_line *out)
{
	struct scan s = scan_begin(text, n);
	struct bytes line;
	uint64_t v;

	*out = (struct weblog_line){ .status = -1, .bytes = -1 };
	if (!head(&s, out) || !datetime_clf(&s, &out->when) || !line_char(&s, ']'))
		return false;
	line_blanks(&s);
	if (!quoted(&s, &line))
		return false;
	request(line, out);
	if (scan_u64(line_word(&s), 10, &v) && v < 1000)
		out->status = (int)v;
	if (scan_u64(line_word(&s), 10, &v) && v <= INT64_MAX)
		out->bytes = (int64_t)v;
	line_blanks(&s);
	if (quoted(&s, &out->referer)) {
		out->referer = dash_or(out->referer);
		line_blanks(&s);
		if (quoted(&s, &out->agent))
			out->agent = dash_or(out->agent);
	}
	return true;
}

/* ADDRESS:PORT without the port; an IPv6 address stands in brackets, or has more colons. */
static struct bytes without_port(struct bytes b)
{
	const char *p = b.p, *last = memrchr(p, ':', b.len);
	size_t n = last == NULL ? b.len : (size_t)(last - p);

	if (b.len > 1 && p[0] == '[' && memchr(p, ']', b.len) != NULL)
		return (struct bytes){ p + 1,
				       (size_t)((const char *)memchr(p, ']', b.len) - p) - 1 };
	if (n > 0 && memchr(p, '.', n) == NULL && memchr(p, ':', n) != NULL)
		return last != NULL && b.len - n > 5 ? (struct bytes){ p, n } : b;
	return (struct bytes){ p, n };
}

/* Parts in brackets: the client's is taken out, the rest stays in front of the message. */
static bool error_apache(struct scan *s, struct weblog_line *out)
{
	struct scan at = *s, client;
	struct bytes part;

	if (!line_char(&at, '[') || !datetime_ctime(&at, &out->when) || !line_text(&at, "] "))
		return false;
	client = at;
	out->text = line_rest(&at);
	if (line_to(&client, "[client ", NULL)) {
		part = line_until(&client, "]");
		out->address = without_port(part);
	}
	return true;
}

/* ", name: value" of nginx. */
static struct bytes named(struct bytes text, const char *name)
{
	struct scan s = line_of(text);
	struct bytes none = { text.p, 0 };

	return line_to(&s, name, NULL) ? line_until(&s, ",") : none;
}

static bool error_nginx(struct scan *s, struct weblog_line *out)
{
	struct scan at;
	struct bytes r;

	if (!datetime_slash(s, &out->when) || !line_text(s, " ["))
		return false;
	s->p--;
	out->text = line_rest(s);
	out->address = named(out->text, ", client: ");
	out->vhost = named(out->text, ", server: ");
	at = line_of(out->text);
	if (line_to(&at, ", request: ", NULL) && line_char(&at, '"')) {
		r = line_until(&at, "\"");
		request(r, out);
	}
	return true;
}

bool weblog_error(const char *text, size_t n, struct weblog_line *out)
{
	struct scan s = scan_begin(text, n);

	*out = (struct weblog_line){ .status = -1, .bytes = -1 };
	return error_apache(&s, out) || error_nginx(&s, out);
}

/* Two hex digits behind % or \x. */
static bool escape(struct scan *s, char *c)
{
	struct scan at = *s;
	int high, low;

	if (!line_char(&at, '%') && !line_text(&at, "\\x"))
		return false;
	if (at.end - at.p < 2)
		return false;
	high = line_hex(at.p[0]);
	low = line_hex(at.p[1]);
	if (high < 0 || low < 0)
		return false;
	*c = (char)(high << 4 | low);
	at.p += 2;
	*s = at;
	return true;
}

void weblog_script(struct bytes url, struct buf *out)
{
	struct scan s = line_of(url), at = s;
	struct bytes scheme;

	if (line_to(&at, "://", &scheme) && scheme.len > 0 &&
	    memchr(scheme.p, '/', scheme.len) == NULL &&
	    memchr(scheme.p, '?', scheme.len) == NULL) {
		line_until(&at, "/?#");
		s = at;
	}
	while (!line_ended(&s) && *s.p != '?' && *s.p != '#') {
		char c;

		if (!escape(&s, &c))
			c = *s.p++;
		buf_putc(out, c);
	}
}
