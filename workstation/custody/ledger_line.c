#include "workstation/custody/ledger_line.h"

#include <stdlib.h>
#include <string.h>
#include <yyjson.h>

#include "lib/base/text.h"
#include "lib/custody/document.h"

#define KEY_LEN_MAX 64u

static const struct field_row {
	const char *key, *label;
} fields[] = {
#define FIELD(id, key, label) [LEDGER_##id] = { key, label },
#include "workstation/custody/ledger_field.def"
#undef FIELD
};

static const struct event_row {
	const char *word, *needs, *asks, *text;
} events[] = {
#define EVENT(id, word, needs, asks, text) [LEDGER_EVENT_##id] = { word, needs, asks, text },
#include "workstation/custody/ledger_event.def"
#undef EVENT
	[LEDGER_EVENT_UNKNOWN] = { "unknown", "", "", "" },
};

const char *ledger_line_key(enum ledger_field f)
{
	return fields[f].key;
}

const char *ledger_line_label(enum ledger_field f)
{
	return fields[f].label;
}

int ledger_line_field(const char *key)
{
	for (int i = 0; i < LEDGER_FIELD_COUNT; i++) {
		if (strcmp(fields[i].key, key) == 0)
			return i;
	}
	return -1;
}

const char *ledger_line_event_word(enum ledger_event ev)
{
	return events[ev].word;
}

const char *ledger_line_event_text(enum ledger_event ev)
{
	return events[ev].text;
}

enum ledger_event ledger_line_event(const char *word)
{
	int i = 0;

	while (i < LEDGER_EVENT_COUNT && strcmp(events[i].word, word) != 0)
		i++;
	return (enum ledger_event)i;
}

/* Is ${key} one of the words, separated by blanks? */
static bool is_among(const char *words, const char *key)
{
	size_t len = strlen(key);

	for (; *words != '\0'; words += strspn(words, " ")) {
		size_t n = strcspn(words, " ");

		if (n == len && memcmp(words, key, n) == 0)
			return true;
		words += n;
	}
	return false;
}

bool ledger_line_needs(enum ledger_event ev, enum ledger_field f)
{
	return is_among(events[ev].needs, fields[f].key);
}

bool ledger_line_asks(enum ledger_event ev, enum ledger_field f)
{
	return is_among(events[ev].asks, fields[f].key);
}

static unsigned count_words(const char *words)
{
	unsigned count = 0;

	for (; *words != '\0'; count++) {
		words += strcspn(words, " ");
		words += strspn(words, " ");
	}
	return count;
}

unsigned ledger_line_word_count(enum ledger_event ev)
{
	return count_words(events[ev].needs) + count_words(events[ev].asks);
}

static void put_key(struct buf *out, const char *key)
{
	buf_printf(out, ",\"%s\":", key);
}

static void put_hex(struct buf *out, const char *key, const void *data, size_t n)
{
	put_key(out, key);
	buf_putc(out, '"');
	text_hex(out, data, n);
	buf_putc(out, '"');
}

/* What every line begins with. */
static void put_front(struct buf *out, const struct ledger_line *l)
{
	buf_puts(out, "{\"custody\":1");
	put_hex(out, "record", l->record, LEDGER_RECORD_LEN);
	put_key(out, "n");
	buf_u64(out, l->n);
	put_hex(out, "prev", l->prev, DIGEST_LEN);
}

void ledger_line_write(struct buf *out, struct ledger_line *l)
{
	size_t begin = out->len;

	l->value[LEDGER_EVENT] = events[l->event].word;
	put_front(out, l);
	for (size_t i = 0; i < LEDGER_FIELD_COUNT; i++) {
		if (l->value[i] == NULL || *l->value[i] == '\0')
			continue;
		put_key(out, fields[i].key);
		text_json_escaped(out, l->value[i], strlen(l->value[i]));
	}
	if (!out->failed)
		digest_of(out->p + begin, out->len - begin, l->sha256);
	put_hex(out, "sha256", l->sha256, DIGEST_LEN);
	buf_puts(out, "}\n");
	if (out->len - begin > LEDGER_LINE_MAX)
		out->failed = true;
}

/* Text that can be shown and undone, or NULL. */
static const char *shown(yyjson_val *v)
{
	const char *s = yyjson_get_str(v);
	size_t n = yyjson_get_len(v);
	struct buf raw;
	bool good;

	if (s == NULL || n == 0 || strlen(s) != n || !text_is_shown(s, n))
		return NULL;
	buf_init(&raw, LEDGER_LINE_MAX);
	good = text_unescape(&raw, s, n) == 0 && !raw.failed;
	buf_release(&raw);
	return good ? s : NULL;
}

static int read_hex(yyjson_val *root, const char *key, void *out, size_t n, struct err *e)
{
	const char *s = shown(yyjson_obj_get(root, key));

	if (s == NULL || text_unhex(out, n, s) != 0)
		return err_set(e, 0, "no %s, or one of another form", key);
	return 0;
}

