/*
 * wire, bundle_write: whatever a reader sends that went wrong or was taken over, the recorder
 * refuses it, or the archive verifies.  Items are made from the input and then damaged as
 * messages.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector/wire.h"
#include "lib/base/text.h"
#include "lib/bundle/bundle_read.h"
#include "lib/bundle/bundle_write.h"
#include "lib/seal/key.h"
#include "tests/fuzz/feed.h"

#define ITEMS 6u
#define EXTENTS 8u
#define MESSAGE_MAX 65536u
#define OUT_MAX (4u << 20)
/* Up to 1 GiB of holes is hashed as zeros, and more in place of what did not come: too slow to be
 * tried often. */
#define HOLES_MAX (1u << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static int keep(void *ctx, const void *data, size_t n)
{
	buf_add(ctx, data, n);
	return 0;
}

static struct bytes some(struct feed *f)
{
	struct bytes b;

	b.p = feed_bytes(f, feed_number(f, 1), &b.len);
	return b;
}

static void make_item(struct feed *f, struct item *it, struct extent *x)
{
	static const char *const words[] = { "logs", "extra", "" };

	*it = (struct item){ .category = words[feed_number(f, 1) % 3], .artifact = "include" };
	it->type = (enum item_type)(feed_number(f, 1) % ITEM_TYPE_COUNT);
	it->depth = (enum depth)(feed_number(f, 1) % DEPTH_COUNT);
	it->has_stat = feed_number(f, 1) % 2;
	it->live = feed_number(f, 1) % 8 == 1;
	it->path = some(f);
	it->link = some(f);
	it->xattrs = some(f);
	it->st.size = feed_number(f, 3);
	it->promise = feed_number(f, 1) % 4 == 0 ? ITEM_SIZE_UNKNOWN : feed_number(f, 2);
	it->cap = feed_number(f, 2);
	it->extent_count = feed_number(f, 1) % (EXTENTS + 1);
	for (size_t i = 0; i < it->extent_count; i++)
		x[i] = (struct extent){ feed_number(f, 3), feed_number(f, 2) };
	it->extents = it->extent_count > 0 ? x : NULL;
}

/* A few bytes of a message as the input says. */
static void damage(struct feed *f, unsigned char *message, size_t n)
{
	for (uint64_t times = feed_number(f, 1) % 8; times > 0; times--) {
		size_t at = feed_number(f, 2) % n;

		message[at] = (unsigned char)feed_number(f, 1);
	}
}

static int send_begin(struct feed *f, struct sink *to, unsigned char *message, struct wire_item *w)
{
	struct extent x[EXTENTS];
	struct item it;
	size_t n;

	make_item(f, &it, x);
	n = wire_item_size(&it);
	if (n > MESSAGE_MAX)
		abort();
	wire_put_item(message, &it);
	damage(f, message, n);
	return wire_get_item(message, n, w) < 0 ? -1 : to->begin(to, &w->it);
}

static int send_end(struct feed *f, struct sink *to)
{
	struct item_end how = { .gap = (enum gap)(feed_number(f, 1) % GAP_COUNT),
				.oserr = (int)feed_number(f, 1) };
	unsigned char message[sizeof(struct wire_end)];
	struct wire_end w;

	wire_put_end(&w, &how);
	memcpy(message, &w, sizeof(w));
	damage(f, message, sizeof(message));
	return wire_get_end(message, sizeof(message), &w) < 0 ? -1 : to->end(to, &w.how);
}

static int send_item(struct feed *f, struct sink *to)
{
	static unsigned char message[MESSAGE_MAX];
	static struct wire_item w;

	if (send_begin(f, to, message, &w) < 0)
		return -1;
	if ((w.it.extents != NULL && w.it.st.size > HOLES_MAX) ||
	    (w.it.promise > HOLES_MAX && w.it.promise <= ITEM_CONTENT_MAX + HOLES_MAX))
		return -1;
	for (uint64_t pieces = feed_number(f, 1) % 4; pieces > 0; pieces--) {
		struct bytes b = some(f);

		if (b.len > 0 && to->write(to, b.p, b.len) < 0)
			return -1;
	}
	return send_end(f, to);
}

static ssize_t give(void *ctx, void *data, size_t n)
{
	struct feed *f = ctx;
	const uint8_t *p = feed_bytes(f, n, &n);

	memcpy(data, p, n);
	return (ssize_t)n;
}

/* The least that an archive has. */
static int begin_archive(struct bundle_write *b, const uint8_t session[16],
			 const uint8_t public[KEY_PUBLIC_LEN])
{
	uint8_t print[DIGEST_LEN];
	struct buf text;
	int ret;

	digest_of(public, KEY_PUBLIC_LEN, print);
	buf_init(&text, 1024);
	buf_puts(&text, "exhibit-session-v1\nformat: 1\nsession: ");
	text_hex(&text, session, 16);
	buf_puts(&text, "\nseal-key: ");
	text_hex(&text, public, KEY_PUBLIC_LEN);
	buf_puts(&text, "\nseal-key-sha256: ");
	text_hex(&text, print, sizeof(print));
	buf_putc(&text, '\n');
	ret = bundle_write_text(b, "CUSTODY/session.txt", text.p, text.len) == 0 &&
	      bundle_write_text(b, "CUSTODY/README.txt", "read me\n", 8) == 0 ? 0 : -1;
	buf_release(&text);
	return ret;
}

static void check(const struct buf *out)
{
	struct feed f = { (const uint8_t *)out->p, out->len };
	static const struct bundle_visitor visitor = { 0 };
	struct bundle_facts facts;
	struct err e = { 0 };

	if (bundle_read(give, &f, &visitor, NULL, &facts, &e) != 0 ||
	    facts.verdict != BUNDLE_COMPLETE) {
		fprintf(stderr, "%s\n", e.set ? e.what : finding_text(facts.first.id));
		abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct bundle_write_options o = { .compress = { .kind = COMPRESS_NONE }, .out = keep,
					  .seal_bytes = 1u << 20, .seal_seconds = 3600 };
	uint8_t root[DIGEST_LEN], public[KEY_PUBLIC_LEN];
	struct feed f = { data, n };
	struct bundle_write *b;
	struct err e = { 0 };
	struct buf out;
	int went = 0;

	digest_start();
	buf_init(&out, OUT_MAX);
	o.ctx = &out;
	o.first_key = key_new(&e);
	key_public(o.first_key, public);
	b = bundle_write_open(&o, &e);
	if (b == NULL || begin_archive(b, o.session, public) != 0)
		abort();
	for (unsigned i = 0; i < ITEMS && f.left > 0 && went == 0; i++)
		went = send_item(&f, bundle_write_sink(b));
	if (went == 0 && bundle_write_close(b, true, root) == 0 && !out.failed)
		check(&out);
	bundle_write_free(b);
	buf_release(&out);
	return 0;
}
