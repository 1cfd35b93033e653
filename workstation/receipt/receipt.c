#include "workstation/receipt/receipt.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/fd.h"

static const struct {
	const char *word, *text;
} checks[] = {
#define CHECK(id, word, text) { word, text },
#include "workstation/receipt/receipt_check.def"
#undef CHECK
};

#define FAILS RECEIPT_FAILS
#define LACKS RECEIPT_LACKS
#define UNKNOWN RECEIPT_UNKNOWN
static const struct {
	const char *word, *text;
	enum receipt_check check;
	enum receipt_severity severity;
} faults[] = {
#define FAULT(id, word, check, severity, text) { word, text, RECEIPT_CHECK_##check, severity },
#include "workstation/receipt/receipt_fault.def"
#undef FAULT
	{ "none", "", RECEIPT_CHECK_COUNT, RECEIPT_HOLDS },
};

const char *receipt_check_word(enum receipt_check c)
{
	return checks[c].word;
}

const char *receipt_check_text(enum receipt_check c)
{
	return checks[c].text;
}

const char *receipt_fault_word(enum receipt_fault f)
{
	return faults[f].word;
}

const char *receipt_fault_text(enum receipt_fault f)
{
	return faults[f].text;
}

enum receipt_check receipt_fault_check(enum receipt_fault f)
{
	return faults[f].check;
}

enum receipt_severity receipt_fault_severity(enum receipt_fault f)
{
	return faults[f].severity;
}

void receipt_note(struct receipt *r, enum receipt_fault f, const char *fmt, ...)
{
	enum receipt_check c = receipt_fault_check(f);
	va_list ap;

	if (receipt_fault_severity(r->of[c].fault) >= receipt_fault_severity(f))
		return;
	r->of[c].fault = f;
	va_start(ap, fmt);
	vsnprintf(r->of[c].detail, sizeof(r->of[c].detail), fmt, ap);
	va_end(ap);
}

/* ------------------------------------------------------------ signature and time stamp */

/* Anchors that the checker brings, or else the bag's own roots. */
struct anchors {
	struct trust given, own;
	bool by_bag;
};

static int load_anchors(struct anchors *a, const struct option_list *files,
			const struct trust *helpers, struct err *e)
{
	if (trust_init(&a->given, e) != 0 || trust_roots_of(&a->own, helpers, e) != 0)
		return -1;
	a->by_bag = files == NULL || files->n == 0;
	for (size_t i = 0; !a->by_bag && i < files->n; i++)
		if (trust_add_file(&a->given, files->p[i], e) != 0)
			return -1;
	return 0;
}

static const struct trust *anchors_of(const struct anchors *a)
{
	return a->by_bag ? &a->own : &a->given;
}

static void release_anchors(struct anchors *a)
{
	trust_release(&a->given);
	trust_release(&a->own);
}

/* Faults of a chain by what trust_check says; NONE for ANCHORED. */
struct chain_faults {
	enum receipt_fault of[TRUST_NONE + 1], by_bag;
};

static const struct chain_faults signer_faults = {
	{ RECEIPT_NONE, RECEIPT_EXPIRED_SIGNER, RECEIPT_EARLY_SIGNER, RECEIPT_REVOKED_SIGNER,
	  RECEIPT_UNKNOWN_SIGNER },
	RECEIPT_SIGNER_BY_BAG,
};
static const struct chain_faults authority_faults = {
	{ RECEIPT_NONE, RECEIPT_EXPIRED_STAMP, RECEIPT_EARLY_AUTHORITY, RECEIPT_REVOKED_AUTHORITY,
	  RECEIPT_UNKNOWN_AUTHORITY },
	RECEIPT_AUTHORITY_BY_BAG,
};

static void note_chain(struct receipt *r, const struct chain_faults *f, bool by_bag,
		       enum trust_state state, const char *why)
{
	/* A bag without roots of its own says no more than one with them. */
	if (by_bag && (state == TRUST_ANCHORED || state == TRUST_NONE))
		receipt_note(r, f->by_bag, "%s", "");
	else if (state != TRUST_ANCHORED)
		receipt_note(r, f->of[state], "%s", why);
}

