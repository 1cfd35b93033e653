#include "lib/base/text.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char hex_digits[] = "0123456789abcdef";

/* The byte of value ${v} in each of the eight bytes of a word. */
#define EACH(v) (0x0101010101010101u * (uint64_t)(v))

/* The high bit of each byte of ${w} that is zero; for the bytes above the
 * first hit it may be wrong, for "any" it is right. */
static inline uint64_t zero_bytes(uint64_t w)
{
	return (w - EACH(0x01)) & ~w & EACH(0x80);
}

/* Non-zero if one of the eight bytes needs a look: not ASCII, a control
 * character, DEL, a backslash or ${also}. */
static inline uint64_t odd_bytes(uint64_t w, unsigned char also)
{
	uint64_t control = (w - EACH(0x20)) & ~w;

	return ((w | control) & EACH(0x80)) | zero_bytes(w ^ EACH(0x7f)) |
	       zero_bytes(w ^ EACH('\\')) | zero_bytes(w ^ EACH(also));
}

static bool is_plain_byte(unsigned char c, unsigned char also)
{
	return c >= 0x20 && c < 0x7f && c != '\\' && c != also;
}

/* Length of the run at ${p} that is copied as it is.  Almost every name is
 * such a run from end to end, and there are ten million of them. */
static size_t plain_run(const unsigned char *p, size_t n, unsigned char also)
{
	size_t i = 0;

	for (; i + 8 <= n; i += 8) {
		uint64_t w;

		memcpy(&w, p + i, 8);
		if (odd_bytes(w, also) != 0)
			break;
	}
	while (i < n && is_plain_byte(p[i], also))
		i++;
	return i;
}

/* Rows of RFC 3629 section 4: first byte, range of the second byte, length. */
static const struct utf8_row {
	unsigned char first_lo, first_hi, second_lo, second_hi, len;
} utf8_rows[] = {
	{ 0xc2, 0xdf, 0x80, 0xbf, 2 }, { 0xe0, 0xe0, 0xa0, 0xbf, 3 },
	{ 0xe1, 0xec, 0x80, 0xbf, 3 }, { 0xed, 0xed, 0x80, 0x9f, 3 },
	{ 0xee, 0xef, 0x80, 0xbf, 3 }, { 0xf0, 0xf0, 0x90, 0xbf, 4 },
	{ 0xf1, 0xf3, 0x80, 0xbf, 4 }, { 0xf4, 0xf4, 0x80, 0x8f, 4 },
};

/* Length of the valid multi-byte sequence at ${p}, or 0. */
static size_t utf8_length(const unsigned char *p, size_t n)
{
	const struct utf8_row *row = utf8_rows;
	const struct utf8_row *end = row + sizeof(utf8_rows) / sizeof(utf8_rows[0]);

	while (row < end && (p[0] < row->first_lo || p[0] > row->first_hi))
		row++;
	if (row == end || row->len > n || p[1] < row->second_lo || p[1] > row->second_hi)
		return 0;
	for (size_t i = 2; i < row->len; i++)
		if (p[i] < 0x80 || p[i] > 0xbf)
			return 0;
	return row->len;
}

size_t text_utf8(const void *data, size_t n)
{
	const unsigned char *p = data;

	if (n == 0)
		return 0;
	return p[0] < 0x80 ? 1 : utf8_length(p, n);
}

/* True for the valid sequences that may not reach a terminal: C1 controls,
 * line separators, bidirectional controls. */
static bool is_hidden(const unsigned char *p, size_t len)
{
	if (len == 2)
		return p[0] == 0xc2 && p[1] <= 0x9f;
	if (len != 3 || p[0] != 0xe2)
		return false;
	if (p[1] == 0x80)
		return p[2] == 0x8e || p[2] == 0x8f || (p[2] >= 0xa8 && p[2] <= 0xae);
	return p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9;
}

/* What a character that is not plain costs: bytes consumed, and whether they
 * stay or are written as \xNN each. */
