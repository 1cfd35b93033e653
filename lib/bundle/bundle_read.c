#include "lib/bundle/bundle_read.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/archive/ustar.h"
#include "lib/base/text.h"
#include "lib/bundle/chain.h"
#include "lib/bundle/member_read.h"
#include "lib/bundle/seen.h"
#include "lib/bundle/segment_read.h"
#include "lib/custody/session_read.h"

/* Where we are in the grammar of FORMAT.md section 3. */
enum stage {
	AT_START, AFTER_SESSION, IN_EVIDENCE, IN_TEXTS, AFTER_MANIFEST, AFTER_SUMS, AFTER_SEAL,
	STAGE_COUNT
};

#define FINAL_FORM_MAX 4096u		/* bytes of seal.txt and its signature as members */

#define KIND(k) (1u << BUNDLE_##k)

static const unsigned allowed[STAGE_COUNT] = {
	[AT_START] = KIND(SESSION),
	[AFTER_SESSION] = KIND(README),
	[IN_EVIDENCE] = KIND(EVIDENCE) | KIND(TEXT) | KIND(MANIFEST),
	[IN_TEXTS] = KIND(TEXT) | KIND(MANIFEST),
	[AFTER_MANIFEST] = KIND(SUMS),
	[AFTER_SUMS] = KIND(SEAL),
	[AFTER_SEAL] = KIND(SIG),
};

struct reader {
	struct tell t;
	struct bundle_facts *facts;
	struct err *e;
	struct decompress *decompress;
	struct pax_read *pax;
	struct digest *stream;		/* of the tar bytes passed so far */
	uint64_t stream_bytes;
	struct member_read *content;
	struct segment_read *segment;
	struct seen *seen;
	struct chain chain;
	bool broken;			/* a seal or the session failed: no proof any more */
	enum stage stage;
	bool order_told;		/* in this segment */
	bool texts_seen;		/* in this segment */
	struct chain_facts at_seal;	/* as it was before the header of seal.txt */
	struct buf session, seal, sig;	/* whole content of these members */
	struct buf raw;			/* tar bytes from the last seal's header on */
	bool keep_raw;
	struct buf final;		/* what raw must be if this seal is the final one */
};

/* A member's small content is gathered here, or NULL. */
static struct buf *gathered(struct reader *r, enum bundle_kind kind)
{
	switch (kind) {
	case BUNDLE_SESSION:
		return &r->session;
	case BUNDLE_SEAL:
		return &r->seal;
	case BUNDLE_SIG:
		return &r->sig;
	default:
		return NULL;
	}
}

static ssize_t on_input(void *ctx, void *data, size_t n)
{
	struct reader *r = ctx;

	return decompress_read(r->decompress, data, n);
}

static void on_passed(void *ctx, const void *data, size_t n)
{
	struct reader *r = ctx;

	digest_add(r->stream, data, n);
	r->stream_bytes += n;
	if (r->keep_raw)
		buf_add(&r->raw, data, n);
}

/* ------------------------------------------------------------ before the content */

/* A path of the host as the kernel could say it: an honest writer has no other. */
static bool has_odd_component(struct bytes name)
{
	const char *p = name.p, *end = p + name.len;

	while (p < end) {
		const char *slash = memchr(p, '/', (size_t)(end - p));
		size_t n = (size_t)((slash == NULL ? end : slash) - p);

		if (n == 0 || (n <= 2 && memcmp(p, "..", n) == 0))
			return true;
		p += n + 1;
	}
	return false;
}

static int check_order(struct reader *r, enum bundle_kind kind, uint64_t segment,
		       struct bytes name)
{
	static const enum stage next[BUNDLE_KIND_COUNT] = {
		[BUNDLE_SESSION] = AFTER_SESSION, [BUNDLE_README] = IN_EVIDENCE,
		[BUNDLE_EVIDENCE] = IN_EVIDENCE, [BUNDLE_TEXT] = IN_TEXTS,
		[BUNDLE_MANIFEST] = AFTER_MANIFEST, [BUNDLE_SUMS] = AFTER_SUMS,
		[BUNDLE_SEAL] = AFTER_SEAL, [BUNDLE_SIG] = IN_EVIDENCE,
	};
	bool of_group = (KIND(MANIFEST) | KIND(SUMS) | KIND(SEAL) | KIND(SIG)) >> kind & 1;
	bool fits = allowed[r->stage] >> kind & 1;
	bool told = r->order_told;