static void look_signature(struct receipt *r, const struct buf *tags, const struct anchors *a,
			   const struct trust *helpers, const struct receipt_expect *x,
			   X509 *signer)
{
	struct cms_expect expect = { .anchors = anchors_of(a), .helpers = helpers,
				     .own = &a->own, .at = x->at, .signer = signer };
	struct err e = { 0 };
	struct buf der;

	if (file_load_below(r->dir, BAG_SIGNATURE, &der, CMS_SIGNATURE_MAX, &e) != 0) {
		if (e.oserr == ENOENT)
			receipt_note(r, RECEIPT_UNSIGNED, "%s", "");
		else
			receipt_note(r, RECEIPT_BAD_SIGNATURE, "it cannot be read");
		receipt_note(r, RECEIPT_NO_SIGNER, "%s", "");
		buf_release(&der);
		return;
	}
	r->has_sign = true;
	cms_check(&(struct cms_bytes){ der.p, der.len, tags->p, tags->len }, &expect, &r->sign);
	buf_release(&der);
	if (!r->sign.holds) {
		receipt_note(r, RECEIPT_BAD_SIGNATURE, "%s", r->sign.why);
		receipt_note(r, RECEIPT_NO_SIGNER, "%s", "");
		return;
	}
	if (r->sign.weak != NULL)
		receipt_note(r, RECEIPT_WEAK_SIGNATURE, "%s", r->sign.weak);
	if (r->sign.outside > RECEIPT_CLOCKS_APART)
		receipt_note(r, RECEIPT_SIGNED_OUTSIDE, "by its own word");
	if (!r->sign.may_sign)
		receipt_note(r, RECEIPT_NOT_FOR_SIGNING, "%s", "");
	if (!r->sign.expected)
		receipt_note(r, RECEIPT_WRONG_SIGNER, "signed by %.180s",
			     buf_cstr(&r->sign.signer));
	note_chain(r, &signer_faults, a->by_bag, r->sign.trust, r->sign.why);
}

static void note_stamp(struct receipt *r, bool by_bag)
{
	static const enum receipt_fault of[] = {
		[STAMP_HOLDS] = RECEIPT_NONE, [STAMP_NONE] = RECEIPT_BAD_STAMP,
		[STAMP_REFUSED] = RECEIPT_BAD_STAMP, [STAMP_BAD] = RECEIPT_BAD_STAMP,
		[STAMP_FOREIGN] = RECEIPT_FOREIGN_STAMP, [STAMP_NONCE] = RECEIPT_STAMP_NONCE,
		[STAMP_OUTSIDE] = RECEIPT_STAMP_OUTSIDE,
	};

	if (!r->stamp.asked)
		receipt_note(r, RECEIPT_STAMP_UNASKED, "%s", "");
	if (r->stamp.state == STAMP_FUTURE)
		receipt_note(r, RECEIPT_STAMP_FUTURE, "%s", "");
	if (!stamp_is_whole(r->stamp.state)) {
		receipt_note(r, of[r->stamp.state], "%s",
			     of[r->stamp.state] == RECEIPT_BAD_STAMP ? r->stamp.why : "");
		receipt_note(r, RECEIPT_NO_AUTHORITY, "%s", "");
		return;
	}
	note_chain(r, &authority_faults, by_bag, r->stamp.trust, r->stamp.why);
}

static void look_stamp(struct receipt *r, const struct anchors *a, const struct trust *helpers,
		       time_t at)
{
	struct stamp_expect expect = { .anchors = anchors_of(a), .helpers = helpers,
				       .own = &a->own, .at = at, .now = time(NULL) };
	struct err e = { 0 }, none = { 0 };
	struct buf der, request;

	if (file_load_below(r->dir, BAG_REQUEST, &request, STAMP_MAX, &none) == 0) {
		expect.request = request.p;
		expect.request_len = request.len;
	}
	if (file_load_below(r->dir, BAG_RESPONSE, &der, STAMP_MAX, &e) == 0) {
		r->has_stamp = true;
		stamp_check(der.p, der.len, r->tags_sha256, &expect, &r->stamp);
		note_stamp(r, a->by_bag);
	} else {
		receipt_note(r, e.oserr == ENOENT ? RECEIPT_UNSTAMPED : RECEIPT_BAD_STAMP, "%s",
			     e.oserr == ENOENT ? "" : "it cannot be read");
		receipt_note(r, RECEIPT_NO_AUTHORITY, "%s", "");
	}
	buf_release(&der);
	buf_release(&request);
}

/* ------------------------------------------------------------ the bag */

static void note_bag(struct receipt *r)
{
	static const enum receipt_fault of[] = {
		[BAG_GOOD] = RECEIPT_NONE, [BAG_NO_FORM] = RECEIPT_BAG_FORM,
		[BAG_TAG_CHANGED] = RECEIPT_TAG_CHANGED, [BAG_CHANGED] = RECEIPT_FILE_CHANGED,
		[BAG_MISSING] = RECEIPT_FILE_MISSING, [BAG_EXTRA] = RECEIPT_FILE_EXTRA,
		[BAG_OXUM] = RECEIPT_OXUM, [BAG_FETCH] = RECEIPT_FETCH,
		[BAG_OTHER_LIST] = RECEIPT_OTHER_LIST, [BAG_UNLISTED] = RECEIPT_UNLISTED,
	};

	bag_look(r->dir, &r->bag);
	if (r->bag.fault != BAG_GOOD)
		receipt_note(r, of[r->bag.fault], "%.200s", r->bag.detail);
}