static size_t look_at(const unsigned char *p, size_t n, bool *stays)
{
	size_t len = p[0] >= 0x80 ? utf8_length(p, n) : 0;

	*stays = len != 0 && !is_hidden(p, len);
	return len != 0 ? len : 1;
}

static void put_hex_escape(struct buf *b, const char *lead, const unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		buf_puts(b, lead);
		buf_putc(b, hex_digits[p[i] >> 4]);
		buf_putc(b, hex_digits[p[i] & 15]);
	}
}

/* Escaped text, or the same inside a JSON string, where each backslash of the
 * escaped text is doubled and a quote needs one. */
static void escape(struct buf *b, const unsigned char *p, size_t n, bool json)
{
	const char *hex_lead = json ? "\\\\x" : "\\x";
	const char *backslash = json ? "\\\\\\\\" : "\\\\";
	unsigned char also = json ? '"' : '\\';

	while (n > 0) {
		size_t run = plain_run(p, n, also);
		bool stays;
		size_t len;

		buf_add(b, p, run);
		p += run;
		n -= run;
		if (n == 0)
			return;
		len = look_at(p, n, &stays);
		if (stays)
			buf_add(b, p, len);
		else if (*p == '\\')
			buf_puts(b, backslash);
		else if (*p == '"')
			buf_puts(b, "\\\"");
		else
			put_hex_escape(b, hex_lead, p, len);
		p += len;
		n -= len;
	}
}

void text_escape(struct buf *b, const void *data, size_t n)
{
	escape(b, data, n, false);
}

void text_json_escaped(struct buf *b, const void *data, size_t n)
{
	buf_putc(b, '"');
	escape(b, data, n, true);
	buf_putc(b, '"');
}

bool text_is_plain(const void *data, size_t n)
{
	const unsigned char *p = data;

	while (n > 0) {
		size_t run = plain_run(p, n, '\\');
		bool stays = true;

		if (run < n)
			run += look_at(p + run, n - run, &stays);
		if (!stays)
			return false;
		p += run;
		n -= run;
	}
	return true;
}

bool text_is_shown(const char *s, size_t n)
{
	const char *slash;

	while (n > 0 && (slash = memchr(s, '\\', n)) != NULL) {
		size_t before = (size_t)(slash - s);

		if (!text_is_plain(s, before))
			return false;
		s += before + 1;
		n -= before + 1;
	}
	return text_is_plain(s, n);
}

/* Value of a hex digit, or -1. */
static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

/* One escape at ${s}, of which ${n} characters are left: its length, or 0 if
 * it is none.  Upper-case digits are refused: one byte has one written form. */
static size_t unescape_one(const char *s, size_t n, char *out)
{
	int high, low;

	if (n >= 2 && s[1] == '\\') {
		*out = '\\';
		return 2;
	}
	if (n < 4 || s[1] != 'x' || is_upper(s[2]) || is_upper(s[3]))
		return 0;
	high = hex_value(s[2]);
	low = hex_value(s[3]);
	if (high < 0 || low < 0)
		return 0;
	*out = (char)(high << 4 | low);
	return 4;
}

int text_unescape(struct buf *b, const char *s, size_t n)
{
	while (n > 0) {
		const char *backslash = memchr(s, '\\', n);
		size_t run = backslash == NULL ? n : (size_t)(backslash - s);
		size_t used;
		char c;

		buf_add(b, s, run);
		s += run;
		n -= run;
		if (n == 0)
			break;
		used = unescape_one(s, n, &c);
		if (used == 0)
			return -1;
		buf_putc(b, c);
		s += used;
		n -= used;
	}
	return 0;
}

void text_json(struct buf *b, const char *s, size_t n)
{
	size_t from = 0;

	buf_putc(b, '"');
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		buf_add(b, s + from, i - from);
		from = i + 1;
		if (c < 0x20) {
			put_hex_escape(b, "\\u00", &c, 1);
		} else {
			buf_putc(b, '\\');
			buf_putc(b, (char)c);
		}
	}
	buf_add(b, s + from, n - from);
	buf_putc(b, '"');
}

