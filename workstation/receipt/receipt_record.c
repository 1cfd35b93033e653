/* The custody record against the archive: neither may say of this run what the other denies. */
#include <string.h>
#include <strings.h>

#include "lib/base/text.h"
#include "lib/custody/session_read.h"
#include "lib/seal/key.h"
#include "workstation/receipt/receipt.h"

/* The number of the line is what a person looks up. */
static void contradict(struct receipt *r, const struct ledger_line *l, const char *what)
{
	receipt_note(r, RECEIPT_CUSTODY_CONTRADICTS, "line %llu: %s", (unsigned long long)l->n,
		     what);
}

static void meet_hash(struct receipt *r, const struct ledger_line *l, enum ledger_field f,
		      const uint8_t hash[DIGEST_LEN], const char *what)
{
	if (l->value[f] != NULL && key_short_match(l->value[f], hash) != 1)
		contradict(r, l, what);
}

/* Words that stand in both in the same form: others are escaped by different rules. */
static bool is_plain(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] < ' ' || p[i] > '~' || p[i] == '\\')
			return false;
	return true;
}

/* "-" in the session: the collector was not told. */
static void meet_word(struct receipt *r, const struct verify *v, const struct ledger_line *l,
		      enum ledger_field f, const char *name)
{
	struct bytes has = session_read_find(v->session.p, v->session.len, name);
	const char *value = l->value[f];

	if (value == NULL || has.len == 0 || (has.len == 1 && *(const char *)has.p == '-') ||
	    !is_plain(value, strlen(value)) || !is_plain(has.p, has.len))
		return;
	if (has.len != strlen(value) || strncasecmp(has.p, value, has.len) != 0)
		contradict(r, l, name);
}

static void meet_session(struct receipt *r, const struct verify *v, const struct ledger_line *l)
{
	uint8_t id[SEAL_SESSION_LEN];

	if (l->value[LEDGER_SESSION] != NULL &&
	    (text_unhex(id, sizeof(id), l->value[LEDGER_SESSION]) != 0 ||
	     memcmp(id, v->facts.session, sizeof(id)) != 0))
		contradict(r, l, "session");
}

/* A line that itself says that the archive was not what it should have been. */
static void note_alarm(struct receipt *r, const struct ledger_row *row)
{
	const struct ledger_line *l = &row->t.line;
	const char *match = l->value[LEDGER_MATCH], *verdict = l->value[LEDGER_VERDICT];

	if ((match != NULL && strcmp(match, "no") == 0 && !ledger_check_superseded(row)) ||
	    (verdict != NULL && strcmp(verdict, "ALTERED") == 0))
		receipt_note(r, RECEIPT_CUSTODY_ALARM, "line %llu", (unsigned long long)l->n);
}

/* A line that tells of a check of this archive, or of what was read aloud of it. */
static void meet_line(struct receipt *r, const struct verify *v, const struct ledger_row *row)
{
	const struct ledger_line *l = &row->t.line;
	bool misheard = ledger_check_superseded(row);

	if (v->facts.has_key && !misheard)
		meet_hash(r, l, LEDGER_FINGERPRINT, v->facts.fingerprint, "fingerprint");
	if (v->facts.has_root && !misheard)
		meet_hash(r, l, LEDGER_ROOT, v->facts.root, "root");
	if (v->facts.has_key)
		meet_session(r, v, l);
	if (l->value[LEDGER_PLAN] != NULL &&
	    strcmp(l->value[LEDGER_PLAN], receipt_plan_word(v)) != 0)
		contradict(r, l, "plan");
}

const char *receipt_plan_word(const struct verify *v)
{
	return planned_end_word(v->plan.end);
}

static bool is_of_another(const struct receipt *r, const struct ledger_line *l)
{
	const char *hash = l->value[LEDGER_HASH_OBSERVED];
	char ours[DIGEST_HEX_LEN];

	return hash != NULL && strcasecmp(hash, digest_hex(ours, r->sha256)) != 0;
}

void receipt_record(struct receipt *r, const struct verify *v)
{
	const struct ledger_line *plan = NULL;
	size_t plans = 0;

	for (size_t i = 0; i < r->record.count && r->record.worst == LEDGER_NOTE; i++) {
		const struct ledger_line *l = &r->record.rows[i].t.line;

		if (!r->record.rows[i].readable)
			continue;
		if (l->event == LEDGER_EVENT_PLANNED) {
			plan = l;
			plans++;
		}
		if (is_of_another(r, l))
			continue;
		if (v != NULL)
			meet_line(r, v, &r->record.rows[i]);
		note_alarm(r, &r->record.rows[i]);
	}
	if (v == NULL || plans != 1)		/* of several exhibits: which is ours is not said */
		return;
	meet_word(r, v, plan, LEDGER_CASE, "case");
	meet_word(r, v, plan, LEDGER_EXHIBIT, "exhibit");
	meet_word(r, v, plan, LEDGER_NONCE, "nonce");
	meet_word(r, v, plan, LEDGER_COLLECTOR_SHA256, "tool-sha256");
}
