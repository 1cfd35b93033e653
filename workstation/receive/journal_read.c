#include <string.h>
#include <yyjson.h>

#include "lib/base/text.h"
#include "lib/custody/document.h"
#include "workstation/receive/journal.h"

const char *journal_fault_text(enum journal_fault f)
{
	static const char *const texts[] = {
		[JOURNAL_GOOD] = "the chain of the log holds",
		[JOURNAL_CUT] = "the last line of the log is cut",
		[JOURNAL_BAD_LINE] = "a line of the log is not of its format",
		[JOURNAL_BAD_CHAIN] = "a line of the log was changed, removed, moved or put in",
	};

	return texts[f];
}

struct bytes journal_get(const struct journal_line *l, const char *key)
{
	yyjson_val *v = yyjson_obj_get(l->json, key);

	/* An array has a length as well, and no text. */
	return yyjson_is_str(v) ? (struct bytes){ yyjson_get_str(v), yyjson_get_len(v) } :
	       (struct bytes){ NULL, 0 };
}

int64_t journal_get_number(const struct journal_line *l, const char *key, int64_t other)
{
	yyjson_val *v = yyjson_obj_get(l->json, key);

	return yyjson_is_int(v) ? yyjson_get_sint(v) : other;
}

bool journal_get_flag(const struct journal_line *l, const char *key)
{
	return yyjson_is_true(yyjson_obj_get(l->json, key));
}

static bool is_hash(struct bytes s, const uint8_t hash[DIGEST_LEN])
{
	char hex[DIGEST_HEX_LEN];

	return s.len == DIGEST_HEX_LEN - 1 && memcmp(s.p, digest_hex(hex, hash), s.len) == 0;
}

static enum journal_fault check(const struct journal_line *l, uint64_t n,
				const uint8_t last[DIGEST_LEN])
{
	if (journal_get_number(l, "n", -1) != (int64_t)n ||
	    !is_hash(journal_get(l, "previous"), last))
		return JOURNAL_BAD_CHAIN;
	return JOURNAL_GOOD;
}

/* One line without its line feed. */
static enum journal_fault parse(struct journal_line *l, const char *text, size_t n)
{
	struct bytes utc;

	if (!yyjson_is_obj(l->json) || !text_is_shown(text, n))
		return JOURNAL_BAD_LINE;
	utc = journal_get(l, "utc");
	l->event = journal_get(l, "event");
	if (l->event.len == 0 || clock_parse_utc(utc.p, utc.len, &l->utc) != 0)
		return JOURNAL_BAD_LINE;
	return JOURNAL_GOOD;
}

static enum journal_fault take_line(const char *text, size_t n, uint8_t last[DIGEST_LEN],
				    struct journal_line *l, yyjson_doc **doc)
{
	enum journal_fault fault;

	if (n + 1 > JOURNAL_LINE_MAX)
		return JOURNAL_BAD_LINE;
	*doc = document_read(text, n, NULL);
	l->json = yyjson_doc_get_root(*doc);
	fault = parse(l, text, n);
	if (fault == JOURNAL_GOOD)
		fault = check(l, l->n, last);
	if (fault == JOURNAL_GOOD)
		digest_of(text, n + 1, last);
	return fault;
}

enum journal_fault journal_read(const char *text, size_t n, journal_take *take, void *ctx,
				uint64_t *line)
{
	uint8_t last[DIGEST_LEN] = { 0 };
	enum journal_fault fault = JOURNAL_GOOD;
	int stop = 0;

	for (*line = 0; n > 0 && fault == JOURNAL_GOOD && stop == 0; ) {
		const char *end = memchr(text, '\n', n);
		struct journal_line l = { .n = *line };
		yyjson_doc *doc = NULL;

		if (end == NULL)
			return n < JOURNAL_LINE_MAX ? JOURNAL_CUT : JOURNAL_BAD_LINE;
		fault = take_line(text, (size_t)(end - text), last, &l, &doc);
		if (fault == JOURNAL_GOOD && take != NULL)
			stop = take(ctx, &l);
		yyjson_doc_free(doc);
		*line += fault == JOURNAL_GOOD;
		n -= (size_t)(end - text) + 1;
		text = end + 1;
	}
	return fault;
}
