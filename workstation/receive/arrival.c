#include "workstation/receive/arrival.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/base/text.h"

static bool is(struct bytes b, const char *s)
{
	return b.len == strlen(s) && memcmp(b.p, s, b.len) == 0;
}

/* A text that fits; "" for another, which is then not compared with anything by mistake. */
static void copy(char *out, size_t n, const struct journal_line *l, const char *key)
{
	struct bytes b = journal_get(l, key);

	out[0] = '\0';
	if (b.len < n && (b.len == 0 || memchr(b.p, '\0', b.len) == NULL)) {
		if (b.len > 0)
			memcpy(out, b.p, b.len);
		out[b.len] = '\0';
	}
}

static bool take_time(const struct journal_line *l, const char *key, struct instant *out)
{
	struct bytes t = journal_get(l, key);

	return clock_parse_utc(t.p, t.len, out) == 0;
}

static bool take_count(const struct journal_line *l, const char *key, uint64_t *out)
{
	int64_t v = journal_get_number(l, key, -1);

	*out = v < 0 ? 0 : (uint64_t)v;
	return v >= 0;
}

/* ------------------------------------------------------------ one kind of line each */

/* Each returns what is wrong with the line, or NULL. */

static const char *take_nonce(struct arrival *a, const struct journal_line *l)
{
	if (l->n != 0)
		return "a nonce was issued after the log began";
	copy(a->nonce, sizeof(a->nonce), l, "nonce");
	a->issued = l->utc;
	a->has_issued = true;
	return NULL;
}

static const char *take_begin(struct arrival *a, const struct journal_line *l)
{
	if (a->began)
		return "it begins a second time";
	a->began = true;
	if (journal_get(l, "nonce").len > 0)
		copy(a->nonce, sizeof(a->nonce), l, "nonce");
	if (!a->has_issued)
		a->has_issued = take_time(l, "nonce_issued", &a->issued);
	return NULL;
}

static const char *take_session(struct arrival *a, const struct journal_line *l)
{
	if (a->has_session)
		return "a second session";
	if (!take_time(l, "arrived", &a->session_arrived) ||
	    !take_count(l, "file_bytes", &a->session_bytes))
		return "a session that does not say when it came";
	(void)take_time(l, "host_time", &a->session_host);
	copy(a->session, sizeof(a->session), l, "session");
	copy(a->fingerprint, sizeof(a->fingerprint), l, "fingerprint");
	copy(a->answer, sizeof(a->answer), l, "nonce");
	a->has_session = true;
	return NULL;
}

/* As many as fit: the array grows when the count is a power of two. */
static struct arrival_seal *add_seal(struct arrival *a)
{
	size_t cap = a->count == 0 ? 1 : a->count * 2;
	struct arrival_seal *seals;

	if (a->count == ARRIVAL_SEALS_MAX)
		return NULL;
	if ((a->count & (a->count - 1)) == 0) {
		seals = realloc(a->seals, cap * sizeof(*seals));
		if (seals == NULL)
			return NULL;
		a->seals = seals;
	}
	a->seals[a->count] = (struct arrival_seal){ .file_bytes = 0 };
	return &a->seals[a->count];
}

static const char *take_seal(struct arrival *a, const struct journal_line *l)
{
	uint64_t before = a->count > 0 ? a->seals[a->count - 1].file_bytes : a->session_bytes;
	struct arrival_seal *s = add_seal(a);
	char hex[DIGEST_HEX_LEN];

	if (s == NULL)
		return "too many seals";
	copy(hex, sizeof(hex), l, "seal_sha256");
	if (!a->has_session)
		return "a seal before the session";
	if (journal_get_number(l, "seq", -1) != (int64_t)a->count)
		return "the number of a seal does not follow the one before";
	if (text_unhex(s->sha256, DIGEST_LEN, hex) != 0 || !take_time(l, "arrived", &s->arrived) ||
	    !take_time(l, "host_time", &s->host_time) ||
	    !take_count(l, "tar_bytes", &s->tar_bytes) ||
	    !take_count(l, "file_bytes", &s->file_bytes))
		return "a seal that does not say what came, or when";
	if (s->file_bytes < before)
		return "a seal within fewer bytes than the one before";
	s->final = journal_get_flag(l, "final");
	a->count++;
	return NULL;
}

