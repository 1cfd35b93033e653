#include "workstation/custody/form.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/text.h"
#include "lib/seal/key.h"
#include "workstation/custody/form_text.h"
#include "workstation/custody/sign.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define BLANK_ROWS 2		/* for hand-overs that are still to come */

void form_escape(struct buf *out, const char *s)
{
	static const struct {
		char c;
		const char *entity;
	} rows[] = {
		{ '&', "&amp;" }, { '<', "&lt;" }, { '>', "&gt;" }, { '"', "&quot;" },
		{ '\'', "&#39;" },
	};

	for (; *s != '\0'; s++) {
		size_t i = 0;

		while (i < COUNT(rows) && rows[i].c != *s)
			i++;
		if (i < COUNT(rows))
			buf_puts(out, rows[i].entity);
		else
			buf_putc(out, *s);
	}
}

/* ------------------------------------------------------------ blocks of facts */

/* Where the value of a row comes from. */
enum pick { FIRST, LAST };

struct fact {
	enum ledger_field field;
	enum pick pick;
	bool mono, always;	/* a hash; a row to be filled in by hand if it is not known */
};

static const struct fact item[] = {
	{ LEDGER_CASE, FIRST, false, true },
	{ LEDGER_EXHIBIT, FIRST, false, true },
	{ LEDGER_ROOT_EXHIBIT, FIRST, false, false },
	{ LEDGER_DESCRIPTION, FIRST, false, true },
	{ LEDGER_HOST, FIRST, false, true },
	{ LEDGER_OFFENCE, FIRST, false, false },
	{ LEDGER_OWNER, FIRST, false, true },
	{ LEDGER_SUSPECT, FIRST, false, false },
	{ LEDGER_AUTHORITY, FIRST, false, true },
	{ LEDGER_LOCATION, FIRST, false, true },
	{ LEDGER_EXAMINER, FIRST, false, true },
	{ LEDGER_EXAMINER_ID, FIRST, false, false },
	{ LEDGER_EXAMINER_ORGANISATION, FIRST, false, false },
	{ LEDGER_WITNESS, FIRST, false, false },
	{ LEDGER_MEDIUM, LAST, false, false },
	{ LEDGER_SEAL_NEW, LAST, false, true },
	{ LEDGER_DISCOVERED, FIRST, false, false },
	{ LEDGER_OCCURRED, FIRST, false, false },
	{ LEDGER_CHANGED, FIRST, false, false },
	{ LEDGER_IMPORTANT, FIRST, false, false },
};

static const struct fact hashes[] = {
	{ LEDGER_ARCHIVE, FIRST, true, true },
	{ LEDGER_ARCHIVE_BYTES, FIRST, true, false },
	{ LEDGER_SESSION, FIRST, true, false },
	{ LEDGER_NONCE, FIRST, true, false },
	{ LEDGER_VERDICT, LAST, false, false },
	{ LEDGER_PLAN, LAST, false, false },
	{ LEDGER_PLAN_MISSING, LAST, false, false },
	{ LEDGER_COLLECTOR_SHA256, FIRST, true, true },
	{ LEDGER_COLLECTOR_LISTED, FIRST, false, false },
	{ LEDGER_CONFIG_SHA256, FIRST, true, false },
	{ LEDGER_RECIPIENTS, FIRST, true, false },
};

static const struct fact clocks[] = {
	{ LEDGER_CLOCK_SENT, LAST, false, true },
	{ LEDGER_CLOCK_HOST, LAST, false, true },
	{ LEDGER_CLOCK_RECEIVED, LAST, false, true },
	{ LEDGER_OFFSET_FROM, LAST, false, false },
	{ LEDGER_OFFSET_TO, LAST, false, false },
	{ LEDGER_TIME_SOURCE, FIRST, false, true },
};

static void put_fact(struct buf *b, const char *label, const char *value, bool mono)
{
	buf_puts(b, "<tr><th>");
	form_escape(b, label);
	buf_puts(b, mono ? "</th><td class=\"mono\">" : "</th><td>");
	form_escape(b, value != NULL ? value : "");
	buf_puts(b, "</td></tr>\n");
}

