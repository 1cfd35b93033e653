#include "lib/bundle/bundle_write.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/bundle/bundle_write_state.h"
#include "lib/custody/manifest.h"
#include "lib/custody/sums.h"
#include "lib/seal/seal.h"

/* A full segment and the longest line that can follow before it is noticed. */
#define SEGMENT_TEXT_MAX (BUNDLE_SEGMENT_MANIFEST_MAX + MANIFEST_LINE_MAX)

#define MEMBER_NAME_LEN 96

_Static_assert(SEAL_HASH_LEN == DIGEST_LEN, "a seal holds SHA-256");
_Static_assert(SEGMENT_TEXT_MAX <= 8u << 20, "FORMAT.md section 3 bounds manifest and sums");

/* The one place that every tar byte passes. */
static int take_tar(void *ctx, const void *data, size_t n)
{
	struct bundle_write *b = ctx;

	digest_add(b->stream, data, n);
	b->counts.bytes_tar += n;
	return compress_write(b->compress, data, n);
}

static int take_archive(void *ctx, const void *data, size_t n)
{
	struct bundle_write *b = ctx;

	if (b->o.out(b->o.ctx, data, n) != 0)
		return err_set(b->e, errno, "writing the archive");
	b->counts.bytes_out += n;
	return 0;
}

static int take_compressed(void *ctx, const void *data, size_t n)
{
	struct bundle_write *b = ctx;

	return b->age != NULL ? age_write_add(b->age, data, n) : take_archive(b, data, n);
}

/* What the tar bytes go through. */
static int open_stream(struct bundle_write *b)
{
	const struct bundle_write_options *o = &b->o;

	if (o->recipient_count > 0) {
		b->age = age_write_new(o->recipients, o->recipient_count, take_archive, b, b->e);
		if (b->age == NULL)
			return -1;
	}
	b->compress = compress_new(&o->compress, take_compressed, b, b->e);
	if (b->compress == NULL)
		return -1;
	b->tar = pax_write_new(take_tar, b, b->e);
	return b->tar == NULL ? -1 : 0;
}

static bool make_checksums(struct bundle_write *b)
{
	for (unsigned k = 0; k < CHECKSUM_COUNT; k++) {
		if ((b->o.checksums & CHECKSUM_BIT(k)) == 0)
			continue;
		b->checksum[k] = checksum_new((enum checksum_kind)k);
		if (b->checksum[k] == NULL)
			return false;
	}
	return true;
}

struct bundle_write *bundle_write_open(const struct bundle_write_options *o, struct err *e)
{
	struct bundle_write *b = calloc(1, sizeof(*b));

	if (b == NULL) {
		key_free(o->first_key);
		err_set(e, ENOMEM, "opening the archive");
		return NULL;
	}
	b->o = *o;
	b->e = e;
	b->key = o->first_key;
	buf_init(&b->manifest, SEGMENT_TEXT_MAX);
	buf_init(&b->sums, SEGMENT_TEXT_MAX);
	b->stream = digest_new();
	b->manifests = digest_new();
	b->content = digest_new();
	b->seen = seen_new(SEEN_WRITE);
	if (b->stream == NULL || b->manifests == NULL || b->content == NULL || b->seen == NULL ||
	    !make_checksums(b)) {
		err_set(e, ENOMEM, "opening the archive");
		goto err1;
	}
	if (open_stream(b) != 0 || bundle_write_item_init(b) != 0)
		goto err1;
	return b;
err1:
	bundle_write_free(b);
	return NULL;
}

void bundle_write_free(struct bundle_write *b)
{
	if (b == NULL)
		return;
	bundle_write_item_release(b);
	pax_write_free(b->tar);
	compress_free(b->compress);
	age_write_free(b->age);
	seen_free(b->seen);
	for (unsigned k = 0; k < CHECKSUM_COUNT; k++)
		checksum_free(b->checksum[k]);
	digest_free(b->content);
	digest_free(b->manifests);
	digest_free(b->stream);
	buf_release(&b->manifest);
	buf_release(&b->sums);
	key_free(b->key);
	free(b);
}