	if (kind == BUNDLE_OTHER)
		return tell_finding(&r->t, FINDING_UNKNOWN_NAME, name, NULL);
	fits = fits && (!of_group || segment == r->t.segment);
	r->stage = next[kind];
	r->texts_seen |= kind == BUNDLE_TEXT;
	if (fits)
		return BUNDLE_GO;
	/* Once in a segment: what follows from it would only hide the first one. */
	r->order_told = true;
	return told ? BUNDLE_GO : tell_finding(&r->t, FINDING_ORDER, name, NULL);
}

static int check_type(struct reader *r, const struct pax_member *m, enum bundle_kind kind,
		      struct bytes name)
{
	bool plain = m->type == ITEM_FILE && !m->hardlink && m->extents == NULL;

	if (m->hardlink && (m->data > 0 || (!seen_has(r->seen, m->link) &&
					    !seen_forgot(r->seen))))
		return tell_finding(&r->t, FINDING_LINK_TARGET, name, NULL);
	if (kind == BUNDLE_EVIDENCE ? m->type == ITEM_UNKNOWN || m->type == ITEM_SOCKET : !plain)
		return tell_finding(&r->t, FINDING_UNKNOWN_NAME, name, "type of member");
	if (kind == BUNDLE_EVIDENCE && has_odd_component(name))
		return tell_finding(&r->t, FINDING_UNKNOWN_NAME, name, "path with . or ..");
	return BUNDLE_GO;
}

/* 1 in ${twice} if another member had this name. */
static int check_name(struct reader *r, struct bytes name, int *twice)
{
	*twice = seen_add(r->seen, name);
	if (*twice < 0)
		return err_set(r->e, ENOMEM, "remembering member names");
	return *twice ? tell_finding(&r->t, FINDING_DUPLICATE, name, NULL) : BUNDLE_GO;
}

/* What a seal signs is what was passed when its header begins. */
static void note_seal_point(struct reader *r)
{
	r->at_seal.segment = r->t.segment;
	r->at_seal.stream_bytes = r->stream_bytes;
	digest_peek(r->stream, r->at_seal.stream_sha256);
	segment_read_totals(r->segment, &r->at_seal);
	buf_clear(&r->raw);
	r->keep_raw = true;
}

/* ------------------------------------------------------------ after the content */

static const struct bytes nobody = { "", 0 };

/* Reads the hex value of ${name} in session.txt. */
static int session_hex(const struct reader *r, const char *name, void *out, size_t n)
{
	struct bytes v = session_read_find(r->session.p, r->session.len, name);
	char hex[DIGEST_HEX_LEN];

	if (v.len != 2 * n || v.len >= sizeof(hex))
		return -1;
	memcpy(hex, v.p, v.len);
	hex[v.len] = '\0';
	return text_unhex(out, n, hex);
}

static bool session_is_whole(const struct reader *r)
{
	struct session_read all;

	if (r->session.failed || session_read_begin(&all, r->session.p, r->session.len) != 0)
		return false;
	while (session_read_next(&all))
		;
	return !all.broken;
}

static int end_session(struct reader *r)
{
	uint8_t public[KEY_PUBLIC_LEN], named[DIGEST_LEN];

	if (!session_is_whole(r) ||
	    session_hex(r, "session", r->facts->session, SEAL_SESSION_LEN) != 0) {
		r->broken = true;
		return tell_finding(&r->t, FINDING_SESSION, nobody, NULL);
	}
	if (session_hex(r, "seal-key", public, sizeof(public)) != 0 ||
	    session_hex(r, "seal-key-sha256", named, sizeof(named)) != 0) {
		r->broken = true;
		return tell_finding(&r->t, FINDING_SESSION_KEY, nobody, NULL);
	}
	digest_of(public, sizeof(public), r->facts->fingerprint);
	r->facts->has_key = true;
	chain_begin(&r->chain, r->facts->session, public);
	if (memcmp(named, r->facts->fingerprint, DIGEST_LEN) != 0) {
		r->broken = true;
		return tell_finding(&r->t, FINDING_SESSION_KEY, nobody, NULL);
	}
	if (r->t.v->session == NULL)
		return BUNDLE_GO;
	return r->t.v->session(r->t.ctx, r->session.p, r->session.len);
}