/* What is in trust/ carries its own proof, or has no place there. */
static void load_helpers(struct receipt *r, struct trust *helpers)
{
	struct buf odd;

	buf_init(&odd, 4096);
	trust_add_folder(helpers, r->dir, BAG_TRUST, &odd);
	if (odd.len > 0)
		receipt_note(r, RECEIPT_UNLISTED, "trust/%.200s, which is no certificate",
			     buf_cstr(&odd));
	buf_release(&odd);
}

/* Which file is the archive, and its hash as the bag lists it. */
static void find_archive(struct receipt *r)
{
	struct bag_list list = { 0 };
	const struct bag_line *line;
	struct err e = { 0 };
	struct buf text, name;

	buf_init(&name, 256);
	if (file_load_below(r->dir, BAG_INFO, &text, BAG_LIST_MAX, &e) == 0 &&
	    bag_info_find(text.p, text.len, "Exhibit-Archive", &name) &&
	    bag_is_name(buf_cstr(&name)))
		snprintf(r->archive, sizeof(r->archive), "data/%s", buf_cstr(&name));
	else
		receipt_note(r, RECEIPT_BAG_FORM, "bag-info.txt names no archive of ours");
	buf_release(&text);
	buf_release(&name);
	if (file_load_below(r->dir, "manifest-sha256.txt", &text, BAG_LIST_MAX, &e) == 0 &&
	    bag_list_parse(&list, text.p, text.len, DIGEST_LEN) == 0 &&
	    (line = bag_list_find(&list, r->archive)) != NULL) {
		memcpy(r->sha256, line->hash, DIGEST_LEN);
		r->has_sha256 = true;
	}
	bag_list_release(&list);
	buf_release(&text);
}

static int look_proofs(struct receipt *r, const struct receipt_expect *x,
		       const struct trust *helpers, X509 *signer, struct err *e)
{
	struct anchors ca = { 0 }, tsa = { 0 };
	struct buf tags;
	int result = 0;

	if (load_anchors(&ca, x->ca, helpers, e) != 0 ||
	    load_anchors(&tsa, x->tsa_ca, helpers, e) != 0)
		result = -1;
	buf_init(&tags, 1);
	if (result == 0 && file_load_below(r->dir, BAG_TAGS, &tags, BAG_LIST_MAX, NULL) == 0)
		digest_of(tags.p, tags.len, r->tags_sha256);
	if (result == 0) {
		look_signature(r, &tags, &ca, helpers, x, signer);
		look_stamp(r, &tsa, helpers, x->at);
	}
	buf_release(&tags);
	release_anchors(&ca);
	release_anchors(&tsa);
	return result;
}

/* The certificate that must have signed, or NULL if none was given. */
static int load_signer(const char *path, X509 **out, struct err *e)
{
	struct trust t;

	*out = NULL;
	if (path == NULL)
		return 0;
	if (trust_init(&t, e) == 0 && trust_add_file(&t, path, e) == 0)
		*out = sk_X509_shift(t.certs);
	trust_release(&t);
	return *out != NULL ? 0 : err_set(e, 0, "%.150s: no certificate in it", path);
}

int receipt_open(struct receipt *r, const char *path, const struct receipt_expect *x,
		 struct err *e)
{
	struct trust helpers = { NULL, NULL };
	X509 *signer = NULL;
	int result = -1;

	*r = (struct receipt){ .dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC),
			       .archive_fd = -1 };
	for (size_t i = 0; i < RECEIPT_CHECK_COUNT; i++)
		r->of[i].fault = RECEIPT_NONE;
	if (r->dir < 0)
		return err_set(e, errno, "opening the bag %.150s", path);
	if (trust_init(&helpers, e) == 0 && load_signer(x->signer, &signer, e) == 0) {
		load_helpers(r, &helpers);
		note_bag(r);
		find_archive(r);
		result = look_proofs(r, x, &helpers, signer, e);
	}
	if (result == 0)
		receipt_papers(r);
	X509_free(signer);
	trust_release(&helpers);
	return result;
}

void receipt_release(struct receipt *r)
{
	fd_close(&r->dir);
	fd_close(&r->archive_fd);
	arrival_release(&r->log);
	buf_release(&r->sign.signer);
	buf_release(&r->stamp.authority);
	ledger_check_release(&r->record);
	buf_release(&r->record_text);
}

enum receipt_severity receipt_verdict(const struct receipt *r)
{
	enum receipt_severity worst = RECEIPT_HOLDS;

	for (size_t i = 0; i < RECEIPT_CHECK_COUNT; i++)
		if (receipt_fault_severity(r->of[i].fault) > worst)
			worst = receipt_fault_severity(r->of[i].fault);
	return worst;
}

const char *receipt_verdict_word(enum receipt_severity s)
{
	static const char *const words[] = {
		[RECEIPT_HOLDS] = "PROVEN", [RECEIPT_UNKNOWN] = "INCOMPLETE",
		[RECEIPT_LACKS] = "INCOMPLETE", [RECEIPT_FAILS] = "ALTERED",
	};

	return words[s];
}
