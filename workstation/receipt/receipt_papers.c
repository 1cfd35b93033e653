#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/base/fd.h"
#include "lib/base/text.h"
#include "lib/custody/session_read.h"
#include "workstation/custody/ledger_check.h"
#include "workstation/custody/ledger.h"
#include "workstation/receipt/receipt.h"

static bool is(struct bytes b, const char *s)
{
	return b.len == strlen(s) && memcmp(b.p, s, b.len) == 0;
}

static void copy(char *out, size_t n, struct bytes b)
{
	if (b.len < n) {
		memcpy(out, b.p, b.len);
		out[b.len] = '\0';
	}
}

static void take_time(const struct journal_line *l, struct instant *out)
{
	struct bytes t = journal_get(l, "arrived");

	(void)clock_parse_utc(t.p, t.len, out);
}

/* ------------------------------------------------------------ the log of the arrival */

static int take_seal(struct receipt *r, const struct journal_line *l)
{
	struct receipt_arrival *a;
	char hex[DIGEST_HEX_LEN] = "";

	/* As many as fit: the array grows when the count is a power of two. */
	if (r->arrival_count == RECEIPT_ARRIVALS_MAX)
		return 1;
	if ((r->arrival_count & (r->arrival_count - 1)) == 0) {
		size_t cap = r->arrival_count == 0 ? 1 : r->arrival_count * 2;

		a = realloc(r->arrivals, cap * sizeof(*a));
		if (a == NULL)
			return 1;
		r->arrivals = a;
	}
	a = &r->arrivals[r->arrival_count];
	copy(hex, sizeof(hex), journal_get(l, "seal_sha256"));
	a->seq = (uint64_t)journal_get_number(l, "seq", -1);
	if (text_unhex(a->sha256, DIGEST_LEN, hex) != 0)
		return 1;
	take_time(l, &a->arrived);
	r->sealed = a->arrived;
	r->arrival_count++;
	return 0;
}

static void take_readback(struct receipt *r, const struct journal_line *l)
{
	if (is(journal_get(l, "what"), "key"))
		copy(r->key, sizeof(r->key), journal_get(l, "typed"));
	if (is(journal_get(l, "what"), "root"))
		copy(r->root, sizeof(r->root), journal_get(l, "typed"));
	if (is(journal_get(l, "match"), "differs"))
		receipt_note(r, RECEIPT_OTHER_KEY, "when it arrived");
}

static void take_bound(const struct journal_line *l, const char *key, bool *has, int64_t *value)
{
	int64_t v = journal_get_number(l, key, INT64_MIN);

	if (v != INT64_MIN) {
		*has = true;
		*value = v;
	}
}

static void take_end(struct receipt *r, const struct journal_line *l)
{
	char hex[DIGEST_HEX_LEN] = "", listed[DIGEST_HEX_LEN];

	r->log_ended = true;
	copy(hex, sizeof(hex), journal_get(l, "sha256"));
	if (!r->has_sha256 || strcmp(hex, digest_hex(listed, r->sha256)) != 0)
		receipt_note(r, RECEIPT_LOG_OTHER, "%s", "");
	take_time(l, &r->received);
	take_bound(l, "clock_offset_min_ns", &r->offset.has_low, &r->offset.low);
	take_bound(l, "clock_offset_max_ns", &r->offset.has_high, &r->offset.high);
}

static int take_line(void *ctx, const struct journal_line *l)
{
	struct receipt *r = ctx;

	if (is(l->event, "begin") || is(l->event, "nonce"))
		copy(r->nonce, sizeof(r->nonce), journal_get(l, "nonce"));
	else if (is(l->event, "seal") && take_seal(r, l) != 0)
		receipt_note(r, RECEIPT_LOG_BROKEN, "the line of a seal, or too many of them");
	else if (is(l->event, "readback"))
		take_readback(r, l);
	else if (is(l->event, "end"))
		take_end(r, l);
	return 0;
}

static void look_log(struct receipt *r)
{
	enum journal_fault fault;
	struct err e = { 0 };
	struct buf text;
	uint64_t line;

	if (file_load_below(r->dir, RECEIPT_LOG, &text, JOURNAL_FILE_MAX, &e) != 0) {
		receipt_note(r, e.oserr == ENOENT ? RECEIPT_NO_LOG : RECEIPT_LOG_BROKEN, "%s", "");
		buf_release(&text);
		return;
	}
	fault = journal_read(text.p, text.len, take_line, r, &line);
	buf_release(&text);
	if (fault != JOURNAL_GOOD && !(fault == JOURNAL_CUT && !r->log_ended))
		receipt_note(r, RECEIPT_LOG_BROKEN, "line %" PRIu64 ": %s", line + 1,
			     journal_fault_text(fault));
	else if (!r->log_ended)
		receipt_note(r, RECEIPT_LOG_OPEN, "%s", "");
}

