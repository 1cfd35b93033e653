#include "lib/seal/seal.h"

#include <string.h>

#include "lib/base/text.h"

static const char title[] = "exhibit-seal-v1";

static const char *const status_words[] = {
	[SEAL_RUNNING] = "running",
	[SEAL_COMPLETE] = "complete",
	[SEAL_INCOMPLETE] = "incomplete",
};

_Static_assert(sizeof(status_words) / sizeof(status_words[0]) == SEAL_STATUS_COUNT,
	       "one word for each status");

static void put_hex(struct buf *b, const char *name, const uint8_t *data, size_t n)
{
	buf_puts(b, name);
	text_hex(b, data, n);
	buf_putc(b, '\n');
}

static void put_u64(struct buf *b, const char *name, uint64_t v)
{
	buf_puts(b, name);
	buf_u64(b, v);
	buf_putc(b, '\n');
}

static void put_boottime(struct buf *b, struct instant t)
{
	buf_printf(b, "boottime: %llu.%09u\n", (unsigned long long)t.sec, t.nsec);
}

void seal_format(struct buf *out, const struct seal *s)
{
	char utc[CLOCK_UTC_LEN];

	if (s->final != (s->status != SEAL_RUNNING) || s->boottime.sec < 0 ||
	    (unsigned)s->status >= SEAL_STATUS_COUNT) {
		out->failed = true;
		return;
	}
	buf_printf(out, "%s\n", title);
	put_hex(out, "session: ", s->session, sizeof(s->session));
	put_u64(out, "seq: ", s->seq);
	put_u64(out, "stream-bytes: ", s->stream_bytes);
	put_hex(out, "stream-sha256: ", s->stream_sha256, SEAL_HASH_LEN);
	put_hex(out, "manifest-sha256: ", s->manifest_sha256, SEAL_HASH_LEN);
	put_hex(out, "prev-seal-sha256: ", s->prev_sha256, SEAL_HASH_LEN);
	put_u64(out, "objects: ", s->objects);
	put_u64(out, "members: ", s->members);
	put_u64(out, "gaps: ", s->gaps);
	buf_printf(out, "utc: %s\n", clock_utc(utc, s->utc));
	put_boottime(out, s->boottime);
	if (s->final)
		buf_puts(out, "next-key: none\n");
	else
		put_hex(out, "next-key: ", s->next_key, KEY_PUBLIC_LEN);
	buf_printf(out, "final: %s\n", s->final ? "yes" : "no");
	buf_printf(out, "status: %s\n", status_words[s->status]);
}

/* What is left to read; p is NULL once something did not fit. */
struct scan {
	const char *p;
	size_t n;
};

/* The value of the next line, which must be called ${name}. */
static struct scan take(struct scan *in, const char *name)
{
	size_t len = strlen(name);
	const char *end = in->p == NULL ? NULL : memchr(in->p, '\n', in->n);
	struct scan value = { NULL, 0 };

	if (end == NULL || (size_t)(end - in->p) < len || memcmp(in->p, name, len) != 0) {
		in->p = NULL;
		return value;
	}
	value = (struct scan){ in->p + len, (size_t)(end - in->p) - len };
	in->n -= (size_t)(end - in->p) + 1;
	in->p = end + 1;
	return value;
}

/* The value as a C string if it is shorter than ${size}. */
static bool take_string(struct scan *in, const char *name, char *out, size_t size)
{
	struct scan value = take(in, name);

	if (value.p == NULL || value.n >= size || memchr(value.p, '\0', value.n) != NULL)
		return false;
	memcpy(out, value.p, value.n);
	out[value.n] = '\0';
	return true;
}

static bool take_hex(struct scan *in, const char *name, uint8_t *out, size_t n)
{
	char digits[2 * SEAL_HASH_LEN + 1];

	return take_string(in, name, digits, sizeof(digits)) && text_unhex(out, n, digits) == 0;
}

/* Digits alone: the units of text_parse_size would not survive the comparison
 * with the written form, but there is no reason to let them get that far. */
static bool take_u64(struct scan *in, const char *name, uint64_t *out)
{
	char digits[24];

	return take_string(in, name, digits, sizeof(digits)) &&
	       strspn(digits, "0123456789") == strlen(digits) && text_parse_size(digits, out) == 0;
}

static bool take_utc(struct scan *in, const char *name, struct instant *out)
{
	struct scan value = take(in, name);

	return value.p != NULL && clock_parse_utc(value.p, value.n, out) == 0;
}

static bool take_boottime(struct scan *in, const char *name, struct instant *out)
{
	char text[40];
	char *dot;
	uint64_t sec, nsec;

	if (!take_string(in, name, text, sizeof(text)))
		return false;
	dot = strchr(text, '.');
	if (dot == NULL || strlen(dot + 1) != 9)
		return false;
	*dot = '\0';
	if (text_parse_size(text, &sec) != 0 || text_parse_size(dot + 1, &nsec) != 0)
		return false;
	if (sec > INT64_MAX || nsec > 999999999)
		return false;
	*out = (struct instant){ (int64_t)sec, (uint32_t)nsec };
	return true;
}

static bool take_next_key(struct scan *in, struct seal *out)
{
	char value[2 * KEY_PUBLIC_LEN + 1];

	if (!take_string(in, "next-key: ", value, sizeof(value)))
		return false;
	out->final = strcmp(value, "none") == 0;
	memset(out->next_key, 0, KEY_PUBLIC_LEN);
	return out->final || text_unhex(out->next_key, KEY_PUBLIC_LEN, value) == 0;
}

static bool take_status(struct scan *in, struct seal *out)
{
	char final[4], status[16];

	if (!take_string(in, "final: ", final, sizeof(final)) ||
	    !take_string(in, "status: ", status, sizeof(status)))
		return false;
	for (unsigned i = 0; i < SEAL_STATUS_COUNT; i++) {
		out->status = (enum seal_status)i;
		if (strcmp(status, status_words[i]) == 0)
			return true;
	}
	return false;
}

static bool take_all(struct scan *in, struct seal *out)
{
	return take(in, title).p != NULL &&
	       take_hex(in, "session: ", out->session, SEAL_SESSION_LEN) &&
	       take_u64(in, "seq: ", &out->seq) &&
	       take_u64(in, "stream-bytes: ", &out->stream_bytes) &&
	       take_hex(in, "stream-sha256: ", out->stream_sha256, SEAL_HASH_LEN) &&
	       take_hex(in, "manifest-sha256: ", out->manifest_sha256, SEAL_HASH_LEN) &&
	       take_hex(in, "prev-seal-sha256: ", out->prev_sha256, SEAL_HASH_LEN) &&
	       take_u64(in, "objects: ", &out->objects) &&
	       take_u64(in, "members: ", &out->members) &&
	       take_u64(in, "gaps: ", &out->gaps) &&
	       take_utc(in, "utc: ", &out->utc) &&
	       take_boottime(in, "boottime: ", &out->boottime) &&
	       take_next_key(in, out) && take_status(in, out);
}

/* The fields are read leniently and written again: whatever the two texts
 * disagree in (order, zeros, case, the word after final:) is refused at once. */
int seal_parse(const void *text, size_t n, struct seal *out)
{
	struct scan in = { text, n };
	struct buf again;
	int r = -1;

	if (n > SEAL_TEXT_MAX || !take_all(&in, out))
		return -1;
	buf_init(&again, SEAL_TEXT_MAX);
	seal_format(&again, out);
	if (!again.failed && again.len == n && memcmp(again.p, text, n) == 0)
		r = 0;
	buf_release(&again);
	return r;
}