static bool is_key(const char *s)
{
	size_t n = strlen(s);

	return n > 0 && n <= KEY_LEN_MAX &&
	       strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_") == n;
}

/* The keys with which every line begins; with "sha256" it ends. */
static const char *const front[] = { "custody", "record", "n", "prev" };

#define FRONT_COUNT (sizeof(front) / sizeof(front[0]))

static bool is_ours(const char *key)
{
	size_t i = 0;

	while (i < FRONT_COUNT && strcmp(key, front[i]) != 0)
		i++;
	return i < FRONT_COUNT || strcmp(key, "sha256") == 0;
}

/* One key and its value; also appended to ${again} in the form in which it is written. */
static int read_field(struct ledger_line *l, const char *key, const char *value,
		      struct buf *again, struct err *e)
{
	int f = ledger_line_field(key);

	if (value == NULL)
		return err_set(e, 0, "the value of %s is not escaped text", key);
	if (is_ours(key) || (f >= 0 && l->value[f] != NULL))
		return err_set(e, 0, "%s stands there twice", key);
	if (f >= 0)
		l->value[f] = value;
	put_key(again, key);
	text_json(again, value, strlen(value));
	return 0;
}

/* All keys between those that every line begins and ends with. */
static int read_fields(struct ledger_line *l, yyjson_val *root, struct buf *again,
		       struct err *e)
{
	size_t i = 0, count = yyjson_obj_size(root);
	yyjson_obj_iter it = yyjson_obj_iter_with(root);
	yyjson_val *k;

	while ((k = yyjson_obj_iter_next(&it)) != NULL) {
		const char *key = yyjson_get_str(k);
		yyjson_val *v = yyjson_obj_iter_get_val(k);

		if (strlen(key) != yyjson_get_len(k) || !is_key(key))
			return err_set(e, 0, "a key of another form");
		if (i < FRONT_COUNT && strcmp(key, front[i]) != 0)
			return err_set(e, 0, "no %s where it belongs", front[i]);
		if (++i <= FRONT_COUNT || i == count)
			continue;
		if (read_field(l, key, shown(v), again, e) != 0)
			return -1;
	}
	return 0;
}

static int read_front(struct ledger_line *l, yyjson_val *root, struct err *e)
{
	yyjson_val *version = yyjson_obj_get(root, "custody"), *n = yyjson_obj_get(root, "n");

	if (!yyjson_is_uint(version))
		return err_set(e, 0, "no line of a custody record");
	if (yyjson_get_uint(version) != 1)
		return err_set(e, 0, "of a newer program than this one");
	if (!yyjson_is_uint(n))
		return err_set(e, 0, "no number");
	l->n = yyjson_get_uint(n);
	if (read_hex(root, "record", l->record, LEDGER_RECORD_LEN, e) != 0 ||
	    read_hex(root, "prev", l->prev, DIGEST_LEN, e) != 0)
		return -1;
	return read_hex(root, "sha256", l->sha256, DIGEST_LEN, e);
}

/* Only one text says what this line says: the one that comes out again. */
static int read_whole(struct ledger_text *t, const char *text, size_t n, struct err *e)
{
	struct ledger_line *l = &t->line;
	yyjson_val *root = yyjson_doc_get_root(t->doc);
	uint8_t own[DIGEST_LEN];
	struct buf again;
	int r;

	buf_init(&again, LEDGER_LINE_MAX);
	r = read_front(l, root, e);
	if (r == 0) {
		put_front(&again, l);
		r = read_fields(l, root, &again, e);
	}
	digest_of(again.p != NULL ? again.p : "", again.len, own);
	put_hex(&again, "sha256", l->sha256, DIGEST_LEN);
	buf_putc(&again, '}');
	if (r == 0 && (again.failed || again.len != n || memcmp(again.p, text, n) != 0))
		r = err_set(e, 0, "not written as this program writes it");
	buf_release(&again);
	if (r == 0 && l->value[LEDGER_EVENT] == NULL)
		r = err_set(e, 0, "no event");
	if (r != 0)
		return -1;
	t->edited = memcmp(own, l->sha256, sizeof(own)) != 0;
	l->event = ledger_line_event(l->value[LEDGER_EVENT]);
	return 0;
}

int ledger_line_read(struct ledger_text *t, const char *text, size_t n, struct err *e)
{
	const char *why;

	*t = (struct ledger_text){ 0 };
	if (n == 0 || n >= LEDGER_LINE_MAX)
		return err_set(e, 0, "empty, or longer than a line can be");
	if (!text_is_shown(text, n))
		return err_set(e, 0, "control characters that are not escaped");
	t->doc = document_read(text, n, &why);
	if (t->doc == NULL)
		return err_set(e, 0, "not JSON: %s", why);
	if (!yyjson_is_obj(yyjson_doc_get_root(t->doc)))
		return err_set(e, 0, "no JSON object");
	return read_whole(t, text, n, e);
}

void ledger_line_release(struct ledger_text *t)
{
	yyjson_doc_free(t->doc);
	*t = (struct ledger_text){ 0 };
}