struct sink *bundle_write_sink(struct bundle_write *b)
{
	return &b->sink;
}

const struct bundle_counts *bundle_write_counts(const struct bundle_write *b)
{
	return &b->counts;
}

int bundle_write_fail(struct bundle_write *b)
{
	b->failed = true;
	return err_set(b->e, ENOMEM, "keeping the evidence");
}

void bundle_write_touch(struct bundle_write *b)
{
	if (b->dirty)
		return;
	b->dirty = true;
	b->dirty_ns = clock_monotonic_ns();
}

/* True if a call is legal now: nothing failed, not closed, no item open. */
static bool is_idle(struct bundle_write *b)
{
	if (!b->failed && !b->closed && !b->item.open)
		return true;
	err_set(b->e, 0, "the bundle was used out of order");
	return false;
}

int bundle_write_text(struct bundle_write *b, const char *member, const void *data, size_t n)
{
	uint8_t hash[DIGEST_LEN];

	if (!is_idle(b))
		return bundle_write_fail(b);
	bundle_write_touch(b);
	digest_add(b->content, data, n);
	digest_finish(b->content, hash);
	sums_line(&b->sums, hash, (struct bytes){ member, strlen(member) });
	if (b->sums.failed || pax_write_text(b->tar, member, data, n, clock_realtime()) != 0)
		return bundle_write_fail(b);
	return 0;
}

/* ------------------------------------------------------------ seals */

static const char *part_name(char name[MEMBER_NAME_LEN], const struct bundle_write *b,
			     const char *part)
{
	snprintf(name, MEMBER_NAME_LEN, "CUSTODY/segments/%06llu/%s",
		 (unsigned long long)b->counts.seals, part);
	return name;
}

/* One of the first two members of a seal group. */
static int write_part(struct bundle_write *b, const char *part, const void *data, size_t n)
{
	char name[MEMBER_NAME_LEN];

	return pax_write_text(b->tar, part_name(name, b, part), data, n, clock_realtime());
}

/* One of the last two: no seal covers those of the final seal, so they have one form. */
static int write_bare_part(struct bundle_write *b, const char *part, const void *data, size_t n,
			   const struct seal *s)
{
	char name[MEMBER_NAME_LEN];

	return pax_write_bare(b->tar, part_name(name, b, part), data, n, s->utc.sec);
}

static void fill_seal(struct bundle_write *b, struct seal *s)
{
	struct clocks now = clock_read();

	memcpy(s->session, b->o.session, SEAL_SESSION_LEN);
	s->seq = b->counts.seals;
	s->stream_bytes = b->counts.bytes_tar;
	digest_peek(b->stream, s->stream_sha256);
	digest_peek(b->manifests, s->manifest_sha256);
	memcpy(s->prev_sha256, b->prev_sha256, DIGEST_LEN);
	s->objects = b->counts.objects;
	s->members = b->counts.members;
	s->gaps = b->counts.objects - b->counts.by_result[RESULT_OK];
	s->utc = now.realtime;
	s->boottime = now.boottime;
	s->final = s->status != SEAL_RUNNING;
}

/* Sign with the present key.  The signature is checked at once: one that does
 * not hold would turn a good archive into an altered one. */
static int sign(struct bundle_write *b, const struct buf *text, uint8_t sig[KEY_SIGNATURE_LEN])
{
	uint8_t public[KEY_PUBLIC_LEN];

	key_public(b->key, public);
	if (key_sign(b->key, text->p, text->len, sig) != 0 ||
	    key_verify(public, text->p, text->len, sig) != 1)
		return err_set(b->e, 0, "signing seal %llu", (unsigned long long)b->counts.seals);
	return 0;
}

/* Write seal.txt and its signature; the old key is wiped, ${next} takes its place. */
static int write_seal(struct bundle_write *b, struct seal *s, struct key **next)
{
	uint8_t sig[KEY_SIGNATURE_LEN];
	struct buf text;
	int r = -1;

	buf_init(&text, SEAL_TEXT_MAX);
	seal_format(&text, s);
	if (text.failed) {
		err_set(b->e, ENOMEM, "writing a seal");
	} else if (sign(b, &text, sig) == 0 &&
		   write_bare_part(b, "seal.txt", text.p, text.len, s) == 0) {
		r = write_bare_part(b, "seal.txt.sig", sig, sizeof(sig), s);
		digest_of(text.p, text.len, b->prev_sha256);
		key_free(b->key);
		b->key = *next;
		*next = NULL;
	}
	buf_release(&text);
	return r;
}

