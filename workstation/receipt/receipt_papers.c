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
#include "workstation/custody/sign.h"
#include "workstation/receipt/receipt.h"

static bool is(struct bytes b, const char *s)
{
	return b.len == strlen(s) && memcmp(b.p, s, b.len) == 0;
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
	uint64_t hold;

	if (file_load_below(r->dir, RECEIPT_RECORD, text, LEDGER_FILE_MAX, &e) != 0)
		receipt_note(r, e.oserr == ENOENT ? RECEIPT_NO_CUSTODY : RECEIPT_CUSTODY_BROKEN,
			     "%s", "");
	else if (ledger_check_run(c, text->p, text->len, &e) != 0 ||
		 sign_check_all(c, NULL, 0, &hold, &e) != 0)
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
	if (r->has_stamp && stamp_is_whole(r->stamp.state) && r->log.ended &&
	    r->stamp.time.sec + RECEIPT_CLOCKS_APART < r->log.arrived.sec)
		receipt_note(r, RECEIPT_STAMP_EARLY, "%s", "");
}

/* The log is in what was signed, so the signature is the younger of the two. */
static void note_signing_time(struct receipt *r)
{
	if (r->has_sign && r->sign.holds && r->log.ended &&
	    r->sign.until < r->log.arrived.sec - RECEIPT_CLOCKS_APART)
		receipt_note(r, RECEIPT_SIGNED_OUTSIDE, "it ended before the archive arrived");
}

void receipt_papers(struct receipt *r)
{
	receipt_log(r);
	look_record(r);
	note_stamp_time(r);
	note_signing_time(r);
}

/* ------------------------------------------------------------ and the archive */

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

/* Did the run come to the end of what it meant to take? */
static void note_plan(struct receipt *r, const struct verify *v)
{
	if (v->plan.end == PLANNED_CUT)
		receipt_note(r, RECEIPT_PLAN_UNSEEN, "%s", "");
	else if (v->plan.end == PLANNED_UNKNOWN)
		receipt_note(r, RECEIPT_PLAN_UNKNOWN, "%s", "");
	else if (v->plan.end == PLANNED_STOPPED || v->plan_broken)
		receipt_note(r, RECEIPT_PLAN_STOPPED, "%s", v->plan.reason);
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

/* What only the archive could tell.  A paper that is not there, or that is broken by itself, is
 * the worse news. */
static void note_unread(struct receipt *r, const char *unseen)
{
	static const enum receipt_fault faults[] = {
		RECEIPT_PLAN_UNSEEN, RECEIPT_READBACK_UNREAD, RECEIPT_NONCE_UNREAD,
		RECEIPT_LOG_UNREAD, RECEIPT_ARRIVALS_UNREAD, RECEIPT_CUSTODY_UNREAD,
		RECEIPT_COLLECTOR_UNREAD,
	};
	struct err e = { 0 };
	int fd = file_open_below(r->dir, RECEIPT_COLLECTOR, &e);

	receipt_note(r, RECEIPT_UNSEEN, "%.200s", unseen);
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		receipt_note(r, faults[i], "%s", "");
	if (fd < 0)
		receipt_note(r, RECEIPT_NO_COLLECTOR, "%s", "");
	fd_close(&fd);
}

void receipt_finish(struct receipt *r, const struct verify *v, const char *unseen)
{
	if (r->log.count == 0)
		receipt_note(r, RECEIPT_NO_ARRIVAL, "%s", "");
	receipt_record(r, v);
	if (v == NULL) {
		note_unread(r, unseen);
		return;
	}
	note_seals(r, v);
	note_plan(r, v);
	receipt_log_meet(r, v);
	note_match(r, v->key, v->root);
	if (v->nonce == VERIFY_DIFFERS)
		receipt_note(r, RECEIPT_OTHER_NONCE, "%s", "");
	else if (v->nonce != VERIFY_HOLDS)
		receipt_note(r, RECEIPT_NO_NONCE, "%s", "");
	if (v->session_id == VERIFY_DIFFERS)
		receipt_note(r, RECEIPT_OTHER_SESSION, "%s", "");
	note_collector(r, v);
}