static void put_facts(struct buf *b, const struct ledger *l, const struct fact *f, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *v = f[i].pick == FIRST ? ledger_first(l, f[i].field) :
						     ledger_value(l, f[i].field);

		if (v != NULL || f[i].always)
			put_fact(b, ledger_line_label(f[i].field), v, f[i].mono);
	}
}

/* The line of the first hash: what all later ones are compared with. */
static const struct ledger_line *acquisition(const struct ledger *l)
{
	for (size_t i = 0; i < l->check.count; i++) {
		const struct ledger_row *row = &l->check.rows[i];

		if (row->readable && row->t.line.value[LEDGER_HASH_OBSERVED] != NULL)
			return &row->t.line;
	}
	return NULL;
}

/* A hash of the seals as the archive has it, or else as it was read aloud; both forms, so that
 * paper can be compared with paper. */
static void put_seal(struct buf *b, const struct ledger *l, enum ledger_field f)
{
	const struct ledger_line *line = acquisition(l);
	const char *v = line != NULL ? line->value[f] : NULL;
	char shortly[KEY_SHORT_LEN] = "";
	uint8_t hash[DIGEST_LEN];

	if (v == NULL)
		v = ledger_first(l, f);
	if (v != NULL && text_unhex(hash, sizeof(hash), v) == 0)
		key_short_form(shortly, hash);
	buf_puts(b, "<tr><th>");
	form_escape(b, ledger_line_label(f));
	buf_puts(b, "</th><td class=\"mono\">");
	form_escape(b, v != NULL ? v : "");
	buf_printf(b, "%s%s</td></tr>\n", *shortly != '\0' ? "<br>" : "", shortly);
}

static void put_hashes(struct buf *b, const struct ledger *l)
{
	const struct ledger_line *line = acquisition(l);
	struct buf when;

	buf_puts(b, "<h2>Archive and hashes</h2>\n<table class=\"facts\">\n");
	put_fact(b, "SHA-256 of the archive, as first computed",
		 line != NULL ? line->value[LEDGER_HASH_OBSERVED] : NULL, true);
	if (line != NULL && line->value[LEDGER_UTC] != NULL) {
		buf_init(&when, 64);
		buf_printf(&when, "%.19sZ, line %" PRIu64, line->value[LEDGER_UTC], line->n);
		put_fact(b, "Computed", buf_cstr(&when), false);
		buf_release(&when);
	}
	put_seal(b, l, LEDGER_FINGERPRINT);
	put_seal(b, l, LEDGER_ROOT);
	put_facts(b, l, hashes, COUNT(hashes));
	buf_puts(b, "</table>\n<p class=\"small\">Every later hash is a verification and is in "
		 "its event. The fingerprint was shown on the screen of the host before anything "
		 "was taken, the root at the end; they are compared with what was read from "
		 "there.</p>\n");
}

/* ------------------------------------------------------------ events */

/* Fields that have a column or a block of their own. */
static bool is_detail(const struct ledger_line *line, enum ledger_field f)
{
	static const enum ledger_field elsewhere[] = {
		LEDGER_UTC, LEDGER_LOCAL, LEDGER_TOOL, LEDGER_EVENT, LEDGER_TIME_SOURCE,
		LEDGER_BY, LEDGER_BY_ID, LEDGER_RELEASED_BY, LEDGER_RELEASED_BY_ID,
		LEDGER_RECEIVED_BY, LEDGER_RECEIVED_BY_ID, LEDGER_READ_BY, LEDGER_HEARD_BY,
		LEDGER_WITNESS, LEDGER_MATCH, LEDGER_HASH_ALG, LEDGER_HASH_EXPECTED,
		LEDGER_HASH_OBSERVED, LEDGER_ARCHIVE, LEDGER_ARCHIVE_BYTES, LEDGER_SESSION,
		LEDGER_PROVEN_BYTES, LEDGER_PUBLIC_KEY, LEDGER_SIGNATURE, LEDGER_SIGNS_SHA256,
	};
	static const enum ledger_field seals[] = { LEDGER_FINGERPRINT, LEDGER_ROOT };

	if (line->event == LEDGER_EVENT_PLANNED)
		return f == LEDGER_COMMENTS;
	for (size_t i = 0; i < COUNT(elsewhere); i++) {
		if (elsewhere[i] == f)
			return false;
	}
	for (size_t i = 0; i < COUNT(seals); i++) {
		if (seals[i] == f && line->value[LEDGER_HASH_OBSERVED] != NULL)
			return false;
	}
	return true;
}

