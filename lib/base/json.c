#include "lib/base/json.h"

#include <string.h>

#include "lib/base/text.h"

void json_begin(struct json *j, const char *text, size_t n)
{
	*j = (struct json){ .text = text, .len = n };
}

bool json_fail(struct json *j, const char *why)
{
	if (j->why == NULL)
		j->why = why;
	return false;
}

char json_peek(struct json *j)
{
	if (j->why != NULL)
		return '\0';
	while (j->at < j->len && strchr(" \t\n\r", j->text[j->at]) != NULL &&
	       j->text[j->at] != '\0')
		j->at++;
	return j->at < j->len ? j->text[j->at] : '\0';
}

static bool take(struct json *j, char c)
{
	if (json_peek(j) != c)
		return false;
	j->at++;
	return true;
}

static char closing(char bracket)
{
	return bracket == '{' || bracket == '}' ? '}' : ']';
}

bool json_open(struct json *j, char bracket)
{
	if (!take(j, bracket))
		return json_fail(j, bracket == '{' ? "an object is missing" :
				 "an array is missing");
	return !take(j, closing(bracket)) && j->why == NULL;
}

bool json_more(struct json *j, char bracket)
{
	if (take(j, ','))
		return true;
	return take(j, closing(bracket)) ? false : json_fail(j, "a comma or a bracket is missing");
}

bool json_colon(struct json *j)
{
	return take(j, ':') || json_fail(j, "a colon is missing");
}

/* Four hex digits. */
static bool take_hex(struct json *j, uint32_t *out)
{
	char digits[5] = "";
	uint8_t two[2];

	if (j->len - j->at < 4)
		return json_fail(j, "an escape is cut");
	memcpy(digits, j->text + j->at, 4);
	if (text_unhex(two, sizeof(two), digits) != 0)
		return json_fail(j, "an escape is no number");
	*out = (uint32_t)two[0] << 8 | two[1];
	j->at += 4;
	return true;
}

static void put_utf8(struct buf *out, uint32_t c)
{
	if (c < 0x80) {
		buf_putc(out, (char)c);
		return;
	}
	if (c < 0x800) {
		buf_putc(out, (char)(0xc0 | c >> 6));
	} else {
		if (c < 0x10000) {
			buf_putc(out, (char)(0xe0 | c >> 12));
		} else {
			buf_putc(out, (char)(0xf0 | c >> 18));
			buf_putc(out, (char)(0x80 | (c >> 12 & 0x3f)));
		}
		buf_putc(out, (char)(0x80 | (c >> 6 & 0x3f)));
	}
	buf_putc(out, (char)(0x80 | (c & 0x3f)));
}

/* \uXXXX, and a second one if the first is half a pair (RFC 8259 section 7). */
static bool take_unicode(struct json *j, struct buf *out)
{
	uint32_t c, low;

	if (!take_hex(j, &c))
		return false;
	if (c >= 0xd800 && c <= 0xdbff) {
		if (j->len - j->at < 2 || memcmp(j->text + j->at, "\\u", 2) != 0)
			return json_fail(j, "half a pair of surrogates");
		j->at += 2;
		if (!take_hex(j, &low))
			return false;
		if (low < 0xdc00 || low > 0xdfff)
			return json_fail(j, "half a pair of surrogates");
		c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
	} else if (c >= 0xdc00 && c <= 0xdfff) {
		return json_fail(j, "half a pair of surrogates");
	}
	if (c == 0)
		return json_fail(j, "a NUL in a text");
	put_utf8(out, c);
	return true;
}

/* Behind a backslash. */
static bool take_escape(struct json *j, struct buf *out)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	char c = j->at < j->len ? j->text[j->at++] : '\0';
	const char *at = c != '\0' ? strchr(from, c) : NULL;

	if (c == 'u')
		return take_unicode(j, out);
	if (at == NULL)
		return json_fail(j, "an unknown escape");
	buf_putc(out, to[at - from]);
	return true;
}

/* As it stands: everything but controls, and only valid UTF-8. */
static bool take_plain(struct json *j, struct buf *out)
{
	const char *p = j->text + j->at;
	size_t n = text_utf8(p, j->len - j->at);

	if ((unsigned char)*p < 0x20)
		return json_fail(j, "a control character in a text");
	if (n == 0)
		return json_fail(j, "no valid UTF-8");
	buf_add(out, p, n);
	j->at += n;
	return true;
}

bool json_string(struct json *j, struct buf *out)
{
	buf_clear(out);
	if (!take(j, '"'))
		return json_fail(j, "a text is missing");
	while (j->why == NULL && j->at < j->len && j->text[j->at] != '"') {
		if (j->text[j->at] != '\\') {
			take_plain(j, out);
			continue;
		}
		j->at++;
		take_escape(j, out);
	}
	if (j->why != NULL)
		return false;
	if (j->at == j->len)
		return json_fail(j, "a text has no end");
	j->at++;
	return !out->failed || json_fail(j, "a text is too long");
}

bool json_u64(struct json *j, uint64_t *out)
{
	char c = json_peek(j);
	size_t first = j->at;

	*out = 0;
	if (c < '0' || c > '9')
		return json_fail(j, "a whole number is missing");
	for (; j->at < j->len && j->text[j->at] >= '0' && j->text[j->at] <= '9'; j->at++) {
		uint64_t digit = (uint64_t)(j->text[j->at] - '0');

		if (*out > (UINT64_MAX - digit) / 10)
			return json_fail(j, "a number is too large");
		*out = *out * 10 + digit;
	}
	return (c != '0' || j->at == first + 1) || json_fail(j, "a number begins with 0");
}

bool json_word(struct json *j, const char *word)
{
	size_t n = strlen(word);

	if (json_peek(j) != *word || j->len - j->at < n ||
	    memcmp(j->text + j->at, word, n) != 0)
		return json_fail(j, "another value than was to be expected");
	j->at += n;
	return true;
}

bool json_done(struct json *j)
{
	if (j->why == NULL && json_peek(j) == '\0' && j->at == j->len)
		return true;
	return json_fail(j, "something follows its end");
}