/* ------------------------------------------------------------ the custody record */

static void note_flaw(struct receipt *r, const struct ledger_check *c)
{
	struct buf b;

	for (size_t i = 0; i < c->flaw_count && i < LEDGER_CHECK_FLAWS; i++) {
		if (ledger_check_severity(c->flaws[i].flaw) == LEDGER_NOTE)
			continue;
		buf_init(&b, 4096);
		ledger_check_sentence(&b, &c->flaws[i]);
		receipt_note(r, RECEIPT_CUSTODY_BROKEN, "%.60s: %.180s",
			     ledger_check_word(c->flaws[i].flaw), buf_cstr(&b));
		buf_release(&b);
	}
}

/* Does the record name the hash of our archive, or that of another? */
static void note_subject(struct receipt *r, const struct ledger_check *c)
{
	char listed[DIGEST_HEX_LEN];
	bool names = false, other = false;

	digest_hex(listed, r->sha256);
	for (size_t i = 0; i < c->count; i++) {
		const char *hash = c->rows[i].readable ?
				   c->rows[i].t.line.value[LEDGER_HASH_OBSERVED] : NULL;

		if (hash == NULL)
			continue;
		names = names || strcasecmp(hash, listed) == 0;
		other = true;
	}
	if (!names)
		receipt_note(r, other ? RECEIPT_CUSTODY_OTHER : RECEIPT_CUSTODY_SILENT, "%s", "");
}

/* What the record says and the log does not: one of the two had to be typed by a person. */
static void take_value(char *out, size_t n, const struct ledger_line *l, enum ledger_field f)
{
	const char *value = l->value[f];

	if (value != NULL && *out == '\0' && strlen(value) < n)
		strlcpy(out, value, n);
}

static void take_record(struct receipt *r, const struct ledger_check *c)
{
	for (size_t i = 0; i < c->count; i++) {
		const struct ledger_line *l = &c->rows[i].t.line;

		if (!c->rows[i].readable)
			continue;
		if (l->event == LEDGER_EVENT_PLANNED)
			take_value(r->nonce, sizeof(r->nonce), l, LEDGER_NONCE);
		if (l->event == LEDGER_EVENT_KEY_READBACK)
			take_value(r->key, sizeof(r->key), l, LEDGER_FINGERPRINT);
		if (l->event == LEDGER_EVENT_ROOT_READBACK)
			take_value(r->root, sizeof(r->root), l, LEDGER_ROOT);
	}
}

static void look_record(struct receipt *r)
{
	struct ledger_check *c = &r->record;
	struct buf *text = &r->record_text;
	struct err e = { 0 };

	if (file_load_below(r->dir, RECEIPT_RECORD, text, LEDGER_FILE_MAX, &e) != 0)
		receipt_note(r, e.oserr == ENOENT ? RECEIPT_NO_CUSTODY : RECEIPT_CUSTODY_BROKEN,
			     "%s", "");
	else if (ledger_check_run(c, text->p, text->len, &e) != 0)
		receipt_note(r, RECEIPT_CUSTODY_BROKEN, "%.200s", e.what);
	else if (c->worst != LEDGER_NOTE)
		note_flaw(r, c);
	else
		note_subject(r, c);
	if (c->worst == LEDGER_NOTE)
		take_record(r, c);
	r->custody_lines = c->count;
	if (c->count > 0 && c->rows[c->count - 1].readable)
		digest_hex(r->custody_head, c->rows[c->count - 1].t.line.sha256);
}

/* Two clocks are compared, the authority's and the workstation's. */
static void note_stamp_time(struct receipt *r)
{
	if (r->has_stamp && r->stamp.state == STAMP_HOLDS && r->log_ended &&
	    r->stamp.time.sec + RECEIPT_CLOCKS_APART < r->received.sec)
		receipt_note(r, RECEIPT_STAMP_EARLY, "%s", "");
}

void receipt_papers(struct receipt *r)
{
	look_log(r);
	look_record(r);
	note_stamp_time(r);
}

/* ------------------------------------------------------------ and the archive */