static void put_person(struct buf *b, const struct ledger_line *line, enum ledger_field name,
		       enum ledger_field id)
{
	if (line->value[name] == NULL)
		return;
	buf_puts(b, "<div><span class=\"label\">");
	form_escape(b, ledger_line_label(name));
	buf_puts(b, "</span> ");
	form_escape(b, line->value[name]);
	if (id != name && line->value[id] != NULL) {
		buf_puts(b, ", ");
		form_escape(b, line->value[id]);
	}
	buf_puts(b, "</div>");
}

static void put_people(struct buf *b, const struct ledger_line *line)
{
	put_person(b, line, LEDGER_BY, LEDGER_BY_ID);
	put_person(b, line, LEDGER_RELEASED_BY, LEDGER_RELEASED_BY_ID);
	put_person(b, line, LEDGER_RECEIVED_BY, LEDGER_RECEIVED_BY_ID);
	put_person(b, line, LEDGER_READ_BY, LEDGER_READ_BY);
	put_person(b, line, LEDGER_HEARD_BY, LEDGER_HEARD_BY);
	put_person(b, line, LEDGER_WITNESS, LEDGER_WITNESS);
}

static bool is_yes(const char *word)
{
	return strcmp(word, "yes") == 0;
}

/* The hash of the archive against the first one: "yes", "no" or NULL.  In a line of what was
 * read from the screen "match" speaks of that, too. */
static const char *hash_match(const struct ledger_line *line, bool read)
{
	const char *expected = line->value[LEDGER_HASH_EXPECTED];
	const char *observed = line->value[LEDGER_HASH_OBSERVED];

	if (!read)
		return line->value[LEDGER_MATCH];
	return expected == NULL || observed == NULL ? NULL :
	       strcmp(expected, observed) == 0 ? "yes" : "no";
}

static void put_match(struct buf *b, const struct ledger_line *line)
{
	bool read = line->event == LEDGER_EVENT_KEY_READBACK ||
		    line->event == LEDGER_EVENT_ROOT_READBACK;
	const char *hash = hash_match(line, read), *match = line->value[LEDGER_MATCH];

	if (hash != NULL && is_yes(hash))
		buf_puts(b, "<div>SHA-256 computed anew: identical</div>");
	else if (hash != NULL)
		buf_puts(b, "<div><span class=\"no\">SHA-256 computed anew: NOT "
			 "IDENTICAL</span></div>");
	else if (line->value[LEDGER_HASH_OBSERVED] != NULL)
		buf_puts(b, "<div>SHA-256 computed for the first time</div>");
	if (read && match != NULL)
		buf_puts(b, is_yes(match) ? "<div>As it was known before</div>" :
			 "<div><span class=\"no\">NOT what was known of it</span></div>");
}

static void put_details(struct buf *b, const struct ledger_line *line)
{
	buf_puts(b, "<div class=\"label\">");
	form_escape(b, ledger_line_event_text(line->event));
	buf_puts(b, "</div>");
	put_match(b, line);
	for (int f = 0; f < LEDGER_FIELD_COUNT; f++) {
		if (line->value[f] == NULL || !is_detail(line, (enum ledger_field)f))
			continue;
		buf_puts(b, "<div><span class=\"label\">");
		form_escape(b, ledger_line_label((enum ledger_field)f));
		buf_puts(b, "</span> ");
		form_escape(b, line->value[f]);
		buf_puts(b, "</div>");
	}
}

#define DAY_LEN 10u		/* 2026-11-23, before the T */
#define SECOND_LEN 19u		/* 2026-11-23T10:53:00 */