void text_hex(struct buf *b, const void *data, size_t n)
{
	const unsigned char *p = data;
	char *to = n > SIZE_MAX / 2 ? NULL : buf_room(b, 2 * n);

	if (to == NULL) {
		b->failed = true;
		return;
	}
	for (size_t i = 0; i < n; i++) {
		*to++ = hex_digits[p[i] >> 4];
		*to++ = hex_digits[p[i] & 15];
	}
	b->len += 2 * n;
}

void text_base64(struct buf *b, const void *data, size_t n)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *p = data;
	char *to = n > SIZE_MAX / 2 ? NULL : buf_room(b, (n + 2) / 3 * 4);

	if (to == NULL) {
		b->failed = true;
		return;
	}
	for (size_t i = 0; i < n; i += 3) {
		size_t left = n - i;
		uint32_t v = (uint32_t)p[i] << 16;

		v |= left > 1 ? (uint32_t)p[i + 1] << 8 : 0;
		v |= left > 2 ? p[i + 2] : 0;
		*to++ = letters[v >> 18];
		*to++ = letters[v >> 12 & 63];
		*to++ = left > 1 ? letters[v >> 6 & 63] : '=';
		*to++ = left > 2 ? letters[v & 63] : '=';
	}
	b->len += (n + 2) / 3 * 4;
}

int text_unhex(void *out, size_t n, const char *s)
{
	unsigned char *to = out;

	for (size_t i = 0; i < n; i++) {
		int high = hex_value(s[2 * i]);
		int low = high < 0 ? -1 : hex_value(s[2 * i + 1]);

		if (low < 0)
			return -1;
		to[i] = (unsigned char)(high << 4 | low);
	}
	return s[2 * n] == '\0' ? 0 : -1;
}

/* Digits at *${s}, which is moved behind them.  -1: none, or too many. */
static int parse_digits(const char **s, uint64_t *out)
{
	const char *p = *s;
	uint64_t v = 0;

	for (; *p >= '0' && *p <= '9'; p++) {
		unsigned digit = (unsigned)(*p - '0');

		if (v > (UINT64_MAX - digit) / 10)
			return -1;
		v = v * 10 + digit;
	}
	if (p == *s)
		return -1;
	*s = p;
	*out = v;
	return 0;
}

/* Multiply unless that overflows. */
static int scale(uint64_t v, uint64_t by, uint64_t *out)
{
	if (v > UINT64_MAX / by)
		return -1;
	*out = v * by;
	return 0;
}

int text_parse_size(const char *s, uint64_t *out)
{
	static const char suffixes[] = "kmgt";
	const char *which;
	uint64_t v;

	if (parse_digits(&s, &v) != 0)
		return -1;
	if (*s == '\0')
		return scale(v, 1, out);
	which = strchr(suffixes, *s | 0x20);
	if (which == NULL)
		return -1;
	s++;
	if (*s != '\0' && strcasecmp(s, "b") != 0 && strcasecmp(s, "ib") != 0)
		return -1;
	return scale(v, (uint64_t)1 << 10 * (which - suffixes + 1), out);
}

int text_parse_seconds(const char *s, uint64_t *out)
{
	static const struct {
		const char *suffix;
		uint64_t seconds;
	} units[] = { { "", 1 }, { "s", 1 }, { "m", 60 }, { "h", 3600 }, { "d", 86400 } };
	uint64_t v;

	if (parse_digits(&s, &v) != 0)
		return -1;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strcmp(s, units[i].suffix) == 0)
			return scale(v, units[i].seconds, out);
	return -1;
}

char *text_size(char *out, size_t n, uint64_t bytes)
{
	static const char *const units[] = { "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	uint64_t whole = bytes;
	unsigned rest = 0;
	size_t unit = 0;

	if (bytes < 1024) {
		snprintf(out, n, "%u B", (unsigned)bytes);
		return out;
	}
	for (;; unit++) {
		rest = (unsigned)(whole & 1023);
		whole >>= 10;
		if (whole < 1024)
			break;
	}
	snprintf(out, n, "%u.%u %s", (unsigned)whole, rest * 10 / 1024, units[unit]);
	return out;
}