/* End the segment.  ${status}: SEAL_RUNNING unless this is the final seal. */
static int seal_segment(struct bundle_write *b, enum seal_status status)
{
	struct seal s = { .status = status };
	struct key *next = NULL;
	int r;

	if (b->manifest.failed || b->sums.failed)
		return err_set(b->e, ENOMEM, "the manifest of a segment");
	digest_add(b->manifests, b->manifest.p, b->manifest.len);
	if (write_part(b, "manifest.jsonl", b->manifest.p, b->manifest.len) != 0 ||
	    write_part(b, "SHA256SUMS", b->sums.p, b->sums.len) != 0)
		return -1;
	fill_seal(b, &s);
	if (!s.final) {
		next = key_new(b->e);
		if (next == NULL)
			return -1;
		key_public(next, s.next_key);
	}
	r = write_seal(b, &s, &next);
	key_free(next);
	if (r != 0 || compress_end_frame(b->compress) != 0)
		return -1;
	b->counts.seals++;
	b->sealed_bytes = b->counts.bytes_tar;
	b->dirty = false;
	buf_clear(&b->manifest);
	buf_clear(&b->sums);
	return 0;
}

/* Hand out what is ready, or all of it, and let the output write it back. */
static int pass_on(struct bundle_write *b, bool wait)
{
	if (compress_flush(b->compress, wait) != 0)
		return -1;
	if (b->o.sealed != NULL && b->o.sealed(b->o.ctx) != 0)
		return err_set(b->e, errno, "writing the archive");
	return 0;
}

/* All has been written: hand out the rest, and say that it is the end. */
static int end_stream(struct bundle_write *b)
{
	if (compress_flush(b->compress, true) != 0 ||
	    (b->age != NULL && age_write_end(b->age) != 0))
		return -1;
	return pass_on(b, true);
}

static int seal(struct bundle_write *b, bool wait)
{
	if (!is_idle(b))
		return bundle_write_fail(b);
	if (!b->dirty)
		return 0;
	if (seal_segment(b, SEAL_RUNNING) != 0 || pass_on(b, wait) != 0)
		return bundle_write_fail(b);
	return 0;
}

int bundle_write_seal(struct bundle_write *b)
{
	return seal(b, true);
}

int bundle_write_seal_if_full(struct bundle_write *b)
{
	if (b->counts.bytes_tar - b->sealed_bytes < b->o.seal_bytes &&
	    b->manifest.len < BUNDLE_SEGMENT_MANIFEST_MAX &&
	    b->sums.len < BUNDLE_SEGMENT_MANIFEST_MAX)
		return 0;
	return seal(b, false);
}

int bundle_write_tick(struct bundle_write *b, uint64_t monotonic_ns)
{
	const uint64_t interval = b->o.seal_seconds * 1000000000u;

	if (!b->failed && compress_flush(b->compress, false) != 0)
		return bundle_write_fail(b);
	if (b->item.open || !b->dirty || monotonic_ns < b->dirty_ns ||
	    monotonic_ns - b->dirty_ns < interval)
		return 0;
	return seal(b, false);
}

int bundle_write_close(struct bundle_write *b, bool complete, uint8_t root[DIGEST_LEN])
{
	if (!is_idle(b))
		return bundle_write_fail(b);
	if (seal_segment(b, complete ? SEAL_COMPLETE : SEAL_INCOMPLETE) != 0 ||
	    pax_write_close(b->tar) != 0 || compress_end_frame(b->compress) != 0 ||
	    end_stream(b) != 0)
		return bundle_write_fail(b);
	memcpy(root, b->prev_sha256, DIGEST_LEN);
	b->closed = true;
	return 0;
}
