#include <inttypes.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/custody/session_read.h"
#include "lib/seal/key.h"
#include "workstation/receipt/receipt.h"

#define WIDTH 79u
#define LABEL_WIDTH 18u
#define PLAN_SAID_MAX 16384u
#define CORRECTED_MAX 8u	/* lines of the record that the page names */

static const char *const marks[] = {
	[RECEIPT_HOLDS] = "yes", [RECEIPT_UNKNOWN] = "UNKNOWN", [RECEIPT_LACKS] = "MISSING",
	[RECEIPT_FAILS] = "FALSE",
};

static const char *const summaries[] = {
	[RECEIPT_HOLDS] =
		"Everything below holds. Nothing in this bag was changed since it was signed,\n"
		"and the archive is, to the last byte, what the collector sealed on the host.",
	[RECEIPT_UNKNOWN] =
		"Nothing that could be looked at is false, but something could not be (marked\n"
		"UNKNOWN below): what it would prove is not proven.",
	[RECEIPT_LACKS] =
		"Nothing that could be looked at is false, but something is missing or could not\n"
		"be looked at (marked MISSING or UNKNOWN below): what it would prove is not\n"
		"proven.",
	[RECEIPT_FAILS] =
		"SOMETHING IS NOT WHAT IT WAS (marked FALSE below). Do not rely on this bag\n"
		"before it is explained.",
};

static const char limits[] =
	"\nNot proven by any of this: that the host's kernel told the truth; that files were\n"
	"as they are here before they were read; who used the host. Hashes are of bytes\n"
	"as they were read while the system ran, not of an original.\n";

/* Facts of the session, in the order of the page. */
static const struct {
	const char *name, *label;
} facts[] = {
	{ "case", "Case" }, { "exhibit", "Exhibit" }, { "examiner-name", "Collected by" },
	{ "examiner-organisation", "Organisation" }, { "authority", "Authority" },
	{ "host", "Host" }, { "host-os", "System" },
	{ "time-realtime", "Collection began" },
};

static void label(struct buf *b, const char *s)
{
	buf_printf(b, "%-*s", (int)LABEL_WIDTH, s);
}

static void line(struct buf *b, const char *name, const void *value, size_t n)
{
	label(b, name);
	buf_add(b, value, n);
	buf_putc(b, '\n');
}

/* Wraps a sentence from a column on. */
static void wrap(struct buf *b, size_t column, const char *text)
{
	size_t at = column;

	while (*text != '\0') {
		size_t word = strcspn(text, " ");

		if (at > column && at + 1 + word > WIDTH) {
			buf_putc(b, '\n');
			for (at = 0; at < column; at++)
				buf_putc(b, ' ');
		} else if (at > column) {
			buf_putc(b, ' ');
			at++;
		}
		buf_add(b, text, word);
		at += word;
		text += word + strspn(text + word, " ");
	}
}

/* What is known of what the run did not come to; "" if nothing is. */
static const char *plan_said(struct buf *b, const struct verify *v)
{
	if (v != NULL)
		planned_say(b, &v->plan, "; ");
	return buf_cstr(b);
}

/* What is not in the archive is to be read first: that what is there holds is no comfort. */
static void show_plan(struct buf *b, const struct receipt *r, const struct verify *v)
{
	enum receipt_fault f = r->of[RECEIPT_CHECK_PLAN].fault;
	struct buf said;

	if (f == RECEIPT_NONE)
		return;
	buf_init(&said, PLAN_SAID_MAX);
	if (*plan_said(&said, v) == '\0')
		buf_puts(&said, f == RECEIPT_PLAN_STOPPED ?
			 "NOT COMPLETED: the run ended before it had tried all that it meant to "
			 "take" :
			 "NOT KNOWN to be completed: the archive's last seal was not seen");
	label(b, "Plan");
	wrap(b, LABEL_WIDTH, buf_cstr(&said));
	buf_putc(b, '\n');
	buf_release(&said);
}

static void show_facts(struct buf *b, const struct receipt *r, const struct verify *v)
{
	char utc[CLOCK_UTC_LEN];

	for (size_t i = 0; v != NULL && i < sizeof(facts) / sizeof(facts[0]); i++) {
		struct bytes value = session_read_find(v->session.p, v->session.len,
						       facts[i].name);

		if (value.len > 1 || (value.len == 1 && *(const char *)value.p != '-'))
			line(b, facts[i].label, value.p, value.len < 160 ? value.len : 160);
	}
	if (r->log.count > 0) {
		label(b, "Last seal came");
		buf_printf(b, "%s, %zu noted\n",
			   clock_utc(utc, r->log.seals[r->log.count - 1].arrived), r->log.count);
	}
	if (r->log.ended) {
		label(b, "Arrival ended");
		buf_printf(b, "%s\n", clock_utc(utc, r->log.arrived));
	}
	if (r->log.offset.has_low) {
		label(b, "Host's clock");
		offset_sentence(b, &r->log.offset);
		buf_putc(b, '\n');
	}
}