static const char *take_readback(struct arrival *a, const struct journal_line *l)
{
	if (is(journal_get(l, "what"), "key"))
		copy(a->key, sizeof(a->key), l, "typed");
	if (is(journal_get(l, "what"), "root"))
		copy(a->root, sizeof(a->root), l, "typed");
	a->differed = a->differed || is(journal_get(l, "match"), "differs");
	return NULL;
}

static void take_bound(const struct journal_line *l, const char *key, bool *has, int64_t *value)
{
	int64_t v = journal_get_number(l, key, INT64_MIN);

	*has = v != INT64_MIN;
	if (*has)
		*value = v;
}

static const char *take_end(struct arrival *a, const struct journal_line *l)
{
	if (!take_time(l, "arrived", &a->arrived) || !take_count(l, "file_bytes", &a->file_bytes))
		return "an end that does not say when, or of how much";
	copy(a->sha256, sizeof(a->sha256), l, "sha256");
	copy(a->verdict, sizeof(a->verdict), l, "verdict");
	copy(a->end_root, sizeof(a->end_root), l, "root");
	a->proven_bytes = journal_get_number(l, "proven_bytes", -1);
	a->seal_count = journal_get_number(l, "seals", -1);
	take_bound(l, "clock_offset_min_ns", &a->offset.has_low, &a->offset.low);
	take_bound(l, "clock_offset_max_ns", &a->offset.has_high, &a->offset.high);
	a->ended = true;
	return NULL;
}

static const struct {
	const char *event;
	const char *(*take)(struct arrival *a, const struct journal_line *l);
} rows[] = {
	{ "nonce", take_nonce }, { "begin", take_begin }, { "session", take_session },
	{ "seal", take_seal }, { "readback", take_readback }, { "end", take_end },
};

/* A reader ignores events that it does not know; nothing comes behind the end. */
static int take_line(void *ctx, const struct journal_line *l)
{
	struct arrival *a = ctx;

	if (a->ended)
		a->fault = "a line behind the end";
	else if (!a->began && !is(l->event, "nonce") && !is(l->event, "begin"))
		a->fault = "a line before the beginning";
	for (size_t i = 0; a->fault == NULL && i < sizeof(rows) / sizeof(rows[0]); i++)
		if (is(l->event, rows[i].event))
			a->fault = rows[i].take(a, l);
	return a->fault != NULL;
}

void arrival_read(struct arrival *a, const char *text, size_t n)
{
	enum journal_fault fault;

	*a = (struct arrival){ .proven_bytes = -1, .seal_count = -1 };
	fault = journal_read(text, n, take_line, a, &a->line);
	a->cut = fault == JOURNAL_CUT && !a->ended;
	/* The line that was handed over last counts as one that holds. */
	if (a->fault == NULL) {
		a->line++;
		if (fault != JOURNAL_GOOD && !a->cut)
			a->fault = journal_fault_text(fault);
	}
}

void arrival_offset(const struct arrival *a, struct offset *o)
{
	bool answers = *a->nonce != '\0' && strcasecmp(a->answer, a->nonce) == 0;

	*o = (struct offset){ .has_low = false };
	if (a->has_session && a->session_host.sec != 0) {
		offset_arrived(o, a->session_host, a->session_arrived);
		if (answers && a->has_issued)
			offset_answered(o, a->session_host, a->issued);
	}
	for (size_t i = 0; i < a->count; i++)
		offset_arrived(o, a->seals[i].host_time, a->seals[i].arrived);
}

void arrival_release(struct arrival *a)
{
	free(a->seals);
	a->seals = NULL;
	a->count = 0;
}
