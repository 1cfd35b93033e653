#include "lib/bundle/chain.h"

#include <check.h>
#include <string.h>

#include "lib/hash/digest.h"

Suite *suite_chain(void);

static struct key *keys[3];
static uint8_t session[SEAL_SESSION_LEN] = { 1, 2, 3 };

static void setup(void)
{
	ck_assert_int_eq(digest_start(), 0);
	for (uint8_t i = 0; i < 3; i++) {
		uint8_t seed[KEY_SEED_LEN] = { i };

		keys[i] = key_from_seed(seed, NULL);
		ck_assert_ptr_nonnull(keys[i]);
	}
}

static void teardown(void)
{
	for (size_t i = 0; i < 3; i++)
		key_free(keys[i]);
}

static struct chain_facts facts_of(uint64_t segment)
{
	struct chain_facts f = { .segment = segment, .stream_bytes = 512 * (segment + 1),
				 .objects = segment, .members = segment, .gaps = 0 };

	memset(f.stream_sha256, (int)segment + 1, sizeof(f.stream_sha256));
	memset(f.manifest_sha256, (int)segment + 9, sizeof(f.manifest_sha256));
	return f;
}

/* An honest seal of ${segment}; the last one is number 1. */
static struct seal honest(const struct chain *c, const struct chain_facts *f)
{
	struct seal s = { .seq = f->segment, .stream_bytes = f->stream_bytes,
			  .objects = f->objects, .members = f->members, .gaps = f->gaps,
			  .final = f->segment == 1,
			  .status = f->segment == 1 ? SEAL_COMPLETE : SEAL_RUNNING };

	memcpy(s.session, session, sizeof(s.session));
	memcpy(s.stream_sha256, f->stream_sha256, sizeof(s.stream_sha256));
	memcpy(s.manifest_sha256, f->manifest_sha256, sizeof(s.manifest_sha256));
	memcpy(s.prev_sha256, c->prev_sha256, sizeof(s.prev_sha256));
	key_public(keys[f->segment + 1], s.next_key);
	return s;
}

static enum finding_id check(struct chain *c, const struct seal *s, const struct key *k,
			     const struct chain_facts *f, size_t sig_len)
{
	uint8_t sig[KEY_SIGNATURE_LEN];
	struct seal out;
	struct buf b;
	enum finding_id id;

	buf_init(&b, SEAL_TEXT_MAX);
	seal_format(&b, s);
	ck_assert(!b.failed);
	ck_assert_int_eq(key_sign(k, b.p, b.len, sig), 0);
	id = chain_check(c, (struct bytes){ b.p, b.len }, (struct bytes){ sig, sig_len }, f, &out);
	buf_release(&b);
	return id;
}

static void begin(struct chain *c)
{
	uint8_t public[KEY_PUBLIC_LEN];

	key_public(keys[0], public);
	chain_begin(c, session, public);
}

START_TEST(test_an_honest_chain_holds_to_its_end_and_not_beyond)
{
	struct chain c;

	begin(&c);
	for (uint64_t i = 0; i < 2; i++) {
		struct chain_facts f = facts_of(i);
		struct seal s = honest(&c, &f);

		ck_assert(!c.ended);
		ck_assert_int_eq(check(&c, &s, keys[i], &f, KEY_SIGNATURE_LEN), FINDING_NONE);
		if (i == 1)
			ck_assert_int_eq(check(&c, &s, keys[i], &f, KEY_SIGNATURE_LEN),
					 FINDING_BAD_SEAL);
	}
	ck_assert(c.ended);
}
END_TEST

static const enum finding_id lies[] = {
	FINDING_SEAL_SESSION, FINDING_SEAL_SEQ, FINDING_SEAL_CHAIN, FINDING_SEAL_STREAM,
	FINDING_SEAL_STREAM, FINDING_SEAL_MANIFEST, FINDING_SEAL_COUNTS, FINDING_SEAL_COUNTS,
	FINDING_SEAL_COUNTS, FINDING_SEAL_SIGNATURE, FINDING_BAD_SEAL,
};

static void lie(int which, struct seal *s)
{
	uint8_t *const bytes[] = { s->session, NULL, s->prev_sha256, NULL, s->stream_sha256,
				   s->manifest_sha256, NULL, NULL, NULL, NULL, NULL };
	uint64_t *const numbers[] = { NULL, &s->seq, NULL, &s->stream_bytes, NULL, NULL,
				      &s->objects, &s->members, &s->gaps, NULL, NULL };

	if (bytes[which] != NULL)
		bytes[which][0] ^= 1;
	if (numbers[which] != NULL)
		(*numbers[which])++;
}

START_TEST(test_each_lie_is_named_and_does_not_move_the_chain)
{
	struct chain c, before;
	struct chain_facts f = facts_of(0);
	struct seal s;

	begin(&c);
	s = honest(&c, &f);
	lie(_i, &s);
	before = c;
	ck_assert_int_eq(check(&c, &s, lies[_i] == FINDING_SEAL_SIGNATURE ? keys[1] : keys[0], &f,
			       lies[_i] == FINDING_BAD_SEAL ? 63 : 64), lies[_i]);
	ck_assert_mem_eq(&c, &before, sizeof(c));
}
END_TEST

Suite *suite_chain(void)
{
	Suite *s = suite_create("lib/bundle/chain");
	TCase *t = tcase_create("chain");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, test_an_honest_chain_holds_to_its_end_and_not_beyond);
	tcase_add_loop_test(t, test_each_lie_is_named_and_does_not_move_the_chain, 0,
			    (int)(sizeof(lies) / sizeof(lies[0])));
	suite_add_tcase(s, t);
	return s;
}