static void show_hash(struct buf *b, const char *name, const uint8_t hash[DIGEST_LEN], bool brief)
{
	char hex[DIGEST_HEX_LEN], form[KEY_SHORT_LEN];

	line(b, name, digest_hex(hex, hash), 2 * DIGEST_LEN);
	if (brief)
		line(b, "", key_short_form(form, hash), strlen(key_short_form(form, hash)));
}

/* A line that was wrong may count no more, but nobody shall have to find it by himself. */
static void show_corrected(struct buf *b, const struct receipt *r)
{
	size_t told = 0;
	struct buf text;

	buf_init(&text, 4096);
	for (size_t i = 0; i < r->record.count && told <= CORRECTED_MAX; i++) {
		if (r->record.rows[i].corrected == 0)
			continue;
		if (told++ < CORRECTED_MAX)
			buf_printf(&text, "%sline %" PRIu64 " by line %" PRIu64,
				   told > 1 ? ", " : "", r->record.rows[i].t.line.n,
				   r->record.rows[i].corrected);
	}
	if (told > CORRECTED_MAX)
		buf_puts(&text, " and more");
	if (told > 0) {
		label(b, "Custody corrects");
		wrap(b, LABEL_WIDTH, buf_cstr(&text));
		buf_putc(b, '\n');
	}
	buf_release(&text);
}

static void show_hashes(struct buf *b, const struct receipt *r, const struct verify *v)
{
	if (r->has_sha256)
		show_hash(b, "Archive SHA-256", r->sha256, false);
	if (v != NULL && v->facts.has_key)
		show_hash(b, "Fingerprint", v->facts.fingerprint, true);
	if (v != NULL && v->facts.has_root)
		show_hash(b, "Root", v->facts.root, true);
	show_hash(b, "Signed list", r->tags_sha256, false);
	if (*r->custody_head != '\0')
		line(b, "Custody's head", r->custody_head, strlen(r->custody_head));
	show_corrected(b, r);
}

static void show_check(struct buf *b, const struct receipt *r, enum receipt_check c)
{
	enum receipt_fault f = r->of[c].fault;
	struct buf text;

	buf_init(&text, 4096);
	buf_puts(&text, f == RECEIPT_NONE ? receipt_check_text(c) : receipt_fault_text(f));
	if (r->of[c].detail[0] != '\0')
		buf_printf(&text, " (%s)", r->of[c].detail);
	if (f != RECEIPT_NONE)
		buf_printf(&text, " [%s]", receipt_fault_word(f));
	buf_printf(b, "  %-8s", marks[receipt_fault_severity(f)]);
	wrap(b, 10, buf_cstr(&text));
	buf_putc(b, '\n');
	buf_release(&text);
}

static void show_list(struct buf *b, const char *name, enum trust_list l, bool kept)
{
	static const char *const texts[] = {
		[TRUST_LIST_NONE] = "not checked: trust/ has no list of the issuer",
		[TRUST_LIST_OLD] = "checked with a list in trust/ that is out of date",
		[TRUST_LIST_FRESH] = "checked with the issuer's list in trust/",
	};

	label(b, "Revocation");
	buf_printf(b, "%s: %s\n", name, texts[l]);
	if (!kept) {
		label(b, "");
		buf_printf(b, "trust/ lacks the root of the %s, for who looks in ten years\n",
			   name);
	}
}

/* Who stands for it, where the check holds or is in doubt. */
static void show_people(struct buf *b, struct receipt *r)
{
	char utc[CLOCK_UTC_LEN];

	if (r->has_sign && r->sign.holds)
		line(b, "Signed by", r->sign.signer.p, r->sign.signer.len);
	if (r->has_stamp && stamp_is_whole(r->stamp.state)) {
		line(b, "Stamped by", r->stamp.authority.p, r->stamp.authority.len);
		label(b, "Stamped at");
		buf_puts(b, clock_utc(utc, r->stamp.time));
		if (r->stamp.accuracy_s >= 0)
			buf_printf(b, ", give or take %" PRId64 " s", r->stamp.accuracy_s);
		buf_putc(b, '\n');
	}
	if (r->has_sign && r->sign.holds)
		show_list(b, "signer", r->sign.list, r->sign.kept);
	if (r->has_stamp && stamp_is_whole(r->stamp.state))
		show_list(b, "authority", r->stamp.list, r->stamp.kept);
}

void receipt_show_text(struct buf *b, const struct receipt *r, const struct verify *v,
		       const char *name)
{
	enum receipt_severity verdict = receipt_verdict(r);

	label(b, "Bag");
	text_escape(b, name, strlen(name));
	buf_putc(b, '\n');
	show_plan(b, r, v);
	show_facts(b, r, v);
	show_hashes(b, r, v);
	show_people(b, (struct receipt *)(uintptr_t)r);
	buf_printf(b, "\n%s\n\n", summaries[verdict]);
	for (int c = 0; c < RECEIPT_CHECK_COUNT; c++)
		show_check(b, r, (enum receipt_check)c);
	buf_puts(b, limits);
	buf_printf(b, "%s\n", receipt_verdict_word(verdict));
}