/* No seal covers the members of the final one: so they have only one form. */
static void make_final_form(struct reader *r, const struct seal *s)
{
	char name[64];

	buf_clear(&r->final);
	snprintf(name, sizeof(name), "CUSTODY/segments/%06llu/seal.txt",
		 (unsigned long long)s->seq);
	ustar_member(&r->final, name, r->seal.p, r->seal.len, s->utc.sec);
	snprintf(name, sizeof(name), "CUSTODY/segments/%06llu/seal.txt.sig",
		 (unsigned long long)s->seq);
	ustar_member(&r->final, name, r->sig.p, r->sig.len, s->utc.sec);
}

static int seal_holds(struct reader *r, const struct seal *s)
{
	struct bundle_facts *facts = r->facts;

	facts->seals++;
	facts->proven_bytes = s->stream_bytes;
	facts->unsealed = 0;
	facts->has_seal = true;
	facts->last_seal = *s;
	facts->has_root = s->final;
	if (s->final) {
		digest_of(r->seal.p, r->seal.len, facts->root);
		make_final_form(r, s);
	}
	return r->t.v->sealed == NULL ? BUNDLE_GO : r->t.v->sealed(r->t.ctx, s);
}

/* The signature is the last member of a segment. */
static int end_sig(struct reader *r)
{
	struct bytes text = { r->seal.p, r->seal.len }, sig = { r->sig.p, r->sig.len };
	struct seal s = { 0 };
	enum finding_id wrong;
	int go = BUNDLE_GO;

	if (!r->facts->has_key && !r->broken) {
		r->broken = true;
		go = tell_finding(&r->t, FINDING_SESSION, nobody, "no session before a seal");
	}
	if (!r->broken) {
		wrong = chain_check(&r->chain, text, sig, &r->at_seal, &s);
		r->broken = wrong != FINDING_NONE;
		go = r->broken ? tell_finding(&r->t, wrong, nobody, NULL) : seal_holds(r, &s);
		if (go == BUNDLE_GO && !r->broken && !s.final && r->texts_seen)
			go = tell_finding(&r->t, FINDING_ORDER, nobody,
					  "texts before the last segment");
	}
	segment_read_close(r->segment);
	buf_clear(&r->seal);
	buf_clear(&r->sig);
	r->order_told = r->texts_seen = false;
	r->t.segment++;
	return go;
}

static int end_kind(struct reader *r, enum bundle_kind kind)
{
	switch (kind) {
	case BUNDLE_SESSION:
		return end_session(r);
	case BUNDLE_MANIFEST:
		return segment_read_lines_end(r->segment);
	case BUNDLE_SUMS:
		return segment_read_sums_end(r->segment);
	case BUNDLE_SIG:
		return end_sig(r);
	default:
		return BUNDLE_GO;
	}
}

/* Members that SHA256SUMS lists; evidence is in the manifest, too. */
static int end_listed(struct reader *r, enum bundle_kind kind, struct roll_member *m)
{
	if (!((KIND(SESSION) | KIND(README) | KIND(TEXT) | KIND(EVIDENCE)) >> kind & 1))
		return BUNDLE_GO;
	m->text = kind != BUNDLE_EVIDENCE;
	r->facts->unsealed += !m->text;
	if (!m->text)
		r->facts->bytes += m->data;
	return segment_read_member(r->segment, m);
}

/* ------------------------------------------------------------ one member */

static int take_piece(struct reader *r, enum bundle_kind kind, const void *data, size_t n)
{
	struct buf *b = gathered(r, kind);

	if (b != NULL)
		buf_add(b, data, n);
	if (kind == BUNDLE_MANIFEST)
		return segment_read_lines(r->segment, data, n);
	if (kind == BUNDLE_SUMS)
		return segment_read_sums(r->segment, data, n);
	return BUNDLE_GO;
}