static int meet_seal(void *ctx, const struct verify *v, const struct seal *s)
{
	struct receipt *r = ctx;
	const struct receipt_arrival *a = r->arrivals_met < r->arrival_count ?
					  &r->arrivals[r->arrivals_met] : NULL;
	uint8_t hash[DIGEST_LEN];
	struct buf text;

	(void)v;
	if (a == NULL || a->seq != s->seq)
		return 0;
	buf_init(&text, SEAL_TEXT_MAX);
	seal_format(&text, s);
	digest_of(text.p, text.len, hash);
	buf_release(&text);
	if (memcmp(hash, a->sha256, sizeof(hash)) != 0)
		receipt_note(r, RECEIPT_SEAL_GONE, "seal %" PRIu64 " is another one", s->seq);
	r->arrivals_met++;
	return 0;
}

const struct verify_watch receipt_watch = { .sealed = meet_seal };

static const char *which(bool key, bool root)
{
	return !root ? "the fingerprint" : !key ? "the root" : "fingerprint and root";
}

static void note_match(struct receipt *r, enum verify_match key, enum verify_match root)
{
	if (key == VERIFY_DIFFERS || root == VERIFY_DIFFERS)
		receipt_note(r, RECEIPT_OTHER_KEY, "%s", which(key == VERIFY_DIFFERS,
							       root == VERIFY_DIFFERS));
	else if (key != VERIFY_HOLDS || root != VERIFY_HOLDS)
		receipt_note(r, RECEIPT_NO_READBACK, "not %s", which(key != VERIFY_HOLDS,
								     root != VERIFY_HOLDS));
}

static void note_seals(struct receipt *r, const struct verify *v)
{
	char member[128] = "";
	struct buf b;

	buf_init(&b, 4096);
	text_escape(&b, v->facts.first_member, v->facts.first_member_len);
	strlcpy(member, buf_cstr(&b), sizeof(member));
	buf_release(&b);
	if (v->facts.verdict == BUNDLE_TRUNCATED)
		receipt_note(r, RECEIPT_TRUNCATED, "proven are the first %" PRIu64 " bytes of tar",
			     v->facts.proven_bytes);
	if (v->plan_broken)
		receipt_note(r, RECEIPT_ALTERED, "%s", finding_word(FINDING_PLAN));
	if (v->facts.verdict == BUNDLE_ALTERED)
		receipt_note(r, RECEIPT_ALTERED, "%s in segment %" PRIu64 "%s%s",
			     finding_word(v->facts.first.id), v->facts.first.segment,
			     *member != '\0' ? " at " : "", member);
}

/* The collector in the bag against the one that the session names. */
static void note_collector(struct receipt *r, const struct verify *v)
{
	struct bytes named = session_read_find(v->session.p, v->session.len, "tool-sha256");
	char hex[DIGEST_HEX_LEN];
	struct file_hash hash;
	struct err e = { 0 };
	int fd = file_open_below(r->dir, RECEIPT_COLLECTOR, &e);

	if (fd < 0 || file_hash(fd, -1, &hash, &e) != 0)
		receipt_note(r, RECEIPT_NO_COLLECTOR, "%s", "");
	else if (!is(named, digest_hex(hex, hash.sha256)))
		receipt_note(r, RECEIPT_OTHER_COLLECTOR, "%s", "");
	fd_close(&fd);
}

void receipt_finish(struct receipt *r, const struct verify *v, const char *unseen)
{
	if (r->arrival_count == 0)
		receipt_note(r, RECEIPT_NO_ARRIVAL, "%s", "");
	if (v == NULL) {
		receipt_note(r, RECEIPT_UNSEEN, "%.200s", unseen);
		receipt_note(r, RECEIPT_NO_READBACK, "the archive was not read");
		receipt_note(r, RECEIPT_NO_NONCE, "the archive was not read");
		receipt_note(r, RECEIPT_NO_COLLECTOR, "the archive was not read");
		return;
	}
	note_seals(r, v);
	if (r->arrivals_met < r->arrival_count)
		receipt_note(r, RECEIPT_SEAL_GONE, "seal %" PRIu64 " and what came after it",
			     r->arrivals[r->arrivals_met].seq);
	note_match(r, v->key, v->root);
	if (v->nonce == VERIFY_DIFFERS)
		receipt_note(r, RECEIPT_OTHER_NONCE, "%s", "");
	else if (v->nonce != VERIFY_HOLDS)
		receipt_note(r, RECEIPT_NO_NONCE, "%s", "");
	if (v->session_id == VERIFY_DIFFERS)
		receipt_note(r, RECEIPT_OTHER_SESSION, "%s", "");
	note_collector(r, v);
	receipt_record(r, v);
}