/* ------------------------------------------------------------ JSON */

static void key_text(struct buf *b, const char *key, const char *value)
{
	buf_printf(b, ",\"%s\":", key);
	text_json(b, value, strlen(value));
}

static void key_hash(struct buf *b, const char *key, const uint8_t hash[DIGEST_LEN])
{
	char hex[DIGEST_HEX_LEN];

	key_text(b, key, digest_hex(hex, hash));
}

static void json_checks(struct buf *b, const struct receipt *r)
{
	static const char *const words[] = {
		[RECEIPT_HOLDS] = "holds", [RECEIPT_UNKNOWN] = "unknown",
		[RECEIPT_LACKS] = "missing", [RECEIPT_FAILS] = "false",
	};

	buf_puts(b, ",\"checks\":{");
	for (int c = 0; c < RECEIPT_CHECK_COUNT; c++) {
		enum receipt_fault f = r->of[c].fault;

		buf_printf(b, "%s\"%s\":{\"result\":\"%s\"", c == 0 ? "" : ",",
			   receipt_check_word((enum receipt_check)c),
			   words[receipt_fault_severity(f)]);
		if (f != RECEIPT_NONE)
			key_text(b, "fault", receipt_fault_word(f));
		if (r->of[c].detail[0] != '\0')
			key_text(b, "detail", r->of[c].detail);
		buf_putc(b, '}');
	}
	buf_putc(b, '}');
}

static void json_people(struct buf *b, struct receipt *r)
{
	char utc[CLOCK_UTC_LEN];

	if (r->has_sign && r->sign.holds) {
		key_text(b, "signer", buf_cstr(&r->sign.signer));
		key_text(b, "signer_revocation", trust_list_word(r->sign.list));
		buf_printf(b, ",\"signer_root_kept\":%s", r->sign.kept ? "true" : "false");
	}
	if (!r->has_stamp || !stamp_is_whole(r->stamp.state))
		return;
	key_text(b, "authority", buf_cstr(&r->stamp.authority));
	key_text(b, "authority_revocation", trust_list_word(r->stamp.list));
	buf_printf(b, ",\"authority_root_kept\":%s", r->stamp.kept ? "true" : "false");
	key_text(b, "stamped", clock_utc(utc, r->stamp.time));
	if (r->stamp.accuracy_s >= 0)
		buf_printf(b, ",\"stamp_accuracy_s\":%" PRId64, r->stamp.accuracy_s);
}

static void json_corrected(struct buf *b, const struct receipt *r)
{
	const char *between = "";

	buf_puts(b, ",\"custody_corrected\":[");
	for (size_t i = 0; i < r->record.count; i++) {
		if (r->record.rows[i].corrected == 0)
			continue;
		buf_printf(b, "%s{\"line\":%" PRIu64 ",\"by\":%" PRIu64 "}", between,
			   r->record.rows[i].t.line.n, r->record.rows[i].corrected);
		between = ",";
	}
	buf_putc(b, ']');
}

static void json_arrival(struct buf *b, const struct receipt *r)
{
	char utc[CLOCK_UTC_LEN];

	buf_printf(b, ",\"arrivals\":%zu,\"custody_lines\":%" PRIu64, r->log.count,
		   r->custody_lines);
	if (*r->custody_head != '\0')
		key_text(b, "custody_head", r->custody_head);
	json_corrected(b, r);
	if (r->log.ended)
		key_text(b, "arrived", clock_utc(utc, r->log.arrived));
	if (r->log.offset.has_low)
		buf_printf(b, ",\"clock_offset_min_ns\":%" PRId64, r->log.offset.low);
	if (r->log.offset.has_high)
		buf_printf(b, ",\"clock_offset_max_ns\":%" PRId64, r->log.offset.high);
}

static void json_plan(struct buf *b, const struct verify *v)
{
	struct buf said;

	buf_init(&said, PLAN_SAID_MAX);
	key_text(b, "plan", receipt_plan_word(v));
	if (*plan_said(&said, v) != '\0')
		key_text(b, "plan_missing", buf_cstr(&said));
	buf_release(&said);
}

void receipt_show_json(struct buf *b, const struct receipt *r, const struct verify *v,
		       const char *name)
{
	buf_puts(b, "{\"bag\":");
	text_json_escaped(b, name, strlen(name));
	key_text(b, "verdict", receipt_verdict_word(receipt_verdict(r)));
	json_checks(b, r);
	key_hash(b, "tagmanifest_sha256", r->tags_sha256);
	if (r->has_sha256)
		key_hash(b, "archive_sha256", r->sha256);
	if (v != NULL && v->facts.has_key)
		key_hash(b, "fingerprint", v->facts.fingerprint);
	if (v != NULL && v->facts.has_root)
		key_hash(b, "root", v->facts.root);
	if (v != NULL) {
		key_text(b, "archive_verdict", bundle_read_verdict_word(v->facts.verdict));
		json_plan(b, v);
	}
	json_people(b, (struct receipt *)(uintptr_t)r);
	json_arrival(b, r);
	buf_puts(b, "}\n");
}
