/*
 * What a receipt brings from elsewhere.  The first byte picks the reader: lists and labels of
 * a bag, a signature, a time stamp, certificates, or the log of acts of a run.  Nothing that
 * was given is trusted, because no anchor was.
 */
#include <openssl/x509v3.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"
#include "workstation/receipt/bag.h"
#include "workstation/receipt/cms.h"
#include "workstation/receipt/stamp.h"
#include "workstation/verify/planned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
const char *__lsan_default_suppressions(void);
const char *__asan_default_options(void);

/* CMS_verify of libcrypto 3.0 loses the reader of a signature that names a digest it has not. */
const char *__lsan_default_suppressions(void)
{
	return "leak:CMS_verify\n";
}

/* It has no frame pointers: without this its callers are not known. */
const char *__asan_default_options(void)
{
	return "fast_unwind_on_malloc=0";
}

/* Sorted, each once, found by its name, and none with what cannot be in a path. */
static void try_list(const char *text, size_t n, size_t hash_len)
{
	struct bag_list l;

	if (bag_list_parse(&l, text, n, hash_len) == 0) {
		for (size_t i = 0; i < l.count; i++)
			if (l.lines[i].path[0] == '\0' || l.lines[i].hash_len != hash_len ||
			    bag_list_find(&l, l.lines[i].path) != &l.lines[i])
				abort();
	}
	bag_list_release(&l);
}

static void try_info(const char *text, size_t n)
{
	struct buf b;

	buf_init(&b, 1u << 20);
	if (bag_info_find(text, n, "Exhibit-Archive", &b) &&
	    (b.failed || (b.len > 0 && memchr(b.p, '\n', b.len) != NULL)))
		abort();
	buf_release(&b);
}

static void try_cms(const void *der, size_t n, const struct trust *none)
{
	static const char signed_bytes[] = "tag manifest\n";
	struct cms_expect x = { .anchors = none, .helpers = none, .own = none,
			       .at = 1763895180 };
	struct cms_bytes b = { der, n, signed_bytes, sizeof(signed_bytes) - 1 };
	struct cms_checked c;

	cms_check(&b, &x, &c);
	if ((c.holds && c.trust == TRUST_ANCHORED) || c.why == NULL ||
	    !text_is_shown(buf_cstr(&c.signer), c.signer.len))
		abort();
	buf_release(&c.signer);
}

static void try_stamp(const void *der, size_t n, const struct trust *none)
{
	static const uint8_t hash[DIGEST_LEN] = { 1 };
	struct stamp_expect x = { .anchors = none, .helpers = none, .own = none, .at = 1763895180,
				  .request = der, .request_len = n };
	struct stamp_checked c;

	stamp_check(der, n, hash, &x, &c);
	if ((c.state == STAMP_HOLDS && c.trust == TRUST_ANCHORED) || c.why == NULL)
		abort();
	buf_release(&c.authority);
}

static void try_trust(const void *data, size_t n, const struct trust *none)
{
	struct err e = { 0 };
	struct trust t, roots;
	const char *why;

	if (trust_init(&t, &e) != 0)
		return;
	(void)trust_add(&t, data, n);
	if (trust_roots_of(&roots, &t, &e) == 0 && sk_X509_num(t.certs) > 0) {
		struct trust_question q = { .cert = sk_X509_value(t.certs, 0), .anchors = none,
					    .purpose = X509_PURPOSE_ANY, .helpers = &t,
					    .at = 1763895180 };

		if (trust_check(&q, &why) == TRUST_ANCHORED)
			abort();
		q.anchors = &roots;
		(void)trust_check(&q, &why);
	}
	trust_release(&roots);
	trust_release(&t);
}

/* A session, a NUL, a log of acts that comes in pieces of ${piece} bytes; without the NUL the text
 * is both.  What is said of it goes to ${b}. */
static void say_plan(struct buf *b, struct bytes text, const struct bundle_facts *f, size_t piece)
{
	const char *at = text.p, *nul = memchr(at, '\0', text.len);
	size_t left = text.len, known = 0;
	struct finding broken;
	struct planned p;
	bool is_broken;

	planned_init(&p);
	planned_session(&p, at, nul == NULL ? left : (size_t)(nul - at));
	at = nul == NULL ? at : nul + 1;
	left -= (size_t)(at - (const char *)text.p);
	planned_member(&p, (struct bytes){ "CUSTODY/actions.jsonl", 21 });
	for (; left > 0; at += piece, left -= piece) {
		piece = piece < left ? piece : left;
		planned_data(&p, at, piece);
	}
	planned_finish(&p, f);
	planned_say(b, &p, "; ");
	is_broken = planned_broken(&p, f, &broken);
	if (is_broken && strlen(broken.detail) >= FINDING_DETAIL_LEN)
		abort();
	/* nothing is said of a plan only if all of it was done, or if its end was forged */
	if ((b->len == 0) != (p.end == PLANNED_COMPLETED) || (is_broken && b->len > 0))
		abort();
	if (b->len == 0 && !is_broken &&
	    (p.count == 0 || p.unread + p.log.garbled > 0 ||
	     planned_count(&p, PLANNED_DONE) < p.count))
		abort();
	for (int state = 0; state < PLANNED_STATES; state++)
		known += planned_count(&p, (enum planned_state)state);
	if (known != p.count || p.log.line.cap > PLAN_LINE_MAX)
		abort();
	planned_release(&p);
}

/* How an archive ends decides what is made of its plan, how it is read does not. */
static void try_plan(const char *text, size_t n, bool final, enum seal_status status)
{
	struct bundle_facts f = { .has_root = final, .last_seal.status = status,
				  .verdict = final ? BUNDLE_COMPLETE : BUNDLE_TRUNCATED };
	struct buf whole, pieces;

	buf_init(&whole, 65536);
	buf_init(&pieces, 65536);
	say_plan(&whole, (struct bytes){ text, n }, &f, n);
	say_plan(&pieces, (struct bytes){ text, n }, &f, 7);
	/* what is said is safe for a terminal, and fits where it is kept */
	if (whole.failed || !text_is_shown(buf_cstr(&whole), whole.len) ||
	    strcmp(buf_cstr(&whole), buf_cstr(&pieces)) != 0)
		abort();
	buf_release(&whole);
	buf_release(&pieces);
}

static void try_plans(const char *text, size_t n)
{
	try_plan(text, n, false, SEAL_RUNNING);
	try_plan(text, n, true, SEAL_INCOMPLETE);
	try_plan(text, n, true, SEAL_COMPLETE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct err e = { 0 };
	struct trust none;

	if (n == 0 || trust_init(&none, &e) != 0)
		return 0;
	switch (*data) {
	case '3': try_list((const char *)data + 1, n - 1, 32); break;
	case '6': try_list((const char *)data + 1, n - 1, 64); break;
	case 'i': try_info((const char *)data + 1, n - 1); break;
	case 'c': try_cms(data + 1, n - 1, &none); break;
	case 's': try_stamp(data + 1, n - 1, &none); break;
	case 't': try_trust(data + 1, n - 1, &none); break;
	case 'p': try_plans((const char *)data + 1, n - 1); break;
	default: break;
	}
	trust_release(&none);
	return 0;
}
