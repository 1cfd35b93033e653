#include "workstation/verify/verify_show.h"

#include <inttypes.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/custody/session_read.h"
#include "lib/seal/key.h"

static const char *const compression_words[] = {
	[COMPRESS_NONE] = "none", [COMPRESS_GZIP] = "gzip", [COMPRESS_ZSTD] = "zstd",
};

static const char *const match_words[] = {
	[VERIFY_HOLDS] = "the same that you gave",
	[VERIFY_DIFFERS] = "NOT what you gave",
	[VERIFY_NOT_COMPARED] = "could not be compared with what you gave",
};

/* Facts of the session, in the order in which they are shown. */
static const struct fact {
	const char *name;	/* in session.txt */
	const char *label;
} facts[] = {
	{ "case", "Case" },
	{ "exhibit", "Exhibit" },
	{ "examiner-name", "Examiner" },
	{ "examiner-organisation", "Organisation" },
	{ "host", "Host" },
	{ "host-os", "System" },
	{ "mode", "Mode" },
	{ "root", "Root directory" },
	{ "profile", "Profile" },
	{ "tool-version", "Collector" },
	{ "time-realtime", "Started" },
};

#define FACTS (sizeof(facts) / sizeof(facts[0]))

void verify_show_verdict(struct buf *b, const struct verify *v)
{
	buf_puts(b, bundle_read_verdict_word(v->verdict));
	if (v->verdict == BUNDLE_TRUNCATED)
		buf_printf(b, " at %" PRIu64, v->facts.proven_bytes);
	if (v->verdict == BUNDLE_ALTERED) {
		buf_printf(b, " in segment %" PRIu64, v->first.segment);
		if (v->first.member.len > 0) {
			buf_puts(b, " at ");
			text_escape(b, v->first.member.p, v->first.member.len);
		}
	}
	buf_putc(b, '\n');
}

/* ------------------------------------------------------------ for a person */

static void label(struct buf *b, const char *s)
{
	buf_printf(b, "%-15s", s);
}

static void show_session(struct buf *b, const struct verify *v)
{
	char utc[CLOCK_UTC_LEN];

	for (size_t i = 0; i < FACTS; i++) {
		struct bytes value = session_read_find(v->session.p, v->session.len,
						       facts[i].name);

		if (value.len == 0 || (value.len == 1 && *(const char *)value.p == '-'))
			continue;
		label(b, facts[i].label);
		buf_add(b, value.p, value.len);
		buf_putc(b, '\n');
	}
	if (!v->facts.has_seal)
		return;
	label(b, "Last seal");
	buf_printf(b, "%s\n", clock_utc(utc, v->facts.last_seal.utc));
}

static void show_hash(struct buf *b, const char *name, const uint8_t hash[DIGEST_LEN],
		      enum verify_match match)
{
	char hex[DIGEST_HEX_LEN], brief[KEY_SHORT_LEN];

	label(b, name);
	buf_printf(b, "%s\n", digest_hex(hex, hash));
	label(b, "");
	buf_puts(b, key_short_form(brief, hash));
	if (match != VERIFY_NOT_GIVEN)
		buf_printf(b, "  %s", match_words[match]);
	buf_putc(b, '\n');
}

static void show_match(struct buf *b, const char *name, enum verify_match match)
{
	if (match == VERIFY_NOT_GIVEN)
		return;
	label(b, name);
	buf_printf(b, "%s\n", match_words[match]);
}

static void show_proof(struct buf *b, const struct verify *v)
{
	const struct bundle_facts *f = &v->facts;

	if (f->has_key) {
		label(b, "Session");
		text_hex(b, f->session, sizeof(f->session));
		buf_putc(b, '\n');
		show_hash(b, "Fingerprint", f->fingerprint, v->key);
	}
	if (f->has_root)
		show_hash(b, "Root", f->root, v->root);
	else
		show_match(b, "Root", v->root);
	show_match(b, "Session id", v->session_id);
	show_match(b, "Nonce", v->nonce);
	label(b, "Seals");
	buf_printf(b, "%" PRIu64 " hold, over %" PRIu64 " of %" PRIu64 " bytes of tar\n", f->seals,
		   f->proven_bytes, f->tar_bytes);
}

/* Right before the verdict: COMPLETE is the archive, and may be the smaller part of a plan. */
static void show_plan(struct buf *b, const struct verify *v)
{
	if (v->plan.end == PLANNED_COMPLETED)
		return;
	label(b, "Plan");
	planned_say(b, &v->plan, "\n               ");
	buf_putc(b, '\n');
}