/* Day and time to the second, with a blank between them; the record has the rest. */
static void put_stamp(struct buf *b, const char *rfc3339)
{
	char stamp[SECOND_LEN + 1] = "";

	strncat(stamp, rfc3339, SECOND_LEN);
	stamp[DAY_LEN] = ' ';
	form_escape(b, stamp);
}

static void put_time(struct buf *b, const struct ledger_line *line)
{
	const char *utc = line->value[LEDGER_UTC], *local = line->value[LEDGER_LOCAL];

	if (utc != NULL && strlen(utc) > DAY_LEN) {
		put_stamp(b, utc);
		buf_puts(b, " UTC");
	}
	if (local != NULL && strlen(local) > SECOND_LEN) {
		buf_puts(b, "<br>");
		put_stamp(b, local);
		buf_putc(b, ' ');
		form_escape(b, local + SECOND_LEN);
	}
}

/* A signature: which key, and whether it holds. */
static void put_key(struct buf *b, const struct ledger *l, size_t i)
{
	uint8_t print[DIGEST_LEN];
	char hex[DIGEST_HEX_LEN];
	bool holds = sign_check(&l->check, i, NULL, 0, print) == SIGN_HOLDS;

	buf_printf(b, "<div>%s; SHA-256 of the key <span class=\"mono\">%s</span></div>",
		   holds ? "The signature holds" :
			   "<span class=\"no\">THE SIGNATURE DOES NOT HOLD</span>",
		   digest_hex(hex, print));
}

/* Whoever reads a line that was wrong must see it there. */
static void put_corrections(struct buf *b, const struct ledger *l, uint64_t n)
{
	for (size_t i = 0; i < l->check.count; i++) {
		const struct ledger_line *c = &l->check.rows[i].t.line;

		if (l->check.rows[i].readable && c->event == LEDGER_EVENT_CORRECTED &&
		    c->value[LEDGER_CORRECTS] != NULL &&
		    strtoull(c->value[LEDGER_CORRECTS], NULL, 10) == n)
			buf_printf(b, "<div><b>Corrected by line %" PRIu64 "</b></div>", c->n);
	}
}

static void put_event(struct buf *b, const struct ledger *l, size_t i)
{
	const struct ledger_row *row = &l->check.rows[i];
	const struct ledger_line *line = &row->t.line;
	char hex[DIGEST_HEX_LEN];

	if (!row->readable) {
		buf_printf(b, "<tr><td>%zu</td><td colspan=\"4\"><span class=\"no\">This line "
			 "cannot be read any more</span></td></tr>\n", i + 1);
		return;
	}
	buf_printf(b, "<tr><td>%" PRIu64 "</td><td>", line->n);
	put_time(b, line);
	buf_puts(b, "</td><td><b>");
	form_escape(b, line->value[LEDGER_EVENT]);
	buf_printf(b, "</b><br><span class=\"mono\">%.12s</span></td><td>",
		   digest_hex(hex, line->sha256));
	put_people(b, line);
	buf_puts(b, "</td><td>");
	put_details(b, line);
	if (line->event == LEDGER_EVENT_SIGNED)
		put_key(b, l, i);
	put_corrections(b, l, line->n);
	buf_puts(b, "</td></tr>\n");
}

static void put_events(struct buf *b, const struct ledger *l)
{
	buf_puts(b, "<h2>Chain of custody</h2>\n<table class=\"events\"><thead><tr><th "
		 "class=\"n\">#</th><th class=\"when\">Recorded</th><th class=\"what\">Event, "
		 "line hash</th><th class=\"who\">Who</th><th>Why, how, where, "
		 "condition</th></tr></thead><tbody>\n");
	for (size_t i = 0; i < l->check.count; i++)
		put_event(b, l, i);
	buf_puts(b, "</tbody></table>\n<p class=\"small\">Times are UTC, then local with the "
		 "offset of the workstation's zone. The line hash shows the first 12 of 64 "
		 "digits.</p>\n");
}

/* ------------------------------------------------------------ the rest */

