/*
 * Everything that reads an archive: decompress, pax_read, bundle_read and what is
 * behind them.  The mutator mends tar checksums, which no fuzzer would guess.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/bundle/bundle_read.h"

#define BLOCK 512u
#define CHECKSUM_AT 148u
#define MAGIC_AT 257u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t n, size_t max, unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *data, size_t n, size_t max);

struct source {
	const uint8_t *p;
	size_t left;
	size_t piece;
};

static ssize_t give(void *ctx, void *data, size_t n)
{
	struct source *s = ctx;

	if (n > s->left)
		n = s->left;
	if (n > s->piece)
		n = s->piece;
	memcpy(data, s->p, n);
	s->p += n;
	s->left -= n;
	return (ssize_t)n;
}

/* Touches every byte that it is told, so that a sanitizer sees a wrong pointer. */
static volatile uint8_t sum;

static int touch(const void *data, size_t n)
{
	const uint8_t *p = data;

	for (size_t i = 0; i < n; i++)
		sum = (uint8_t)(sum + p[i]);
	return BUNDLE_GO;
}

static int on_session(void *ctx, const char *text, size_t n)
{
	(void)ctx;
	return touch(text, n);
}

static int on_member(void *ctx, const struct pax_member *m, enum bundle_kind kind)
{
	(void)ctx;
	(void)kind;
	touch(m->link.p, m->link.len);
	return touch(m->name.p, m->name.len);
}

static int on_data(void *ctx, const void *data, size_t n, uint64_t offset)
{
	(void)ctx;
	(void)offset;
	return touch(data, n);
}

static int on_line(void *ctx, const struct manifest_line *l, const char *text, size_t n)
{
	(void)ctx;
	touch(l->path.p, l->path.len);
	touch(l->member.p, l->member.len);
	return touch(text, n);
}

static int on_finding(void *ctx, const struct finding *f)
{
	(void)ctx;
	return touch(f->member.p, f->member.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const struct bundle_visitor visitor = {
		.session = on_session, .member = on_member, .data = on_data, .line = on_line,
		.finding = on_finding,
	};
	struct source s = { data, n, n % 7 == 0 ? 100 : 100000 };
	struct bundle_facts facts;
	struct err e = { 0 };

	digest_start();
	if (bundle_read(give, &s, &visitor, NULL, &facts, &e) != 0)
		abort();
	if (facts.verdict == BUNDLE_COMPLETE && !facts.has_root)
		abort();
	return 0;
}

static void mend(uint8_t *h)
{
	unsigned total = 0;

	memset(h + CHECKSUM_AT, ' ', 8);
	for (size_t i = 0; i < BLOCK; i++)
		total += h[i];
	for (size_t i = 6; i-- > 0; total /= 8)
		h[CHECKSUM_AT + i] = (uint8_t)('0' + total % 8);
	h[CHECKSUM_AT + 6] = '\0';
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t n, size_t max, unsigned seed)
{
	(void)seed;
	n = LLVMFuzzerMutate(data, n, max);
	for (size_t at = 0; at + BLOCK <= n; at += BLOCK) {
		if (memcmp(data + at + MAGIC_AT, "ustar", 5) == 0)
			mend(data + at);
	}
	return n;
}