static void show_counts(struct buf *b, const struct verify *v)
{
	const struct bundle_facts *f = &v->facts;
	uint64_t gaps = 0;

	label(b, "Objects");
	buf_printf(b, "%" PRIu64 " in the manifest:", f->objects);
	for (int r = 0; r < RESULT_COUNT; r++)
		buf_printf(b, "%s %" PRIu64 " %s", r == 0 ? "" : ",", f->by_result[r],
			   gap_result_word((enum result)r));
	buf_putc(b, '\n');
	label(b, "Members");
	buf_printf(b, "%" PRIu64 " listed, %" PRIu64 " bytes of evidence", f->members, f->bytes);
	if (f->unsealed > 0)
		buf_printf(b, "; the last %" PRIu64 " are UNPROVEN: no seal covers them",
			   f->unsealed);
	buf_putc(b, '\n');
	for (int g = 0; g <= GAP_COUNT; g++)
		gaps += g == GAP_NONE ? 0 : f->by_gap[g];
	label(b, "Gaps");
	buf_printf(b, "%" PRIu64 "\n", gaps);
	for (int g = 0; g <= GAP_COUNT; g++) {
		const char *word = g == GAP_COUNT ? "other" : gap_word((enum gap)g);
		const char *text = g == GAP_COUNT ? "a reason that this version does not know" :
				   gap_text((enum gap)g);

		if (g != GAP_NONE && f->by_gap[g] > 0)
			buf_printf(b, "%10" PRIu64 "  %-20s %s\n", f->by_gap[g], word, text);
	}
}

static void show_finding(struct buf *b, const struct finding *f)
{
	static const char *const marks[] = {
		[FINDING_NOTE] = "note", [FINDING_STOPPED] = "cut", [FINDING_ALTERED] = "ALTERED",
	};

	buf_printf(b, "  %-8s segment %" PRIu64 ", tar offset %" PRIu64,
		   marks[finding_severity(f->id)], f->segment, f->offset);
	if (f->member.len > 0) {
		buf_puts(b, ", ");
		text_escape(b, f->member.p, f->member.len);
	}
	buf_printf(b, "\n           %s", finding_text(f->id));
	if (f->detail[0] != '\0')
		buf_printf(b, " (%s)", f->detail);
	buf_printf(b, " [%s]\n", finding_word(f->id));
}

void verify_show_text(struct buf *b, const struct verify *v, const char *name)
{
	const struct bundle_facts *f = &v->facts;

	label(b, "Archive");
	text_escape(b, name, strlen(name));
	buf_printf(b, "\n%-15s%" PRIu64 " bytes, compression %s\n", "", f->archive_bytes,
		   compression_words[f->compression]);
	show_session(b, v);
	show_proof(b, v);
	show_counts(b, v);
	if (v->finding_count > 0)
		buf_puts(b, "Findings\n");
	for (size_t i = 0; i < v->finding_count; i++)
		show_finding(b, &v->findings[i].f);
	if (v->more > 0)
		buf_printf(b, "  and %" PRIu64 " more\n", v->more);
	if (f->tar_bytes == 0)
		buf_puts(b, "  No member could be read: is this an Exhibit archive?\n");
	else
		show_plan(b, v);
	verify_show_verdict(b, v);
}

/* ------------------------------------------------------------ JSON */

static void key_u64(struct buf *b, const char *key, uint64_t v)
{
	buf_printf(b, ",\"%s\":%" PRIu64, key, v);
}

static void key_hex(struct buf *b, const char *key, const void *data, size_t n)
{
	buf_printf(b, ",\"%s\":\"", key);
	text_hex(b, data, n);
	buf_putc(b, '"');
}

static void key_hash(struct buf *b, const char *key, const uint8_t hash[DIGEST_LEN])
{
	char brief[KEY_SHORT_LEN];

	key_hex(b, key, hash, DIGEST_LEN);
	buf_printf(b, ",\"%s_short\":\"%s\"", key, key_short_form(brief, hash));
}

static void json_session(struct buf *b, const struct verify *v)
{
	buf_puts(b, ",\"session_facts\":{");
	for (size_t i = 0, shown = 0; i < FACTS; i++) {
		struct bytes value = session_read_find(v->session.p, v->session.len,
						       facts[i].name);

		if (value.len == 0)
			continue;
		buf_printf(b, "%s\"%s\":", shown++ == 0 ? "" : ",", facts[i].name);
		text_json(b, value.p, value.len);
	}
	buf_putc(b, '}');
}

static void json_counts(struct buf *b, const struct bundle_facts *f)
{
	bool first = true;

	buf_puts(b, ",\"results\":{");
	for (int r = 0; r < RESULT_COUNT; r++)
		buf_printf(b, "%s\"%s\":%" PRIu64, r == 0 ? "" : ",",
			   gap_result_word((enum result)r), f->by_result[r]);
	buf_puts(b, "},\"gaps\":{");
	for (int g = 0; g <= GAP_COUNT; g++) {
		if (g == GAP_NONE || f->by_gap[g] == 0)
			continue;
		buf_printf(b, "%s\"%s\":%" PRIu64, first ? "" : ",",
			   g == GAP_COUNT ? "other" : gap_word((enum gap)g), f->by_gap[g]);
		first = false;
	}
	buf_putc(b, '}');
}

