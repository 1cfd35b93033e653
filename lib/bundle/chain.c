#include "lib/bundle/chain.h"

#include <string.h>

#include "lib/hash/digest.h"

void chain_begin(struct chain *c, const uint8_t session[SEAL_SESSION_LEN],
		 const uint8_t key[KEY_PUBLIC_LEN])
{
	*c = (struct chain){ 0 };
	memcpy(c->session, session, sizeof(c->session));
	memcpy(c->key, key, sizeof(c->key));
}

/*
 * What the text says of itself comes before the signature only because it gives
 * the more telling word; nothing is accepted unless all of it holds.
 */
static enum finding_id compare(const struct chain *c, const struct seal *s,
			       const struct chain_facts *f)
{
	if (memcmp(s->session, c->session, sizeof(c->session)) != 0)
		return FINDING_SEAL_SESSION;
	if (s->seq != f->segment)
		return FINDING_SEAL_SEQ;
	if (memcmp(s->prev_sha256, c->prev_sha256, sizeof(c->prev_sha256)) != 0)
		return FINDING_SEAL_CHAIN;
	return FINDING_NONE;
}

static enum finding_id compare_content(const struct seal *s, const struct chain_facts *f)
{
	if (s->stream_bytes != f->stream_bytes ||
	    memcmp(s->stream_sha256, f->stream_sha256, sizeof(f->stream_sha256)) != 0)
		return FINDING_SEAL_STREAM;
	if (memcmp(s->manifest_sha256, f->manifest_sha256, sizeof(f->manifest_sha256)) != 0)
		return FINDING_SEAL_MANIFEST;
	if (s->objects != f->objects || s->members != f->members || s->gaps != f->gaps)
		return FINDING_SEAL_COUNTS;
	return FINDING_NONE;
}

enum finding_id chain_check(struct chain *c, struct bytes text, struct bytes sig,
			    const struct chain_facts *facts, struct seal *out)
{
	enum finding_id wrong;

	if (c->ended || sig.len != KEY_SIGNATURE_LEN || seal_parse(text.p, text.len, out) != 0)
		return FINDING_BAD_SEAL;
	wrong = compare(c, out, facts);
	if (wrong != FINDING_NONE)
		return wrong;
	if (key_verify(c->key, text.p, text.len, sig.p) != 1)
		return FINDING_SEAL_SIGNATURE;
	wrong = compare_content(out, facts);
	if (wrong != FINDING_NONE)
		return wrong;
	digest_of(text.p, text.len, c->prev_sha256);
	memcpy(c->key, out->next_key, sizeof(c->key));
	c->ended = out->final;
	return FINDING_NONE;
}