/* Lines that sign line ${n} in that role. */
static void put_signed(struct buf *b, const struct ledger *l, uint64_t n, const char *role)
{
	uint8_t print[DIGEST_LEN];

	for (size_t i = 0; i < l->check.count; i++) {
		const struct ledger_line *s = &l->check.rows[i].t.line;

		if (!l->check.rows[i].readable || s->event != LEDGER_EVENT_SIGNED ||
		    s->value[LEDGER_SIGNS] == NULL || s->value[LEDGER_ROLE] == NULL ||
		    strtoull(s->value[LEDGER_SIGNS], NULL, 10) != n ||
		    strcmp(s->value[LEDGER_ROLE], role) != 0)
			continue;
		if (sign_check(&l->check, i, NULL, 0, print) == SIGN_HOLDS)
			buf_printf(b, "<div class=\"label\">signed with a key: line %" PRIu64
				   "</div>", s->n);
	}
}

static void put_side(struct buf *b, const struct ledger *l, const struct ledger_line *line,
		     enum ledger_field who)
{
	buf_puts(b, "<td><span class=\"label\">");
	form_escape(b, ledger_line_label(who));
	buf_puts(b, "</span> ");
	form_escape(b, line->value[who] != NULL ? line->value[who] : "");
	put_signed(b, l, line->n, ledger_line_key(who));
	buf_puts(b, "</td>");
}

static void put_handover(struct buf *b, const struct ledger *l, const struct ledger_line *line)
{
	buf_printf(b, "<tr><td>%" PRIu64 "</td>", line->n);
	put_side(b, l, line, LEDGER_RELEASED_BY);
	put_side(b, l, line, LEDGER_RECEIVED_BY);
	buf_puts(b, "</tr>\n");
}

static void put_signatures(struct buf *b, const struct ledger *l)
{
	buf_puts(b, "<h2>Signatures in ink</h2>\n<table class=\"sign\"><thead><tr><th "
		 "class=\"n\">#</th><th>Name, signature, date</th><th>Name, signature, "
		 "date</th></tr></thead><tbody>\n");
	for (size_t i = 0; i < l->check.count; i++) {
		const struct ledger_row *row = &l->check.rows[i];

		if (row->readable && (row->t.line.event == LEDGER_EVENT_TRANSFERRED ||
				      row->t.line.event == LEDGER_EVENT_RETURNED))
			put_handover(b, l, &row->t.line);
	}
	for (int i = 0; i < BLANK_ROWS; i++)
		buf_puts(b, "<tr><td></td><td><span class=\"label\">Released "
			 "by</span></td><td><span class=\"label\">Received by</span></td></tr>\n");
	buf_puts(b, "</tbody></table>\n<p class=\"small\">Hand-overs that are made on paper are "
		 "entered into the record afterwards, with the time at which they "
		 "happened.</p>\n");
}

static void put_flaws(struct buf *b, const struct ledger *l)
{
	const struct ledger_check *c = &l->check;
	struct buf text;

	if (c->worst == LEDGER_NOTE)
		return;
	buf_puts(b, "<div class=\"warn\">This record does not hold. Do not rely on it:<ul>");
	buf_init(&text, 65536);
	for (uint64_t i = 0; i < c->flaw_count && i < LEDGER_CHECK_FLAWS; i++) {
		buf_clear(&text);
		ledger_check_sentence(&text, &c->flaws[i]);
		buf_puts(b, "<li>");
		form_escape(b, buf_cstr(&text));
		buf_puts(b, "</li>");
	}
	buf_release(&text);
	buf_puts(b, "</ul></div>\n");
}

/* Evidence that was never reached: nobody may take the archive for all that was to be taken. */
static void put_plan(struct buf *b, const struct ledger *l)
{
	static const struct {
		const char *word, *text;
	} rows[] = {
		{ "stopped", "The run did not complete its plan: what it did not come to, or "
			     "left out, is not in the archive." },
		{ "cut", "The end of the archive is not there: whether the run came to the end of "
			 "its plan, and what else it took, is not known." },
		{ "unknown", "The last seal says that the run completed its plan, and the archive "
			     "does not show it." },
	};
	const char *plan = ledger_value(l, LEDGER_PLAN);
	const char *missing = ledger_value(l, LEDGER_PLAN_MISSING);

	for (size_t i = 0; plan != NULL && i < COUNT(rows); i++) {
		if (strcmp(plan, rows[i].word) != 0)
			continue;
		buf_printf(b, "<div class=\"warn\">%s<br>", rows[i].text);
		form_escape(b, missing != NULL ? missing : "");
		buf_puts(b, "</div>\n");
	}
}