static void json_finding(struct buf *b, const struct finding *f)
{
	static const char *const words[] = {
		[FINDING_NOTE] = "note", [FINDING_STOPPED] = "truncated",
		[FINDING_ALTERED] = "altered",
	};

	buf_printf(b, "{\"finding\":\"%s\",\"severity\":\"%s\"", finding_word(f->id),
		   words[finding_severity(f->id)]);
	key_u64(b, "segment", f->segment);
	key_u64(b, "offset", f->offset);
	if (f->member.len > 0) {
		buf_puts(b, ",\"member\":");
		text_json_escaped(b, f->member.p, f->member.len);
	}
	if (f->detail[0] != '\0') {
		buf_puts(b, ",\"detail\":");
		text_json(b, f->detail, strlen(f->detail));
	}
	buf_puts(b, ",\"text\":");
	text_json(b, finding_text(f->id), strlen(finding_text(f->id)));
	buf_putc(b, '}');
}

static void json_matches(struct buf *b, const struct verify *v)
{
	const struct {
		const char *key;
		enum verify_match match;
	} rows[] = {
		{ "key", v->key }, { "root", v->root }, { "session", v->session_id },
		{ "nonce", v->nonce },
	};

	buf_puts(b, ",\"given\":{");
	for (size_t i = 0, shown = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].match != VERIFY_NOT_GIVEN)
			buf_printf(b, "%s\"%s\":\"%s\"", shown++ == 0 ? "" : ",", rows[i].key,
				   rows[i].match == VERIFY_HOLDS ? "holds" :
				   rows[i].match == VERIFY_DIFFERS ? "differs" : "not-compared");
	}
	buf_putc(b, '}');
}

/* How far the run came with what it planned. */
static void json_plan(struct buf *b, const struct planned *p)
{
	buf_printf(b, ",\"plan\":{\"end\":\"%s\"", planned_end_word(p->end));
	if (p->end != PLANNED_CUT && p->reason[0] != '\0') {
		buf_puts(b, ",\"reason\":");
		text_json(b, p->reason, strlen(p->reason));
	}
	buf_puts(b, ",\"categories\":[");
	for (size_t i = 0; i < p->count; i++) {
		buf_printf(b, "%s{\"category\":", i == 0 ? "" : ",");
		text_json(b, p->of[i].word, strlen(p->of[i].word));
		buf_printf(b, ",\"state\":\"%s\"}", planned_word(planned_state(p, i)));
	}
	buf_puts(b, "]}");
}

static void json_findings(struct buf *b, const struct verify *v)
{
	buf_puts(b, ",\"findings\":[");
	for (size_t i = 0; i < v->finding_count; i++) {
		if (i > 0)
			buf_putc(b, ',');
		json_finding(b, &v->findings[i].f);
	}
	buf_putc(b, ']');
	key_u64(b, "findings_not_shown", v->more);
}

void verify_show_json(struct buf *b, const struct verify *v, const char *name)
{
	const struct bundle_facts *f = &v->facts;

	buf_puts(b, "{\"archive\":");
	text_json_escaped(b, name, strlen(name));
	buf_printf(b, ",\"verdict\":\"%s\"", bundle_read_verdict_word(v->verdict));
	key_u64(b, "proven_bytes", f->proven_bytes);
	key_u64(b, "tar_bytes", f->tar_bytes);
	key_u64(b, "archive_bytes", f->archive_bytes);
	buf_printf(b, ",\"compression\":\"%s\"", compression_words[f->compression]);
	if (f->has_key) {
		key_hex(b, "session", f->session, sizeof(f->session));
		key_hash(b, "fingerprint", f->fingerprint);
	}
	if (f->has_root)
		key_hash(b, "root", f->root);
	if (f->has_seal)
		buf_printf(b, ",\"status\":\"%s\"",
			   f->last_seal.status == SEAL_COMPLETE ? "complete" :
			   f->last_seal.status == SEAL_INCOMPLETE ? "incomplete" : "running");
	key_u64(b, "seals", f->seals);
	key_u64(b, "objects", f->objects);
	key_u64(b, "members", f->members);
	key_u64(b, "members_unproven", f->unsealed);
	key_u64(b, "bytes", f->bytes);
	json_plan(b, &v->plan);
	json_counts(b, f);
	json_session(b, v);
	json_matches(b, v);
	json_findings(b, v);
	buf_puts(b, "}\n");
}