/* Reads the content.  ${whole} says whether it was all there. */
static int read_content(struct reader *r, enum bundle_kind kind, bool *whole)
{
	const struct bundle_visitor *v = r->t.v;
	const void *data;
	uint64_t offset;
	ssize_t n;
	int go = BUNDLE_GO;

	while (go == BUNDLE_GO && (n = pax_read_data(r->pax, &data, &offset)) > 0) {
		member_read_data(r->content, data, (size_t)n, offset);
		go = take_piece(r, kind, data, (size_t)n);
		if (go == BUNDLE_GO && v->data != NULL)
			go = v->data(r->t.ctx, data, (size_t)n, offset);
	}
	*whole = go == BUNDLE_GO && n == 0;
	return go;
}

static int finish_member(struct reader *r, enum bundle_kind kind, struct roll_member *rm,
			 bool twice)
{
	int go = BUNDLE_GO;

	member_read_end(r->content, rm);
	if (!twice)
		go = end_listed(r, kind, rm);
	if (go == BUNDLE_GO && r->t.v->member_end != NULL)
		go = r->t.v->member_end(r->t.ctx, rm->has_hash ? rm->hash : NULL);
	return go == BUNDLE_GO ? end_kind(r, kind) : go;
}

/* The pointers of ${m} stay valid until the next member. */
static int read_member(struct reader *r, const struct pax_member *m)
{
	struct roll_member rm = { .name = m->name, .link = m->link, .type = m->type,
				  .hardlink = m->hardlink, .sparse = m->extents != NULL,
				  .data = m->data };
	uint64_t segment;
	enum bundle_kind kind = bundle_read_kind(m->name, &segment);
	struct buf *b = gathered(r, kind);
	int go, twice;
	bool whole = false;

	if (m->type == ITEM_DIR)
		rm.name.len -= ((const char *)m->name.p)[m->name.len - 1] == '/';
	go = check_order(r, kind, segment, rm.name);
	if (go == BUNDLE_GO)
		go = check_type(r, m, kind, rm.name);
	if (go == BUNDLE_GO)
		go = check_name(r, rm.name, &twice);
	if (go != BUNDLE_GO)
		return go;
	if (kind == BUNDLE_SEAL)
		note_seal_point(r);
	if (b != NULL)
		buf_clear(b);
	if (r->t.v->member != NULL)
		go = r->t.v->member(r->t.ctx, m, kind);
	member_read_begin(r->content, m);
	if (go == BUNDLE_GO)
		go = read_content(r, kind, &whole);
	return go == BUNDLE_GO && whole ? finish_member(r, kind, &rm, twice) : go;
}

/* ------------------------------------------------------------ the end */

/* What is wrong with the stream below the tar: frames, and encryption around them. */
static enum finding_id judge_frames(const struct reader *r, enum finding_id cut)
{
	switch (decompress_state(r->decompress)) {
	case DECOMPRESS_DAMAGED:
		return FINDING_DAMAGED_FRAME;
	case DECOMPRESS_IN_WAS_ALTERED:
		return FINDING_DAMAGED_ENCRYPTION;
	case DECOMPRESS_IN_WAS_CUT:
		return FINDING_CUT_ENCRYPTION;
	case DECOMPRESS_CUT:
		return cut;
	default:
		return FINDING_NONE;
	}
}

/* After the final seal: two zero blocks, and then nothing. */
static enum finding_id judge_final(struct reader *r, enum pax_end end)
{
	bool as_made = !r->raw.failed && r->raw.len == r->final.len &&
		       memcmp(r->raw.p, r->final.p, r->raw.len) == 0;
	enum finding_id frames;
	bool nonzero;
	uint64_t rest;

	r->keep_raw = false;
	rest = pax_read_rest(r->pax, &nonzero);
	if (end == PAX_DAMAGED || nonzero || rest > 1024)
		return FINDING_AFTER_FINAL;
	frames = judge_frames(r, FINDING_END_CUT);
	if (finding_severity(frames) == FINDING_ALTERED)
		return frames;
	if (!as_made)
		return FINDING_SEAL_FORM;
	return rest < 1024 && frames == FINDING_NONE ? FINDING_END_CUT : frames;
}

