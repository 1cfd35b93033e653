/* journal_read: what it accepts is a chain whose lines can be shown, and stays one when its
 * last line goes.  arrival_read: of a chain that was made over any lines, as whoever has a log can
 * make it, seals are in order and texts end. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"
#include "workstation/receive/arrival.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static int look(void *ctx, const struct journal_line *l)
{
	uint64_t *lines = ctx;

	if (l->n != (*lines)++ || l->event.len == 0 ||
	    journal_get_number(l, "n", -1) != (int64_t)l->n)
		abort();
	return 0;
}

/* One line of the input: a letter for the event, and what the line says. */
static void chain(struct buf *log, uint64_t n, char previous[DIGEST_HEX_LEN], const char *s,
		  size_t len)
{
	static const char *const events[] = { "nonce", "begin", "session", "seal", "readback", "end" };
	uint8_t hash[DIGEST_LEN];
	size_t at = log->len;

	buf_printf(log, "{\"n\":%lu,\"previous\":\"%s\",\"event\":\"%s\","
		   "\"utc\":\"2026-11-23T10:53:00.000000000Z\"", (unsigned long)n, previous,
		   events[(unsigned char)s[0] % (sizeof(events) / sizeof(events[0]))]);
	buf_add(log, s + 1, len - 1);
	buf_puts(log, "}\n");
	digest_of(log->p + at, log->len - at, hash);
	digest_hex(previous, hash);
}

static void try_arrival(const char *text, size_t n)
{
	struct arrival a;
	struct offset o;

	arrival_read(&a, text, n);
	arrival_offset(&a, &o);
	if (strlen(a.nonce) >= sizeof(a.nonce) || strlen(a.verdict) >= sizeof(a.verdict) ||
	    strlen(a.sha256) >= sizeof(a.sha256) || (a.count > 0 && !a.has_session))
		abort();
	for (size_t i = 1; i < a.count; i++)
		if (a.seals[i].file_bytes < a.seals[i - 1].file_bytes)
			abort();
	arrival_release(&a);
}

static void try_chain(const char *text, size_t n)
{
	char previous[DIGEST_HEX_LEN] = "";
	uint64_t lines = 0;
	struct buf log;

	memset(previous, '0', DIGEST_HEX_LEN - 1);
	buf_init(&log, 4u << 20);
	while (n > 0 && lines < 1000) {
		const char *end = memchr(text, '\n', n);
		size_t len = end == NULL ? n : (size_t)(end - text);

		if (len > 0)
			chain(&log, lines++, previous, text, len);
		n -= len + (end != NULL);
		text += len + (end != NULL);
	}
	if (!log.failed)
		try_arrival(log.p, log.len);
	buf_release(&log);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *text = (const char *)data;
	uint64_t seen = 0, lines, fewer;
	enum journal_fault f;

	try_arrival(text, n);
	try_chain(text, n);
	f = journal_read(text, n, look, &seen, &lines);

	if (seen != lines || *journal_fault_text(f) == '\0')
		abort();
	if (f != JOURNAL_GOOD || lines == 0)
		return 0;
	if (!text_is_shown(text, strcspn(text, "\n")))
		abort();
	do {
		n--;
	} while (n > 0 && text[n - 1] != '\n');
	if (journal_read(text, n, NULL, NULL, &fewer) != JOURNAL_GOOD || fewer != lines - 1)
		abort();
	return 0;
}