static void put_top(struct buf *b, const struct ledger *l, struct instant now)
{
	const struct ledger_check *c = &l->check;
	const struct ledger_row *last = c->count > 0 ? &c->rows[c->count - 1] : NULL;
	char utc[CLOCK_UTC_LEN], hex[DIGEST_HEX_LEN], shortly[KEY_SHORT_LEN];

	buf_printf(b, "<h1>Chain of custody</h1>\n<p class=\"small\">Printed %.19sZ from a record "
		 "of %zu lines.</p>\n", clock_utc(utc, now), c->count);
	put_flaws(b, l);
	put_plan(b, l);
	if (last == NULL || !last->readable)
		return;
	buf_printf(b, "<div class=\"head\"><b>Head of the record</b> (line %" PRIu64 "): "
		   "<span class=\"mono\">%s</span><br>Short form, to be read aloud: "
		   "<span class=\"mono\"><b>%s</b></span></div>\n", last->t.line.n,
		   digest_hex(hex, last->t.line.sha256),
		   key_short_form(shortly, last->t.line.sha256));
}

static void put_declaration(struct buf *b, const struct ledger *l)
{
	static const struct fact facts[] = {
		{ LEDGER_AUTHORITY, FIRST, false, true },
		{ LEDGER_HOST, FIRST, false, true },
		{ LEDGER_COLLECTOR_SHA256, FIRST, true, true },
		{ LEDGER_SESSION, FIRST, true, true },
		{ LEDGER_ARCHIVE, FIRST, true, true },
	};
	const char *hash = ledger_first(l, LEDGER_HASH_OBSERVED);

	buf_puts(b, form_text_declaration);
	buf_puts(b, "<li>On <span class=\"fill short\"></span> (date, time, zone) the program "
		 "exhibit-collect was run, by <span class=\"fill short\"></span>, on the computer "
		 "named below. It made the archive named below. The SHA-256 of the archive was "
		 "computed when it was received.<table class=\"facts\">\n");
	put_facts(b, l, facts, COUNT(facts));
	put_fact(b, "SHA-256 of the archive", hash, true);
	put_seal(b, l, LEDGER_FINGERPRINT);
	put_seal(b, l, LEDGER_ROOT);
	buf_puts(b, "</table></li>\n");
	buf_puts(b, form_text_method);
	buf_puts(b, form_text_oath);
}

void form_write(struct buf *out, const struct ledger *l, enum form_paper paper,
		struct instant now)
{
	static const char *const sizes[] = {
		[FORM_ANY] = "auto", [FORM_A4] = "A4", [FORM_LETTER] = "letter",
	};
	const char *exhibit = ledger_first(l, LEDGER_EXHIBIT);

	buf_puts(out, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n<meta "
		 "http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
		 "'unsafe-inline'\">\n<title>Chain of custody ");
	form_escape(out, exhibit != NULL ? exhibit : "");
	buf_printf(out, "</title>\n<style>\n@page{size:%s;margin:16mm "
		 "15mm}\n%s</style></head><body>\n",
		   sizes[paper], form_text_style);
	put_top(out, l, now);
	buf_puts(out, "<h2>Item</h2>\n<table class=\"facts\">\n");
	put_facts(out, l, item, COUNT(item));
	buf_puts(out, "</table>\n");
	put_hashes(out, l);
	buf_puts(out, "<h2>Clocks</h2>\n<table class=\"facts\">\n");
	put_facts(out, l, clocks, COUNT(clocks));
	buf_puts(out, "</table>\n<p class=\"small\">The challenge left the workstation before the "
		 "host stamped it, and came back after: the host's clock was ahead of the "
		 "workstation's by an amount between the two bounds. Negative: behind.</p>\n");
	put_events(out, l);
	put_signatures(out, l);
	buf_puts(out, form_text_limits);
	put_declaration(out, l);
	buf_puts(out, "</body></html>\n");
}