static enum finding_id judge_unfinished(struct reader *r, enum pax_end end)
{
	enum finding_id frames;
	bool nonzero;

	if (end == PAX_DAMAGED)
		return FINDING_DAMAGED_TAR;
	pax_read_rest(r->pax, &nonzero);
	frames = judge_frames(r, FINDING_CUT);
	if (finding_severity(frames) == FINDING_ALTERED)
		return frames;
	if (end == PAX_END)
		return FINDING_NO_FINAL;
	return frames == FINDING_NONE ? FINDING_CUT : frames;
}

static int judge(struct reader *r, enum pax_end end)
{
	enum finding_id id;

	r->t.offset = pax_read_position(r->pax);
	id = r->chain.ended ? judge_final(r, end) : judge_unfinished(r, end);
	/* A broken chain was told; that its end is missing too is no news. */
	if (id == FINDING_NO_FINAL && r->broken)
		return BUNDLE_GO;
	return tell_finding(&r->t, id, nobody,
			    end == PAX_DAMAGED ? pax_read_complaint(r->pax) : NULL);
}

static int walk(struct reader *r)
{
	struct pax_member m;
	enum pax_end end;
	int go = BUNDLE_GO;

	while ((end = pax_read_next(r->pax, &m)) == PAX_MORE) {
		r->t.offset = m.header;
		if (r->chain.ended)
			return tell_finding(&r->t, FINDING_AFTER_FINAL, m.name, NULL);
		go = read_member(r, &m);
		if (go != BUNDLE_GO)
			return go;
	}
	if (end == PAX_FAILED)
		return -1;
	go = judge(r, end);
	if (go == BUNDLE_GO && seen_forgot(r->seen))
		go = tell_finding(&r->t, FINDING_DUPLICATES, nobody, NULL);
	return go;
}

/* ------------------------------------------------------------ beginning and end */

static int open_reader(struct reader *r, decompress_in *in, void *in_ctx)
{
	buf_init(&r->session, BUNDLE_SESSION_MAX);
	buf_init(&r->seal, SEAL_TEXT_MAX);
	buf_init(&r->sig, KEY_SIGNATURE_LEN + 1);
	buf_init(&r->raw, FINAL_FORM_MAX);
	buf_init(&r->final, FINAL_FORM_MAX);
	r->decompress = decompress_new(in, in_ctx, r->e);
	r->pax = pax_read_new(on_input, on_passed, r, r->e);
	r->segment = segment_read_new(&r->t, r->e);
	r->stream = digest_new();
	r->content = member_read_new();
	r->seen = seen_new(SEEN_READ);
	if (r->decompress == NULL || r->pax == NULL || r->segment == NULL || r->stream == NULL ||
	    r->content == NULL || r->seen == NULL)
		return err_set(r->e, ENOMEM, "reading the archive");
	return 0;
}

static void close_reader(struct reader *r)
{
	pax_read_free(r->pax);
	decompress_free(r->decompress);
	segment_read_free(r->segment);
	digest_free(r->stream);
	member_read_free(r->content);
	seen_free(r->seen);
	buf_release(&r->session);
	buf_release(&r->seal);
	buf_release(&r->sig);
	buf_release(&r->raw);
	buf_release(&r->final);
}

int bundle_read(decompress_in *in, void *in_ctx, const struct bundle_visitor *v, void *ctx,
		struct bundle_facts *facts, struct err *e)
{
	struct reader r = { .t = { .v = v, .ctx = ctx, .facts = facts }, .facts = facts, .e = e };
	int go;

	*facts = (struct bundle_facts){ .first = { .id = FINDING_NONE } };
	go = open_reader(&r, in, in_ctx);
	if (go == 0) {
		go = walk(&r);
		facts->compression = decompress_kind(r.decompress);
		facts->archive_bytes = decompress_position(r.decompress);
		facts->tar_bytes = r.stream_bytes;
		facts->names_forgotten = seen_forgot(r.seen);
	}
	close_reader(&r);
	/* A verdict that lack of memory may have had a part in is none. */
	return err_starved() ? err_set(e, ENOMEM, "reading the archive") : go;
}
