#include "workstation/verify/verify.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "lib/base/text.h"
#include "lib/custody/session_read.h"
#include "lib/seal/key.h"

#define NAME_MAX_KEPT 65536u

static int keep_finding(void *ctx, const struct finding *f)
{
	struct verify *v = ctx;
	struct verify_finding *to;

	if (v->finding_count == VERIFY_FINDINGS_MAX) {
		v->more++;
		return BUNDLE_GO;
	}
	to = &v->findings[v->finding_count++];
	to->f = *f;
	buf_init(&to->name, NAME_MAX_KEPT);
	buf_add(&to->name, f->member.p, f->member.len < NAME_MAX_KEPT ? f->member.len :
		NAME_MAX_KEPT);
	to->f.member = (struct bytes){ to->name.p, to->name.len };
	return BUNDLE_GO;
}

static int keep_session(void *ctx, const char *text, size_t n)
{
	struct verify *v = ctx;

	buf_add(&v->session, text, n);
	if (v->session.failed)
		return -1;
	planned_session(&v->plan, text, n);
	return v->watch != NULL && v->watch->session != NULL ?
	       v->watch->session(v->watch_ctx, v) : BUNDLE_GO;
}

static int keep_seal(void *ctx, const struct seal *s)
{
	struct verify *v = ctx;

	if (s->seq == 0)
		v->first_seal = s->utc;
	return v->watch != NULL && v->watch->sealed != NULL ?
	       v->watch->sealed(v->watch_ctx, v, s) : BUNDLE_GO;
}

static int note_member(void *ctx, const struct pax_member *m, enum bundle_kind kind)
{
	struct verify *v = ctx;

	(void)kind;
	planned_member(&v->plan, m->name);
	return BUNDLE_GO;
}

static int note_data(void *ctx, const void *data, size_t n, uint64_t offset)
{
	struct verify *v = ctx;

	(void)offset;
	planned_data(&v->plan, data, n);
	return BUNDLE_GO;
}

static int note_line(void *ctx, const struct manifest_line *l, const char *text, size_t n)
{
	struct verify *v = ctx;

	(void)text;
	(void)n;
	planned_line(&v->plan, l->category);
	return BUNDLE_GO;
}

static void check_plan(struct verify *v)
{
	struct finding f;

	planned_finish(&v->plan, &v->facts);
	if (!planned_broken(&v->plan, &v->facts, &f))
		return;
	keep_finding(v, &f);
	v->first = f;
	v->verdict = BUNDLE_ALTERED;
	v->plan_broken = true;
}

static int check_hash(const char *typed, const char *option, struct err *e)
{
	static const uint8_t any[DIGEST_LEN];

	if (typed == NULL || key_short_match(typed, any) >= 0)
		return 0;
	return err_set(e, 0, "--%s: neither 64 hex digits nor the short form, or mistyped "
		       "(the check letter does not fit)", option);
}

int verify_check_expect(const struct verify_expect *x, struct err *e)
{
	uint8_t id[SEAL_SESSION_LEN];

	if (check_hash(x->key, "key", e) != 0 || check_hash(x->root, "root", e) != 0)
		return -1;
	if (x->session != NULL && text_unhex(id, sizeof(id), x->session) != 0)
		return err_set(e, 0, "--session: a session id has 32 hex digits");
	if (x->nonce != NULL && (*x->nonce == '\0' ||
				 x->nonce[strspn(x->nonce, "0123456789abcdefABCDEF")] != '\0'))
		return err_set(e, 0, "--nonce: hex digits, as they were given to the collector");
	return 0;
}

/* A comparison came out: note it, and a finding if it does not hold. */
static enum verify_match compared(struct verify *v, bool possible, bool holds, enum finding_id id)
{
	struct finding f = { .id = possible ? id : FINDING_NOT_COMPARED };

	if (possible && holds)
		return VERIFY_HOLDS;
	keep_finding(v, &f);
	if (!possible)
		return VERIFY_NOT_COMPARED;
	if (v->verdict != BUNDLE_ALTERED)
		v->first = f;
	v->verdict = BUNDLE_ALTERED;
	return VERIFY_DIFFERS;
}

static bool same_nonce(const struct verify *v, const char *nonce)
{
	struct bytes is = session_read_find(v->session.p, v->session.len, "nonce");

	return is.len == strlen(nonce) && strncasecmp(is.p, nonce, is.len) == 0;
}

void verify_compare(struct verify *v, const struct verify_expect *x)
{
	const struct bundle_facts *f = &v->facts;
	uint8_t id[SEAL_SESSION_LEN];

	if (x->key != NULL)
		v->key = compared(v, f->has_key, key_short_match(x->key, f->fingerprint) == 1,
				  FINDING_KEY);
	if (x->root != NULL)
		v->root = compared(v, f->has_root, key_short_match(x->root, f->root) == 1,
				   FINDING_ROOT);
	if (x->session != NULL && text_unhex(id, sizeof(id), x->session) == 0)
		v->session_id = compared(v, f->has_key, memcmp(id, f->session, sizeof(id)) == 0,
					 FINDING_OTHER_SESSION);
	if (x->nonce != NULL)
		v->nonce = compared(v, f->has_key, same_nonce(v, x->nonce), FINDING_NONCE);
}

void verify_begin(struct verify *v, const struct verify_watch *watch, void *ctx)
{
	*v = (struct verify){ .watch = watch, .watch_ctx = ctx };
	planned_init(&v->plan);
	buf_init(&v->session, BUNDLE_SESSION_MAX);
}

int verify_read(struct verify *v, decompress_in *in, void *in_ctx, struct err *e)
{
	static const struct bundle_visitor visitor = {
		.session = keep_session, .member = note_member, .data = note_data,
		.line = note_line, .sealed = keep_seal, .finding = keep_finding,
	};

	if (bundle_read(in, in_ctx, &visitor, v, &v->facts, e) != 0)
		return err_set(e, ENOMEM, "reading the archive");
	v->verdict = v->facts.verdict;
	v->first = v->facts.first;
	check_plan(v);
	/* The acts are read here alone. */
	return err_starved() ? err_set(e, ENOMEM, "reading the archive") : 0;
}

int verify_run(struct verify *v, decompress_in *in, void *in_ctx, const struct verify_expect *x,
	       struct err *e)
{
	verify_begin(v, NULL, NULL);
	if (verify_read(v, in, in_ctx, e) != 0)
		return -1;
	verify_compare(v, x);
	return 0;
}

void verify_release(struct verify *v)
{
	buf_release(&v->session);
	planned_release(&v->plan);
	for (size_t i = 0; i < v->finding_count; i++)
		buf_release(&v->findings[i].name);
	v->finding_count = 0;
}
